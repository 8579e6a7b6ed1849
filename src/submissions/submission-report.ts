import {
  type CriterionReport,
  concealReason,
  type Exercise,
  explain,
  explainConcealed,
  findCommandModule,
  type Judgement,
} from '../evaluation/index.ts'
import type { ConfigurationReport, ObservationRow } from '../evaluations/index.ts'
import type { Services } from '../services.ts'
import type { SubmissionRow } from './submissions.repository.ts'
import type { CountedCriterion } from './submissions.service.ts'

type Parts = Pick<Services, 'submissions' | 'exercises' | 'evaluations' | 'evidence' | 'translate'>

/** The criteria of a submission in the JSON of `netpraxis evaluate`, with the teacher's decision where there is one. */
export interface SubmissionCriterion extends CriterionReport {
  readonly override: { readonly verdict: string; readonly points: number; readonly reason: string; readonly at: string } | null
  readonly startedAt: string
  readonly facts: readonly unknown[]
}

/** What a criterion asks for, from its parameters; null for a kind that is gone. */
function expectedOf(module: string, params: unknown) {
  const read = findCommandModule(module)?.readParams(params)
  return read && 'reading' in read ? read.reading.expected : null
}

async function reportObservations(parts: Parts, rows: readonly ObservationRow[]) {
  return Promise.all(
    rows.map(async (row) => {
      const [raw, text] = await Promise.all([parts.evidence.get(row.rawSha256), parts.evidence.get(row.textSha256)])
      return {
        seq: row.seq,
        device: row.device,
        command: row.command,
        startedAt: row.startedAt,
        tookMs: row.tookMs,
        ended: row.ended,
        ...(row.exitCode === null ? {} : { exitCode: row.exitCode }),
        raw: raw.toString('base64'),
        text: text.toString('utf8'),
      }
    }),
  )
}

/** The reason and its sentences; what a criterion does not reveal, staff alone reads. */
function explanationOf(
  parts: Parts,
  criterion: Exercise['criteria'][number] | undefined,
  { judgement, isStaff }: { readonly judgement: Judgement; readonly isStaff: boolean },
) {
  const device = criterion?.device ?? null
  const expected = expectedOf(criterion?.module ?? '', criterion?.params)
  if (criterion === undefined || criterion.reveal || isStaff)
    return { reason: judgement.reason, ...explain({ device, reason: judgement.reason, expected }, parts.translate) }
  const sentences = explainConcealed({ device, judgement, expected, params: criterion.params }, parts.translate)
  return { reason: concealReason(judgement), ...sentences }
}

/**
 * Renders the stored results of a submission. Hidden criteria are left out for whoever may not see them.
 * @param withEvidence reads the bytes of every answer
 */
export async function reportSubmission(
  parts: Parts,
  submission: SubmissionRow,
  options: { isStaff: boolean; withEvidence: boolean },
): Promise<SubmissionCriterion[]> {
  const { definition } = parts.exercises.getRevision(submission.exerciseRevisionId)
  const { run, criteria } = parts.submissions.criteriaOf(submission)
  const observations = options.withEvidence && run ? parts.evaluations.listObservations(run.id) : []
  const reports = criteria.map(async (counted: CountedCriterion): Promise<SubmissionCriterion | null> => {
    const { result, override } = counted
    const criterion = definition.criteria.find((one) => one.id === result.criterionId)
    if (criterion && !criterion.visible && !options.isStaff) return null
    const module = criterion?.module ?? ''
    const device = criterion?.device ?? null
    const evidence = observations.filter((row) => row.purpose === 'criterion' && row.criterionId === result.criterionId)
    return {
      id: result.criterionId,
      title: criterion?.title ?? result.criterionId,
      module,
      device,
      verdict: counted.verdict,
      points: counted.points,
      maxPoints: result.maxPoints,
      ...explanationOf(parts, criterion, { judgement: result.judgement, isStaff: options.isStaff }),
      attempts: result.attempts,
      passedAfterMs: result.passedAfterMs,
      tookMs: result.tookMs,
      evidence: await reportObservations(parts, evidence),
      override: override
        ? { verdict: override.verdict ?? counted.verdict, points: counted.points, reason: override.reason, at: override.createdAt }
        : null,
      startedAt: result.startedAt,
      facts: (criterion?.reveal ?? true) || options.isStaff ? result.facts : [],
    }
  })
  return (await Promise.all(reports)).filter((report) => report !== null)
}

/** Every device's configuration as it was when the submission was accepted. */
export async function reportConfigurations(parts: Parts, submission: SubmissionRow): Promise<ConfigurationReport[]> {
  const run = parts.submissions.runOf(submission)
  if (!run) return []
  const rows = parts.evaluations.listObservations(run.id).filter((row) => row.purpose === 'configuration')
  const captured = await Promise.all(
    rows.map(async (row) => ({
      device: row.device,
      kind: row.kind ?? ('running' as const),
      source: row.command,
      capturedAt: row.startedAt,
      text: (await parts.evidence.get(row.textSha256)).toString('utf8'),
      problem: null,
    })),
  )
  const missing = run.missing.map(({ device, kind, source, code }) => ({
    device,
    kind,
    source,
    capturedAt: run.createdAt,
    text: null,
    problem: code,
  }))
  return [...captured, ...missing].sort((one, other) => one.device.localeCompare(other.device) || one.kind.localeCompare(other.kind))
}
