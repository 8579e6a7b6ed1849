import { describe, expect, it, onTestFinished } from 'vitest'
import type { NodeInfo } from '../../src/clients/proxmox/index.ts'
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

function begin() {
  const db = openDatabase(':memory:')
  migrateDatabase(db)
  onTestFinished(() => db.close())
  const world = { now: Date.UTC(2026, 10, 22, 12), nodes: [node('pve2'), node('pve1')], isDown: false, warnings: 0 }
  const repository = createHostMetricsRepository(db)
  const metrics = createHostMetrics({
    proxmox: {
      nodes: async () => {
        if (world.isDown) throw new AppError('PROXMOX_UNREACHABLE')
        return world.nodes
      },
      resources: async () => [{ type: 'qemu', id: 'qemu/1', vmid: 1, node: 'pve1', status: 'running' }] as never,
    },
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
    expect(loads[0]?.highest).toEqual({ cpu: 0.75, memory: 0.5, runningVms: 1 })
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
    expect(repository.listSince('')).toHaveLength(2)
  })
})
