import { describe, expect, it, onTestFinished } from 'vitest'
import type { NodeInfo } from '../../src/clients/proxmox/index.ts'
import { resourceAnswer } from '../../src/clients/proxmox/schemas.ts'
import { openDatabase } from '../../src/db/index.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { AppError } from '../../src/errors.ts'
import { createHostMetrics, createHostMetricsRepository } from '../../src/vms/index.ts'

const { signal } = new AbortController()
const gigabyte = 1_073_741_824
const node = (name: string, change: Partial<NodeInfo> = {}): NodeInfo => ({
  ...{ node: name, status: 'online', cpu: 0.25, maxcpu: 8, mem: 8 * gigabyte, maxmem: 32 * gigabyte },
  ...{ disk: undefined, maxdisk: undefined, uptime: undefined },
  ...change,
})

const vm = (vmid: number) =>
  resourceAnswer.parse({
    ...{ type: 'qemu', id: `qemu/${vmid}`, vmid, node: 'pve1', status: 'running', cpu: 0.5, mem: gigabyte, maxmem: 4 * gigabyte },
  })

function begin() {
  const db = openDatabase(':memory:')
  migrateDatabase(db)
  onTestFinished(() => db.close())
  const world = { now: Date.UTC(2026, 10, 22, 12), nodes: [node('pve2'), node('pve1')], isDown: false, warnings: 0 }
  const repository = createHostMetricsRepository(db)
  const metrics = createHostMetrics({
    proxmox: {
      resources: async () => {
        if (world.isDown) throw new AppError('PROXMOX_UNREACHABLE')
        const nodes = world.nodes.map((one) => resourceAnswer.parse({ ...one, id: `node/${one.node}`, type: 'node' }))
        return [...nodes, ...[1, 2].map(vm)]
      },
    },
    isOurs: (vmid) => vmid === 1,
    repository,
    clock: { now: () => world.now, sleep: async () => undefined },
    log: { warn: () => (world.warnings += 1) },
  })
  return { world, repository, metrics }
}

describe('the load of the nodes', () => {
  it('is one line per node, the mean of ten minutes, with the highest of the day', async () => {
    const { world, metrics } = begin()
    await metrics.sample(signal)
    world.now += 120_000
    world.nodes = [node('pve1', { cpu: 0.75, mem: 16 * gigabyte })]
    await metrics.sample(signal)
    const loads = metrics.listLoads()
    expect(loads.map(({ name }) => name)).toEqual(['pve1', 'pve2'])
    expect(loads[0]?.points).toHaveLength(144)
    expect(loads[0]?.points.at(-1)).toEqual({ at: '2026-11-22T12:00:00.000Z', cpu: 0.5, memory: 0.375 })
    expect(loads[0]?.highest).toEqual({ cpu: 0.75, memory: 0.5, runningVms: 2 })
  })

  it('has a gap, not a zero, while a node is offline or Proxmox does not answer', async () => {
    const { world, metrics } = begin()
    await metrics.sample(signal)
    world.now += 600_000
    world.nodes = [node('pve1', { status: 'offline' }), node('pve2')]
    await metrics.sample(signal)
    world.isDown = true
    world.now += 600_000
    await metrics.sample(signal)
    const [pve1, pve2] = metrics.listLoads()
    expect(pve1?.points.slice(-3).map(({ cpu }) => cpu)).toEqual([0.25, null, null])
    expect(pve2?.points.slice(-3).map(({ cpu }) => cpu)).toEqual([0.25, 0.25, null])
    expect(world.warnings).toBe(1)
  })

  it('is forgotten after two days', async () => {
    const { world, repository, metrics } = begin()
    await metrics.sample(signal)
    world.now += 49 * 3_600_000
    await metrics.sample(signal)
    expect(repository.listSince('raw', '')).toHaveLength(2)
  })

  it('goes on as the mean of each hour and each day, also after its measurements are gone', async () => {
    const { world, repository, metrics } = begin()
    const hour = async (cpu: number) => {
      world.nodes = [node('pve1', { cpu })]
      for (let minute = 0; minute < 60; minute += 2) {
        await metrics.sample(signal)
        world.now += 120_000
      }
    }
    await hour(0.2)
    await hour(0.6)
    world.now += 5 * 3_600_000
    await hour(0.4)
    await metrics.sample(signal)
    expect(repository.listSince('hour', '').map(({ createdAt, cpu }) => [createdAt.slice(11, 13), Math.round(cpu * 100)])).toEqual([
      ['12', 20],
      ['13', 60],
      ['19', 40],
    ])
    world.now += 72 * 3_600_000
    await metrics.sample(signal)
    expect(repository.listSince('raw', '')).toHaveLength(1)
    expect(repository.listSince('day', '')).toMatchObject([
      { createdAt: '2026-11-22T00:00:00.000Z', cpu: expect.closeTo(0.4), runningVms: 2 },
    ])
    const month = metrics.listLoads('month')[0]
    expect(month?.points).toHaveLength(120)
    expect(month?.points.filter(({ cpu }) => cpu !== null)).toHaveLength(2)
  })

  it('is kept of each running VM of ours, and of no other', async () => {
    const { metrics } = begin()
    await metrics.sample(signal)
    expect(metrics.vmLoad(1, 'day').points.at(-1)).toMatchObject({ cpu: 0.5, memory: 0.25 })
    expect(metrics.vmLoad(2, 'day').highest).toEqual({ cpu: 0, memory: 0, runningVms: 0 })
  })
})
