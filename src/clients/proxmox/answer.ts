import { z } from 'zod'
import type { AppError } from '../../errors.ts'
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
  const text = [message.trim(), ...problems].filter((part) => part !== '').join(' ')
  return text === '' ? `HTTP status ${answer.status} without a text` : text
}

export const answerError = (answer: WireAnswer): AppError => faultError({ where: 'answer', status: answer.status, text: errorText(answer) })

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
  if (!outer.success) throw faultError({ where: 'shape', status: answer.status, text: `no JSON envelope: ${answer.body.slice(0, 120)}` })
  const inner = schema.safeParse(outer.data.data)
  if (!inner.success) throw faultError({ where: 'shape', status: answer.status, text: z.prettifyError(inner.error).slice(0, 300) })
  return { data: inner.data, total: outer.data.total }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
