import { describe, expect, it } from 'vitest'
import { collectExamJob } from '../../src/exams/collect-exam.job.ts'
import { createCollection, createExamsRepository } from '../../src/exams/index.ts'
import { createJobsRepository } from '../../src/jobs/index.ts'
import type { WorkVmRow } from '../../src/work-vms/index.ts'
import { openBench } from '../support/given.ts'

const closesAt = '2026-09-01T07:30:00.000Z'

/** The job's steps as the runner calls them, the jobs it enqueues played by hand; `restart` takes the second step up again. */
function openExam(collect: 'missing' | 'everyone' = 'missing') {
  const bench = openBench()
  const { services, db, given, time } = bench
  const course = given.course()
  const exercise = given.exercise({ courseId: course.id, rules: { opensAt: '2026-09-01T07:00:00.000Z', closesAt } })
  services.exams.switchOn(course.teacher, exercise.id, { addresses: [], singleSession: true, collect }, '')
  const jobsRepository = createJobsRepository(db)
  const { exercises, enrollments, submissions, workVms, clock } = services
  const job = collectExamJob({
    repository: createExamsRepository(db),
    collection: createCollection({ exercises, enrollments, submissions, workVms, clock }),
    exercises,
    submissions,
    workVms,
    jobsRepository,
    clock: time.clock,
  })
  const student = (state: WorkVmRow['state'], values: object = {}) => {
    const actor = given.enrolled(exercise)
    return { actor, lab: given.workVm(exercise, actor, { state, readyAt: '2026-09-01T07:05:00.000Z', ...values }) }
  }
  const jobId = 'job-1'
  const data = {}
  const kill = { isNext: false }
  const context = (signal = new AbortController().signal) => ({
    ...{ jobId, payload: { exerciseId: exercise.id, again: true }, data, priority: 'batch' as const, signal, attempt: 1, createdBy: null },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    save: (change: object) => {
      Object.assign(data, change)
      if (!kill.isNext) return
      kill.isNext = false
      throw new Error('killed')
    },
    progress: () => undefined,
    line: () => undefined,
  })
  const [closeStep, evaluateStep] = job.steps
  const close = async () => {
    const result = await closeStep?.run(context())
    services.workVms.inTransaction(() => result?.commit?.())
  }
  const collected = () => submissions.listCollected(jobId)
  const queued = (name: string) => bench.jobs().filter((one) => one.name === name && one.state === 'queued')
  /** Ends the jobs of a kind that wait, as the runner would. */
  const end = (name: string, state: 'done' | 'failed' = 'done') => {
    for (const one of queued(name)) jobsRepository.update(one.id, { state })
  }
  /** All labs that are on their way are ready, all checks that wait are made, all labs that are to stop are off. */
  const play = () => {
    for (const { workVmId, id } of collected()) {
      const lab = workVms.get(workVmId)
      if (lab.state === 'queued') workVms.update(workVmId, { state: 'ready' })
      if (queued('evaluate-submission').some((one) => JSON.stringify(one.payload).includes(id))) {
        submissions.update(id, { state: 'done' })
        workVms.thaw(workVmId, id)
      }
      if (lab.state === 'stopping') workVms.update(workVmId, { state: 'stopped' })
    }
    end('start-work-vm')
    end('evaluate-submission')
    end('stop-work-vm')
  }
  /** The second step until it ends or is interrupted; between two looks the jobs are played. */
  const evaluate = async (rounds = 50, onRound: (round: number) => void = play) => {
    const stop = new AbortController()
    const outcome = { over: false }
    const running = Promise.resolve(evaluateStep?.run(context(stop.signal))).then(
      () => {
        outcome.over = true
      },
      (error: unknown) => {
        if (!stop.signal.aborted) throw error
      },
    )
    // it is waited for below
    running.catch(() => undefined)
    for (let round = 0; round < rounds && !outcome.over; round += 1) {
      onRound(round)
      await time.advance(2_001)
    }
    stop.abort()
    await running
    return outcome.over
  }
  return {
    ...bench,
    course,
    exercise,
    student,
    close,
    evaluate,
    collected,
    queued,
    play,
    job,
    jobId,
    data,
    end,
    killAfterSave: () => {
      kill.isNext = true
    },
  }
}

