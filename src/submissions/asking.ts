import { z } from 'zod'
import type { EventBus, LiveEvent } from '../lib/events.ts'

const criterionEvent = z.object({ submissionId: z.string(), id: z.string(), text: z.string().optional() })
const submissionEvent = z.object({ id: z.string(), state: z.string() })

/** What evaluations are asking at this moment, from their events. In memory: after a restart the next question is heard again. */
export interface AskingNow {
  /** By criterion. */
  of(submissionId: string): ReadonlyMap<string, string>
  close(): void
}

const nothing: ReadonlyMap<string, string> = new Map()

export function followAsking(events: Pick<EventBus, 'subscribe'>): AskingNow {
  const bySubmission = new Map<string, Map<string, string>>()
  const hear = (event: LiveEvent) => {
    if (event.name === 'criterion') noteCriterion(event.data)
    if (event.name === 'submission') forgetEnded(event.data)
  }
  function noteCriterion(data: unknown): void {
    const parsed = criterionEvent.safeParse(data)
    if (!parsed.success) return // a proof: it has no submission
    const { submissionId, id, text } = parsed.data
    const asking = bySubmission.get(submissionId) ?? new Map<string, string>()
    if (text === undefined) asking.delete(id)
    else asking.set(id, text)
    bySubmission.set(submissionId, asking)
  }
  function forgetEnded(data: unknown): void {
    const parsed = submissionEvent.safeParse(data)
    if (parsed.success && parsed.data.state !== 'evaluating') bySubmission.delete(parsed.data.id)
  }
  const close = events.subscribe(hear)
  return { of: (submissionId) => bySubmission.get(submissionId) ?? nothing, close }
}
