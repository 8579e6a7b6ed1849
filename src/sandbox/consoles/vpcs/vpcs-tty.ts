import type { Process } from '../../network/process.ts'
import type { Timers } from '../../network/simulation.ts'

const [CTRL_C, CR, LF, DEL, BS] = [3, 13, 10, 127, 8]
/** The program reads with VMIN 3, VTIME 1: a read ends at three bytes, or 100 ms after the last one (vpcs src/readline.c set_terminal). */
const LEAST_BYTES = 3
const IDLE_MS = 100
const READ_SIZE = 512

export interface VpcsTty {
  input(bytes: Uint8Array): void
  /** printf on a terminal: LF becomes CR LF. */
  print(text: string): void
  /** One read of the raw terminal; what arrives in one read is handled as one key press. */
  read(): Process<readonly number[]>
  /** True once Ctrl-C was pressed since the last `beginCommand`. */
  isInterrupted(): boolean
  beginCommand(): void
  /** Waits; Ctrl-C ends it early. */
  pause(ms: number): Process<void>
  /** Waits for `start` to call back, Ctrl-C ends it early. */
  await(start: (resume: () => void) => () => void): Process<void>
}

/** The pseudo terminal VPCS runs in: raw while it reads a line, cooked with echo while a command runs. */
export function createVpcsTty(timers: Timers, output: (text: string) => void): VpcsTty {
  let buffer: number[] = []
  let reading: (() => void) | null = null
  let cancelIdle: () => void = () => undefined
  let interrupted = false
  let wake: (() => void) | null = null

  const print = (text: string): void => output(text.replaceAll('\n', '\r\n'))

  const offer = (): void => {
    if (reading === null) return
    cancelIdle()
    if (buffer.length >= LEAST_BYTES) reading()
    else if (buffer.length > 0) cancelIdle = timers.after(IDLE_MS, () => reading?.())
  }

  const cooked = (byte: number): void => {
    if (byte === CTRL_C) {
      print('^C')
      buffer = []
      interrupted = true
      wake?.()
    } else if (byte === CR || byte === LF) {
      print('\n')
      buffer.push(LF)
    } else if (byte === DEL || byte === BS) {
      if (buffer.length > 0 && buffer.at(-1) !== LF) {
        buffer.pop()
        print('\b \b')
      }
    } else {
      print(byte < 32 ? `^${String.fromCharCode(byte + 64)}` : String.fromCharCode(byte))
      buffer.push(byte)
    }
  }

  const pauseable: VpcsTty['await'] = function* (start) {
    if (interrupted) return
    yield (resume) => {
      const finish = () => {
        wake = null
        cancel()
        resume()
      }
      wake = finish
      const cancel = start(finish)
      return () => {
        wake = null
        cancel()
      }
    }
  }

  return {
    print,
    isInterrupted: () => interrupted,
    beginCommand() {
      interrupted = false
    },
    input(bytes) {
      for (const byte of bytes) {
        if (reading !== null) buffer.push(byte === CR ? LF : byte)
        else cooked(byte)
      }
      offer()
    },
    *read() {
      yield (resume) => {
        reading = () => {
          reading = null
          cancelIdle()
          resume()
        }
        offer()
        return () => {
          reading = null
        }
      }
      return buffer.splice(0, READ_SIZE)
    },
    await: pauseable,
    pause: (ms) => pauseable((resume) => timers.after(ms, resume)),
  }
}
