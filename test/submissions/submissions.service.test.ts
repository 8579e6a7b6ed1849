import { describe, expect, it } from 'vitest'
import { everybody } from '../../src/courses/index.ts'
import { fail, inconclusive, pass, skipped } from '../../src/evaluation/verdict.ts'
import { listResults, resultsCsv, resultsJunit } from '../../src/submissions/results.ts'
import { reportSubmission } from '../../src/submissions/submission-report.ts'
import { openBench } from '../support/given.ts'

function withLab(options: { rules?: object; state?: 'ready' | 'stopped' } = {}) {
  const bench = openBench()
  const course = bench.given.course()
  const exercise = bench.given.exercise({ courseId: course.id, ...(options.rules ? { rules: options.rules } : {}) })
  const student = bench.given.enrolled(exercise)
  const workVm = bench.given.workVm(exercise, student, { state: options.state ?? 'ready' })
  const { submissions, workVms } = bench.services
  const submit = () => submissions.submit(student, workVm.id)
  /** Ends an open submission as the job does. */
  const end = (id: string) => {
    submissions.update(id, { state: 'done' })
    workVms.thaw(workVm.id, id)
  }
  return { ...bench, course, exercise, student, workVm, submissions, submit, end }
}

const right = { ...pass('PING_REPLIED'), points: 2 }
const wrong = { ...fail('PING_LOST', 'unreachable'), points: 0 }
const unknown = (cause: 'infrastructure' | 'exercise' | 'lab') => ({ ...inconclusive('CONSOLE_SILENT', cause), points: 0 })

