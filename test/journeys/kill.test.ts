import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ApiSession } from '../support/api.ts'
import type { Application } from '../support/application.ts'
import { type Books, findDisagreements, openBooks, unbookedVms } from '../support/bookkeeping.ts'
import type { KillPlan, KillPoint } from '../support/kill-plan.ts'
import { ownVms } from '../support/sandbox.ts'
import {
  acceptedSchema,
  createCourse,
  createExercise,
  jobDone,
  jobIdSchema,
  labState,
  listOf,
  ownWorkVm,
  power,
  projectFile,
  readExercise,
  readSubmission,
  startLab,
  tryWorkVm,
  typeInto,
} from '../support/steps.ts'
import { waitFor } from '../support/wait.ts'
import { createWorld, type World } from '../support/world.ts'

/**
 * The application is ended by SIGKILL before and after every step and after every save of every job, the sandbox alive. One run of a job
 * is killed at every point in turn: each restart goes on where the last one ended. The steps are those of the running program.
 */
const exerciseFile = (title: string, expected = 'PC1>') => `
netpraxis: 1
title: ${title}
create: start
devices:
  PC1: { platform: vpcs }
  PC2: { platform: vpcs }
preconfigure:
  - { device: PC1, commands: ["set pcname PC1"], expect: "${expected}" }
criteria:
  - { id: there, title: PC1 reaches PC2, module: ping, device: PC1, params: { to: 10.0.0.2, count: 3 }, points: 2, within: 5 }
  - { id: back, title: PC2 reaches PC1, module: ping, device: PC2, params: { to: 10.0.0.1, count: 3 }, points: 1, within: 5 }
`

const keptSchema = listOf(z.object({ id: z.string(), keptFor: z.string(), running: z.string() }))

interface Prepared {
  /** Makes the program enqueue the job. Its answer may be lost with the process. */
  readonly trigger: (application: Application) => Promise<unknown>
  /** What must be true when the job is over. */
  readonly check: (application: Application) => Promise<void>
  readonly environment?: Readonly<Record<string, string>>
  /** The job is started by the start of the program. */
  readonly runsAtStart?: boolean
}

interface Killed {
  readonly points: readonly KillPoint[]
  readonly state: string
  readonly application: Application
}

let world: World
let books: Books
let courseId: string
let exerciseId: string
let students = 0
const tally: string[] = []

/** A connection that dies with the process is no answer and no fault. */
async function unlessCut(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof TypeError) || error.message !== 'fetch failed') throw error
  })
}

async function killEverywhere(plan: Omit<KillPlan, 'done'>, prepared: Prepared): Promise<Killed> {
  const points: KillPoint[] = []
  const known = new Set(books.jobs().map((row) => row.id))
  const theJob = () => books.jobs().find((row) => row.name === plan.job && !known.has(row.id))
  let isTriggered = prepared.runsAtStart === true
  for (;;) {
    const begun = await world.startDoomed({
      kill: { ...plan, done: points },
      ...(prepared.environment ? { environment: prepared.environment } : {}),
    })
    if ('killedAt' in begun) {
      await noteKill(begun.killedAt)
      continue
    }
    let end: { point: KillPoint | null } | undefined
    void begun.ended.then((point) => {
      end = { point }
    })
    if (!isTriggered) await unlessCut(prepared.trigger(begun))
    isTriggered = true
    const next = await waitFor(
      `the next kill or the end of ${plan.job}, after ${points.map((point) => `${point.step}/${point.phase}`).join(' ')}`,
      () => {
        if (end) return { point: end.point }
        const job = theJob()
        return job && ['done', 'failed', 'cancelled'].includes(job.state) && { state: job.state }
      },
      { deadlineMs: 120_000 },
    )
    if ('state' in next) return { points, state: next.state, application: begun }
    if (next.point === null) throw new Error('the application ended by itself')
    await noteKill(next.point)
  }

  async function noteKill(point: KillPoint): Promise<void> {
    points.push(point)
    expect(unbookedVms(books, await world.sandbox.state()), `after the kill at ${point.step}/${point.phase}`).toEqual([])
  }
}

