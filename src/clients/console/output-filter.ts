import { judgeControlSequence, judgeEscape, type SequenceVerdict } from './safe-sequence.ts'

/** Text in order: what a terminal shows, or a question to the terminal (where is the cursor, what are you). */
export interface OutputPiece {
  readonly kind: 'show' | 'query'
  readonly text: string
}

export interface OutputFilter {
  /** Takes text as it came; sequences may be cut anywhere, and only whole ones come out. */
  push(text: string): OutputPiece[]
}

type State = 'text' | 'escape' | 'control' | 'string' | 'string-escape'

/** Longer sequences are no sequences: a real one has some ten characters. */
const maxSequence = 64
/** A string (title, clipboard, link, image) that does not end in time is given up, so that what follows is seen. */
const maxString = 4_096
/** C0 but BEL, BS, HT, LF, VT, FF, CR, SO and SI; DEL; C1, which emulators take for sequences. */
const special = /[\u0000-\u0006\u0010-\u001f\u007f-\u009f]/gu
const stringStarts = new Set(']PX^_')

/**
 * What a device prints, made harmless. A student may be root on it and print anything: strings to the terminal (titles, clipboard,
 * links, images) are left out, repetitions are bounded, modes that make a terminal answer by itself are refused, and questions are told
 * apart, so that one place can answer them or not.
 */
export function createOutputFilter(): OutputFilter {
  let state: State = 'text'
  let sequence = ''
  let stringLength = 0

  const end = (verdict: SequenceVerdict, pieces: OutputPiece[]): State => {
    sequence = ''
    if (verdict.kind !== 'drop') add(pieces, verdict)
    return 'text'
  }
  const startString = (): State => {
    sequence = ''
    stringLength = 0
    return 'string'
  }
  const inEscape = (character: string, pieces: OutputPiece[]): State => {
    if (sequence === '' && character === '[') return 'control'
    if (sequence === '' && stringStarts.has(character)) return startString()
    sequence += character
    const isIntermediate = character >= ' ' && character <= '/'
    return isIntermediate && sequence.length < maxSequence ? 'escape' : end(judgeEscape(sequence), pieces)
  }
  const inControl = (character: string, pieces: OutputPiece[]): State => {
    sequence += character
    if (character >= '@' && character <= '~') return end(judgeControlSequence(sequence), pieces)
    return character >= ' ' && character <= '?' && sequence.length < maxSequence ? 'control' : end({ kind: 'drop' }, pieces)
  }
  const inString = (character: string): State => {
    stringLength += 1
    if (character === '\x1b') return 'string-escape'
    return character === '\x07' || character === '\x18' || character === '\x1a' || stringLength > maxString ? 'text' : 'string'
  }
  const step = (character: string, pieces: OutputPiece[]): State => {
    if (state === 'string') return inString(character)
    // ESC ends a string; the backslash of the terminator is a sequence of its own that shows nothing
    if (character === '\x1b') {
      sequence = ''
      return 'escape'
    }
    if (state === 'string-escape') return inEscape(character, pieces)
    return state === 'escape' ? inEscape(character, pieces) : inControl(character, pieces)
  }

  return {
    push: (text) => {
      const pieces: OutputPiece[] = []
      let at = 0
      while (at < text.length) {
        if (state === 'text') {
          special.lastIndex = at
          const next = special.exec(text)?.index ?? text.length
          if (next > at) add(pieces, { kind: 'show', text: text.slice(at, next) })
          if (text[next] === '\x1b') {
            sequence = ''
            state = 'escape'
          }
          at = next + 1
        } else {
          state = step(text[at] ?? '', pieces)
          at += 1
        }
      }
      return pieces
    },
  }
}

/** Neighbours of one kind become one piece. */
function add(pieces: OutputPiece[], piece: OutputPiece): void {
  const last = pieces.at(-1)
  if (last?.kind === 'show' && piece.kind === 'show') pieces[pieces.length - 1] = { kind: 'show', text: last.text + piece.text }
  else pieces.push(piece)
}
