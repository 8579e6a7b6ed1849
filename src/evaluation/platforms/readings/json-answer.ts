import type { z } from 'zod'
import type { Observation } from '../../observation.ts'
import type { Unreadable } from '../../platform.ts'
import { unknownAnswer } from './reading.ts'

/** Junos prints the role of the routing engine on a line of its own above the prompt, thus below the answer: `{master:0}`. */
const roleLine = /\n\{[a-z]+(?::\w*\d)?\}\s*$/

/**
 * An answer in JSON, as far as the schema looks at it.
 * @returns unreadable where it is no JSON (a log line in its middle), or has not the shape that is known
 */
export function readJson<Schema extends z.ZodType>(answer: Observation, schema: Schema): z.infer<Schema> | Unreadable {
  const value = parseJson(answer.text.replace(roleLine, ''))
  if (value === undefined) return unknownAnswer(answer)
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : unknownAnswer(answer)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
