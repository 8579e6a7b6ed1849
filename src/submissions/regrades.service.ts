import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import { distrust, type Exercise, inconclusive, type Judgement, type Observation, regrade, score } from '../evaluation/index.ts'
import {
  type CriterionResultRow,
  type EvaluationsRepository,
  type EvidenceStore,
  engineVersion,
  type ObservationRow,
  type RunRow,
} from '../evaluations/index.ts'
import type { ExerciseRow, ExercisesService, RevisionRow } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Audit } from '../users/index.ts'
import { type CriterionComparison, compareCriteria } from './compare.ts'
import type { SubmissionRow } from './submissions.repository.ts'
import type { SubmissionsService } from './submissions.service.ts'

export interface RegradesOptions {
  readonly evaluations: EvaluationsRepository
  readonly evidence: EvidenceStore
  readonly exercises: ExercisesService
  readonly submissions: SubmissionsService
  readonly audit: Audit
  readonly clock: Clock
}

/** A submission judged anew, with what it was judged by before. */
interface Regraded {
  readonly submission: SubmissionRow
  readonly run: RunRow
  readonly observations: readonly ObservationRow[]
  readonly before: readonly CriterionResultRow[]
  readonly after: readonly { readonly id: string; readonly judgement: Judgement; readonly points: number; readonly maxPoints: number }[]
}

/** What grading by the present revision would change in one submission. */
export interface RegradeLine {
  readonly submission: SubmissionRow
  readonly changed: readonly CriterionComparison[]
  readonly pointsBefore: number
  readonly pointsAfter: number
}

export interface RegradePreview {
  readonly revision: RevisionRow
  /** Submissions that were looked at. */
  readonly looked: number
  /** Those in which something changes. */
  readonly lines: readonly RegradeLine[]
  /** Names exactly this outcome: what was not seen is not applied. */
  readonly stamp: string
}

