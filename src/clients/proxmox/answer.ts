import { z } from 'zod'
import type { AppError } from '../../errors.ts'
import { placedProblem, schemaProblems } from '../../lib/schema-problems.ts'
import { say } from '../../lib/sentence.ts'
import { faultError } from './fault.ts'
import type { WireAnswer } from './wire.ts'

const envelope = z.object({ data: z.unknown(), total: z.coerce.number().optional() })
const errorEnvelope = z.object({
  message: z.string().nullish(),
  errors: z.record(z.string(), z.unknown()).nullish(),
})

/** The text of an error: `message` of the body where there is one, else the reason phrase; what each parameter lacks is added. */
export function errorText(answer: Pick<WireAnswer, 'body' | 'reason' | 'status'>): string {
  const parsed = errorEnvelope.safeParse(parsedJson(answer.body))
  const message = (parsed.success ? parsed.data.message : undefined) ?? answer.reason
  const problems = Object.entries((parsed.success ? parsed.data.errors : undefined) ?? {}).map(
    ([name, problem]) => `${name}: ${String(problem).trim()}`,
  )
  return [message.trim(), ...problems].filter((part) => part !== '').join(' ')
}

export const answerError = (answer: WireAnswer): AppError => {
  const { status } = answer
  const text = errorText(answer)
  return faultError({ where: 'answer', status, text, ...(text === '' ? { said: say('details.proxmox.status', { status }) } : {}) })
}

/** `data` of a successful answer, in the given shape; PROXMOX_UNEXPECTED_ANSWER when it is not that. */
export function answerData<Schema extends z.ZodType>(answer: WireAnswer, schema: Schema): z.output<Schema> {
  return answerList(answer, schema).data
}

/** As `answerData`, with the `total` that list answers carry beside `data`. */
export function answerList<Schema extends z.ZodType>(
  answer: WireAnswer,
  schema: Schema,
): { data: z.output<Schema>; total: number | undefined } {
  const outer = envelope.safeParse(parsedJson(answer.body))
  if (!outer.success) {
    const text = answer.body.slice(0, 120)
    throw faultError({ where: 'shape', status: answer.status, text, said: say('details.proxmox.noJson', { text }) })
  }
  const inner = schema.safeParse(outer.data.data, { reportInput: true })
  if (!inner.success) {
    const problems = schemaProblems(inner.error.issues).slice(0, maxShownProblems)
    const places = problems.map(({ path }) => path.join('.'))
    const said = say('quoted', { text: problems.map(placedProblem) })
    // no word of the answer itself: it may be a ticket
    throw faultError({ where: 'shape', status: answer.status, text: `misfit at ${places.join(', ')}`, said })
  }
  return { data: inner.data, total: outer.data.total }
}

const maxShownProblems = 3

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
