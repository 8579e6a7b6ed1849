import vm from 'node:vm'
import { z } from 'zod'

/** A pattern that somebody else wrote, and the texts it is tried on. */
export interface RegexQuestion {
  readonly pattern: string
  /** Of `i`, `m` and `s`; none where absent. */
  readonly flags?: string
  readonly texts: readonly string[]
}

const matchSchema = z.object({
  /** Where the match begins, in UTF-16 units. */
  index: z.int(),
  text: z.string(),
  /** Named groups; one that took no part is null. */
  groups: z.record(z.string(), z.string().nullable()),
})
/** The first match in one text. */
export type RegexMatch = z.infer<typeof matchSchema>
const answersSchema = z.array(z.array(matchSchema.nullable()))

/** `matches[q][t]`: question q on its text t; null = no match. */
export type RegexAnswer = { readonly matches: readonly (readonly (RegexMatch | null)[])[] } | { readonly tooSlow: true }

/** A common pattern takes less than a millisecond for 64 kB; no verdict hangs on a machine that is busy for a moment. */
const defaultLimitMs = 250

const script = new vm.Script(`
  const all = JSON.parse(questions)
  JSON.stringify(all.map(({ pattern, flags, texts }) => {
    const regex = new RegExp(pattern, flags)
    return texts.map((text) => {
      const match = regex.exec(text)
      if (match === null) return null
      const groups = Object.entries(match.groups ?? {}).map(([name, value]) => [name, value ?? null])
      return { index: match.index, text: match[0], groups: Object.fromEntries(groups) }
    })
  }))
`)

const knownFlags = /^(?!.*(.).*\1)[ims]*$/

/** True for a pattern (with flags of `i`, `m`, `s`) that can be compiled. */
export function isRegex(pattern: string, flags = ''): boolean {
  if (!knownFlags.test(flags)) return false
  try {
    return new RegExp(pattern, flags) instanceof RegExp
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

const timeoutErrorSchema = z.object({ code: z.literal('ERR_SCRIPT_EXECUTION_TIMEOUT') })

/**
 * Tries patterns on texts, all together within one limit (docs/decisions/0014). A pattern such as `(a+)+$` never ends on some texts, and
 * while it runs nothing else does.
 * @throws SyntaxError for a pattern that cannot be compiled: ask `isRegex` before
 */
export function matchBounded(questions: readonly RegexQuestion[], limitMs = defaultLimitMs): RegexAnswer {
  const wrong = questions.find(({ pattern, flags }) => !isRegex(pattern, flags))
  if (wrong !== undefined) throw new SyntaxError(`not a regular expression: /${wrong.pattern}/${wrong.flags ?? ''}`)
  try {
    const answer: unknown = script.runInNewContext({ questions: JSON.stringify(questions) }, { timeout: limitMs })
    return { matches: answersSchema.parse(JSON.parse(z.string().parse(answer))) }
  } catch (error) {
    if (timeoutErrorSchema.safeParse(error).success) return { tooSlow: true }
    throw error
  }
}

/** One pattern on one text; null = no match. */
export function matchOne(pattern: string, text: string, flags = ''): RegexMatch | null | 'too-slow' {
  const answer = matchBounded([{ pattern, flags, texts: [text] }])
  return 'tooSlow' in answer ? 'too-slow' : (answer.matches[0]?.[0] ?? null)
}
