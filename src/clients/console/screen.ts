import xterm from '@xterm/headless'
import type { ConsoleLimits } from './contract.ts'
import { terminalSize } from './telnet-codec.ts'

/** What a person would see: whole lines above the cursor, and the cursor's own line up to the cursor. */
export interface Screen {
  /** Feeds bytes; resolves when they are applied. Long ones are applied in slices, so the event loop stays free. */
  write(bytes: Uint8Array | string): Promise<void>
  /** Forgets everything (also a half-received control sequence) and stands behind `prefix`. */
  begin(prefix: string): Promise<void>
  tail(): string
  lines(): string[]
  /** More lines than the cap left the screen; the rest was not kept. */
  readonly overflowed: boolean
  dispose(): void
}

const cancelSequence = '\x18'
const escapeByte = 0x1b
/** Erases so many rows from the top and leaves the cursor there. */
const eraseDown = (rows: number): string => `\x1b[H${'\x1b[2K\n'.repeat(Math.max(0, rows - 1))}\x1b[2K\x1b[H`

/**
 * Bounded emulation: one screen and no history. A line that leaves the screen becomes a string, so memory grows with the text and not
 * with the width of the terminal. Replies to status reports are dropped: nobody listens to `onData`.
 */
export function createScreen(limits: ConsoleLimits): Screen {
  const terminal = new xterm.Terminal({ cols: terminalSize.columns, rows: terminalSize.rows, scrollback: 1, allowProposedApi: true })
  let left: string[] = []
  let joinNext = false
  let overflowed = false
  /** Only text so far, and all of it on the screen: erased line by line, which costs a tenth of a reset. */
  let isPlain = true

  const keep = (text: string, continues: boolean) => {
    if (joinNext) left[left.length - 1] += text
    else if (left.length < limits.answerLines) left.push(text)
    else overflowed = true
    joinNext = continues && !overflowed
  }
  terminal.onScroll(() => {
    isPlain = false
    const buffer = terminal.buffer.active
    const line = buffer.baseY > 0 ? buffer.getLine(buffer.baseY - 1) : undefined
    if (line) keep(line.translateToString(true), buffer.getLine(buffer.baseY)?.isWrapped === true)
  })

  const write = (bytes: Uint8Array | string) => {
    isPlain &&= typeof bytes === 'string' || !bytes.includes(escapeByte)
    return new Promise<void>((resolve) => terminal.write(bytes, resolve))
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
    begin: async (prefix) => {
      if (isPlain) await write(`${cancelSequence}${eraseDown(cursorRow() + 1)}${prefix}`)
      else {
        await write(cancelSequence)
        terminal.reset()
        if (prefix !== '') await write(prefix)
      }
      isPlain = true
      left = []
      joinNext = false
      overflowed = false
    },
    tail,
    lines,
    get overflowed() {
      return overflowed
    },
    dispose: () => terminal.dispose(),
  }
}