/** Everything written down and everything on Proxmox agree, once nothing is at work. */
async function expectAgreement(): Promise<void> {
  await waitFor('all jobs to end', () => books.jobs().every((row) => ['done', 'failed', 'cancelled'].includes(row.state)), {
    deadlineMs: 90_000,
  })
  await waitFor('the tasks of the sandbox', async () => (await world.sandbox.state()).runningTasks === 0)
  expect(findDisagreements(books, await world.sandbox.state())).toEqual([])
}

/** A published exercise's lab of a student of his own, made and stopped. */
async function newLab(application: Application, username?: string): Promise<{ workVmId: string; userId: string; teacher: ApiSession }> {
  const teacher = await application.signIn('teacher')
  students += 1
  const name = username ?? `student${students}`
  await teacher.request('POST', `/exercises/${exerciseId}/enrollments`, { usernames: [name] })
  const items = books.workVms().filter((row) => row.exerciseId === exerciseId)
  const workVm = items.at(-1)
  if (!workVm) throw new Error('there is no work VM')
  return { workVmId: workVm.id, userId: workVm.userId, teacher }
}

async function build(application: Application, title: string, expected?: string) {
  const teacher = await application.signIn('teacher')
  const project = await projectFile('sample1-two-pcs-unconfigured')
  return createExercise(teacher, { courseId, exercise: exerciseFile(title, expected), project })
}

const solve = async (session: ApiSession, workVmId: string) => {
  await typeInto(session, workVmId, 'PC1', ['ip 10.0.0.1/24', 'save'])
  await typeInto(session, workVmId, 'PC2', ['ip 10.0.0.2/24', 'save'])
}

const onDevice = (session: ApiSession, workVmId: string, path: string) =>
  session.post(`/work-vms/${workVmId}/${path}`, { device: 'PC1' }, jobIdSchema)

/** What is kept of PC1, newest first. */
const keptOf = async (session: ApiSession, workVmId: string) =>
  (await session.get(`/work-vms/${workVmId}/configurations?device=PC1`, keptSchema)).items

