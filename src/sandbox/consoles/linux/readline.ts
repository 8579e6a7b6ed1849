import type { Process } from '../../network/process.ts'
import type { LinuxTty } from './linux-tty.ts'

const [CTRL_A, CTRL_C, CTRL_D, CTRL_E, BS, LF, CTRL_K, CTRL_L, CR, CTRL_U, CTRL_W, ESC, DEL] = [
  1, 3, 4, 5, 8, 10, 11, 12, 13, 21, 23, 27, 127,
]

export interface ReadlineOptions {
  readonly prompt: string
  readonly history: string[]
  /** bash 5.1 and later bracket every command (recorded in all linux captures). */
  readonly bracketedPaste: boolean
  /** busybox asks for the cursor position after every prompt. */
  readonly asksCursor: boolean
}

export type ReadlineResult = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'interrupt' } | { readonly kind: 'eof' }

/**
 * The line editor of bash, as far as a console shows it: echo, the doubled character where a line reaches the edge
 * (recorded: linux/long_line), history, the usual control keys.
 */
export function* readWithEditor(tty: LinuxTty, options: ReadlineOptions): Process<ReadlineResult> {
  const visible = options.prompt.replace(/\x1b\[[\d;?]*[a-zA-Z]/g, '').length
  let text = ''
  let position = 0
  let browse = options.history.length
  const echo = (shown: string): void => {
    if (tty.echo) tty.print(shown)
  }
  const insert = (key: string): void => {
    const tail = text.slice(position)
    text = text.slice(0, position) + key + tail
    position += 1
    const isAtEdge = (visible + position - 1) % tty.columns === 0 && tail === ''
    echo(isAtEdge ? `${key}\r${key}` : key + tail + '\b'.repeat(tail.length))
  }
  const replace = (next: string): void => {
    echo('\b'.repeat(position) + ' '.repeat(text.length) + '\b'.repeat(text.length) + next)
    text = next
    position = next.length
  }
  const end = (result: ReadlineResult): ReadlineResult => {
    echo('\n')
    if (options.bracketedPaste) tty.print('\x1b[?2004l\r')
    tty.setRaw(false)
    return result
  }
  tty.setRaw(true)
  tty.print((options.bracketedPaste ? '\x1b[?2004h' : '') + options.prompt + (options.asksCursor ? '\x1b[6n' : ''))
  for (;;) {
    const key = yield* tty.readKey()
    if (key === CR || key === LF) return end({ kind: 'line', text })
    if (key === CTRL_C) {
      echo('^C')
      return end({ kind: 'interrupt' })
    }
    if (key === CTRL_D && text === '') return end({ kind: 'eof' })
    if ((key === BS || key === DEL) && position > 0) {
      const tail = text.slice(position)
      text = text.slice(0, position - 1) + tail
      position -= 1
      echo(tail === '' ? '\b\x1b[K' : `\b${tail} ${'\b'.repeat(tail.length + 1)}`)
    } else if (key === CTRL_U) replace(text.slice(position))
    else if (key === CTRL_W) replace(text.replace(/\S*\s*$/, ''))
    else if (key === CTRL_K) {
      const tail = text.slice(position)
      echo(' '.repeat(tail.length) + '\b'.repeat(tail.length))
      text = text.slice(0, position)
    } else if (key === CTRL_A) {
      echo('\b'.repeat(position))
      position = 0
    } else if (key === CTRL_E) {
      echo(text.slice(position))
      position = text.length
    } else if (key === CTRL_L) tty.print(`\x1b[H\x1b[2J${options.prompt}${text}`)
    else if (key === ESC) {
      const direction = yield* arrowKey(tty)
      const next = browse + direction
      if (direction !== 0 && next >= 0 && next <= options.history.length) {
        browse = next
        replace(options.history[next] ?? '')
      }
    } else if (key >= 32 && key !== DEL) insert(String.fromCharCode(key))
  }
}

/** -1 up, 1 down, 0 anything else; an answer to a cursor question (`ESC [ 1;1 R`) is swallowed. */
function* arrowKey(tty: LinuxTty): Process<-1 | 0 | 1> {
  if ((yield* tty.readKey()) !== 0x5b) return 0
  let key = yield* tty.readKey()
  while ((key >= 0x30 && key <= 0x39) || key === 0x3b) key = yield* tty.readKey()
  if (key === 0x41) return -1
  return key === 0x42 ? 1 : 0
}
