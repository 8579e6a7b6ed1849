import xterm from '@xterm/headless'
import type { ConsoleLimits } from './contract.ts'
import { createOutputFilter } from './output-filter.ts'
import { terminalSize } from './telnet-codec.ts'

/** A terminal that shows what control sequences do. One screen and no history: a line that leaves the screen becomes a string. */
export interface Emulator {
  write(bytes: Uint8Array | string): Promise<void>
  /** Forgets everything (also a half-received control sequence), with lines that have left the screen already. */
  restart(left: readonly string[]): Promise<void>
  tail(): string
  lines(from: number): string[]
  lineCount(): number
  readonly overflowed: boolean
  dispose(): void
}

/** What is no UTF-8 becomes U+FFFD, one character cut in two by the network does not. */
const createDecoder = () => new TextDecoder('utf-8', { ignoreBOM: true })

/** Emulation takes milliseconds a slice, and every terminal would take its turn in the same round of the event loop: one at a time. */
let turn: Promise<void> = Promise.resolve()
const lightBytes = 1024

/** Status reports are not shown to it, so it has nothing to reply. */
export function createEmulator(limits: ConsoleLimits): Emulator {
  const terminal = new xterm.Terminal({ cols: terminalSize.columns, rows: terminalSize.rows, scrollback: 1, allowProposedApi: true })
  let left: string[] = []
  let joinNext = false
  let overflowed = false

  const keep = (text: string, continues: boolean) => {
    // what the emulator returns is a chain of single characters, thirty times its size, until it is read once
    text.charCodeAt(0)
    if (joinNext) left[left.length - 1] += text
    else if (left.length < limits.answerLines) left.push(text)
    else overflowed = true
    joinNext = continues && !overflowed
  }
  terminal.onScroll(() => {
    const buffer = terminal.buffer.active
    const line = buffer.baseY > 0 ? buffer.getLine(buffer.baseY - 1) : undefined
    if (line) keep(line.translateToString(true), buffer.getLine(buffer.baseY)?.isWrapped === true)
  })

  // The emulator's own decoder leaves out what is no UTF-8: `R<0xff>1` would read as `R1`.
  let decoder = createDecoder()
  // a device may print a sequence that asks for two thousand million lines: the emulator would loop through them, and nothing else would run
  let filter = createOutputFilter()
  const apply = (bytes: Uint8Array | string) => {
    const text = typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true })
    const pieces = filter.push(text).filter(({ kind }) => kind === 'show')
    return new Promise<void>((resolve) => terminal.write(pieces.map((piece) => piece.text).join(''), resolve))
  }
  const write = (bytes: Uint8Array | string): Promise<void> => {
    if (bytes.length <= lightBytes) return apply(bytes)
    const mine = turn.then(() => apply(bytes))
    turn = mine
    return mine
  }

  const cursorRow = () => terminal.buffer.active.baseY + terminal.buffer.active.cursorY
  const firstRowOfTail = () => {
    const { active } = terminal.buffer
    let row = cursorRow()
    while (row > active.baseY && active.getLine(row)?.isWrapped) row -= 1
    return row
  }
  const tail = () => {
    const { active } = terminal.buffer
    const first = firstRowOfTail()
    const last = cursorRow()
    let text = joinNext && first === active.baseY ? (left.at(-1) ?? '') : ''
    for (let row = first; row < last; row += 1) text += active.getLine(row)?.translateToString(false) ?? ''
    return text + (active.getLine(last)?.translateToString(false, 0, active.cursorX) ?? '')
  }
  const lines = () => {
    const { active } = terminal.buffer
    const all = joinNext ? left.slice(0, -1) : left.slice()
    let open = joinNext ? (left.at(-1) ?? '') : ''
    const end = firstRowOfTail()
    for (let row = active.baseY; row < end; row += 1) {
      open += active.getLine(row)?.translateToString(true) ?? ''
      if (active.getLine(row + 1)?.isWrapped && row + 1 < end) continue
      all.push(open)
      open = ''
    }
    return all
  }

  return {
    write,
    restart: async (before) => {
      decoder = createDecoder()
      filter = createOutputFilter()
      terminal.reset()
      left = [...before]
      joinNext = false
      overflowed = false
    },
    tail,
    lines: (from) => lines().slice(from),
    lineCount: () => lines().length,
    get overflowed() {
      return overflowed
    },
    dispose: () => terminal.dispose(),
  }
}