/** How each job comes about, and what it must have come to. Prepared by an application that nobody kills. */
const scenarios: Record<string, (application: Application) => Promise<Prepared>> = {
  'build-template': async () => {
    const before = new Set(books.templates().map((row) => row.id))
    return {
      trigger: (application) => build(application, 'Killed while it was built'),
      check: async (application) => {
        const made = books.templates().filter((row) => !before.has(row.id))
        expect(made.map((row) => row.state)).toEqual(['ready'])
        const job = books.jobs().findLast((row) => row.name === 'build-template')
        expect(JSON.stringify(job?.payload)).toContain('exerciseId')
        const teacher = await application.signIn('teacher')
        const { exerciseId: built } = acceptedPayload(job?.payload)
        expect((await readExercise(teacher, built)).state).toBe('ready')
      },
    }
  },
  'create-work-vm': async (application) => {
    const { workVmId, teacher } = await newLab(application)
    expect((await teacher.get(`/work-vms/${workVmId}`, acceptedState)).state).toBe('requested')
    return {
      // the exercise makes it at the first start
      trigger: async (doomed) => power(await doomed.signIn('teacher'), workVmId, 'start'),
      check: async (after) => void (await labState(await after.signIn('teacher'), workVmId, 'ready')),
    }
  },
  'start-work-vm': async (application) => {
    const { workVmId, teacher } = await newLab(application)
    await startLab(teacher, workVmId)
    await solve(teacher, workVmId)
    await power(teacher, workVmId, 'stop')
    await labState(teacher, workVmId, 'stopped')
    return {
      trigger: async (doomed) => power(await doomed.signIn('teacher'), workVmId, 'start'),
      check: async (after) => {
        const session = await after.signIn('teacher')
        await labState(session, workVmId, 'ready')
        expect((await typeInto(session, workVmId, 'PC1', ['show ip'])).join()).toContain('10.0.0.1/24')
      },
    }
  },
  'stop-work-vm': async (application) => {
    const { workVmId, teacher } = await newLab(application)
    await startLab(teacher, workVmId)
    return {
      trigger: async (doomed) => power(await doomed.signIn('teacher'), workVmId, 'hibernate'),
      check: async (after) => {
        const session = await after.signIn('teacher')
        await labState(session, workVmId, 'hibernated')
        await startLab(session, workVmId)
      },
    }
  },
  'reset-work-vm': async (application) => {
    const { workVmId, teacher } = await newLab(application)
    await startLab(teacher, workVmId)
    await solve(teacher, workVmId)
    const before = books.workVms().find((row) => row.id === workVmId)?.vmid
    return {
      trigger: async (doomed) => power(await doomed.signIn('teacher'), workVmId, 'reset'),
      check: async (after) => {
        const session = await after.signIn('teacher')
        await labState(session, workVmId, 'ready')
        expect(books.workVms().find((row) => row.id === workVmId)?.vmid).not.toBe(before)
        expect((await typeInto(session, workVmId, 'PC1', ['show ip'])).join()).toContain('0.0.0.0/0')
      },
    }
  },
  'migrate-work-vm': async (application) => {
    const { workVmId, teacher } = await newLab(application)
    await startLab(teacher, workVmId)
    const nodeOf = () => books.workVms().find((row) => row.id === workVmId)?.pveNode
    const target = nodeOf() === 'pve1' ? 'pve2' : 'pve1'
    return {
      // a page of administrators, outside the API
      trigger: async (doomed) =>
        (await doomed.signIn('admin')).request(
          'POST',
          `/../../admin/nodes/labs/${workVmId}/move`,
          { target },
          { accept: 'application/json' },
        ),
      check: async (after) => {
        expect(nodeOf()).toBe(target)
        const session = await after.signIn('teacher')
        await labState(session, workVmId, 'ready')
        await power(session, workVmId, 'stop')
        await labState(session, workVmId, 'stopped')
      },
    }
  },
  'restart-device': async (application) => {
    const { workVmId, teacher } = await newLab(application)
    await startLab(teacher, workVmId)
    // nothing is saved: what ran before is found in what was kept
    await typeInto(teacher, workVmId, 'PC1', ['ip 10.0.0.1/24'])
    return {
      trigger: async (doomed) => onDevice(await doomed.signIn('teacher'), workVmId, 'devices/restart'),
      check: async (after) => {
        const session = await after.signIn('teacher')
        await labState(session, workVmId, 'ready')
        expect((await typeInto(session, workVmId, 'PC1', ['show ip'])).join()).toContain('0.0.0.0/0')
        const [kept] = await keptOf(session, workVmId)
        expect(kept).toMatchObject({ keptFor: 'restart-device', running: expect.stringContaining('10.0.0.1/24') })
      },
    }
  },
  'free-console': async (application) => {
    const { workVmId, teacher } = await newLab(application)
    await startLab(teacher, workVmId)
    return {
      trigger: async (doomed) => onDevice(await doomed.signIn('teacher'), workVmId, 'devices/free-console'),
      check: async (after) => void (await labState(await after.signIn('teacher'), workVmId, 'ready')),
    }
  },
  'restore-device': async (application) => {
    const { workVmId, teacher } = await newLab(application)
    await startLab(teacher, workVmId)
    await typeInto(teacher, workVmId, 'PC1', ['ip 10.0.0.1/24 10.0.0.254'])
    await power(teacher, workVmId, 'reset')
    await waitFor('the fresh lab', () => books.jobs().every((row) => ['done', 'failed', 'cancelled'].includes(row.state)))
    await labState(teacher, workVmId, 'ready')
    const [kept] = await keptOf(teacher, workVmId)
    expect(kept?.keptFor).toBe('reset')
    return {
      trigger: async (doomed) =>
        (await doomed.signIn('teacher')).post(`/work-vms/${workVmId}/configurations/${kept?.id}/restore`, undefined, jobIdSchema),
      check: async (after) => {
        const session = await after.signIn('teacher')
        expect((await typeInto(session, workVmId, 'PC1', ['show ip'])).join()).toMatch(/10\.0\.0\.1\/24.*10\.0\.0\.254/s)
        expect((await keptOf(session, workVmId)).map(({ keptFor }) => keptFor)).toEqual(['restored', 'restore', 'reset'])
        // it was saved there, too
        await power(session, workVmId, 'stop')
        await labState(session, workVmId, 'stopped')
        await startLab(session, workVmId)
        expect((await typeInto(session, workVmId, 'PC1', ['show ip'])).join()).toContain('10.0.0.1/24')
      },
    }
  },
  'delete-work-vm': async (application) => {
    const { workVmId, userId, teacher } = await newLab(application)
    await startLab(teacher, workVmId)
    await teacher.request('DELETE', `/exercises/${exerciseId}/enrollments/${userId}`)
    await waitFor('the VM in the bin to be off', () => books.jobs().every((row) => row.state === 'done' || row.state === 'failed'))
    return {
      environment: { BIN_DAYS: '0' },
      runsAtStart: true,
      trigger: async () => undefined,
      check: async () => {
        const row = books.workVms().find((one) => one.id === workVmId)
        expect(row?.state).toBe('deleted')
        expect(ownVms(await world.sandbox.state()).map((vm) => vm.vmid)).not.toContain(row?.vmid)
      },
    }
  },
  'delete-exercise-vms': async (application) => {
    const { id, jobId } = await build(application, 'Archived')
    const teacher = await application.signIn('teacher')
    await jobDone(teacher, jobId)
    await startLab(teacher, (await tryWorkVm(teacher, id)).id)
    return {
      trigger: async (doomed) => (await doomed.signIn('teacher')).request('POST', `/exercises/${id}/archive`),
      check: async () => {
        expect(
          books
            .workVms()
            .filter((row) => row.exerciseId === id)
            .map((row) => row.state),
        ).toEqual(['deleted'])
      },
    }
  },
  'evaluate-submission': async (application) => {
    const { workVmId } = await newLab(application, 'ana')
    const ana = await application.signIn('ana')
    expect((await ownWorkVm(ana, exerciseId)).id).toBe(workVmId)
    await startLab(ana, workVmId)
    await solve(ana, workVmId)
    return {
      trigger: async (doomed) => (await doomed.signIn('ana')).post(`/work-vms/${workVmId}/submissions`, undefined, acceptedSchema),
      check: async (after) => expectCounted(after, workVmId, 'ana'),
    }
  },
  'collect-exam': async (application) => {
    const { id, jobId } = await build(application, 'Held as an exam')
    const teacher = await application.signIn('teacher')
    await jobDone(teacher, jobId)
    await teacher.request('POST', `/exercises/${id}/publish`, { unproven: true })
    await teacher.request('POST', `/exercises/${id}/enrollments`, { usernames: ['carla', 'dora'] })
    const labs = books.workVms().filter((row) => row.exerciseId === id)
    for (const lab of labs) {
      await startLab(teacher, lab.id)
      await solve(teacher, lab.id)
    }
    const [on = labs[0], off = labs[1]] = labs
    if (!on || !off) throw new Error('the exam has no two labs')
    await power(teacher, off.id, 'stop')
    await labState(teacher, off.id, 'stopped')
    const rules = { opensAt: new Date(Date.now() - 3_600_000).toISOString(), closesAt: new Date(Date.now() + 3_600_000).toISOString() }
    await teacher.request('PATCH', `/exercises/${id}`, { rules })
    await teacher.request('PUT', `/exercises/${id}/exam`, { state: 'on' })
    return {
      trigger: async (doomed) => (await doomed.signIn('teacher')).post(`/exercises/${id}/exam/end`, undefined, jobIdSchema),
      check: async (after) => {
        const submitted = books.submissions().filter((row) => row.exerciseId === id)
        expect(submitted.map((row) => [row.workVmId, row.state, row.points]).sort()).toEqual(
          [on, off].map((lab) => [lab.id, 'done', 3]).sort(),
        )
        expect(new Set(submitted.map((row) => row.acceptedAt)).size).toBe(1)
        const counted = books.runs().filter((row) => row.isCounted && submitted.some((one) => one.id === row.submissionId))
        expect(counted).toHaveLength(2)
        const session = await after.signIn('teacher')
        await labState(session, off.id, 'stopped')
        await labState(session, on.id, 'ready')
      },
    }
  },
  'prove-exercise': async (application) => {
    const teacher = await application.signIn('teacher')
    const { id: workVmId } = await tryWorkVm(teacher, exerciseId)
    await startLab(teacher, workVmId)
    await solve(teacher, workVmId)
    return {
      trigger: async (doomed) =>
        (await doomed.signIn('teacher')).post(`/exercises/${exerciseId}/prove`, { scenario: 'solution' }, jobIdSchema),
      check: async () => {
        const proofs = books.runs().filter((row) => row.purpose === 'proof')
        expect(proofs.filter((row) => row.state === 'done').map((row) => row.points)).toEqual([3])
      },
    }
  },
}

