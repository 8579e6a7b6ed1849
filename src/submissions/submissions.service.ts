import { AppError } from '../errors.ts'
import type { CriterionResultRow, EvaluationsRepository, RunRow } from '../evaluations/index.ts'
import { type AttemptsLeft, attemptsAt, type ExerciseRow, type ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { JobRunner } from '../jobs/index.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import type { EventBus } from '../lib/events.ts'
import { groupBy } from '../lib/group-by.ts'
import { newId } from '../lib/ids.ts'
import { say } from '../lib/sentence.ts'
import type { Audit } from '../users/index.ts'
import type { WorkVmRow, WorkVmsService } from '../work-vms/index.ts'
import { type ReviewRow, type SubmissionRow, type SubmissionsRepository, usesAttempt } from './submissions.repository.ts'

export interface Review {
  /** null: a comment on the whole. */
  readonly criterionId: string | null
  readonly verdict: CriterionResultRow['verdict'] | null
  readonly points: number | null
  readonly reason: string
}

/** A criterion as it counts: the evaluator's judgement, or the teacher's decision over it. */
export interface CountedCriterion {
  readonly result: CriterionResultRow
  readonly verdict: CriterionResultRow['verdict']
  readonly points: number
  readonly override: ReviewRow | null
}

export interface FoundSubmission {
  readonly submission: SubmissionRow
  readonly exercise: ExerciseRow
  readonly isStaff: boolean
  readonly isWithheld: boolean
}

/** A submission as its student sees it while results are withheld. */
export const withoutResult = (submission: SubmissionRow): SubmissionRow => ({ ...submission, points: null, undecidedPoints: null })

export interface SubmissionsOptions {
  readonly repository: SubmissionsRepository
  readonly evaluations: EvaluationsRepository
  readonly exercises: ExercisesService
  readonly workVms: WorkVmsService
  readonly jobs: Pick<JobRunner, 'enqueue'>
  readonly events: Pick<EventBus, 'publish'>
  readonly audit: Audit
  readonly clock: Clock
  /** Accepted submissions of one work VM within a minute. */
  readonly perMinute: number
  /** @throws AppError STORAGE_FULL */
  readonly requireFreeDisk: () => Promise<void>
  /** Submitting is using the lab. */
  readonly noteUse: (workVmId: string) => void
}

/** Submissions: accepted at one stored time, evaluated, reviewed. */
export function createSubmissionsService(options: SubmissionsOptions) {
  const { repository, evaluations, exercises, workVms, jobs, events, audit, clock } = options

  const get = (id: string): SubmissionRow => {
    const submission = repository.find(id)
    if (!submission) throw new AppError('SUBMISSION_NOT_FOUND')
    return submission
  }

  /**
   * For its student, and staff of its course. While results are withheld its student gets it without what came of it: `isWithheld` says
   * that criteria, evidence and comments are not for him either.
   * @throws AppError SUBMISSION_NOT_FOUND
   */
  const find = (actor: Actor, id: string): FoundSubmission => {
    const submission = get(id)
    const exercise = exercises.get(submission.exerciseId)
    const isStaff = exercises.assists(actor, exercise, submission.userId)
    const isOwn = submission.userId === actor.id && exercises.has(actor, exercise, 'see')
    if (!isOwn && !isStaff) throw new AppError('SUBMISSION_NOT_FOUND')
    const isWithheld = !isStaff && exercises.areResultsWithheld(exercise)
    return { submission: isWithheld ? withoutResult(submission) : submission, exercise, isStaff, isWithheld }
  }

  /** @throws AppError FORBIDDEN for its student, SUBMISSION_NOT_FOUND for whoever may not see it */
  const findAsStaff = (actor: Actor, id: string): { submission: SubmissionRow; exercise: ExerciseRow } => {
    const { submission, exercise, isStaff } = find(actor, id)
    if (!isStaff) throw new AppError('FORBIDDEN')
    return { submission, exercise }
  }

  const announce = (submission: SubmissionRow) =>
    events.publish({
      name: 'submission',
      data: { id: submission.id, exerciseId: submission.exerciseId, workVmId: submission.workVmId, state: submission.state },
      audience: { userIds: [submission.userId], courseId: exercises.get(submission.exerciseId).courseId },
    })

  const update = (id: string, change: Partial<SubmissionRow>): SubmissionRow => {
    repository.update(id, change)
    const submission = get(id)
    announce(submission)
    return submission
  }

  /** What a student may still spend. */
  const attemptsOf = (exercise: ExerciseRow, userId: string, at: string = isoNow(clock)): AttemptsLeft =>
    attemptsAt(
      exercises.rulesFor(exercise, userId),
      repository
        .listOf(exercise.id, userId)
        .filter(usesAttempt)
        .map((submission) => submission.acceptedAt),
      at,
    )

  /** Of the student's own rules, at the one stored time. The lab of whoever tries the exercise out has none. */
  function requireRules(exercise: ExerciseRow, workVm: WorkVmRow, acceptedAt: string): void {
    if (workVm.purpose === 'try') return
    exercises.requireOpenFor(exercise, workVm.userId, acceptedAt)
    if (exercise.rules.submissionsFrozenAt !== null) throw new AppError('SUBMISSIONS_FROZEN')
    const { left, limit, nextAt } = attemptsOf(exercise, workVm.userId, acceptedAt)
    if (limit === null || left === null || left > 0) return
    if (nextAt === null) throw new AppError('ATTEMPTS_USED', { details: { limit } })
    const minutes = Math.max(1, Math.ceil((Date.parse(nextAt) - Date.parse(acceptedAt)) / 60_000))
    throw new AppError('ATTEMPT_LATER', { details: { limit, minutes } })
  }

  function requirePace(workVm: WorkVmRow): void {
    const since = new Date(clock.now() - 60_000).toISOString()
    const recent = repository.listAcceptedSince(workVm.id, since)
    const first = recent[0]
    if (recent.length < options.perMinute || !first) return
    const seconds = Math.max(1, Math.ceil((Date.parse(first.acceptedAt) + 60_000 - clock.now()) / 1_000))
    throw new AppError('SUBMISSIONS_TOO_FAST', { details: { limit: options.perMinute, seconds } })
  }

  function insert(workVm: WorkVmRow, acceptedAt: string, collectedBy: string | null): string {
    const id = newId()
    repository.insert({
      id,
      workVmId: workVm.id,
      exerciseId: workVm.exerciseId,
      userId: workVm.userId,
      exerciseRevisionId: workVm.exerciseRevisionId,
      number: repository.nextNumber(workVm.exerciseId, workVm.userId),
      state: 'queued',
      acceptedAt,
      collectedBy,
      createdAt: isoNow(clock),
    })
    return id
  }

  const enqueueEvaluation = (submission: SubmissionRow, priority: 'interactive' | 'batch', actorId: string | null): string =>
    jobs.enqueue(
      'evaluate-submission',
      { submissionId: submission.id },
      { priority, userId: submission.userId, courseId: exercises.get(submission.exerciseId).courseId, createdBy: actorId },
    )

  /** A lab that is being switched off is frozen once it is: its job waits for labs that are. */
  function hold(submission: SubmissionRow): void {
    const { frozenFor, state } = workVms.get(submission.workVmId)
    if (frozenFor === null && state !== 'stopping') workVms.freeze(submission.workVmId, submission.id)
  }

  const runOf = (submission: SubmissionRow): RunRow | undefined =>
    evaluations.findCountedRun(submission.id) ?? evaluations.findLatestRun(submission.id)

  /** Results of a run with the teacher's decisions laid over them; the last decision on a criterion counts. */
  const countedCriteria = (results: readonly CriterionResultRow[], reviews: readonly ReviewRow[]): CountedCriterion[] =>
    results.map((result) => {
      const override = reviews.filter((review) => review.criterionId === result.criterionId && review.verdict !== null).at(-1) ?? null
      if (!override?.verdict) return { result, override: null, verdict: result.verdict, points: result.points }
      const byVerdict = override.verdict === 'pass' ? result.maxPoints : 0
      return { result, override, verdict: override.verdict, points: override.points ?? byVerdict }
    })

  const totalsOf = (counted: readonly CountedCriterion[]) => ({
    points: counted.reduce((sum, criterion) => sum + criterion.points, 0),
    maxPoints: counted.reduce((sum, criterion) => sum + criterion.result.maxPoints, 0),
    undecidedPoints: counted.reduce((sum, criterion) => sum + (criterion.verdict === 'inconclusive' ? criterion.result.maxPoints : 0), 0),
  })

  return {
    get,
    find,
    findAsStaff,
    update,
    runOf,
    totalsOf,
    attemptsOf,
    listOf: repository.listOf,
    listOfUser: repository.listOfUser,
    listByExercise: repository.listByExercise,
    listByExercises: repository.listByExercises,
    listByWorkVm: repository.listByWorkVm,
    findOpen: repository.findOpen,
    listReviews: repository.listReviews,
    inTransaction: repository.inTransaction,

    /** The criteria of a submission as they count now; of a run under way those decided so far. */
    criteriaOf(submission: SubmissionRow): { run: RunRow | undefined; criteria: CountedCriterion[] } {
      const run = runOf(submission)
      if (!run) return { run, criteria: [] }
      const reviews = repository.listReviews(submission.id).map((row) => row.review)
      return { run, criteria: countedCriteria(evaluations.listResults(run.id), reviews) }
    },

    /** The same for many, in three queries. */
    criteriaOfMany(submissions: readonly SubmissionRow[]): ReadonlyMap<string, CountedCriterion[]> {
      const ids = submissions.map((submission) => submission.id)
      const runs = evaluations.listCountedRuns(ids)
      const results = groupBy(evaluations.listResultsOf(runs.map((run) => run.id)), (result) => result.evaluationRunId)
      const reviews = groupBy(repository.listReviewsOf(ids), (review) => review.submissionId)
      return new Map(
        runs.map((run) => {
          const submissionId = run.submissionId ?? ''
          return [submissionId, countedCriteria(results.get(run.id) ?? [], reviews.get(submissionId) ?? [])] as const
        }),
      )
    },

    /**
     * Accepts a submission: one stored time, the lab frozen, the job, in one transaction.
     * @throws AppError LAB_NOT_READY, SUBMISSION_OPEN, ATTEMPTS_USED, ATTEMPT_LATER, SUBMISSIONS_TOO_FAST, EXERCISE_STATE, STORAGE_FULL
     */
    async submit(actor: Actor, workVmId: string): Promise<{ submission: SubmissionRow; jobId: string }> {
      const seen = workVms.find(actor, workVmId)
      if (seen.userId !== actor.id) throw new AppError('FORBIDDEN')
      await options.requireFreeDisk()
      return repository.inTransaction(() => {
        const workVm = workVms.find(actor, workVmId)
        const exercise = exercises.get(workVm.exerciseId)
        if (repository.findOpen(workVmId)) throw new AppError('SUBMISSION_OPEN')
        if (workVm.state !== 'ready') throw new AppError('LAB_NOT_READY', { details: { state: say(`details.states.lab.${workVm.state}`) } })
        if (workVm.frozenFor !== null) throw new AppError('LAB_FROZEN')
        const acceptedAt = isoNow(clock)
        requireRules(exercise, workVm, acceptedAt)
        requirePace(workVm)
        const id = insert(workVm, acceptedAt, null)
        options.noteUse(workVmId)
        workVms.freeze(workVmId, id)
        audit.record({ actorId: actor.id, action: 'submission.create', objectType: 'submission', objectId: id })
        const jobId = enqueueEvaluation(get(id), 'interactive', actor.id)
        const submission = get(id)
        announce(submission)
        return { submission, jobId }
      })
    },

    listCollected: repository.listCollected,

    /** Submits for a student at the end of an exam; his attempts and pace do not count. Call inside the transaction that ends it. */
    collect(workVm: WorkVmRow, acceptedAt: string, jobId: string): void {
      const submission = get(insert(workVm, acceptedAt, jobId))
      hold(submission)
      audit.record({
        actorId: null,
        onBehalfOf: workVm.userId,
        action: 'submission.collect',
        objectType: 'submission',
        objectId: submission.id,
        details: { jobId },
      })
      announce(submission)
    },

    /** Keeps the lab of a collected submission as it is. */
    hold,

    /** Its lab is ready: it is checked now. */
    evaluateCollected: (submission: SubmissionRow): void =>
      repository.inTransaction(() => {
        hold(submission)
        enqueueEvaluation(submission, 'batch', null)
      }),

    /** Its lab could not be made ready: the attempt is given back, and a person decides. */
    giveUpCollected: (submission: SubmissionRow, workVm: WorkVmRow): void =>
      repository.inTransaction(() => {
        const why = workVm.errorCode === null ? {} : { errorCode: workVm.errorCode, errorDetails: workVm.errorDetails }
        update(submission.id, { state: 'failed', attemptUsed: false, endedAt: isoNow(clock), errorCode: 'LAB_NOT_READY', ...why })
        workVms.thaw(workVm.id, submission.id)
      }),

    /** What the evaluation came to; the attempt is given back when our side or the exercise was at fault. */
    settle(submissionId: string): SubmissionRow {
      const { criteria } = this.criteriaOf(get(submissionId))
      const isOurFault = criteria.some(
        ({ result }) => result.judgement.verdict === 'inconclusive' && result.judgement.reason.cause !== 'lab',
      )
      return update(submissionId, { ...totalsOf(criteria), state: 'done', attemptUsed: !isOurFault, endedAt: isoNow(clock) })
    },

    /**
     * A teacher decides a criterion, or comments on the whole. The evaluator's judgement is kept.
     * @throws AppError FORBIDDEN, SUBMISSION_STATE, VALIDATION_FAILED
     */
    review(actor: Actor, submissionId: string, review: Review): SubmissionRow {
      const { submission } = findAsStaff(actor, submissionId)
      if (submission.state !== 'done')
        throw new AppError('SUBMISSION_STATE', { details: { state: say(`details.states.submission.${submission.state}`) } })
      return repository.inTransaction(() => {
        requireReviewable(review, this.criteriaOf(submission).criteria)
        repository.insertReview({ id: newId(), submissionId, ...review, reviewedBy: actor.id, createdAt: isoNow(clock) })
        audit.record({
          actorId: actor.id,
          onBehalfOf: submission.userId,
          action: review.verdict === null ? 'submission.comment' : 'submission.override',
          objectType: 'submission',
          objectId: submissionId,
          details: { criterionId: review.criterionId, verdict: review.verdict, points: review.points },
        })
        return update(submissionId, totalsOf(this.criteriaOf(submission).criteria))
      })
    },
  }
}

function requireReviewable(review: Review, criteria: readonly CountedCriterion[]): void {
  if (review.criterionId === null) return
  const criterion = criteria.find((one) => one.result.criterionId === review.criterionId)
  if (!criterion)
    throw new AppError('VALIDATION_FAILED', {
      fields: [{ field: 'criterionId', problem: say('pages.problems.noCriterion') }],
    })
  const { maxPoints } = criterion.result
  // points without a decision would be lost, and points for what stays undecided count twice
  if (review.points !== null && review.verdict === null)
    throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'verdict', problem: say('pages.problems.pointsNeedVerdict') }] })
  if (review.points !== null && review.points > 0 && review.verdict === 'inconclusive') {
    throw new AppError('VALIDATION_FAILED', { fields: [{ field: 'points', problem: say('pages.problems.pointsUndecided') }] })
  }
  if (review.points !== null && (review.points < 0 || review.points > maxPoints)) {
    throw new AppError('VALIDATION_FAILED', {
      fields: [{ field: 'points', problem: say('pages.problems.pointsRange', { max: maxPoints }) }],
    })
  }
}

export type SubmissionsService = ReturnType<typeof createSubmissionsService>
