import type { IBuffer, IBufferCell, Terminal } from '@xterm/headless'

const flags: readonly (readonly [(cell: IBufferCell) => number, number])[] = [
  [(cell) => cell.isBold(), 1],
  [(cell) => cell.isDim(), 2],
  [(cell) => cell.isItalic(), 3],
  [(cell) => cell.isUnderline(), 4],
  [(cell) => cell.isBlink(), 5],
  [(cell) => cell.isInverse(), 7],
  [(cell) => cell.isInvisible(), 8],
  [(cell) => cell.isStrikethrough(), 9],
]

/** SGR parameters of a palette colour; `base` is 30 for letters, 40 for the ground. */
function colour(value: number, base: 30 | 40): string {
  if (value < 8) return String(base + value)
  return value < 16 ? String(base + 52 + value) : `${base + 8};5;${value}`
}

function styleOf(cell: IBufferCell): string {
  const parameters = flags.flatMap(([has, parameter]) => (has(cell) ? [String(parameter)] : []))
  if (cell.isFgPalette()) parameters.push(colour(cell.getFgColor(), 30))
  if (cell.isBgPalette()) parameters.push(colour(cell.getBgColor(), 40))
  return parameters.join(';')
}

/** One row as text with its colours; blanks at its end are left out, but where the next row continues it. */
function writeRow(buffer: IBuffer, row: number, columns: number): string {
  const line = buffer.getLine(row)
  if (!line) return ''
  const isContinued = buffer.getLine(row + 1)?.isWrapped === true
  const length = isContinued ? columns : line.translateToString(true).length
  let text = ''
  let style = ''
  for (let column = 0; column < columns; column += 1) {
    const cell = line.getCell(column)
    if (!cell || cell.getWidth() === 0) continue
    const next = styleOf(cell)
    if (column >= length && next === '') continue
    if (next !== style) text += `\x1b[0${next === '' ? '' : `;${next}`}m`
    style = next
    text += cell.getChars() || ' '
  }
  return style === '' ? text : `${text}\x1b[0m`
}

/** All rows of the screen and the cursor; written at the top of an empty screen, or below what has left it. */
function writeBuffer(buffer: IBuffer, { cols, rows }: Terminal): string {
  let text = ''
  for (let row = 0; row < rows; row += 1) {
    const isContinuation = row > 0 && buffer.getLine(buffer.baseY + row)?.isWrapped === true
    text += `${row > 0 && !isContinuation ? '\r\n' : ''}${writeRow(buffer, buffer.baseY + row, cols)}`
  }
  return `${text}\x1b[${buffer.cursorY + 1};${buffer.cursorX + 1}H`
}

function writeModes({ modes }: Terminal): string {
  return [
    modes.applicationCursorKeysMode ? '\x1b[?1h' : '',
    modes.applicationKeypadMode ? '\x1b=' : '',
    modes.bracketedPasteMode ? '\x1b[?2004h' : '',
    modes.insertMode ? '\x1b[4h' : '',
    modes.wraparoundMode ? '' : '\x1b[?7l',
  ].join('')
}

/**
 * What brings an empty terminal of the same size to the same picture: the lines that have left the screen (without their colours), the
 * screen with colours and cursor, the alternate screen where a program uses it, and the modes.
 */
export function writeSnapshot(terminal: Terminal, left: readonly string[]): string {
  const { active, normal } = terminal.buffer
  const history = left.map((line) => `${line}\r\n`).join('')
  const alternate = active.type === 'alternate' ? `\x1b[?1049h\x1b[H${writeBuffer(active, terminal)}` : ''
  return `${history}${writeBuffer(normal, terminal)}${alternate}${writeModes(terminal)}`
}
