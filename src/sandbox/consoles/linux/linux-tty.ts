import { createInbox, type Process } from '../../network/process.ts'
import type { Timers } from '../../network/simulation.ts'

const [CTRL_C, CTRL_D, BS, LF, CR, CTRL_U, CTRL_W, DEL] = [3, 4, 8, 10, 13, 21, 23, 127]

export interface LinuxTty {
  input(bytes: Uint8Array): void
  /** Output of programs: LF becomes CR LF. */
  print(text: string): void
  /** Raw: keys go to the line editor. Cooked: the kernel echoes and collects lines; so also while a command runs. */
  setRaw(isRaw: boolean): void
  readKey(): Process<number>
  /** A line of the cooked terminal; undefined at end of file (Ctrl-D). */
  readLine(): Process<string | undefined>
  /** `stty echo|-echo`, `stty cols N rows N`. */
  echo: boolean
  columns: number
  rows: number
  /** Ctrl-C in cooked mode. */
  onInterrupt: () => void
}

/** The terminal of a Linux console. */
export function createLinuxTty(timers: Timers, output: (text: string) => void): LinuxTty {
  const keys = createInbox<number>(timers)
  const lines = createInbox<string>(timers)
  let waiting: string[] = []
  let partial = ''
  let isRaw = false

  const print = (text: string): void => output(text.replaceAll('\n', '\r\n'))
  const echo = (text: string): void => {
    if (tty.echo) print(text)
  }

  const erase = (count: number): void => {
    const gone = Math.min(count, partial.length)
    partial = partial.slice(0, partial.length - gone)
    echo('\b \b'.repeat(gone))
  }

  const endLine = (line: string): void => {
    partial = ''
    waiting.push(line)
    lines.put(line)
  }

  const cooked = (byte: number): void => {
    if (byte === CTRL_C) {
      echo('^C')
      partial = ''
      waiting = []
      lines.clear() // the line discipline flushes what was typed ahead
      tty.onInterrupt()
    } else if (byte === CR || byte === LF) {
      echo('\n')
      endLine(partial)
    } else if (byte === BS || byte === DEL) erase(1)
    else if (byte === CTRL_U) erase(partial.length)
    else if (byte === CTRL_W) erase(partial.length - partial.replace(/\S+\s*$/, '').length)
    else if (byte === CTRL_D) {
      if (partial === '') endLine('\x04')
    } else {
      partial += String.fromCharCode(byte)
      echo(byte < 32 && byte !== 9 ? `^${String.fromCharCode(byte + 64)}` : String.fromCharCode(byte))
    }
  }

  const tty: LinuxTty = {
    echo: true,
    columns: 80,
    rows: 24,
    onInterrupt: () => undefined,
    print,
    input(bytes) {
      for (const byte of bytes) {
        if (isRaw) keys.put(byte)
        else cooked(byte)
      }
    },
    setRaw(next) {
      isRaw = next
      if (!next) return
      for (const byte of Buffer.from(waiting.map((line) => `${line}\n`).join('') + partial, 'latin1')) keys.put(byte)
      waiting = []
      partial = ''
      lines.clear()
    },
    *readKey() {
      return (yield* keys.take()) ?? 0
    },
    *readLine() {
      const line = yield* lines.take()
      waiting.shift()
      return line === '\x04' ? undefined : line
    },
  }
  return tty
}
