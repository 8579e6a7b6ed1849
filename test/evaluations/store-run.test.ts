import { expect, it } from 'vitest'
import { pass } from '../../src/evaluation/verdict.ts'
import { createRunStore } from '../../src/evaluations/index.ts'
import { openBench } from '../support/given.ts'

function withSubmission() {
  const bench = openBench()
  const exercise = bench.given.exercise({ courseId: bench.given.course().id })
  const workVm = bench.given.workVm(exercise, bench.given.enrolled(exercise), { state: 'ready' })
  const submission = bench.given.submission(workVm)
  const { evaluations, evidence } = bench.services
  const runs = createRunStore({ repository: evaluations, evidence, clock: bench.time.clock })
  const begin = () =>
    runs.begin({ purpose: 'submission', submissionId: submission.id, workVmId: workVm.id, revisionId: exercise.revisionId, label: null })
  return { ...bench, exercise, submission, runs, begin, evaluations, evidence }
}

const observation = {
  seq: 1,
  device: 'PC1',
  command: 'ping 192.168.10.2',
  startedAt: '2026-09-01T08:00:00.000Z',
  tookMs: 5,
  ended: 'prompt' as const,
  raw: Buffer.from('raw \u001b[0m'),
  text: 'clean',
}
const result = {
  id: 'pc1',
  title: '',
  module: 'ping',
  device: 'PC1',
  ...pass('PING_REPLIED', { sent: 5 }),
  points: 2,
  maxPoints: 2,
  attempts: 1,
  passedAfterMs: 10,
  tookMs: 20,
  startedAt: observation.startedAt,
  facts: [{ sent: 5 }],
  evidence: [observation],
}

it('keeps the run that a crash interrupted as broken, with what it had stored, and begins a new one', async () => {
  const { runs, begin, exercise, evaluations, submission } = withSubmission()
  const broken = begin()
  await runs.storeCriterion(broken, exercise.definition, result as never)
  const fresh = begin()
  expect([evaluations.findRun(broken)?.state, evaluations.findRun(fresh)?.state]).toEqual(['broken', 'running'])
  expect(evaluations.listResults(broken)).toHaveLength(1)
  expect(evaluations.listRunsOf(submission.id)).toHaveLength(2)
})

it('stores a criterion with its observations, whose bytes can be read again', async () => {
  const { runs, begin, exercise, evaluations, evidence } = withSubmission()
  const run = begin()
  await runs.storeCriterion(run, exercise.definition, result as never)
  expect(evaluations.listResults(run)).toMatchObject([
    { criterionId: 'pc1', verdict: 'pass', position: 0, facts: [{ sent: 5 }], judgement: { reason: { code: 'PING_REPLIED' } } },
  ])
  const [row] = evaluations.listObservations(run)
  expect(row).toMatchObject({ purpose: 'criterion', criterionId: 'pc1', command: 'ping 192.168.10.2' })
  expect([(await evidence.get(row?.rawSha256 ?? '')).toString(), (await evidence.get(row?.textSha256 ?? '')).toString()]).toEqual([
    'raw \u001b[0m',
    'clean',
  ])
})

it('stores nothing of a criterion when its result cannot be stored', async () => {
  const { runs, begin, exercise, evaluations } = withSubmission()
  const run = begin()
  await runs.storeCriterion(run, exercise.definition, result as never)
  await expect(runs.storeCriterion(run, exercise.definition, result as never)).rejects.toThrow()
  expect([evaluations.listResults(run).length, evaluations.listObservations(run).length]).toEqual([1, 1])
})

it('names the configurations that could not be captured beside those that could', async () => {
  const { runs, begin, evaluations } = withSubmission()
  const run = begin()
  await runs.storeConfigurations(run, [
    { device: 'R1', kind: 'running', source: 'show running-config', observation: { ...observation, device: 'R1' } },
    { device: 'R1', kind: 'saved', source: 'show startup-config', missing: { code: 'CONSOLE_TIMEOUT', data: {} } },
    { device: 'PC1', kind: 'saved', source: 'startup.vpc', file: null },
    { device: 'PC2', kind: 'saved', source: 'startup.vpc', file: Buffer.from('ip 192.168.10.2/24') },
  ] as never)
  expect(
    evaluations
      .listObservations(run)
      .map(({ device, kind, purpose }) => `${device} ${kind} ${purpose}`)
      .sort(),
  ).toEqual(['PC2 saved configuration', 'R1 running configuration'])
  expect(evaluations.findRun(run)?.missing.map(({ device, code }) => `${device} ${code}`)).toEqual([
    'R1 CONSOLE_TIMEOUT',
    'PC1 FILE_MISSING',
  ])
})

it('counts one run of a submission, the last that was named', () => {
  const { runs, begin, evaluations, submission } = withSubmission()
  const [first, second] = [begin(), begin()]
  runs.count(submission.id, first)
  runs.count(submission.id, second)
  expect(evaluations.findCountedRun(submission.id)?.id).toBe(second)
  expect(evaluations.listCountedRuns([submission.id])).toHaveLength(1)
  expect(() => runs.getRun('none')).toThrow(expect.objectContaining({ code: 'EVIDENCE_NOT_FOUND' }))
})

it('ends a run with its points and what differed in the lab', () => {
  const { runs, begin, evaluations } = withSubmission()
  const run = begin()
  runs.end(run, { points: 2, maxPoints: 10, undecidedPoints: 3 }, [{ code: 'DEVICE_MISSING', data: { device: 'PC2' } }] as never)
  expect(evaluations.findRun(run)).toMatchObject({ state: 'done', points: 2, undecidedPoints: 3, integrity: [{ code: 'DEVICE_MISSING' }] })
})
