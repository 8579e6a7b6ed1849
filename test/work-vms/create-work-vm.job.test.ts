import { expect, it } from 'vitest'
import { createLabLink, createVmLedger, createVmsRepository, type StorageGauge } from '../../src/vms/index.ts'
import { createWorkVmJob, type WorkVmJobParts } from '../../src/work-vms/index.ts'
import { openBench } from '../support/given.ts'

const config = { memoryMb: 4_096, nets: [], drives: [] }
const proxmox = {
  resources: async () => [{ id: 'node/pve1', type: 'node', node: 'pve1', status: 'online' }],
  volumeOwners: async () => new Set(),
  vmConfig: async () => config,
  ensureClone: async () => ({ node: 'pve1', linked: true, volumes: [] }),
} as never

type Gauge = Pick<StorageGauge, 'findFull'>
const roomy: Gauge = { findFull: async () => null }

/** The steps as the runner calls them, with a word between two of them. */
async function make(between: (step: string, bench: ReturnType<typeof start>) => void, storageGauge: Gauge = roomy) {
  const bench = start(storageGauge)
  const told: string[] = []
  const data = {}
  for (const step of bench.job.steps) {
    const signal = new AbortController().signal
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const result = await step.run({
      jobId: 'job-1',
      createdBy: null,
      payload: { workVmId: bench.workVm.id },
      data,
      priority: 'batch',
      signal,
      attempt: 1,
      log,
      save: (change) => void Object.assign(data, change),
      progress: (key, values) => void told.push(`${key} ${JSON.stringify(values)}`),
      line: () => undefined,
    })
    Object.assign(data, result?.data)
    between(step.name, bench)
    result?.commit?.()
  }
  return { ...bench, told, row: () => bench.services.workVms.get(bench.workVm.id) }
}

function start(storageGauge: Gauge = roomy) {
  const bench = openBench({ proxmox })
  const exercise = bench.given.exercise({ courseId: bench.given.course().id })
  const workVm = bench.given.workVm(exercise, bench.given.enrolled(exercise), { state: 'requested', templateVmId: null })
  const { services, time, db } = bench
  const ledger = createVmLedger({ repository: createVmsRepository(db), clock: time.clock, range: { from: 30_000, to: 30_009 } })
  const labLink = createLabLink({
    proxmox,
    addresses: { find: () => Promise.reject(new Error('not asked')) },
    connectGns3: () => Object.create(null),
  })
  const parts = {
    workVms: services.workVms,
    exercises: services.exercises,
    proxmox,
    ledger,
    placements: { note: () => '' },
    labLink,
    clock: { now: time.clock.now, sleep: async () => undefined },
    allowedNodes: [],
    limits: { maxRunning: 1, memoryReserveMb: 0 },
    cloudInitAddress: null,
    storageGauge,
    clonePause: bench.services.clonePause,
  }
  return { ...bench, exercise, workVm, job: createWorkVmJob(parts as unknown as WorkVmJobParts) }
}

it('makes a VM that then is stopped, under the id that was booked', async () => {
  const { row } = await make(() => undefined)
  expect(row()).toMatchObject({ state: 'stopped', vmid: 30_000, pveNode: 'pve1', memoryMb: 4_096 })
})

it.each(['reserve', 'clone', 'configure'])('leaves a lab in the bin whose student was taken out during the step %s', async (during) => {
  const { row } = await make((step, { services, workVm, given }) => {
    if (step === during) services.workVms.bin(services.workVms.get(workVm.id), given.person('teacher').id)
  })
  expect(row()).toMatchObject({ state: 'binned', vmid: 30_000 })
})

it('leaves a lab in the bin when its making is cancelled', () => {
  const { services, workVm, given, job } = start()
  services.workVms.bin(workVm, given.person('teacher').id)
  job.onCancelled?.({ jobId: 'job-1', payload: { workVmId: workVm.id }, data: {} })
  expect(services.workVms.get(workVm.id).state).toBe('binned')
})

it('waits while the storage is full, says why, and goes on by itself once there is room', async () => {
  const looks = [95, 91, null]
  const { row, told } = await make(() => undefined, {
    findFull: async (node) => {
      const percent = looks.shift()
      return percent === null || percent === undefined ? null : { node, name: 'lab', kind: 'data', shared: false, percent }
    },
  })
  expect(told.filter((line) => line.startsWith('storage'))).toEqual([
    'storageFull {"storage":"lab","percent":95}',
    'storageFull {"storage":"lab","percent":91}',
  ])
  expect(row().state).toBe('stopped')
})

it('waits while an administrator holds new labs back, says so, and goes on by itself afterwards', async () => {
  const bench = start()
  const { services, given, workVm, job } = bench
  services.clonePause.pause(given.person('admin').id)
  const told: string[] = []
  const space = job.steps.find(({ name }) => name === 'space')
  await space?.run({
    ...{ jobId: 'job-1', payload: { workVmId: workVm.id }, data: {}, signal: new AbortController().signal, priority: 'batch' as const },
    progress: (key: string) => {
      told.push(key)
      if (told.length === 2) services.clonePause.resume()
    },
  } as unknown as Parameters<typeof space.run>[0])
  expect(told).toEqual(['clonesPaused', 'clonesPaused'])
})
