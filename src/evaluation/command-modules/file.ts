import { z } from 'zod'
import { isRegex } from '../../lib/bounded-regex.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

/** Found in the content, or not; null where the content was cut before it showed. */
export type Found = boolean | null | 'too-slow'

export interface FileContent {
  readonly contains: readonly { readonly text: string; readonly found: Found }[]
  readonly regex: Found
  readonly lines: number | null
  /** Of the whole file, lower case. */
  readonly sha256: string | null
  /** The beginning, for a person. */
  readonly head: string
}

export interface FileFacts {
  /** Null when there is no such file. */
  readonly file: {
    readonly type: 'file' | 'directory' | 'other'
    /** Permission bits in octal, four digits. */
    readonly mode: string
    readonly owner: string
    readonly group: string
    readonly sizeBytes: number
  } | null
  /** Null when nothing of it was asked for. */
  readonly content: FileContent | null
}

const accountSchema = z.string().regex(/^[A-Za-z_0-9][\w.-]{0,31}\$?$/, { error: 'exerciseProblems.accountName' })

export const fileParams = z
  .strictObject({
    path: z
      .string()
      .max(255)
      .regex(/^\/[^\p{Cc}]*$/u, { error: 'exerciseProblems.absolutePath' })
      .refine((path) => !path.split('/').includes('..'), { error: 'exerciseProblems.absolutePath' }),
    state: z.enum(['present', 'absent']).default('present'),
    type: z.enum(['file', 'directory']).optional(),
    /** Octal: `644` or `0644`. */
    mode: z
      .union([z.string(), z.int()])
      .transform(String)
      .refine((mode) => /^[0-7]{3,4}$/.test(mode), { error: 'exerciseProblems.fileMode' })
      .transform((mode) => mode.padStart(4, '0'))
      .optional(),
    owner: accountSchema.optional(),
    group: accountSchema.optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, { error: 'exerciseProblems.sha256' })
      .transform((text) => text.toLowerCase())
      .optional(),
    /** Texts that stand in it, as they are. */
    contains: z.array(z.string().min(1).max(1_000)).max(20).default([]),
    /** Over the whole text; `^` and `$` are those of a line. */
    regex: z
      .string()
      .min(1)
      .max(1_000)
      .refine((pattern) => isRegex(pattern), { error: 'exerciseProblems.regex' })
      .optional(),
    lines: z.int().min(0).max(1_000_000).optional(),
  })
  .refine(({ state, ...rest }) => state === 'present' || !asksMore(rest), { error: 'exerciseProblems.onlyForPresent', path: ['state'] })
export type FileParams = z.infer<typeof fileParams>

interface ContentWishes {
  readonly sha256?: string | undefined
  readonly contains: readonly string[]
  readonly regex?: string | undefined
  readonly lines?: number | undefined
}
interface Wishes extends ContentWishes {
  readonly type?: string | undefined
  readonly mode?: string | undefined
  readonly owner?: string | undefined
  readonly group?: string | undefined
}

/** True when the file has to be read. */
export const asksContent = ({ sha256, contains, regex, lines }: ContentWishes): boolean =>
  sha256 !== undefined || contains.length > 0 || regex !== undefined || lines !== undefined

const asksMore = ({ type, mode, owner, group, ...rest }: Wishes): boolean =>
  [type, mode, owner, group].some((one) => one !== undefined) || asksContent(rest)

type Finding = Judgement | undefined

function judgeAttributes({ file }: FileFacts, { path, type, mode, owner, group }: FileParams): Finding {
  if (file === null) return fail('FILE_ABSENT', 'absent', { path })
  if (type !== undefined && file.type !== type) return fail('FILE_OTHER_TYPE', 'wrong-value', { path, type: file.type })
  if (mode !== undefined && file.mode !== mode) return fail('FILE_OTHER_MODE', 'wrong-value', { path, mode: file.mode })
  if (owner !== undefined && file.owner !== owner) return fail('FILE_OTHER_OWNER', 'wrong-value', { path, owner: file.owner })
  return group !== undefined && file.group !== group ? fail('FILE_OTHER_GROUP', 'wrong-value', { path, group: file.group }) : undefined
}

function judgeContent({ content }: FileFacts, { path, sha256, lines }: FileParams): Finding {
  if (content === null) return undefined
  const data: ReasonData = { path, head: content.head }
  const missing = content.contains.find(({ found }) => found === false)
  if (missing !== undefined) return fail('FILE_TEXT_MISSING', 'absent', { ...data, text: missing.text })
  if (content.regex === 'too-slow') return inconclusive('FILE_REGEX_TOO_SLOW', 'exercise', { path })
  if (content.regex === false) return fail('FILE_NO_MATCH', 'absent', data)
  if (content.regex === null || content.contains.some(({ found }) => found === null)) return inconclusive('FILE_TOO_LONG', 'lab', { path })
  if (lines !== undefined && content.lines === null) return inconclusive('FILE_TOO_LONG', 'lab', { path })
  if (lines !== undefined && content.lines !== lines) return fail('FILE_OTHER_LENGTH', 'wrong-value', { ...data, lines: content.lines })
  if (sha256 === undefined || content.sha256 === sha256) return undefined
  if (content.sha256 === null) return inconclusive('FILE_TOO_LONG', 'lab', { path })
  return fail('FILE_OTHER_CONTENT', 'wrong-value', { ...data, sha256: content.sha256 })
}

function judgeAbsent(rounds: readonly Round<FileFacts>[], path: string): Judgement {
  return rounds.some(({ facts }) => facts.file !== null) ? fail('FILE_FORBIDDEN', 'forbidden-state', { path }) : pass('FILE_GONE', { path })
}

/** A file: whether it is there, whose it is, who may do what with it, and what stands in it. */
export const file = defineCommandModule<FileFacts>()({
  name: 'file',
  layer: 'service',
  params: fileParams,
  defaultWithinSeconds: 0,
  isNegative: ({ state }) => state === 'absent',
  expected: ({ path, state, ...rest }) => {
    if (state === 'absent') return { code: 'FILE_STATE_ABSENT', data: { path } }
    return { code: asksMore(rest) ? 'FILE_AS_EXPECTED' : 'FILE_STATE_PRESENT', data: { path } }
  },
  judge: (rounds, params) => {
    if (params.state === 'absent') return judgeAbsent(rounds, params.path)
    const facts = lastRound(rounds)
    return judgeAttributes(facts, params) ?? judgeContent(facts, params) ?? pass('FILE_FOUND', { path: params.path })
  },
})
