import { createHash } from 'node:crypto'
import { matchOne } from '../../../lib/bounded-regex.ts'
import { asksContent, type FileContent, type FileFacts, type FileParams, type Found, file } from '../../command-modules/file.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { linesOf, unfinished, unknownAnswer } from '../readings/reading.ts'
import { readBase64 } from './base64.ts'
import { askProgram, shellWord } from './programs.ts'

const capBytes = 64 * 1024
const shownLength = 200

type Attributes = NonNullable<FileFacts['file']>

const typeOf = (words: string): Attributes['type'] => {
  if (words.startsWith('regular')) return 'file'
  return words === 'directory' ? 'directory' : 'other'
}

/** `644 root root 512 regular file`, of GNU and busybox. Fixtures: linux/file. */
function readStat(answer: Observation): Attributes | null | Unreadable {
  const [line = '', ...more] = linesOf(answer).filter((one) => one !== '')
  if (answer.exitCode !== 0 && /^stat: .*: (?:No such file or directory|Not a directory)$/.test(line)) return null
  const [, mode, owner = '', group = '', size, type = ''] = /^([0-7]{1,4}) (\S+) (\S+) (\d+) ([a-z ]+)$/.exec(line) ?? []
  if (mode === undefined || more.length > 0) return unknownAnswer(answer)
  return { type: typeOf(type), mode: mode.padStart(4, '0'), owner, group, sizeBytes: Number(size) }
}

/** Text that shows nothing while the content was cut may still come. */
const findIn = (isFound: boolean, isCut: boolean): Found => (isFound || !isCut ? isFound : null)

function readContent(bytes: Buffer, isCut: boolean, { contains, regex }: FileParams): Omit<FileContent, 'sha256'> {
  const text = bytes.toString('utf8').replaceAll('\r\n', '\n')
  const matched = regex === undefined ? true : matchOne(regex, text, 'm')
  return {
    contains: contains.map((wanted) => ({ text: wanted, found: findIn(text.includes(wanted), isCut) })),
    regex: matched === 'too-slow' ? matched : findIn(matched !== null, isCut),
    lines: isCut ? null : countLines(text),
    head: text.slice(0, shownLength),
  }
}

/** A last line without its end counts too. */
const countLines = (text: string): number => text.split('\n').length - (text === '' || text.endsWith('\n') ? 1 : 0)

async function askContent(context: ReadContext, params: FileParams): Promise<FileContent | Unreadable> {
  const path = shellWord(params.path)
  const answer = await askProgram(context, `head -c ${capBytes} ${path} | base64`)
  if (isUnreadable(answer)) return answer
  const bytes = readBase64(answer.text)
  if (bytes === undefined) return unknownAnswer(answer)
  const isCut = bytes.length >= capBytes
  const sha256 = isCut && params.sha256 !== undefined ? await askHash(context, path) : hashOf(bytes, isCut)
  return typeof sha256 === 'object' && sha256 !== null ? sha256 : { ...readContent(bytes, isCut, params), sha256 }
}

const hashOf = (bytes: Buffer, isCut: boolean): string | null => (isCut ? null : createHash('sha256').update(bytes).digest('hex'))

async function askHash(context: ReadContext, path: string): Promise<string | Unreadable> {
  const answer = await askProgram(context, `sha256sum ${path}`)
  if (isUnreadable(answer)) return answer
  return /^\\?([0-9a-f]{64})\s/.exec(answer.text.trimStart())?.[1] ?? unknownAnswer(answer)
}

async function observe(context: ReadContext, params: FileParams): Promise<FileFacts | Unreadable> {
  const answer = await context.ask(`stat -L -c '%a %U %G %s %F' ${shellWord(params.path)}`)
  const problem = unfinished(answer)
  if (problem !== null) return problem
  const found = readStat(answer)
  if (found !== null && isUnreadable(found)) return found
  if (found === null || !asksContent(params) || found.type !== 'file') return { file: found, content: null }
  const content = await askContent(context, params)
  return isUnreadable(content) ? content : { file: found, content }
}

export const files: readonly BoundReader[] = [reads(file, { observe }, 'device')]
