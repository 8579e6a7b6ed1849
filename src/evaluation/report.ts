import { createTranslator, type Translate } from '../strings/index.ts'
import type { CriterionResult, EvaluationResult } from './evaluate.ts'
import { explain } from './explain.ts'
import type { Observation } from './observation.ts'

/** One question and answer as JSON; `raw` is base64 of the bytes. */
export interface ObservationReport extends Omit<Observation, 'raw'> {
  readonly raw: string
}

/** One criterion as `evaluate --json` and `GET /submissions/:id` show it. */
export interface CriterionReport
  extends Pick<
    CriterionResult,
    'id' | 'title' | 'module' | 'device' | 'verdict' | 'reason' | 'points' | 'maxPoints' | 'attempts' | 'passedAfterMs' | 'tookMs'
  > {
  readonly why: string
  readonly expected: string
  readonly found: string
  readonly evidence: readonly ObservationReport[]
}

export interface EvaluationReport
  extends Pick<EvaluationResult, 'startedAt' | 'tookMs' | 'points' | 'maxPoints' | 'undecidedPoints' | 'counts'> {
  readonly schema: 1
  /** Its title. */
  readonly exercise: string
  /** Name of the GNS3 project; null with an inventory. */
  readonly project: string | null
  readonly criteria: readonly CriterionReport[]
}

export const reportObservation = (observation: Observation): ObservationReport => ({
  ...observation,
  raw: Buffer.from(observation.raw).toString('base64'),
})

export function reportCriterion(result: CriterionResult, t: Translate = createTranslator()): CriterionReport {
  const { id, title, module, device, verdict, reason, points, maxPoints, attempts, passedAfterMs, tookMs } = result
  const sentences = explain({ device, reason, expected: result.expected }, t)
  const evidence = result.evidence.map(reportObservation)
  return { id, title, module, device, verdict, reason, points, maxPoints, ...sentences, attempts, passedAfterMs, tookMs, evidence }
}

/** The JSON of `netpraxis evaluate`. */
export function reportEvaluation(
  result: EvaluationResult,
  about: { readonly exercise: string; readonly project: string | null },
): EvaluationReport {
  const t = createTranslator()
  const { startedAt, tookMs, points, maxPoints, undecidedPoints, counts } = result
  const criteria = result.criteria.map((criterion) => reportCriterion(criterion, t))
  return { schema: 1, ...about, startedAt, tookMs, points, maxPoints, undecidedPoints, counts, criteria }
}
