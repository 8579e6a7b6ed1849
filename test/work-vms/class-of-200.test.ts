import { count, eq, inArray } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { everybody } from '../../src/courses/index.ts'
import { tables } from '../../src/db/index.ts'
import type { Fault } from '../../src/sandbox/proxmox/index.ts'
import { startOnOneClock } from '../clients/proxmox/one-clock.ts'
import { silent } from '../clients/proxmox/support.ts'
import { startTestApp } from '../support/app.ts'
import { tempFolder } from '../support/temp-folder.ts'

const generous = { timeout: 240_000 }
const firstVmid = 20_000
const baseTemplate = 9_000

/**
 * A class whose labs are made: the whole application with its jobs, database and pages, and an emulated Proxmox, on one clock that
 * moves only while every request lies with Proxmox. So nothing depends on how fast the machine is.
 */
async function enrollClass(size: number, faults: readonly Fault[] = []) {
  const durations = { taskStart: 30, taskReap: 30, volumeClone: 100, volumeFree: 100, configChange: 10 }
  const world = await startOnOneClock({ stateDir: tempFolder(), durations, log: silent })
  const on = await startTestApp({ clock: world.clock, proxmox: world.proxmox })
  onTestFinished(async () => {
    const state = { isOver: false }
    const stopping = on.services.jobs.stop().then(() => {
      state.isOver = true
    })
    await world.until(() => state.isOver)
    await stopping
    await on.close()
    await world.close()
  })
  world.sandbox.setFaults({ faults: [...faults] })
  const boss = await on.addUser('boss', 'admin')
  const course = on.given.course()
  const exercise = on.given.exercise({ courseId: course.id })
  const query = on.services.db.query
  query.update(tables.templateVms).set({ vmid: baseTemplate, pveNode: 'pve1' }).where(eq(tables.templateVms.id, exercise.templateId)).run()
  const names = Array.from({ length: size }, (_, index) => on.given.user({ username: `student${index}` }).username)
  on.services.jobs.start()
  const { jobIds } = await on.services.enrollments.enroll(course.teacher, exercise.id, ['username', ...names].join('\n'))
  const browser = await on.signIn(boss.username)
  const { jobs } = tables
  const countJobs = (...states: (typeof jobs.$inferSelect.state)[]) =>
    query.select({ found: count() }).from(jobs).where(inArray(jobs.state, states)).get()?.found ?? 0
  return {
    ...on,
    world,
    exercise,
    jobIds,
    browser,
    jobsIn: countJobs,
    labs: () => on.services.classLabs.read(exercise.id, everybody),
    until: (isOver: () => boolean) => world.until(isOver),
    settled: () => world.until(() => countJobs('queued', 'running', 'waiting') === 0),
    page: async () => (await browser.get(`/exercises/${exercise.id}/enrollments`)).body,
    onProxmox: () => {
      const { vms, orphans } = world.sandbox.state()
      return { vmids: vms.flatMap(({ vmid }) => (vmid >= firstVmid ? [vmid] : [])).sort(), orphans }
    },
  }
}

const sizes = (labs: Awaited<ReturnType<typeof enrollClass>>['labs']) =>
  Object.fromEntries(Object.entries(labs()).map(([part, list]) => [part, list.length]))
const none = { made: 0, running: 0, waiting: 0, failed: 0, missing: 0 }

describe('a class that is enrolled in one go', generous, () => {
  it('is 200 jobs; where every tenth clone fails for good 180 labs are made, and 20 are named with cause and button', async () => {
    const size = 200
    const everyTenth = Array.from({ length: size / 10 }, (_, index) => firstVmid + index * 10 + 9)
    const faults = everyTenth.map((vmid) => ({ fault: 'storage-full' as const, operation: 'clone' as const, vmid }))
    const { jobIds, labs, settled, page, onProxmox, browser, exercise, world } = await enrollClass(size, faults)
    expect(new Set(jobIds).size).toBe(size)
    await settled()
    expect(sizes(labs)).toEqual({ ...none, made: 180, failed: 20 })
    const body = await page()
    expect(body).toMatch(/<progress class="share" value="180" max="200"/)
    expect(body.match(/<td class="wrap">[^<]*No space left[^<]*<\/td><td><form[^>]*\/retry"/g)).toHaveLength(20)
    const made = labs().made.map(({ vmid }) => vmid)
    expect(onProxmox()).toEqual({ vmids: made.sort(), orphans: [] })
    world.sandbox.setFaults({ faults: [] })
    expect((await browser.post(`/exercises/${exercise.id}/labs/retry`)).statusCode).toBe(303)
    await settled()
    expect(sizes(labs)).toEqual({ ...none, made: 200 })
    expect(onProxmox()).toMatchObject({ vmids: { length: 200 }, orphans: [] })
  })

  it('is given up in the middle: what has not begun is not begun, what has begun is undone, what is there stays', async () => {
    const size = 60
    const { labs, settled, until, onProxmox, browser, exercise, jobsIn } = await enrollClass(size)
    await until(() => jobsIn('done') >= 20 && labs().running.length > 0)
    const before = labs()
    expect(before.waiting.length).toBeGreaterThan(10)
    expect((await browser.post(`/exercises/${exercise.id}/labs/cancel`)).statusCode).toBe(303)
    await settled()
    const made = labs().made.map(({ vmid }) => vmid)
    expect(made.length).toBeGreaterThanOrEqual(before.made.length)
    expect(sizes(labs)).toEqual({ ...none, made: made.length, missing: size - made.length })
    expect(onProxmox()).toEqual({ vmids: made.sort(), orphans: [] })
    expect([jobsIn('cancelled'), jobsIn('failed')]).toEqual([size - made.length, 0])
  })
})