/** One submission, one counted run with every criterion once; what was broken off is kept and counts nothing. */
async function expectCounted(application: Application, workVmId: string, username: string): Promise<void> {
  const session = await application.signIn(username)
  const submissions = books.submissions().filter((row) => row.workVmId === workVmId)
  expect(submissions.map((row) => row.state)).toEqual(['done'])
  const submission = await readSubmission(session, submissions[0]?.id ?? '')
  expect(submission).toMatchObject({ state: 'done', points: 3, maxPoints: 3, undecidedPoints: 0 })
  const runs = books.runs().filter((row) => row.submissionId === submission.id)
  expect(runs.filter((row) => row.isCounted)).toHaveLength(1)
  const counted = runs.find((row) => row.isCounted)
  expect(books.results().filter((row) => row.evaluationRunId === counted?.id)).toHaveLength(2)
}

const acceptedState = jobIdSchema.loose().transform((value) => ({ state: String(value.state) }))
const acceptedPayload = (payload: unknown): { exerciseId: string } => {
  if (typeof payload !== 'object' || payload === null || !('exerciseId' in payload)) throw new Error('the job names no exercise')
  return { exerciseId: String(payload.exerciseId) }
}

/** Jobs that undo what they began, and how they come to do so. */
const compensations: Record<string, { cancelAfter?: string; prepare: (application: Application) => Promise<Prepared>; ends: string }> = {
  'build-template': {
    ends: 'failed',
    prepare: async () => ({
      trigger: (application) => build(application, 'Cannot be pre-configured', 'no such prompt'),
      check: async (application) => {
        const teacher = await application.signIn('teacher')
        const { exerciseId: built } = acceptedPayload(books.jobs().findLast((row) => row.name === 'build-template')?.payload)
        expect(await readExercise(teacher, built)).toMatchObject({ state: 'failed', error: { code: 'PRECONFIGURE_FAILED' } })
      },
    }),
  },
  'create-work-vm': {
    ends: 'cancelled',
    cancelAfter: 'clone',
    prepare: async (application) => {
      const { workVmId } = await newLab(application)
      return {
        trigger: async (doomed) => power(await doomed.signIn('teacher'), workVmId, 'start'),
        check: async (after) => {
          const session = await after.signIn('teacher')
          await waitFor('the start to give up', () => books.jobs().every((row) => ['done', 'failed', 'cancelled'].includes(row.state)))
          await startLab(session, workVmId)
        },
      }
    },
  },
  'reset-work-vm': {
    ends: 'cancelled',
    cancelAfter: 'clone',
    prepare: async (application) => {
      const { workVmId, teacher } = await newLab(application)
      await startLab(teacher, workVmId)
      return {
        trigger: async (doomed) => power(await doomed.signIn('teacher'), workVmId, 'reset'),
        check: async (after) => void (await startLab(await after.signIn('teacher'), workVmId)),
      }
    },
  },
}

