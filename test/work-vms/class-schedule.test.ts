import { describe, expect, it } from 'vitest'
import { openBench } from '../support/given.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** A class of three whose labs lie there stopped. @param rules with times in milliseconds from now */
function openClass(rules: object) {
  const bench = openBench()
  const { given, services } = bench
  const exercise = given.exercise({ courseId: given.course().id, rules })
  const labs = ['ana', 'bruno', 'carla'].map(() => given.workVm(exercise, given.enrolled(exercise)))
  const states = () => labs.map(({ id }) => services.workVms.get(id).state)
  return { ...bench, exercise, labs, states, sweep: services.classSchedule.sweep }
}

const at = (bench: { time: { clock: { now(): number } } }, ms: number) => new Date(bench.time.clock.now() + ms).toISOString()
const start = Date.UTC(2026, 8, 1, 8)
const iso = (ms: number) => new Date(start + ms).toISOString()

describe('labs that are to run when the exercise opens', () => {
  it('are started in the minutes before it, each once', async () => {
    const { sweep, time, states, jobs, labs, services } = openClass({ opensAt: iso(60 * minute), prewarmMinutes: 20 })
    expect(sweep()).toEqual({ warmed: 0, binned: 0 })
    await time.advance(41 * minute)
    expect(sweep()).toEqual({ warmed: 3, binned: 0 })
    expect([states(), jobs().map(({ name }) => name)]).toEqual([Array(3).fill('queued'), Array(3).fill('start-work-vm')])
    expect(sweep().warmed).toBe(0)
    // somebody stopped one that had become ready: it is left alone
    const [one] = labs
    for (const { id } of services.jobsRepository.listRunnable(iso(day))) services.jobs.cancel(id)
    services.workVms.update(one?.id ?? '', { state: 'stopped', readyAt: at({ time }, 0) })
    expect(sweep().warmed).toBe(2)
  })

  it('are left alone once it is open', async () => {
    const { sweep, time } = openClass({ opensAt: iso(60 * minute), prewarmMinutes: 20 })
    await time.advance(61 * minute)
    expect(sweep().warmed).toBe(0)
  })
})

describe('labs of an exercise that closed', () => {
  it('go into the bin after the days that the rules say, later for who had more time; submissions stay', async () => {
    const bench = openClass({ closesAt: iso(60 * minute), keepLabsDays: 2 })
    const { sweep, time, states, exercise, labs, services, given } = bench
    const [ana, bruno] = labs
    if (!ana || !bruno) throw new Error('there is no class')
    services.exercises.allow(given.person('admin'), exercise.id, bruno.userId, { extraMinutes: 600, extraAttempts: 0 })
    given.submission(ana, { state: 'done' })
    await time.advance(2 * day + 59 * minute)
    expect(sweep().binned).toBe(0)
    await time.advance(2 * minute)
    expect(sweep().binned).toBe(2)
    expect(states()).toEqual(['binned', 'stopped', 'binned'])
    await time.advance(600 * minute)
    expect(sweep().binned).toBe(1)
    expect(services.submissions.listByExercise(exercise.id)).toHaveLength(1)
  })

  it('whose work is being checked are left alone until it is', async () => {
    const { sweep, time, labs, services, states } = openClass({ closesAt: iso(0), keepLabsDays: 1 })
    services.workVms.freeze(labs[0]?.id ?? '', 'submission-1')
    await time.advance(2 * day)
    expect(sweep().binned).toBe(2)
    expect(states()).toEqual(['stopped', 'binned', 'binned'])
  })
})
