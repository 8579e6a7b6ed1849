import { describe, expect, it, onTestFinished } from 'vitest'
import { startTestApp } from '../support/app.ts'
import { actorFor, exerciseText } from '../support/given.ts'

const home = { 'x-forwarded-for': '10.1.2.3' }
const library = { 'x-forwarded-for': '10.9.9.9' }

async function openPage(values: { state: 'stopped' | 'ready'; directAddress?: string }, text = `${exerciseText}direct: true\n`) {
  const on = await startTestApp({ environment: { TRUST_PROXY: '127.0.0.1', LAB_SERVER_ADDRESSES: '10.20.0.5' } })
  onTestFinished(() => on.close())
  const exercise = on.given.exercise({ courseId: on.given.course().id, text })
  const student = actorFor(await on.addUser('ana'))
  on.given.enrolled(exercise, student)
  const lab = on.given.workVm(exercise, student, { readyAt: '2026-11-22T10:00:00.000Z', ...values })
  if (values.state === 'ready') on.services.workVms.update(lab.id, { endpoint: { host: '10.30.0.7', port: 3_080 } })
  const ana = await on.signIn('ana')
  const page = async (headers: Readonly<Record<string, string>>) => (await ana.get(`/exercises/${exercise.id}`, headers)).body
  const starts = () => on.services.jobsRepository.findLiveByKey(`work-vm:${lab.id}`).map(({ payload }) => payload)
  return { on, ana, lab, exercise, page, starts }
}

describe('the page of an exercise with direct access', () => {
  it('says before the start which computer will be let in, and the start takes that one', async () => {
    const { ana, lab, page, starts } = await openPage({ state: 'stopped' })
    expect(await page(home)).toMatch(/this computer is also let in directly[^<]*<code>10\.1\.2\.3<\/code>/)
    expect((await ana.post(`/work-vms/${lab.id}/start`, {}, home)).statusCode).toBe(303)
    expect(starts()).toEqual([{ workVmId: lab.id, from: '10.1.2.3' }])
  })

  it('names the computer that is let in, and where GNS3 is', async () => {
    const { page } = await openPage({ state: 'ready', directAddress: '10.1.2.3' })
    const body = await page(home)
    expect(body).toMatch(/Direct access is open for <code>10\.1\.2\.3<\/code> \(this computer\)/)
    expect(body).toMatch(/host <code[^>]*>10\.30\.0\.7<\/code> port <code>3080<\/code>/)
  })

  it('says to who sits elsewhere by now how to let that computer in', async () => {
    const { page } = await openPage({ state: 'ready', directAddress: '10.1.2.3' })
    expect(await page(library)).toMatch(/You are now at <code>10\.9\.9\.9<\/code>\. Restart the lab from here/)
  })

  it('says that an address which cannot be let in is none', async () => {
    const { page } = await openPage({ state: 'stopped' })
    expect(await page({})).toMatch(/not to the address that you seem to come from: <code>127\.0\.0\.1<\/code>/)
  })

  it('says nothing of it while its student sits an exam, and names no address of the lab', async () => {
    const { on, page, exercise } = await openPage({ state: 'ready' })
    const teacher = on.given.person('admin')
    const at = (ms: number) => new Date(Date.now() + ms).toISOString()
    on.services.exercises.setRules(teacher, exercise.id, { opensAt: at(-3_600_000), closesAt: at(3_600_000) })
    on.services.exams.switchOn(teacher, exercise.id, { addresses: [], singleSession: false, collect: 'missing' }, '10.0.0.1')
    expect(await page(home)).not.toMatch(/id="direct"|10\.30\.0\.7/)
  })

  it('is as ever where the exercise gives none', async () => {
    const { ana, lab, page, starts } = await openPage({ state: 'stopped' }, exerciseText)
    expect(await page(home)).not.toContain('id="direct"')
    await ana.post(`/work-vms/${lab.id}/start`, {}, home)
    expect(starts()).toEqual([{ workVmId: lab.id }])
  })
})
