import { describe, expect, it, onTestFinished } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { fail, pass } from '../../src/evaluation/verdict.ts'
import { newId } from '../../src/lib/ids.ts'
import { startTestApp } from '../support/app.ts'
import { actorFor, exerciseFrom, exerciseText } from '../support/given.ts'

/** Every probe was answered: right for who must reach the other, wrong for who must not. */
const answer = [
  '84 bytes from 192.168.10.2 icmp_seq=1 ttl=64 time=0.4 ms',
  '84 bytes from 192.168.10.2 icmp_seq=2 ttl=64 time=0.4 ms',
  '84 bytes from 192.168.10.2 icmp_seq=3 ttl=64 time=0.4 ms',
  '84 bytes from 192.168.10.2 icmp_seq=4 ttl=64 time=0.4 ms',
  '84 bytes from 192.168.10.2 icmp_seq=5 ttl=64 time=0.4 ms',
].join('\n')
const settings = [
  'NAME        : PC1[1]',
  'IP/MASK     : 192.168.10.1/24',
  'GATEWAY     : 0.0.0.0',
  'DNS         : ',
  'MAC         : 00:50:79:66:68:00',
  'LPORT       : 10000',
  'RHOST:PORT  : 127.0.0.1:10001',
  'MTU:        : 1500',
].join('\n')
const command = 'ping 192.168.10.2 -c 5 -i 100 -w 1000'

async function prepare() {
  const on = await startTestApp()
  onTestFinished(() => on.close())
  const boss = actorFor(await on.addUser('boss', 'teacher'))
  const course = on.services.courses.create(boss, { name: 'Networks', term: '2026' })
  const exercise = on.given.exercise({ courseId: course.id })
  const student = on.given.enrolled(exercise, actorFor(await on.addUser('ana')))
  const lab = on.given.workVm(exercise, student, { state: 'ready' })
  const submission = on.given.submission(lab, { state: 'done', points: 2, maxPoints: 10, undecidedPoints: 0 })
  const runId = on.given.run(submission, {
    pc1: { ...pass('PING_REPLIED', { to: '192.168.10.2', sent: 5, received: 5 }), points: 2 },
    pc2: { ...fail('PING_LOST', 'unreachable'), points: 0 },
    hidden: { ...fail('PING_LOST', 'unreachable'), points: 0 },
  })
  for (const [seq, [asked, text]] of [
    [command, answer],
    ['show ip', settings],
  ].entries()) {
    const sha256 = await on.services.evidence.put(Buffer.from(text ?? ''))
    on.services.evaluations.insertObservation({
      ...{
        id: newId(),
        evaluationRunId: runId,
        purpose: 'criterion',
        criterionId: 'pc1',
        seq: seq + 1,
        device: 'PC1',
        command: asked ?? '',
      },
      ...{ startedAt: '2026-11-22T10:00:30.000Z', tookMs: 3, ended: 'prompt', rawSha256: sha256, textSha256: sha256 },
      createdAt: '2026-11-22T10:00:30.000Z',
    })
  }
  /** The exercise with other criteria, as a teacher saves it. */
  const revise = (change: (text: string) => string) =>
    on.services.exercises.revise(boss, exercise.id, {
      definition: exerciseFrom(change(exerciseText)),
      statement: '',
      projectSha256: null,
      baseTemplateVmid: null,
    })
  return { on, boss, exercise, submission, runId, revise, teacher: await on.signIn('boss'), ana: await on.signIn('ana') }
}

const turned = (text: string) => text.replace('params: { to: 192.168.10.2 }', 'params: { to: 192.168.10.2, expect: failure }')

describe('grading anew', () => {
  it('changes nothing where nothing changed', async () => {
    const { teacher, exercise } = await prepare()
    const preview = (await teacher.get(`/api/v1/exercises/${exercise.id}/regrade`)).json()
    expect(preview).toMatchObject({ looked: 1, items: [] })
    expect((await teacher.get(`/exercises/${exercise.id}/regrade`)).body).toContain('Nothing would change')
  })

  it('shows what would change before it does, from stored answers alone', async () => {
    const { teacher, exercise, submission, revise, on, runId } = await prepare()
    await revise(turned)
    const page = await teacher.get(`/exercises/${exercise.id}/regrade`)
    expect(page.statusCode).toBe(200)
    expect(page.body).toMatch(/2 → <strong>0<\/strong>/)
    expect(on.services.submissions.get(submission.id).points).toBe(2)
    const stamp = /name="stamp" value="(\w+)"/.exec(page.body)?.[1] ?? ''
    expect((await teacher.post(`/exercises/${exercise.id}/regrade`, { stamp })).statusCode).toBe(303)
    expect(on.services.submissions.get(submission.id).points).toBe(0)
    const runs = on.services.db.query.select().from(tables.evaluationRuns).all()
    expect(runs.map((run) => [run.purpose, run.isCounted])).toEqual([
      ['submission', false],
      ['regrade', true],
    ])
    expect(on.services.evaluations.listResults(runId)).toHaveLength(3)
    expect((await teacher.get(`/submissions/${submission.id}`)).body).toContain(command)
    // pressed twice it is one
    expect((await teacher.post(`/exercises/${exercise.id}/regrade`, { stamp })).statusCode).toBe(303)
    expect(on.services.db.query.select().from(tables.evaluationRuns).all()).toHaveLength(2)
  })

  it('never guesses what was not asked, and gives a new check its points as undecided', async () => {
    const { teacher, exercise, revise } = await prepare()
    await revise((text) => `${text}  - { id: new, title: A new one, module: ping, device: PC2, params: { to: 192.168.10.1 }, points: 4 }\n`)
    const { items } = (await teacher.get(`/api/v1/exercises/${exercise.id}/regrade`)).json()
    expect(items[0].changed).toEqual([{ id: 'new', title: 'A new one', before: null, after: { verdict: 'inconclusive', points: 0 } }])
  })

  it('leaves the decision of a teacher above the new result', async () => {
    const { on, boss, exercise, submission, revise, teacher } = await prepare()
    on.services.submissions.review(boss, submission.id, { criterionId: 'pc1', verdict: 'pass', points: 1.5, reason: 'seen in class' })
    await revise(turned)
    const { stamp } = (await teacher.get(`/api/v1/exercises/${exercise.id}/regrade`)).json()
    expect((await teacher.post(`/exercises/${exercise.id}/regrade`, { stamp })).statusCode).toBe(303)
    expect(on.services.submissions.get(submission.id).points).toBe(1.5)
  })

  it('is applied only as it was seen, and by teachers alone', async () => {
    const { on, ana, exercise, submission, revise, teacher } = await prepare()
    await revise(turned)
    const { stamp } = (await teacher.get(`/api/v1/exercises/${exercise.id}/regrade`)).json()
    expect((await ana.get(`/exercises/${exercise.id}/regrade`)).statusCode).toBe(403)
    expect((await ana.post(`/exercises/${exercise.id}/regrade`, { stamp })).statusCode).toBe(403)
    await revise((text) => text.replace('points: 2 }', 'points: 1 }'))
    expect((await teacher.post(`/exercises/${exercise.id}/regrade`, { stamp })).statusCode).toBe(409)
    expect(on.services.submissions.get(submission.id).points).toBe(2)
  })
})
