import { describe, expect, it, onTestFinished } from 'vitest'
import type { Proxmox } from '../../src/clients/proxmox/index.ts'
import { tables } from '../../src/db/index.ts'
import { startTestApp } from '../support/app.ts'
import { actorFor } from '../support/given.ts'
import { waitFor } from '../support/wait.ts'

const hour = 3_600_000
const iso = (ms: number) => new Date(ms).toISOString()

async function openExam(settings: Record<string, string>, environment: Record<string, string> = {}, proxmox: Partial<Proxmox> = {}) {
  const on = await startTestApp({ environment, proxmox })
  onTestFinished(() => on.close())
  const boss = actorFor(await on.addUser('boss', 'teacher'))
  const course = on.services.courses.create(boss, { name: 'Networks', term: '2026' })
  const rules = { opensAt: iso(Date.now() - hour), closesAt: iso(Date.now() + hour) }
  const exercise = on.given.exercise({ courseId: course.id, rules })
  on.given.enrolled(exercise, actorFor(await on.addUser('ana')))
  const [teacher, ana] = [await on.signIn('boss'), await on.signIn('ana')]
  const answer = await teacher.post(`/exercises/${exercise.id}/exam`, { state: 'on', collect: 'missing', ...settings })
  return { on, teacher, ana, exercise, answer }
}

describe('while an exam runs', () => {
  it('its students are let in from its rooms alone, by the address of whoever really calls', async () => {
    const { ana, teacher, exercise, answer, on } = await openExam({ addresses: '10.1.0.0/16' })
    expect(answer.statusCode).toBe(303)
    // no proxy is trusted: what a header says is anybody's invention
    const page = await ana.get('/', { 'x-forwarded-for': '10.1.2.3' })
    expect(page.statusCode).toBe(403)
    expect(page.body).toContain('You come from the address 127.0.0.1')
    expect((await ana.get(`/api/v1/exercises/${exercise.id}`)).json().error.code).toBe('EXAM_ELSEWHERE')
    expect((await teacher.get(`/exercises/${exercise.id}/exam`)).statusCode).toBe(200)
    expect((await ana.post('/sign-out')).statusCode).toBe(303)
    expect((await on.stranger.get('/sign-in')).statusCode).toBe(200)
  })

  it('the proxy that is trusted says who calls', async () => {
    const { ana } = await openExam({ addresses: '10.1.0.0/16' }, { TRUST_PROXY: '127.0.0.1' })
    expect((await ana.get('/', { 'x-forwarded-for': '10.1.2.3' })).statusCode).toBe(200)
    expect((await ana.get('/', { 'x-forwarded-for': '10.2.2.3' })).statusCode).toBe(403)
    // the last hop before the proxy counts, not what the caller wrote in front of it
    expect((await ana.get('/', { 'x-forwarded-for': '10.1.2.3, 10.2.2.3' })).statusCode).toBe(403)
  })

  it('the session that began last is the one', async () => {
    const { on, ana } = await openExam({ singleSession: 'true' })
    expect((await ana.get('/')).statusCode).toBe(200)
    const again = await on.signIn('ana')
    const refused = await ana.get('/')
    expect(refused.statusCode).toBe(403)
    expect(refused.body).toContain('one session at a time')
    expect((await again.get('/')).statusCode).toBe(200)
    // by now the earlier one is over
    expect((await ana.get('/')).headers.location).toBe('/sign-in')
  })

  it('who may not switch it cannot, whatever he sends', async () => {
    const { on, ana, teacher, exercise } = await openExam({})
    const other = await on.addUser('rui', 'assistant')
    on.services.courses.putMember(exercise.courseId, { userId: other.id, role: 'assistant', groupName: null }, null)
    const rui = await on.signIn('rui')
    expect((await rui.get(`/exercises/${exercise.id}/exam`)).body).not.toContain('Switch exam mode off')
    for (const browser of [rui, ana]) {
      for (const path of ['exam', 'exam/end', 'rules', 'allowances', 'release-results']) {
        const answer = await browser.post(`/exercises/${exercise.id}/${path}`, {
          state: 'off',
          userId: other.id,
          extraMinutes: '5',
          extraAttempts: '0',
          results: 'at-once',
        })
        expect(answer.statusCode, path).toBe(403)
      }
      expect((await browser.post(`/exercises/${exercise.id}/exam`, { state: 'on' })).statusCode).toBe(403)
    }
    expect(on.services.exams.find(exercise.id)?.state).toBe('on')
    expect((await teacher.post(`/exercises/${exercise.id}/exam`, { state: 'off' })).statusCode).toBe(303)
    const audit = on.services.db.query.select().from(tables.auditEvents).all()
    expect(audit.filter(({ action }) => action.startsWith('exam.')).map(({ action, address }) => [action, address])).toEqual([
      ['exam.on', '127.0.0.1'],
      ['exam.off', '127.0.0.1'],
    ])
  })

  it('staff sees of each lab whether it is isolated, as it was read back from Proxmox', async () => {
    const world = { isOn: false }
    const { on, teacher, exercise } = await openExam({}, {}, { isFirewallOn: async () => world.isOn })
    const lab = { state: 'ready' as const, readyAt: iso(Date.now()), endpoint: { host: '127.77.0.9', port: 1 } }
    on.given.workVm(exercise, on.given.enrolled(exercise), lab)
    const page = async () => (await teacher.get(`/exercises/${exercise.id}/exam`)).body
    const open = await waitFor('the firewall to be read', async () => {
      const body = await page()
      return body.includes('the datacenter firewall is off, so no rule acts') && body
    })
    expect(open).not.toContain('>isolated<')
  })

  it('ranges that are none are named beside what was typed', async () => {
    const { answer, teacher, exercise } = await openExam({ addresses: '10.1.0.0/16\nroom 5' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('room, 5 is no address')
    expect((await teacher.get(`/exercises/${exercise.id}/exam`)).body).toContain('not checked')
  })
})
