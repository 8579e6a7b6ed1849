import { describe, expect, it, onTestFinished } from 'vitest'
import { fail, pass } from '../../src/evaluation/verdict.ts'
import { type ConfigurationReport, compareConfigurations } from '../../src/evaluations/index.ts'
import { newId } from '../../src/lib/ids.ts'
import { compareCriteria } from '../../src/submissions/compare.ts'
import { startTestApp } from '../support/app.ts'
import { actorFor } from '../support/given.ts'

const report = (device: string, text: string | null, kind: 'running' | 'saved' = 'running'): ConfigurationReport => ({
  ...{ device, kind, source: 'show running-config', capturedAt: '2026-11-22T10:00:00.000Z', text },
  problem: text === null ? 'CONSOLE_SILENT' : null,
})
const linesOf = (before: string, after: string) =>
  compareConfigurations([report('R1', before)], [report('R1', after)]).flatMap(({ hunks }) =>
    hunks.flatMap(({ lines }) => lines.map(({ change, text }) => `${change} ${text}`)),
  )

describe('the configurations of two submissions', () => {
  it('are compared line by line, with what stands around a difference', () => {
    expect(
      linesOf(
        'hostname R1\ninterface f0/0\n ip address 10.0.0.1 255.0.0.0\n',
        'hostname R1\ninterface f0/0\n ip address 10.0.0.2 255.0.0.0\n',
      ),
    ).toEqual(['same hostname R1', 'same interface f0/0', 'removed  ip address 10.0.0.1 255.0.0.0', 'added  ip address 10.0.0.2 255.0.0.0'])
  })

  it('show no password, key or community, whichever side it is on', () => {
    const before = 'enable secret 5 $1$aaaa$bbbbbbbbbbbbbbbbbbbbbb\nsnmp-server community hush RO\n'
    const after = 'enable secret 5 $1$cccc$dddddddddddddddddddddd\nusername ana password 0 whisper\nhostname R1\n'
    const shown = linesOf(before, after).join('\n')
    for (const secret of ['aaaa', 'dddd', 'hush', 'whisper']) expect(shown).not.toContain(secret)
    expect(shown).toContain('added hostname R1')
  })

  it('are the same when only what a device prints anew each time differs', () => {
    const text = (time: string) => `Building configuration...\n! Last configuration change at ${time}\nhostname R1\n`
    expect(compareConfigurations([report('R1', text('10:00'))], [report('R1', text('11:00'))])).toMatchObject([
      { change: 'same', hunks: [] },
    ])
  })

  it.each([
    [[report('R1', 'a')], [], 'only-before'],
    [[], [report('R1', 'a')], 'only-after'],
    [[report('R1', null)], [report('R1', 'a')], 'unknown'],
    [
      [report('R1', Array.from({ length: 6_000 }, (_, line) => `a${line}`).join('\n'))],
      [report('R1', Array.from({ length: 6_000 }, (_, line) => `b${line}`).join('\n'))],
      'too-different',
    ],
  ] as const)('that cannot be compared say why', (before, after, change) => {
    expect(compareConfigurations(before, after).map((one) => one.change)).toEqual([change])
  })

  it('are listed by device and kind', () => {
    const both = [report('R10', 'a'), report('R2', 'a', 'saved'), report('R2', 'a')]
    expect(compareConfigurations(both, both).map(({ device, kind }) => `${device} ${kind}`)).toEqual([
      'R2 running',
      'R2 saved',
      'R10 running',
    ])
  })
})

describe('the criteria of two submissions', () => {
  const one = (id: string, verdict: 'pass' | 'fail', points: number) => ({ id, title: id, verdict, points })
  it('are told where verdict or points changed, and counted where not', () => {
    const before = [one('a', 'fail', 0), one('b', 'pass', 1), one('gone', 'pass', 1), one('c', 'pass', 2)]
    const after = [one('a', 'pass', 1), one('b', 'pass', 1), one('c', 'pass', 1), one('new', 'fail', 0)]
    const { changed, unchanged } = compareCriteria(before, after)
    expect(changed.map(({ id }) => id)).toEqual(['a', 'c', 'new', 'gone'])
    expect(changed[0]).toMatchObject({ before: { verdict: 'fail' }, after: { verdict: 'pass' } })
    expect([changed[2]?.before, changed[3]?.after, unchanged]).toEqual([null, null, 1])
  })
})

