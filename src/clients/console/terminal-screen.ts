import xterm from '@xterm/headless'
import { createOutputFilter } from './output-filter.ts'
import { writeSnapshot } from './screen-snapshot.ts'
import type { TerminalSize } from './telnet-codec.ts'

/** The screen of a device as people see it, kept on the server: whoever comes later sees what is there. */
export interface TerminalScreen {
  readonly size: TerminalSize
  /** Takes bytes as they came. @returns what viewers may be shown, once it is on the screen: a snapshot made then holds it all */
  write(bytes: Uint8Array): Promise<string>
  /** Text that brings an empty terminal of this size to the same picture. */
  snapshot(): string
  /** The cursor's line up to the cursor. */
  tail(): string
  resize(size: TerminalSize): Promise<void>
  /** The program at the other end knows bracketed paste. */
  readonly takesBrackets: boolean
  /** A program uses the alternate screen: an editor, a pager. */
  readonly isFullScreen: boolean
  dispose(): void
}

export interface TerminalScreenOptions {
  readonly size: TerminalSize
  readonly limits: { readonly lines: number; readonly characters: number }
  /** Answers a device's question to its terminal (cursor position, identification). */
  readonly onReply: (reply: string) => void
}

/** What an emulator says to the few questions it is shown: cursor position, "fine", its identification. */
const knownReply = /^\x1b\[(?:0n|\d{1,4};\d{1,4}R|[?>][\d;]{1,20}c)$/u

function newTerminal({ columns, rows }: TerminalSize) {
  return new xterm.Terminal({ cols: columns, rows, scrollback: 1, allowProposedApi: true })
}

/** Lines that left the screen, bounded in number and characters; the oldest go first. */
function createHistory({ lines: mostLines, characters: mostCharacters }: TerminalScreenOptions['limits']) {
  let lines: string[] = []
  let characters = 0
  return {
    lines: (): readonly string[] => lines,
    add: (text: string, continues: boolean) => {
      // what the emulator returns is a chain of single characters, thirty times its size, until it is read once
      text.charCodeAt(0)
      characters += text.length
      if (continues && lines.length > 0) lines[lines.length - 1] += text
      else lines.push(text)
      if (lines.length <= mostLines && characters <= mostCharacters) return
      // many at once, else each new line would move all others
      lines = lines.slice(Math.max(1, Math.ceil(lines.length / 10)))
      characters = lines.reduce((sum, line) => sum + line.length, 0)
    },
  }
}

export function createTerminalScreen({ size: firstSize, limits, onReply }: TerminalScreenOptions): TerminalScreen {
  const history = createHistory(limits)
  const filter = createOutputFilter()
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let size = firstSize
  let terminal = newTerminal(size)
  let isContinued = false

  const put = (text: string) => new Promise<void>((resolve) => terminal.write(text, resolve))
  const listen = () => {
    terminal.onScroll(() => {
      const { active } = terminal.buffer
      const line = active.baseY > 0 ? active.getLine(active.baseY - 1) : undefined
      if (!line) return
      history.add(line.translateToString(true), isContinued)
      isContinued = active.getLine(active.baseY)?.isWrapped === true
    })
    terminal.onData((reply) => {
      if (knownReply.test(reply)) onReply(reply)
    })
  }
  listen()

  return {
    get size() {
      return size
    },
    get takesBrackets() {
      return terminal.modes.bracketedPasteMode
    },
    get isFullScreen() {
      return terminal.buffer.active.type === 'alternate'
    },
    write: async (bytes) => {
      const pieces = filter.push(decoder.decode(bytes, { stream: true }))
      await put(pieces.map(({ text }) => text).join(''))
      return pieces
        .filter(({ kind }) => kind === 'show')
        .map(({ text }) => text)
        .join('')
    },
    snapshot: () => writeSnapshot(terminal, history.lines()),
    tail: () => {
      const { active } = terminal.buffer
      const last = active.baseY + active.cursorY
      let first = last
      while (first > active.baseY && active.getLine(first)?.isWrapped) first -= 1
      let text = ''
      for (let row = first; row < last; row += 1) text += active.getLine(row)?.translateToString(false) ?? ''
      return text + (active.getLine(last)?.translateToString(false, 0, active.cursorX) ?? '')
    },
    // written anew: an emulator that is made smaller drops the lines that no longer fit, and nobody is told which
    resize: async (next) => {
      const picture = writeSnapshot(terminal, [])
      terminal.dispose()
      size = next
      terminal = newTerminal(next)
      listen()
      await put(picture)
    },
    dispose: () => terminal.dispose(),
  }
}