describe('a submission', () => {
  it('is accepted at one stored time, freezes the lab and is evaluated by a job, all or nothing', async () => {
    const { submit, services, workVm, jobs, time } = withLab()
    const { submission, jobId } = await submit()
    expect(submission).toMatchObject({ number: 1, state: 'queued', acceptedAt: new Date(time.clock.now()).toISOString(), points: null })
    expect(services.workVms.get(workVm.id).frozenFor).toBe(submission.id)
    expect(jobs()).toMatchObject([{ id: jobId, name: 'evaluate-submission', payload: { submissionId: submission.id } }])
  })

  it('is accepted once when the button is pressed twice', async () => {
    const { submit, jobs } = withLab()
    const outcomes = await Promise.allSettled([submit(), submit()])
    expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : outcome.status)).sort()).toEqual([
      'SUBMISSION_OPEN',
      'fulfilled',
    ])
    expect(jobs()).toHaveLength(1)
  })

  it.each(['stopped', 'starting', 'stopping', 'failed', 'hibernated', 'binned'] as const)(
    'is refused while the lab is %s',
    async (state) => {
      const { submit, services, workVm } = withLab()
      services.workVms.update(workVm.id, { state })
      await expect(submit()).rejects.toMatchObject({ code: 'LAB_NOT_READY', details: { state: { key: `details.states.lab.${state}` } } })
    },
  )

  it('is refused beyond six a minute, saying how long to wait', async () => {
    const { submit, end, time } = withLab()
    for (let count = 0; count < 6; count += 1) {
      end((await submit()).submission.id)
      await time.advance(2_000)
    }
    await expect(submit()).rejects.toMatchObject({ code: 'SUBMISSIONS_TOO_FAST', details: { limit: 6, seconds: 48 } })
    await time.advance(48_001)
    expect((await submit()).submission.number).toBe(7)
  })

  it('uses an attempt, unless it was given back or cancelled', async () => {
    const { submit, end, submissions } = withLab({ rules: { attempts: 2 } })
    for (const change of [{ attemptUsed: false }, { state: 'cancelled' as const }, { attemptUsed: true }, { attemptUsed: true }]) {
      const { submission } = await submit()
      end(submission.id)
      submissions.update(submission.id, change)
    }
    await expect(submit()).rejects.toMatchObject({ code: 'ATTEMPTS_USED', details: { limit: 2 } })
  })

  it.each<[object, string]>([
    [{ opensAt: '2026-09-01T08:00:00.001Z' }, 'notOpen'],
    [{ closesAt: '2026-09-01T07:59:59.999Z' }, 'closed'],
  ])('is refused by %j: %s', async (rules, state) => {
    await expect(withLab({ rules }).submit()).rejects.toMatchObject({
      code: 'EXERCISE_STATE',
      details: { state: { key: `details.states.exercise.${state}` } },
    })
  })

  it('is accepted at the closing time itself, and later by whoever has extra time', async () => {
    const closesAt = '2026-09-01T08:00:00.000Z'
    expect((await withLab({ rules: { closesAt } }).submit()).submission.acceptedAt).toBe(closesAt)
    const late = withLab({ rules: { closesAt: '2026-09-01T07:30:00.000Z' } })
    late.services.exercises.allow(late.course.teacher, late.exercise.id, late.student.id, { extraMinutes: 30, extraAttempts: 0 })
    expect((await late.submit()).submission.state).toBe('queued')
  })

  it('finds an attempt again after the refill, and is told when before', async () => {
    const { submit, end, time } = withLab({ rules: { attempts: 1, refillMinutes: 10 } })
    end((await submit()).submission.id)
    await time.advance(9 * 60_000 + 1_000)
    await expect(submit()).rejects.toMatchObject({ code: 'ATTEMPT_LATER', details: { limit: 1, minutes: 1 } })
    await time.advance(59_000)
    expect((await submit()).submission.number).toBe(2)
  })

  it('has the extra attempts of its student', async () => {
    const { submit, end, services, course, exercise, student } = withLab({ rules: { attempts: 1 } })
    end((await submit()).submission.id)
    await expect(submit()).rejects.toMatchObject({ code: 'ATTEMPTS_USED' })
    services.exercises.allow(course.teacher, exercise.id, student.id, { extraMinutes: 0, extraAttempts: 1 })
    expect((await submit()).submission.number).toBe(2)
  })

  it('of whoever tries the exercise out follows no times', async () => {
    const { services, given, exercise, course, submissions } = withLab({ rules: { opensAt: '2027-01-01T00:00:00Z', attempts: 1 } })
    const lab = given.workVm(exercise, course.teacher, { state: 'ready', purpose: 'try' })
    expect((await submissions.submit(course.teacher, lab.id)).submission.state).toBe('queued')
    expect(services.workVms.get(lab.id).frozenFor).not.toBeNull()
  })

  it('after its due time is accepted: late work is the teacher to judge', async () => {
    expect((await withLab({ rules: { dueAt: '2026-08-01T00:00:00Z' } }).submit()).submission.state).toBe('queued')
  })

  it('is of the student alone: staff may not hand in for him, others do not find the lab', async () => {
    const { submissions, workVm, course, given, exercise } = withLab()
    await expect(submissions.submit(course.teacher, workVm.id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(submissions.submit(given.enrolled(exercise), workVm.id)).rejects.toMatchObject({ code: 'WORK_VM_NOT_FOUND' })
  })

  it('is read by its student and the staff of the course', async () => {
    const { submit, submissions, student, course, given, exercise } = withLab()
    const { id } = (await submit()).submission
    expect([submissions.find(student, id).isStaff, submissions.find(course.teacher, id).isStaff]).toEqual([false, true])
    for (const actor of [given.enrolled(exercise), given.person('teacher')])
      expect(() => submissions.find(actor, id)).toThrow(expect.objectContaining({ code: 'SUBMISSION_NOT_FOUND' }))
  })
})

describe('an attempt', () => {
  it.each([
    ['is used when everything was decided', { pc1: right, pc2: wrong }, true],
    ['is given back when our side was at fault', { pc1: right, pc2: unknown('infrastructure') }, false],
    ['is given back when the exercise was at fault', { pc1: right, pc2: unknown('exercise') }, false],
    ['is used when the lab itself could not be asked', { pc1: right, pc2: unknown('lab') }, true],
    ['is used when a check was skipped', { pc1: wrong, pc2: { ...skipped('REQUIREMENT_NOT_MET'), points: 0 } }, true],
    ['is given back as soon as one cause of several is ours', { pc1: unknown('lab'), pc2: unknown('infrastructure') }, false],
  ])('%s', async (_what, results, isUsed) => {
    const { submit, submissions, given } = withLab()
    const { submission } = await submit()
    given.run(submission, results)
    expect(submissions.settle(submission.id)).toMatchObject({ state: 'done', attemptUsed: isUsed })
  })
})