/** Submissions judged anew by the exercise as it is now, from the evidence that was stored then: no VM is asked. */
export function createRegradesService({ evaluations, evidence, exercises, submissions, audit, clock }: RegradesOptions) {
  async function toObservation(row: ObservationRow): Promise<Observation> {
    const [raw, text] = await Promise.all([evidence.get(row.rawSha256), evidence.get(row.textSha256)])
    const { seq, device, command, startedAt, tookMs, ended, exitCode } = row
    return { seq, device, command, startedAt, tookMs, ended, ...(exitCode === null ? {} : { exitCode }), raw, text: text.toString('utf8') }
  }

  async function judge(exercise: Exercise, { run, observations, before }: Omit<Regraded, 'after'>, id: string): Promise<Judgement> {
    const criterion = exercise.criteria.find((one) => one.id === id)
    const previous = before.find((one) => one.criterionId === id)?.judgement
    // a criterion of a later revision: nothing was asked for it
    if (!criterion || !previous) return inconclusive('NOT_IN_EVIDENCE', 'exercise', { device: criterion?.device ?? '', command: '' })
    const asked = observations.filter((row) => row.purpose === 'criterion' && row.criterionId === id)
    const judged = await regrade({ exercise, criterion, observations: await Promise.all(asked.map(toObservation)), previous })
    return distrust({ verdict: judged.verdict, devices: asked.map(({ device }) => device) }, run.integrity) ?? judged
  }

  async function regradeOne(exercise: Exercise, submission: SubmissionRow): Promise<Regraded[]> {
    const run = evaluations.findCountedRun(submission.id)
    if (!run) return []
    const stored = { submission, run, observations: evaluations.listObservations(run.id), before: evaluations.listResults(run.id) }
    const after: Regraded['after'][number][] = []
    // one after the other: a class must not keep the server from anything else
    for (const { id, points } of exercise.criteria) {
      const judgement = await judge(exercise, stored, id)
      after.push({ id, judgement, points: judgement.verdict === 'pass' ? points : 0, maxPoints: points })
    }
    return [{ ...stored, after }]
  }

  async function regradeAll(exercise: ExerciseRow): Promise<{ revision: RevisionRow; all: Regraded[] }> {
    const revision = exercises.revisionOf(exercise)
    const done = submissions.listByExercise(exercise.id).filter(({ state }) => state === 'done')
    const all: Regraded[] = []
    for (const submission of done) all.push(...(await regradeOne(revision.definition, submission)))
    return { revision, all }
  }

  const sum = (list: readonly { readonly points: number }[]): number => list.reduce((total, { points }) => total + points, 0)

  function lineOf({ definition }: RevisionRow, { submission, before, after }: Regraded): RegradeLine {
    const titles = new Map(definition.criteria.map(({ id, title }) => [id, title]))
    const { changed } = compareCriteria(
      before.map(({ criterionId: id, verdict, points }) => ({ id, title: titles.get(id) ?? id, verdict, points })),
      after.map(({ id, judgement, points }) => ({ id, title: titles.get(id) ?? id, verdict: judgement.verdict, points })),
    )
    return { submission, changed, pointsBefore: sum(before), pointsAfter: sum(after) }
  }

  function toPreview(revision: RevisionRow, all: readonly Regraded[]): RegradePreview {
    const lines = all.map((one) => lineOf(revision, one)).filter(({ changed }) => changed.length > 0)
    const outcome = lines.map(({ submission, changed }) => [submission.id, changed])
    const stamp = createHash('sha256')
      .update(JSON.stringify([revision.id, outcome]))
      .digest('hex')
    return { revision, looked: all.length, lines, stamp }
  }

  /** A run of its own with the same evidence; the one before is kept and counts no more. Decisions of teachers stay above it. */
  function store(revision: RevisionRow, { submission, run, observations, before, after }: Regraded): void {
    const runId = newId()
    const now = isoNow(clock)
    const totals = score(after.map(({ judgement, maxPoints }) => ({ verdict: judgement.verdict, maxPoints })))
    evaluations.insertRun({
      ...{ id: runId, purpose: 'regrade', submissionId: submission.id, workVmId: run.workVmId, exerciseRevisionId: revision.id },
      ...{ engineVersion, state: 'done', integrity: run.integrity, missing: run.missing, endedAt: now, createdAt: now },
      points: totals.points,
      maxPoints: totals.maxPoints,
      undecidedPoints: totals.undecidedPoints,
    })
    for (const row of observations) evaluations.insertObservation({ ...row, id: newId(), evaluationRunId: runId, createdAt: now })
    for (const [position, { id, judgement, points, maxPoints }] of after.entries()) {
      const was = before.find((one) => one.criterionId === id)
      evaluations.insertResult({
        ...{ id: newId(), evaluationRunId: runId, criterionId: id, position, verdict: judgement.verdict, reason: judgement.reason },
        ...{ points, maxPoints, attempts: was?.attempts ?? 0, passedAfterMs: was?.passedAfterMs ?? null, facts: was?.facts ?? [] },
        ...{ startedAt: was?.startedAt ?? now, tookMs: was?.tookMs ?? 0, createdAt: now },
      })
    }
    evaluations.uncount(submission.id)
    evaluations.updateRun(runId, { isCounted: true })
    const { criteria } = submissions.criteriaOf(submission)
    submissions.update(submission.id, { ...submissions.totalsOf(criteria), exerciseRevisionId: revision.id })
  }

  return {
    /** What would change; nothing is stored. @throws AppError EXERCISE_NOT_FOUND, FORBIDDEN */
    async preview(actor: Actor, exerciseId: string): Promise<RegradePreview> {
      const { revision, all } = await regradeAll(exercises.find(actor, exerciseId, 'teach'))
      return toPreview(revision, all)
    },

    /**
     * Stores what was seen in the preview, all or nothing.
     * @returns how many submissions changed
     * @throws AppError STALE_PAGE when something else would change by now
     */
    async apply(actor: Actor, exerciseId: string, stamp: string): Promise<number> {
      const exercise = exercises.find(actor, exerciseId, 'teach')
      const { revision, all } = await regradeAll(exercise)
      const { lines, stamp: present } = toPreview(revision, all)
      if (present !== stamp) throw new AppError('STALE_PAGE')
      const changed = all.filter(({ submission }) => lines.some((line) => line.submission.id === submission.id))
      submissions.inTransaction(() => {
        // another evaluation may have been counted while the evidence was read
        if (changed.some(({ submission, run }) => evaluations.findCountedRun(submission.id)?.id !== run.id))
          throw new AppError('STALE_PAGE')
        for (const one of changed) store(revision, one)
        audit.record({
          actorId: actor.id,
          action: 'exercise.regrade',
          objectType: 'exercise',
          objectId: exerciseId,
          details: { revision: revision.number, submissions: changed.length },
        })
      })
      return changed.length
    },
  }
}

export type RegradesService = ReturnType<typeof createRegradesService>
