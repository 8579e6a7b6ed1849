import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ApiSession } from '../support/api.ts'
import type { Application } from '../support/application.ts'
import { type Books, findDisagreements, openBooks } from '../support/bookkeeping.ts'
import { type FaultRule, ownVms } from '../support/sandbox.ts'
import {
  createCourse,
  createExercise,
  jobDone,
  jobIdSchema,
  labState,
  power,
  projectFile,
  readExercise,
  readWorkVm,
  startLab,
} from '../support/steps.ts'
import { waitFor } from '../support/wait.ts'
import { createWorld, type World } from '../support/world.ts'

const exercise = `
netpraxis: 1
title: Two computers
create: start
devices:
  PC1: { platform: vpcs }
criteria:
  - { id: a, title: PC1 reaches PC2, module: ping, device: PC1, params: { to: 10.0.0.2 }, points: 1 }
`

/** Each once or for a while; the student notices nothing but the time it takes. */
const passing: Record<string, readonly FaultRule[]> = {
  'a clone that runs into the lock of the storage': [{ fault: 'storage-lock-timeout', operation: 'clone', nth: 1 }],
  'a worker that does not start': [{ fault: 'start-worker-failed', method: 'POST', path: '/status/start$', nth: 1 }],
  'a clone whose worker does not start': [{ fault: 'start-worker-failed', method: 'POST', path: '/clone$', nth: 1 }],
  'an agent that is late': [{ fault: 'agent-never', nth: 1, times: 3 }],
  'an agent that first tells no address': [{ fault: 'agent-no-addresses', nth: 1, times: 2 }],
  'a clone that is answered 596 and made all the same': [{ fault: 'timed-out', method: 'POST', path: '/clone$', nth: 1, completes: true }],
  'a clone that is answered 596 and not made': [{ fault: 'timed-out', method: 'POST', path: '/clone$', nth: 1, completes: false }],
  'a start that is answered 596 and done all the same': [
    { fault: 'timed-out', method: 'POST', path: '/status/start$', nth: 1, completes: true },
  ],
  'a connection that is cut after the request for a clone': [{ fault: 'reset-after', method: 'POST', path: '/clone$', nth: 1 }],
  'nodes that refuse for a while': [{ fault: 'refused', nth: 1, times: 8 }],
  'a list of VMs that lags behind': [{ fault: 'stale-resources' }],
}

describe('a lab on a Proxmox that misbehaves', { timeout: 300_000 }, () => {
  let world: World
  let application: Application
  let books: Books
  let teacher: ApiSession
  let courseId: string
  let exerciseId: string
  let students = 0

  const build = async () => createExercise(teacher, { courseId, exercise, project: await projectFile('sample1-two-pcs-unconfigured') })

  beforeAll(async () => {
    world = await createWorld()
    application = await world.start()
    books = openBooks(world.dataDir)
    teacher = await application.signIn('teacher')
    courseId = await createCourse(teacher, 'Networks')
    const { id, jobId } = await build()
    exerciseId = id
    await jobDone(teacher, jobId)
    await teacher.request('POST', `/exercises/${id}/publish`, { unproven: true })
  })

  afterEach(() => world.sandbox.setFaults([]))

  afterAll(async () => {
    books?.close()
    await application?.stop()
    await world?.end()
  })

  /** A student's lab that was never made. */
  async function newLab(): Promise<string> {
    students += 1
    await teacher.request('POST', `/exercises/${exerciseId}/enrollments`, { usernames: [`student${students}`] })
    const workVm = books.workVms().at(-1)
    if (!workVm) throw new Error('there is no work VM')
    return workVm.id
  }

  async function expectAgreement(): Promise<void> {
    await waitFor('all jobs to end', () => books.jobs().every((row) => ['done', 'failed', 'cancelled'].includes(row.state)), {
      deadlineMs: 120_000,
    })
    await waitFor('the tasks of the sandbox', async () => (await world.sandbox.state()).runningTasks === 0)
    expect(findDisagreements(books, await world.sandbox.state())).toEqual([])
  }

  const fired = async () => (await world.sandbox.state()).faults.map((rule) => rule.fired)

  async function askForTheList(): Promise<boolean> {
    await teacher.request('GET', '/base-templates')
    return (await fired()).every((times) => times > 0)
  }

  it.each(Object.keys(passing))('comes to be in spite of %s', async (name) => {
    const workVmId = await newLab()
    const rules = passing[name] ?? []
    await world.sandbox.setFaults(rules)
    // the list is made anew only every few seconds: it is stale from the moment on at which it should have been
    if (rules.some((rule) => rule.fault === 'stale-resources')) await waitFor('the list to be stale', askForTheList)
    await startLab(teacher, workVmId)
    expect(
      (await fired()).every((times) => times > 0),
      'the fault struck',
    ).toBe(true)
    await world.sandbox.setFaults([])
    await power(teacher, workVmId, 'stop')
    await labState(teacher, workVmId, 'stopped')
    await expectAgreement()
  })

  it('is removed with all its disks although Proxmox leaves one behind and says OK', async () => {
    const workVmId = await newLab()
    await startLab(teacher, workVmId)
    const before = await readWorkVm(teacher, workVmId)
    await world.sandbox.setFaults([{ fault: 'storage-lock-timeout', operation: 'free', nth: 1, ending: 'ok' }])
    await power(teacher, workVmId, 'reset')
    await waitFor('another VM', async () => (await readWorkVm(teacher, workVmId)).vmid !== before.vmid, { deadlineMs: 60_000 })
    await labState(teacher, workVmId, 'ready')
    expect(await fired()).toEqual([1])
    await expectAgreement()
  })

  it('fails with the reason when it cannot be made, leaves nothing, and can be started once that is mended', async () => {
    const workVmId = await newLab()
    const there = ownVms(await world.sandbox.state()).length
    await world.sandbox.setFaults([{ fault: 'storage-full', operation: 'clone' }])
    await power(teacher, workVmId, 'start')
    const failed = await labState(teacher, workVmId, 'failed')
    expect(failed.error).toMatchObject({ code: 'PROXMOX_TASK_FAILED', message: expect.stringContaining('No space left on device') })
    await expectAgreement()
    expect((await readWorkVm(teacher, workVmId)).error?.code).toBe('PROXMOX_TASK_FAILED')
    expect(ownVms(await world.sandbox.state())).toHaveLength(there)
    await world.sandbox.setFaults([])
    await startLab(teacher, workVmId)
    await expectAgreement()
  })

  it('has an exercise that fails with the reason when its template cannot be made, and is built once that is mended', async () => {
    await world.sandbox.setFaults([{ fault: 'storage-full', operation: 'clone' }])
    const { id, jobId } = await build()
    await expect(jobDone(teacher, jobId)).rejects.toThrow('No space left on device')
    expect(await readExercise(teacher, id)).toMatchObject({ state: 'failed', error: { code: 'PROXMOX_TASK_FAILED' } })
    await expectAgreement()
    await world.sandbox.setFaults([])
    const again = await teacher.post(`/exercises/${id}/build`, undefined, jobIdSchema)
    await jobDone(teacher, again.jobId ?? '')
    expect(await readExercise(teacher, id)).toMatchObject({ state: 'ready' })
    await expectAgreement()
  })
})