describe('the page that compares two submissions', () => {
  async function prepare() {
    const on = await startTestApp()
    onTestFinished(() => on.close())
    const boss = actorFor(await on.addUser('boss', 'teacher'))
    const course = on.services.courses.create(boss, { name: 'Networks', term: '2026' })
    const exercise = on.given.exercise({ courseId: course.id })
    const student = async (name: string) => {
      const actor = on.given.enrolled(exercise, actorFor(await on.addUser(name)))
      return { lab: on.given.workVm(exercise, actor, { state: 'ready' }), browser: await on.signIn(name) }
    }
    const submit = async (lab: Awaited<ReturnType<typeof student>>['lab'], points: number, text: string) => {
      const submission = on.given.submission(lab, { state: 'done', points, maxPoints: 10, undecidedPoints: 0 })
      const judged = (isRight: boolean) => (isRight ? pass('PING_REPLIED') : fail('PING_LOST', 'unreachable'))
      const runId = on.given.run(submission, {
        pc1: { ...judged(points > 0), points },
        hidden: { ...judged(points > 0), points: 0 },
      })
      const sha256 = await on.services.evidence.put(Buffer.from(text))
      on.services.evaluations.insertObservation({
        ...{ id: newId(), evaluationRunId: runId, purpose: 'configuration', kind: 'saved', seq: 1, device: 'PC1', command: 'show ip' },
        ...{ startedAt: '2026-11-22T10:00:30.000Z', tookMs: 3, ended: 'prompt', rawSha256: sha256, textSha256: sha256 },
        createdAt: '2026-11-22T10:00:30.000Z',
      })
      return submission.id
    }
    const ana = await student('ana')
    const bruno = await student('bruno')
    const ids = [await submit(ana.lab, 0, 'ip 10.0.0.9\n'), await submit(ana.lab, 2, 'ip 10.0.0.1\n')]
    return { on, ana, bruno, ids, other: await submit(bruno.lab, 2, 'ip 10.0.0.5\n'), teacher: await on.signIn('boss') }
  }

  it('tells the student what changed, without what is hidden from him', async () => {
    const { ana, ids } = await prepare()
    const page = await ana.browser.get(`/submissions/${ids[1]}/compare`)
    expect(page.statusCode).toBe(200)
    expect(page.body).toMatch(/<del>.*-ip 10\.0\.0\.9<\/del>[\s\S]*<ins>.*\+ip 10\.0\.0\.1<\/ins>/)
    expect(page.body).toContain('PC1 reaches PC2')
    expect(page.body).not.toContain('The hidden one')
    expect((await ana.browser.get(`/submissions/${ids[1]}`)).body).toContain(`/submissions/${ids[1]}/compare`)
  })

  it('is the same for staff, hidden checks among them, in either direction', async () => {
    const { teacher, ids } = await prepare()
    const page = await teacher.get(`/submissions/${ids[0]}/compare?with=${ids[1]}`)
    expect(page.body).toContain('The hidden one')
    expect(page.body).toMatch(/<ins>.*\+ip 10\.0\.0\.1<\/ins>/)
    const json = (await teacher.get(`/api/v1/submissions/${ids[0]}/compare?with=${ids[1]}`)).json()
    expect(json).toMatchObject({ before: ids[0], after: ids[1], criteria: [{ id: 'pc1' }, { id: 'hidden' }] })
  })

  it('finds no submission of anybody else, and none to compare with where there is one alone', async () => {
    const { ana, bruno, teacher, ids, other } = await prepare()
    const statuses = await Promise.all([
      ana.browser.get(`/submissions/${ids[1]}/compare?with=${other}`),
      ana.browser.get(`/submissions/${other}/compare?with=${ids[1]}`),
      bruno.browser.get(`/submissions/${ids[1]}/compare`),
      bruno.browser.get(`/submissions/${other}/compare`),
      teacher.get(`/submissions/${ids[1]}/compare?with=${other}`),
    ])
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404, 404])
  })
})
