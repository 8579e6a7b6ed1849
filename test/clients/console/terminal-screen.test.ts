import xterm from '@xterm/headless'
import { describe, expect, it } from 'vitest'
import { createTerminalScreen, type TerminalScreenOptions } from '../../../src/clients/console/terminal-screen.ts'

const size = { columns: 40, rows: 6 }
const limits = { lines: 100, characters: 10_000 }
const replies: string[] = []
const newScreen = (extra: Partial<TerminalScreenOptions> = {}) =>
  createTerminalScreen({ size, limits, onReply: (reply) => replies.push(reply), ...extra })

/** What a viewer's terminal shows that is given the snapshot. */
async function see(text: string, { columns, rows } = size) {
  const viewer = new xterm.Terminal({ cols: columns, rows, scrollback: 1_000, allowProposedApi: true })
  await new Promise<void>((resolve) => viewer.write(text, resolve))
  const { active } = viewer.buffer
  const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '')
  return { lines, viewer, cursor: [active.cursorX, active.cursorY] }
}

describe("a terminal's screen", () => {
  it('is seen by whoever comes later as by who was there, scrollback included', async () => {
    const screen = newScreen()
    const text = `${Array.from({ length: 30 }, (_, n) => `line ${n}`).join('\r\n')}\r\n\x1b[32mR1\x1b[0m# show \x1b[1mx\x1b[0m`
    const output = await screen.write(Buffer.from(text))
    const there = await see(output)
    const later = await see(screen.snapshot())
    expect(later.lines).toEqual(there.lines)
    expect(later.cursor).toEqual(there.cursor)
    const row = later.viewer.buffer.active.getLine(later.viewer.buffer.active.baseY + later.viewer.buffer.active.cursorY)
    expect(row?.getCell(0)?.getFgColor()).toBe(2)
    expect(row?.getCell(9)?.isBold()).toBeTruthy()
    screen.dispose()
  })

  it('keeps a screen with empty lines below the cursor, and the alternate screen of a program', async () => {
    const screen = newScreen()
    await screen.write(Buffer.from('before\r\n\x1b[2J\x1b[Htop\r\n'))
    expect((await see(screen.snapshot())).cursor).toEqual([0, 1])
    await screen.write(Buffer.from('\x1b[?1049h\x1b[?2004h\x1b[3;5Hediting'))
    const later = await see(screen.snapshot())
    expect(later.lines[2]).toBe('    editing')
    expect(later.viewer.modes.bracketedPasteMode).toBe(true)
    await new Promise<void>((resolve) => later.viewer.write('\x1b[?1049l', resolve))
    expect(later.viewer.buffer.active.getLine(0)?.translateToString(true)).toBe('top')
  })

  it('joins lines that were wrapped, and keeps no more than it may', async () => {
    const screen = newScreen({ limits: { lines: 50, characters: 2_000 } })
    await screen.write(Buffer.from(`${'x'.repeat(100)}\r\n${'y\r\n'.repeat(20)}`))
    expect((await see(screen.snapshot(), { columns: 200, rows: 6 })).lines).toContain('x'.repeat(100))
    await screen.write(Buffer.from('z'.repeat(30).concat('\r\n').repeat(500)))
    expect(screen.snapshot().length).toBeLessThan(3_000)
  })

  it('answers where its cursor is and what it is, and nothing else, however it is asked', async () => {
    const screen = newScreen()
    replies.length = 0
    await screen.write(Buffer.from('ab\x1b[6n\x1b[5n\x1b[c\x1b[21t\x1b]10;?\x07\x1bP$qm\x1b\\\x1b[?1$p\x1bZ\x05'))
    expect(replies.slice(0, 2)).toEqual(['\x1b[1;3R', '\x1b[0n'])
    expect(replies).toHaveLength(3)
    expect(replies[2]).toMatch(/^\x1b\[\?[\d;]+c$/u)
  })

  it('keeps what it shows when its size changes', async () => {
    const screen = newScreen()
    await screen.write(Buffer.from('one\r\ntwo\r\nthree\r\nfour\r\nfive\r\nR1#'))
    await screen.resize({ columns: 80, rows: 3 })
    expect(screen.tail()).toBe('R1#')
    expect((await see(screen.snapshot(), { columns: 80, rows: 3 })).lines).toEqual(['one', 'two', 'three', 'four', 'five', 'R1#'])
  })

  it('reads letters that were cut in two', async () => {
    const screen = newScreen()
    const bytes = Buffer.from('é路')
    let shown = ''
    for (const byte of bytes) shown += await screen.write(Uint8Array.of(byte))
    expect(shown).toBe('é路')
    expect(screen.tail()).toBe('é路')
  })
})
