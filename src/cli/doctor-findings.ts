import type { Config } from '../config.ts'
import { isAppError } from '../errors.ts'
import { isSameSite } from '../lab-guard/index.ts'
import { type Sentence, say } from '../lib/sentence.ts'

/** One thing that was looked at. */
export interface DoctorFinding {
  readonly state: 'ok' | 'warning' | 'failing'
  readonly about: Sentence
  /** What to do, where something is to be done. */
  readonly todo?: Sentence
}

export const fine = (key: string, values: Sentence['values'] = {}): DoctorFinding => ({ state: 'ok', about: say(`doctor.${key}`, values) })

/** @param key has a sentence of its own and one below `doctor.todo` */
export const wrong = (state: 'warning' | 'failing', key: string, values: Sentence['values'] = {}): DoctorFinding => ({
  state,
  about: say(`doctor.${key}`, values),
  todo: say(`doctor.todo.${key}`, values),
})

/** Whether labs' host names are a site of their own; also said when the server starts. The demo lives on one machine. */
export function examineLabHosts({ LAB_HOST_PATTERN: pattern, PUBLIC_URL, SANDBOX }: Config): DoctorFinding[] {
  if (pattern === undefined || SANDBOX) return []
  const values = { pattern, host: new URL(PUBLIC_URL).hostname }
  return [isSameSite(pattern, PUBLIC_URL) ? wrong('warning', 'labHostsSameSite', values) : fine('labHosts', values)]
}

/** Findings of one part; a part that cannot be asked is one finding, and the others are looked at all the same. */
export async function examine(part: string, look: () => Promise<readonly DoctorFinding[]>): Promise<readonly DoctorFinding[]> {
  try {
    return await look()
  } catch (error) {
    if (!isAppError(error)) throw error
    const problem = say(`errors.${error.code}`, { requestId: '', ...error.details })
    return [{ state: 'failing', about: say('doctor.unreachable', { part: say(`doctor.parts.${part}`), problem }) }]
  }
}
