import { expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { readJob } from '../../src/jobs/jobs.service.ts'
import { createTranslator } from '../../src/strings/index.ts'
import { batch, gate, jobOf, openJobBench } from './job-bench.ts'

const t = createTranslator()

it('shows the steps of a running job in their order, the progress of the running one and those to come', async () => {
  const bench = openJobBench()
  const work = gate()
  const definition = jobOf('job', {
    reserve: async () => undefined,
    clone: async (context) => {
      context.progress('queued', { position: 2, node: 'pve1' })
      context.line('task UPID:1')
      await bench.time.clock.sleep(3_000, context.signal)
      return work.wait(context)
    },
    configure: async () => undefined,
  })
  const runner = bench.start([definition])
  const id = runner.enqueue('job', {}, batch)
  await bench.time.advance(3_000)
  const job = bench.repository.find(id)
  if (!job) throw new Error('the job is gone')
  const reading = readJob(bench.repository, [definition], job, t)
  expect(reading.steps.map(({ id: name, state }) => `${name} ${state}`)).toEqual(['reserve done', 'clone running', 'configure waiting'])
  expect(reading.steps[1]?.progress).toBe(reading.progress)
  expect(reading.progress).toContain('2')
  expect(reading.steps[1]?.log).toEqual([expect.stringMatching(/^2026-09-01T00:00:\S+ task UPID:1$/)])
  expect(reading.error).toBeNull()
  work.open()
})

it('shows what failed, what came no longer, and the clearing up last', async () => {
  const bench = openJobBench()
  const definition = jobOf(
    'job',
    {
      reserve: async () => {
        throw new AppError('PROXMOX_REFUSED', { details: { reason: 'no' } })
      },
      clone: async () => undefined,
    },
    { compensate: { name: 'compensate', deadlineMs: 1_000, run: async () => undefined } },
  )
  const runner = bench.start([definition])
  const id = runner.enqueue('job', {}, batch)
  await runner.whenIdle()
  const job = bench.repository.find(id)
  if (!job) throw new Error('the job is gone')
  const reading = readJob(bench.repository, [definition], job, t)
  expect(reading.steps.map(({ id: name, state }) => `${name} ${state}`)).toEqual(['reserve failed', 'clone skipped', 'compensate done'])
  expect(reading.error).toEqual({ code: 'PROXMOX_REFUSED', details: { reason: 'no' } })
})
