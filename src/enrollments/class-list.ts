import { CsvError, parse } from 'csv-parse/sync'
import { AppError } from '../errors.ts'
import { quote, type Sentence, say } from '../lib/sentence.ts'
import { isUsername } from '../users/index.ts'

/** One line of a class list, from 1; `problem` says why it cannot be used. */
export interface ClassListLine {
  readonly line: number
  readonly username: string
  readonly name: string | null
  readonly email: string | null
  readonly group: string | null
  readonly problem: 'no-username' | 'bad-username' | 'duplicate' | 'bad-email' | 'columns' | null
}

const maxLines = 5_000
const maxBytes = 2 * 1_048_576
/** What the columns may be called; the first row is a header only when it names the user column. */
const columnNames: Record<'username' | 'name' | 'email' | 'group', readonly string[]> = {
  username: ['username', 'user', 'login', 'userid', 'user name', 'account', 'utilizador', 'nome de utilizador'],
  name: ['name', 'full name', 'fullname', 'display name', 'student', 'nome'],
  email: ['email', 'e-mail', 'mail', 'email address', 'endereço de correio'],
  group: ['group', 'class', 'section', 'team', 'turma', 'grupo', 'groups'],
}
type Column = keyof typeof columnNames

/** What Windows-1252 has from 0x80 to 0x9f, where Latin-1 has control characters; Node 20's own decoder takes the one for the other. */
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'
const decodeWindows1252 = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (character) => windows1252.charAt(character.charCodeAt(0) - 0x80))

/** UTF-8 with or without BOM; else Windows-1252, which is what spreadsheets save in Europe. */
export function decodeClassList(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return decodeWindows1252(bytes)
    throw error
  }
}

/** The separator that the first line has most of. */
function separatorOf(text: string): string {
  const first = text.split(/\r?\n/, 1)[0] ?? ''
  const counted = [';', '\t', ','].map((separator) => ({ separator, count: first.split(separator).length }))
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).separator
}

function readRows(text: string): { record: string[]; line: number }[] {
  try {
    const rows: unknown = parse(text, {
      delimiter: separatorOf(text),
      bom: true,
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 10_000,
    })
    return (rows as { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({ record, line: info.lines })) // the shape csv-parse gives with `info`
  } catch (error) {
    throw new AppError('CLASS_LIST_INVALID', { cause: error, details: { reason: reasonOf(error) } })
  }
}

/** The parser's faults that a person can mend, in our words; others in its own. */
const lineFaults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'details.classList.openQuote',
  CSV_MAX_RECORD_SIZE: 'details.classList.longLine',
}

function reasonOf(error: unknown): Sentence {
  if (!(error instanceof CsvError)) return say('details.classList.noList')
  const key = lineFaults[error.code]
  return key === undefined ? quote(error.message) : say(key, { line: Number(error.lines ?? 1) })
}

function columnsOf(header: readonly string[]): Map<Column, number> | null {
  const columns = new Map<Column, number>()
  for (const [index, cell] of header.entries()) {
    const name = cell.toLowerCase().trim()
    for (const column of Object.keys(columnNames) as Column[]) {
      if (columnNames[column].includes(name) && !columns.has(column)) columns.set(column, index)
    }
  }
  return columns.has('username') ? columns : null
}

const plain: ReadonlyMap<Column, number> = new Map([
  ['username', 0],
  ['name', 1],
  ['email', 2],
  ['group', 3],
])

/**
 * Reads a class list: CSV with comma, semicolon or tab, columns by header in any order, or plain names one a line.
 * Broken lines are returned with their problem, never dropped.
 * @throws AppError CLASS_LIST_INVALID when it is no list at all
 */
export function readClassList(input: string | Uint8Array): ClassListLine[] {
  const text = typeof input === 'string' ? input : decodeClassList(input)
  if (text.length > maxBytes)
    throw new AppError('CLASS_LIST_INVALID', { details: { reason: say('details.classList.tooLarge', { limit: 2 }) } })
  if (text.includes('\u0000')) throw new AppError('CLASS_LIST_INVALID', { details: { reason: say('details.classList.noText') } })
  const rows = readRows(text)
  const header = columnsOf(rows[0]?.record ?? [])
  const body = header ? rows.slice(1) : rows
  if (body.length === 0) throw new AppError('CLASS_LIST_INVALID', { details: { reason: say('details.classList.empty') } })
  if (body.length > maxLines)
    throw new AppError('CLASS_LIST_INVALID', { details: { reason: say('details.classList.tooMany', { limit: maxLines }) } })
  const seen = new Set<string>()
  return body.map(({ record, line }) => readLine(record, line, header ?? plain, seen))
}

function readLine(record: readonly string[], line: number, columns: ReadonlyMap<Column, number>, seen: Set<string>): ClassListLine {
  const cell = (column: Column): string | null => {
    const index = columns.get(column)
    const value = index === undefined ? '' : (record[index] ?? '').trim()
    return value === '' ? null : value.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, 200)
  }
  const username = (cell('username') ?? '').toLowerCase()
  const email = cell('email')
  const widest = Math.max(...columns.values()) + 1
  const problem = judgeLine({ username, email, isTooWide: record.length > Math.max(widest, 4), isSeen: seen.has(username) })
  // a line that cannot be used takes the name from nobody
  if (problem === null) seen.add(username)
  return { line, username, name: cell('name'), email, group: cell('group'), problem }
}

function judgeLine(line: { username: string; email: string | null; isTooWide: boolean; isSeen: boolean }): ClassListLine['problem'] {
  if (line.username === '') return 'no-username'
  if (!isUsername(line.username)) return 'bad-username'
  if (line.email !== null && !/^[^\s@]+@[^\s@]+$/.test(line.email)) return 'bad-email'
  if (line.isTooWide) return 'columns'
  return line.isSeen ? 'duplicate' : null
}
