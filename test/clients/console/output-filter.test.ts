import xterm from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOutputFilter } from '../../../src/clients/console/output-filter.ts'

const shown = (...texts: string[]): string => {
  const filter = createOutputFilter()
  return texts
    .flatMap((text) => filter.push(text))
    .filter(({ kind }) => kind === 'show')
    .map(({ text }) => text)
    .join('')
}
const queries = (text: string): string[] =>
  createOutputFilter()
    .push(text)
    .filter(({ kind }) => kind === 'query')
    .map((piece) => piece.text)

describe('the output of a device on its way to a terminal', () => {
  it.each([
    ['plain text, colours and cursor movements', 'R1#\x1b[1;31mred\x1b[0m\b\b\x1b[K\x1b[2J\x1b[10;5H\x1b(B\x1b7\x1b8\r\n'],
    ['the alternate screen and bracketed paste', '\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[?1049l'],
    ['letters beyond ASCII', 'büro 路由器 ✓'],
  ])('keeps %s', (_what, text) => {
    expect(shown(text)).toBe(text)
  })

  it.each([
    ['a title', 'a\x1b]0;owned\x07b'],
    ['the clipboard', 'a\x1b]52;c;cm0gLXJmIC8=\x07b'],
    ['a link', 'a\x1b]8;;https://example.org\x1b\\b'],
    ['an image', 'a\x1bPq#0;2;0;0;0\x1b\\b'],
    ['a private message', 'a\x1b_Gf=100;AAAA\x1b\\b'],
    ['a string opened by a C1 control', 'a\u009d\u009bb'],
    ['mouse and focus reports', 'a\x1b[?1000h\x1b[?1006;1004hb'],
    ['moving the window, printing, asking for modes', 'a\x1b[3;0;0t\x1b[21t\x1b[5i\x1b[?1$pb'],
    ['an identification by ESC Z', 'a\x1bZb'],
    ['null bytes and DEL', 'a\0\x05\x7fb'],
  ])('leaves out %s', (_what, text) => {
    expect(shown(text)).toBe('ab')
    expect(queries(text)).toEqual([])
  })

  it('tells questions to the terminal apart', () => {
    expect(queries('\x1b[6n# \x1b[5n\x1b[c\x1b[>0c\x1b[?6n\x1b[=c')).toEqual(['\x1b[6n', '\x1b[5n', '\x1b[c', '\x1b[>c'])
    expect(shown('\x1b[6n# ')).toBe('# ')
  })

  it('bounds repetitions, which an emulator would loop through for minutes', async () => {
    expect(shown('\x1b[2000000000L\x1b[2147483647b\x1b[99999I')).toBe('\x1b[100L\x1b[999b\x1b[40I')
    const terminal = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true })
    await new Promise<void>((resolve) => terminal.write(shown('x\x1b[2147483647b\x1b[2000000000L\x1b[2000000000S'), resolve))
  })

  it('keeps one mode of several, and maps true colours to the palette', () => {
    expect(shown('\x1b[?1000;1049;1006h')).toBe('\x1b[?1049h')
    expect(shown('\x1b[1;38;2;255;0;0m\x1b[48:2::0:0:255m\x1b[58;5;3m')).toBe('\x1b[1;38;5;196m\x1b[48;5;21m')
  })

  it('sees the text again after a string that never ends', () => {
    expect(shown(`\x1b]0;${'x'.repeat(10_000)}R1#`)).toMatch(/R1#$/u)
  })

  it('gives the same whatever the pieces are that the bytes come in, and only whole sequences', () => {
    const text = 'a\x1b[1;31mb\x1b]0;t\x1b\\c\x1b[6nd\x1b(0e\x1b[?1049hf\x1bP1\x1b\\g'
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 12 }), (cuts) => {
        const at = [0, ...[...cuts].sort((a, b) => a - b), text.length]
        const parts = at.slice(1).map((end, index) => text.slice(at[index], end))
        expect(shown(...parts)).toBe('a\x1b[1;31mbcd\x1b(0e\x1b[?1049hfg')
      }),
    )
  })
})