describe('a review', () => {
  async function reviewed() {
    const lab = withLab()
    const { submission } = await lab.submit()
    lab.given.run(submission, { pc1: right, pc2: unknown('lab'), hidden: { ...fail('PING_LOST', 'unreachable'), points: 0 } })
    lab.submissions.settle(submission.id)
    const review = (values: { criterionId: string | null; verdict?: 'pass' | 'fail' | 'inconclusive' | 'skipped'; points?: number }) =>
      lab.submissions.review(lab.course.teacher, submission.id, { verdict: null, points: null, reason: 'seen by hand', ...values })
    return { ...lab, submission: lab.submissions.get(submission.id), review }
  }

  it('starts from what was decided: undecided points are not zero in silence', async () => {
    expect((await reviewed()).submission).toMatchObject({ points: 2, maxPoints: 10, undecidedPoints: 3 })
  })

  it('decides a criterion: full points for a pass, the points that were given, none for a fail', async () => {
    const { review, submissions, submission } = await reviewed()
    expect(review({ criterionId: 'pc2', verdict: 'pass' })).toMatchObject({ points: 5, undecidedPoints: 0 })
    expect(review({ criterionId: 'pc2', verdict: 'pass', points: 1.5 })).toMatchObject({ points: 3.5 })
    expect(review({ criterionId: 'pc2', verdict: 'fail' })).toMatchObject({ points: 2, undecidedPoints: 0, maxPoints: 10 })
    const counted = submissions.criteriaOf(submission).criteria.find((one) => one.result.criterionId === 'pc2')
    expect(counted).toMatchObject({ verdict: 'fail', result: { verdict: 'inconclusive' }, override: { reason: 'seen by hand' } })
  })

  it('may be a comment that changes no mark', async () => {
    const { review, submissions, submission } = await reviewed()
    expect(review({ criterionId: null })).toMatchObject({ points: 2, undecidedPoints: 3 })
    expect(submissions.listReviews(submission.id)).toHaveLength(1)
  })

  it.each([
    ['points beyond the maximum', { criterionId: 'pc2', verdict: 'pass' as const, points: 3.5 }, 'points'],
    ['a criterion that is not there', { criterionId: 'pc9', verdict: 'pass' as const }, 'criterionId'],
    ['points without a verdict: they would be lost', { criterionId: 'pc2', points: 1 }, 'verdict'],
    [
      'points for what stays undecided: they would count twice',
      { criterionId: 'pc2', verdict: 'inconclusive' as const, points: 1 },
      'points',
    ],
  ])('is refused with %s', async (_what, values, field) => {
    const { review } = await reviewed()
    expect(() => review(values)).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', fields: [expect.objectContaining({ field })] }),
    )
  })

  it('is for staff, and for what was evaluated', async () => {
    const { submissions, submission, student, submit, course, end } = await reviewed()
    const say = (actor: typeof student, id: string) => () =>
      submissions.review(actor, id, { criterionId: null, verdict: null, points: null, reason: 'x' })
    expect(say(student, submission.id)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
    end(submission.id)
    expect(say(course.teacher, (await submit()).submission.id)).toThrow(expect.objectContaining({ code: 'SUBMISSION_STATE' }))
  })

  it('shows a student no hidden criterion and a teacher all of them', async () => {
    const { services, submission } = await reviewed()
    const ids = async (isStaff: boolean) =>
      (await reportSubmission(services, submission, { isStaff, withEvidence: false })).map(({ id }) => id)
    expect([await ids(false), await ids(true)]).toEqual([
      ['pc1', 'pc2'],
      ['pc1', 'pc2', 'hidden'],
    ])
  })

  it('counts in the results of the class, which name whoever handed in nothing too', async () => {
    const { services, exercise, review, given, student } = await reviewed()
    const idle = given.enrolled(exercise)
    review({ criterionId: 'pc2', verdict: 'pass' })
    const lines = listResults(services, exercise.id, everybody)
    expect(lines.map(({ userId, attempts, submission }) => [userId, attempts, submission?.points ?? null])).toEqual(
      expect.arrayContaining([
        [student.id, 1, 5],
        [idle.id, 0, null],
      ]),
    )
    expect(resultsCsv(lines, ['pc1', 'pc2']).split('\r\n')[0]).toContain('pc1 verdict,pc1 points,pc2 verdict,pc2 points')
    expect(resultsCsv(lines, ['pc1', 'pc2'])).toContain(',5,10,0,pass,2,pass,3\r\n')
    expect(resultsJunit('Two PCs', lines)).toContain('tests="3" failures="1" errors="0" skipped="0"')
  })
})