describe('submitting for everybody at the end of an exam', () => {
  it('stores one time for all, freezes every lab first, and asks nobody twice', async () => {
    const on = openExam()
    const labs = [on.student('ready'), on.student('stopped'), on.student('hibernated')].map(({ lab }) => lab.id)
    await on.close()
    await on.close()
    expect(on.collected().map(({ acceptedAt, state }) => [acceptedAt, state])).toEqual(labs.map(() => [closesAt, 'queued']))
    for (const id of labs) expect(on.services.workVms.get(id).frozenFor).not.toBeNull()
    expect(await on.evaluate()).toBe(true)
    expect(on.collected().map(({ state }) => state)).toEqual(['done', 'done', 'done'])
    expect(on.jobs().filter(({ name }) => name === 'evaluate-submission')).toHaveLength(3)
    expect(on.jobs().filter(({ name }) => name === 'start-work-vm')).toHaveLength(2)
  })

  it('puts the labs back that it switched on, and leaves the others running', async () => {
    const on = openExam()
    const [ready, stopped, asleep] = [on.student('ready'), on.student('stopped'), on.student('hibernated')]
    await on.close()
    await on.evaluate()
    const stops = on.jobs().filter(({ name }) => name === 'stop-work-vm')
    expect(stops.map(({ payload }) => payload)).toMatchObject([
      { workVmId: stopped.lab.id, how: 'shutdown' },
      { workVmId: asleep.lab.id, how: 'hibernate' },
    ])
    expect(on.services.workVms.get(ready.lab.id).state).toBe('ready')
  })

  it('goes on after a restart at any round, and does nothing twice', async () => {
    const on = openExam()
    for (const state of ['ready', 'stopped', 'stopped'] as const) on.student(state)
    await on.close()
    for (let round = 0; round < 40; round += 1) {
      // one round without the jobs, as if the server had ended at once, then the jobs
      if (await on.evaluate(1, () => undefined)) break
      on.play()
    }
    expect(on.collected().map(({ state }) => state)).toEqual(['done', 'done', 'done'])
    for (const [name, count] of [
      ['evaluate-submission', 3],
      ['start-work-vm', 2],
      ['stop-work-vm', 2],
    ] as const)
      expect(
        on.jobs().filter((one) => one.name === name),
        name,
      ).toHaveLength(count)
  })

  it('goes on after a kill between what it notes and what it does, and puts every lab back that it woke', async () => {
    const on = openExam()
    const labs = [on.student('stopped'), on.student('hibernated')].map(({ lab }) => lab.id)
    await on.close()
    on.killAfterSave()
    await expect(on.evaluate(1, () => undefined)).rejects.toThrow('killed')
    expect(on.data).toMatchObject({ woken: [{ workVmId: labs[0], was: 'stopped' }] })
    expect(on.queued('start-work-vm')).toEqual([])
    expect(await on.evaluate()).toBe(true)
    expect(on.collected().map(({ state }) => state)).toEqual(['done', 'done'])
    for (const name of ['start-work-vm', 'evaluate-submission', 'stop-work-vm'])
      expect(
        on.jobs().filter((one) => one.name === name),
        name,
      ).toHaveLength(2)
    expect(labs.map((id) => on.services.workVms.get(id).frozenFor)).toEqual([null, null])
  })

  it('leaves the lab of a student with extra time as it is, and takes it at his own end', async () => {
    const on = openExam()
    const [ana, bruno] = [on.student('ready'), on.student('ready')]
    on.services.exercises.allow(on.course.teacher, on.exercise.id, bruno.actor.id, { extraMinutes: 60, extraAttempts: 0 })
    await on.close()
    expect(on.collected().map(({ userId, acceptedAt }) => [userId, acceptedAt])).toEqual([[ana.actor.id, closesAt]])
    expect(on.services.workVms.get(bruno.lab.id).frozenFor).toBeNull()
    await expect(on.services.submissions.submit(bruno.actor, bruno.lab.id)).resolves.toMatchObject({ submission: { state: 'queued' } })
  })

  it('switches labs on in waves', async () => {
    const on = openExam()
    for (let count = 0; count < 15; count += 1) on.student('stopped')
    await on.close()
    const waves: number[] = []
    await on.evaluate(60, (round) => {
      waves.push(on.queued('start-work-vm').length)
      if (round % 3 === 2) on.play()
    })
    expect(Math.max(...waves)).toBe(6)
    expect(await on.evaluate()).toBe(true)
    expect(on.collected().filter(({ state }) => state === 'done')).toHaveLength(15)
  })

  it('gives up the lab that cannot be started, gives its attempt back, and checks the others', async () => {
    const on = openExam()
    const broken = on.student('stopped')
    on.student('ready')
    await on.close()
    const over = await on.evaluate(50, () => {
      if (on.queued('start-work-vm').length > 0) {
        on.end('start-work-vm', 'failed')
        on.services.workVms.noteFailed(broken.lab.id, 'LAB_ADDRESS_MISSING', {})
      }
      on.play()
    })
    expect(over).toBe(true)
    const [first] = on.services.submissions.listOf(on.exercise.id, broken.actor.id)
    expect(first).toMatchObject({ state: 'failed', attemptUsed: false, errorCode: 'LAB_ADDRESS_MISSING' })
    expect(on.services.workVms.get(broken.lab.id).frozenFor).toBeNull()
    expect(
      on
        .collected()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['done', 'failed'])
  })

  it.each([
    ['missing', 1],
    ['everyone', 2],
  ] as const)('of %s leaves who has submitted as the exam says', async (rule, count) => {
    const on = openExam(rule)
    const early = on.student('ready')
    on.given.submission(early.lab, { state: 'done' })
    on.student('ready')
    await on.close()
    expect(on.collected()).toHaveLength(count)
  })

  it.each(['missing', 'everyone'] as const)('of %s takes what is being checked at the end for the last word', async (rule) => {
    const on = openExam(rule)
    on.given.submission(on.student('ready').lab, { state: 'evaluating' })
    await on.close()
    expect(on.collected()).toEqual([])
  })

  it('waits for a lab that is being switched off, and freezes it then', async () => {
    const on = openExam()
    const { lab } = on.student('stopping')
    await on.close()
    expect(on.services.workVms.get(lab.id).frozenFor).toBeNull()
    on.services.workVms.update(lab.id, { state: 'stopped' })
    await on.evaluate(1, () => undefined)
    expect(on.services.workVms.get(lab.id)).toMatchObject({ state: 'queued', frozenFor: on.collected()[0]?.id })
  })

  it('refuses the student every button of a lab that is closed', async () => {
    const on = openExam()
    const { actor, lab } = on.student('ready')
    await on.close()
    for (const verb of ['stop', 'start', 'reset'] as const)
      expect(() => on.services.workVms.power(actor, lab.id, verb)).toThrow(expect.objectContaining({ code: 'LAB_FROZEN' }))
    await expect(on.services.submissions.submit(actor, lab.id)).rejects.toMatchObject({ code: 'SUBMISSION_OPEN' })
  })

  it('that is cancelled leaves no lab frozen', async () => {
    const on = openExam()
    const { lab } = on.student('stopped')
    await on.close()
    on.job.onCancelled?.({ jobId: on.jobId, payload: { exerciseId: on.exercise.id, again: true }, data: {} })
    expect(on.services.workVms.get(lab.id).frozenFor).toBeNull()
    expect(on.collected().map(({ state }) => state)).toEqual(['failed'])
  })
})
