import { createTranslator, type Translate } from '../strings/index.ts'
import type { CriterionResult } from './evaluate.ts'
import type { Verdict } from './verdict.ts'

interface About {
  readonly id: string
  readonly title: string
  readonly device: string | null
}

/** What happens while an evaluation runs. */
export type EvaluationEvent =
  | ({ readonly type: 'started' } & About)
  /** `device` is the one that is asked, which need not be the criterion's. */
  | ({ readonly type: 'asked'; readonly command: string; readonly leftMs: number | null } & About)
  | ({ readonly type: 'verdict'; readonly verdict: Verdict; readonly result: CriterionResult } & About)

/** The event as one line for people: `asking R2: show ip route`. */
export function eventText(event: EvaluationEvent, t: Translate = createTranslator()): string {
  const { title } = event
  const device = event.device ?? ''
  if (event.type === 'started') return t('reasons.progress.started', { title, device })
  if (event.type === 'verdict') return t(`reasons.progress.${event.verdict}`, { title, device })
  if (event.leftMs === null || event.leftMs <= 0) return t('reasons.progress.asked', { device, command: event.command })
  return t('reasons.progress.askedUntil', { device, command: event.command, seconds: Math.ceil(event.leftMs / 1_000) })
}
