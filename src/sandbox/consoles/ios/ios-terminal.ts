import { createInbox, type Inbox, type Process } from '../../network/process.ts'
import type { Timers } from '../../network/simulation.ts'

const [CTRL_A, CTRL_B, CTRL_C, CTRL_E, CTRL_F, BS, TAB, LF, CTRL_L, CR, CTRL_N, CTRL_P, CTRL_R, CTRL_U, CTRL_W, CTRL_Z, ESC, BREAK, DEL] = [
  1, 2, 3, 5, 6, 8, 9, 10, 12, 13, 14, 16, 18, 21, 23, 26, 27, 30, 127,
]

/** How a line ended. */
export type LineEnd =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'ctrl-c' }
  | { readonly kind: 'ctrl-z'; readonly text: string }

export interface LineOptions {
  readonly prompt: string
  readonly history?: string[]
  /** Passwords are not echoed. */
  readonly isSecret?: boolean
  /** What `?` prints for the line so far. */
  readonly help?: (line: string) => string
  readonly complete?: (line: string) => string
}

export interface IosTerminal {
  input(bytes: Uint8Array): void
  print(text: string): void
  readLine(options: LineOptions): Process<LineEnd>
  /** Keys typed before anybody read them, while the router boots, are lost. */
  discardInput(): void
  /** The next key, for pagers and confirmations. */
  readKey(): Process<number>
  /** Prints with ` --More-- ` after a screenful; false when the reader had enough. */
  page(text: string): Process<boolean>
  /** Printed by itself, in the middle of whatever is on the line. */
  announce(message: string): void
  settings: { length: number; width: number; synchronous: boolean }
  /** Called at Ctrl-Shift-6 while a command runs. */
  onBreak: (() => void) | null
}

/** The console line of a router: echo, editing keys, paging. Keys typed while a command runs wait for the next prompt. */
export function createIosTerminal(timers: Timers, output: (text: string) => void): IosTerminal {
  const keys: Inbox<number> = createInbox(timers)
  let editing: { prompt: string; text: string; isSecret: boolean } | null = null
  let lastWasCr = false

  const terminal: IosTerminal = {
    settings: { length: 24, width: 80, synchronous: false },
    onBreak: null,
    print: output,
    input(bytes) {
      for (const byte of bytes) {
        const skip = lastWasCr && (byte === LF || byte === 0) // CR LF and CR NUL are one Enter
        lastWasCr = byte === CR
        if (skip) continue
        if (byte === BREAK && terminal.onBreak !== null) terminal.onBreak()
        else keys.put(byte)
      }
    },
    discardInput: () => keys.clear(),
    *readKey() {
      return (yield* keys.take()) ?? 0
    },
    announce(message) {
      output(`\r\n${message}`)
      if (editing !== null && terminal.settings.synchronous) output(`\r\n${editing.prompt}${editing.isSecret ? '' : editing.text}`)
    },
    *readLine(options) {
      output(options.prompt)
      const state = { prompt: options.prompt, text: '', isSecret: options.isSecret === true }
      editing = state
      let position = 0
      let browse = options.history?.length ?? 0
      const echo = (text: string) => {
        if (!state.isSecret) output(text)
      }
      const replace = (text: string) => {
        echo('\b'.repeat(position) + ' '.repeat(state.text.length) + '\b'.repeat(state.text.length) + text)
        state.text = text
        position = text.length
      }
      const insert = (key: string) => {
        const tail = state.text.slice(position)
        state.text = state.text.slice(0, position) + key + tail
        position += 1
        echo(key + tail + '\b'.repeat(tail.length))
      }
      const erase = () => {
        if (position === 0) return
        const tail = state.text.slice(position)
        state.text = state.text.slice(0, position - 1) + tail
        position -= 1
        echo(`\b${tail} ${'\b'.repeat(tail.length + 1)}`)
      }
      const showOlder = (step: number) => {
        const next = browse + step
        if (options.history === undefined || next < 0 || next > options.history.length) return
        browse = next
        replace(options.history[next] ?? '')
      }
      const redraw = () => output(`\r\n${options.prompt}${state.text}`)
      const end = (result: LineEnd): LineEnd => {
        editing = null
        return result
      }
      for (;;) {
        const key = yield* terminal.readKey()
        if (key === CR || key === LF) {
          output('\r\n')
          return end({ kind: 'line', text: state.text })
        }
        if (key === CTRL_C) {
          output('^C\r\n')
          return end({ kind: 'ctrl-c' })
        }
        if (key === CTRL_Z) {
          output('^Z\r\n')
          return end({ kind: 'ctrl-z', text: state.text })
        }
        if (key === BS || key === DEL) erase()
        else if (key === CTRL_U) replace('')
        else if (key === CTRL_W) replace(state.text.replace(/\S*\s*$/, ''))
        else if (key === CTRL_A) {
          echo('\b'.repeat(position))
          position = 0
        } else if (key === CTRL_E) {
          echo(state.text.slice(position))
          position = state.text.length
        } else if (key === CTRL_B && position > 0) {
          echo('\b')
          position -= 1
        } else if (key === CTRL_F && position < state.text.length) echo(state.text[position++] ?? '')
        else if (key === CTRL_R || key === CTRL_L) redraw()
        else if (key === CTRL_P) showOlder(-1)
        else if (key === CTRL_N) showOlder(1)
        else if (key === ESC) {
          const second = yield* terminal.readKey()
          const third = second === 0x5b ? yield* terminal.readKey() : 0
          if (third === 0x41) showOlder(-1)
          if (third === 0x42) showOlder(1)
        } else if (key === TAB && options.complete !== undefined) {
          const completed = options.complete(state.text)
          output('\r\n')
          state.text = completed
          position = completed.length
          output(options.prompt + completed)
        } else if (key === 0x3f && options.help !== undefined) {
          output(`?\r\n${options.help(state.text)}\r\n${options.prompt}${state.text}`)
          position = state.text.length
        } else if (key >= 32 && key < 127) insert(String.fromCharCode(key))
      }
    },
    *page(text) {
      if (text === '') return true
      const lines = text.replace(/\r\n$/, '').split('\r\n')
      let left = terminal.settings.length - 1
      for (const line of lines) {
        if (terminal.settings.length > 0 && left <= 0) {
          const more = yield* waitForMore(terminal)
          if (more === 0) return false
          left = more === 1 ? 1 : terminal.settings.length - 1
        }
        output(`${line}\r\n`)
        left -= 1
      }
      return true
    },
  }
  return terminal
}

/** Space shows a page, Enter a line, everything else ends; the prompt is erased with backspaces, as IOS does. */
function* waitForMore(terminal: IosTerminal): Process<0 | 1 | 2> {
  terminal.print(' --More-- ')
  const key = yield* terminal.readKey()
  terminal.print(`${'\b'.repeat(9)}${' '.repeat(8)}${'\b'.repeat(9)}`)
  if (key === 32) return 2
  if (key === CR || key === LF) return 1
  return 0
}