function count(what: string, points: readonly KillPoint[]): void {
  const of = (phase: KillPoint['phase']) => points.filter((point) => point.phase === phase).length
  tally.push(
    `${what}: ${points.length} kills (${of('before')} before a step, ${of('after-save')} after a save, ${of('after')} after a step)`,
  )
}

describe('after a SIGKILL at every step', { timeout: 900_000 }, () => {
  beforeAll(async () => {
    world = await createWorld({ keepsSpare: true })
    const application = await world.start()
    books = openBooks(world.dataDir)
    const teacher = await application.signIn('teacher')
    courseId = await createCourse(teacher, 'Networks')
    const { id, jobId } = await build(application, 'Two computers')
    await jobDone(teacher, jobId)
    await teacher.request('POST', `/exercises/${id}/publish`, { unproven: true })
    exerciseId = id
    expect(application.jobs.map((job) => job.name).sort(), 'every job of the program has a scenario here').toEqual(
      Object.keys(scenarios).sort(),
    )
    expect(
      application.jobs
        .filter((job) => job.compensates)
        .map((job) => job.name)
        .sort(),
    ).toEqual(Object.keys(compensations).sort())
    await application.stop()
  })

  // one that failed must not hold the folder that the next one needs
  afterEach(() => world.killApplications())

  afterAll(async () => {
    process.stdout.write(`\nkill points exercised:\n${tally.map((line) => `  ${line}`).join('\n')}\n`)
    books?.close()
    await world?.end()
  })

  it.each(Object.keys(scenarios))('%s is finished, once, and leaves nothing behind', async (job) => {
    const calm = await world.start()
    const prepared = await scenarios[job]?.(calm)
    if (!prepared) throw new Error(`${job} has no scenario`)
    const outline = calm.jobs.find((one) => one.name === job)
    await calm.stop()
    const { points, state, application } = await killEverywhere({ job }, prepared)
    count(job, points)
    expect(state).toBe('done')
    for (const phase of ['before', 'after'] as const) {
      expect(points.filter((point) => point.phase === phase).map((point) => point.step)).toEqual(outline?.steps)
    }
    await prepared.check(application)
    await expectAgreement()
    await application.stop()
  })

  it.each(Object.keys(compensations))('%s that fails is undone, and leaves nothing behind', async (job) => {
    const scenario = compensations[job]
    if (!scenario) throw new Error(`${job} has no scenario`)
    const calm = await world.start()
    const prepared = await scenario.prepare(calm)
    await calm.stop()
    const cancelAfter = scenario.cancelAfter === undefined ? {} : { cancelAfter: scenario.cancelAfter }
    const { points, state, application } = await killEverywhere({ job, only: ['compensate'], ...cancelAfter }, prepared)
    count(`${job}, undone`, points)
    expect(state).toBe(scenario.ends)
    expect(points.map((point) => point.phase)).toEqual(expect.arrayContaining(['before', 'after']))
    // its plan would cancel what the check starts
    await application.stop()
    await prepared.check(await world.start())
    await expectAgreement()
  })

  it('makes every lab of a class that was killed in the middle, each once', async () => {
    const calm = await world.start()
    const teacher = await calm.signIn('teacher')
    const project = await projectFile('sample1-two-pcs-unconfigured')
    const text = exerciseFile('A class at once').replace('create: start', 'create: enroll')
    const { id, jobId } = await createExercise(teacher, { courseId, exercise: text, project })
    await jobDone(teacher, jobId)
    const labs = () => books.workVms().filter((row) => row.exerciseId === id)
    await teacher.request('POST', `/exercises/${id}/enrollments`, { usernames: ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'] })
    await waitFor('the first lab', () => labs().some((row) => row.state === 'stopped'))
    await calm.kill()
    const again = await world.start()
    await expectAgreement()
    expect(labs().map((row) => row.state)).toEqual(Array(6).fill('stopped'))
    await again.stop()
  })

  it('keeps a run that was broken off in the middle, and counts a new one', async () => {
    const calm = await world.start()
    const { workVmId } = await newLab(calm, 'bruno')
    const bruno = await calm.signIn('bruno')
    await startLab(bruno, workVmId)
    await typeInto(bruno, workVmId, 'PC2', ['ip 10.0.0.2/24'])
    const { id } = await bruno.post(`/work-vms/${workVmId}/submissions`, undefined, acceptedSchema)
    await waitFor('a run that asks', () => books.runs().some((row) => row.submissionId === id && row.state === 'running'))
    await calm.kill()
    const again = await world.start()
    const session = await again.signIn('bruno')
    await waitFor('the verdicts', async () => (await readSubmission(session, id)).state === 'done')
    const runs = books.runs().filter((row) => row.submissionId === id)
    expect(runs.map((row) => [row.state, row.isCounted])).toEqual([
      ['broken', false],
      ['done', true],
    ])
    expect(books.results().filter((row) => row.evaluationRunId === runs[1]?.id)).toHaveLength(2)
    await expectAgreement()
    await again.stop()
  })
})
