/**
 * Which control sequences a terminal is shown, and which it may answer. Sources: ECMA-48 for their shape, xterm's ctlseqs for their
 * meaning. Allowed by name: what is not known here is left out.
 */
export type SequenceVerdict = { readonly kind: 'show' | 'query'; readonly text: string } | { readonly kind: 'drop' }

const drop: SequenceVerdict = { kind: 'drop' }

/** Most repetitions of each sequence that repeats something: emulators loop so often, and the parameter may be two thousand million. */
const mostRepetitions: Readonly<Record<string, number>> = { L: 100, M: 100, S: 100, T: 100, I: 40, Z: 40, '^': 100 }
const mostOfOthers = 999

/** CSI sequences without prefix: cursor, erasing, inserting, scrolling, colours, tabs, margins. */
const plainFinals = new Set('@ABCDEFGHIJKLMPSTXZ`abdefgmrsu')
/** DEC private modes: cursor keys, reverse, origin, wrap, cursor, alternate screen, bracketed paste. No mouse, focus or colour reports: a viewer would answer those. */
const privateModes = new Set([1, 5, 6, 7, 12, 25, 45, 47, 66, 1047, 1048, 1049, 2004])
const insertMode = 4

/** The 256-colour palette's nearest to a colour: terminals in pages set others by a `style` attribute, which our policy forbids. */
function paletteColour(red: number, green: number, blue: number): number {
  const level = (value: number) => Math.round((Math.min(255, value) / 255) * 5)
  return 16 + 36 * level(red) + 6 * level(green) + level(blue)
}

/** Underline colours are left out, for the same reason. */
const withoutTrueColour = (params: string): string =>
  params
    .replace(/(^|;)58(?:[;:]2[;:][\d:]*(?:;\d+){0,2}|[;:]5[;:]\d+)/gu, '$1')
    .replace(
      /([34]8):2:(?:\d*:)?(\d+):(\d+):(\d+)/gu,
      (_all, kind, r, g, b) => `${kind};5;${paletteColour(Number(r), Number(g), Number(b))}`,
    )
    .replace(/([34]8);2;(\d+);(\d+);(\d+)/gu, (_all, kind, r, g, b) => `${kind};5;${paletteColour(Number(r), Number(g), Number(b))}`)

const clamp = (params: string, most: number): string => params.replace(/\d+/gu, (digits) => String(Math.min(Number(digits), most)))

function judgeModes(body: string, final: string, allowed: (mode: number) => boolean, prefix: string): SequenceVerdict {
  const modes = body.split(';').filter((text) => allowed(Number(text)))
  return modes.length === 0 ? drop : { kind: 'show', text: `\x1b[${prefix}${modes.join(';')}${final}` }
}

/** @param sequence behind `ESC [`: parameters, intermediates, final byte */
export function judgeControlSequence(sequence: string): SequenceVerdict {
  const [, prefix = '', params = '', intermediates = '', final = ''] = /^([<-?]?)([\d:;]*)([ -/]*)([@-~])$/u.exec(sequence) ?? []
  if (intermediates !== '') {
    const isCursorShape = intermediates === ' ' && final === 'q' && prefix === ''
    const isSoftReset = intermediates === '!' && final === 'p' && prefix === ''
    return isCursorShape || isSoftReset ? { kind: 'show', text: `\x1b[${clamp(params, 99)}${intermediates}${final}` } : drop
  }
  if (final === 'n') return prefix === '' && (params === '5' || params === '6') ? { kind: 'query', text: `\x1b[${params}n` } : drop
  if (final === 'c')
    return (prefix === '' || prefix === '>') && Number(params || 0) === 0 ? { kind: 'query', text: `\x1b[${prefix}c` } : drop
  if (final === 'h' || final === 'l') {
    if (prefix === '?') return judgeModes(params, final, (mode) => privateModes.has(mode), '?')
    return prefix === '' ? judgeModes(params, final, (mode) => mode === insertMode, '') : drop
  }
  const isErasing = prefix === '?' && (final === 'J' || final === 'K')
  if ((prefix !== '' && !isErasing) || !plainFinals.has(final)) return drop
  const shown = final === 'm' ? withoutTrueColour(params) : params
  // without parameters it would mean something else: everything back to normal
  if (shown === '' && params !== '') return drop
  return { kind: 'show', text: `\x1b[${prefix}${clamp(shown, mostRepetitions[final] ?? mostOfOthers)}${final}` }
}

/** Save and restore the cursor, keypad modes, index, next line, tab stop, reverse index, reset. */
const escapeFinals = new Set('78=>DEHMc')

/** @param sequence behind ESC: intermediates and final character, no string and no CSI */
export function judgeEscape(sequence: string): SequenceVerdict {
  const isCharacterSet = /^[()*+][0-9A-Za-z]$/u.test(sequence)
  return isCharacterSet || sequence === '#8' || escapeFinals.has(sequence) ? { kind: 'show', text: `\x1b${sequence}` } : drop
}
