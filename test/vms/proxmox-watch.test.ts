import { describe, expect, it } from 'vitest'
import { createAlerts } from '../../src/alerts/index.ts'
import type { Proxmox } from '../../src/clients/proxmox/index.ts'
import { AppError } from '../../src/errors.ts'
import { createProxmoxWatch, createStorageGauge } from '../../src/vms/index.ts'
import { startTestApp } from '../support/app.ts'

const quiet = { error: () => undefined, info: () => undefined, warn: () => undefined }
const clock = { now: () => 0, sleep: async () => undefined }
const { signal } = new AbortController()
type ThinPools = Awaited<ReturnType<Proxmox['thinPools']>>
type Storage = Awaited<ReturnType<Proxmox['storages']>>[number]

const storage = (change: Partial<Storage>): Storage => ({
  ...{ storage: 'lab', type: 'lvmthin', content: ['images'], active: true, enabled: true, shared: false, total: 100, used: 50, avail: 50 },
  ...change,
})

function begin() {
  const world = { offline: [] as string[], storages: [storage({})], isDown: false, tries: 0, pools: [] as ThinPools }
  const alerts = createAlerts({ clock, log: quiet, tell: () => undefined })
  const watch = createProxmoxWatch({
    proxmox: {
      clusterStatus: async () => {
        if (world.isDown) throw new AppError('PROXMOX_UNREACHABLE')
        return { quorate: true, nodes: ['pve1', 'pve2'].map((name) => ({ name, online: !world.offline.includes(name), local: false })) }
      },
    },
    // each look is another minute
    gauge: {
      fillingsOf: (node, options) =>
        createStorageGauge({ proxmox: { storages: async () => world.storages, thinPools: async () => world.pools }, clock }).fillingsOf(
          node,
          options,
        ),
    },
    repository: {
      listOpenOrphans: () => [
        {
          ...{ id: 'o1', kind: 'volume', pveNode: 'pve1', storage: 'lab', volid: 'lab:vm-1-disk-0', vmid: 1, state: 'open' as const },
          ...{ kind: 'volume' as const, tries: world.tries, lastError: null, resolvedAt: null, createdAt: '' },
        },
      ],
    },
    alerts,
    log: quiet,
  })
  const look = async () => {
    await watch(signal)
    return alerts.list().map(({ key }) => key)
  }
  return { world, look }
}

describe('the watch over Proxmox', () => {
  it('says nothing while all is well', async () => {
    expect(await begin().look()).toEqual([])
  })

  it('raises a lost node, and ends it when the node is back', async () => {
    const { world, look } = begin()
    world.offline = ['pve2']
    expect(await look()).toEqual(['node:pve2'])
    world.offline = []
    expect(await look()).toEqual([])
  })

  it('raises a full storage of disk images, a shared one once for all nodes', async () => {
    const { world, look } = begin()
    world.storages = [
      storage({ used: 90 }),
      storage({ storage: 'iso', content: ['iso'], used: 99 }),
      storage({ storage: 'nfs', shared: true, used: 95 }),
    ]
    expect((await look()).sort()).toEqual(['storage:nfs', 'storage:pve1/lab', 'storage:pve2/lab'])
  })

  it('warns from 80 % on, and says full from 90 %', async () => {
    const { world, look } = begin()
    world.storages = [storage({ used: 79 })]
    expect(await look()).toEqual([])
    world.storages = [storage({ used: 80 })]
    expect((await look()).sort()).toEqual(['storage:pve1/lab:filling', 'storage:pve2/lab:filling'])
    world.storages = [storage({ used: 90 })]
    expect((await look()).sort()).toEqual(['storage:pve1/lab', 'storage:pve2/lab'])
  })

  it('sees that the metadata of a thin pool runs out before its data does', async () => {
    const { world, look } = begin()
    world.pools = [{ vg: 'pve', lv: 'data', metadataSize: 100, metadataUsed: 91 }]
    expect((await look()).sort()).toEqual(['storage:pve1/pve/data', 'storage:pve2/pve/data'])
  })

  it('raises a disk that resists the third try', async () => {
    const { world, look } = begin()
    world.tries = 2
    expect(await look()).toEqual([])
    world.tries = 3
    expect(await look()).toEqual(['orphan:o1'])
  })

  it('keeps what it knows while Proxmox does not answer', async () => {
    const { world, look } = begin()
    world.offline = ['pve1']
    await look()
    world.isDown = true
    expect(await look()).toEqual(['node:pve1'])
  })
})

describe('a job that failed for good', () => {
  it('stands on the status page until a job of the same key does better', async () => {
    const unreachable = () => Promise.reject(new AppError('PROXMOX_UNREACHABLE'))
    const on = await startTestApp({
      proxmox: { version: unreachable, nodes: unreachable, resources: unreachable, limiterState: () => [] },
    })
    try {
      await on.addUser('admin', 'admin')
      const admin = await on.signIn('admin')
      const course = on.given.course()
      const exercise = on.given.exercise({ courseId: course.id })
      const workVm = on.given.workVm(exercise, on.given.enrolled(exercise))
      const id = on.services.jobs.enqueue('start-work-vm', { workVmId: workVm.id }, { priority: 'interactive' })
      const { jobsRepository, events } = on.services
      const tell = (state: 'failed' | 'running') =>
        events.publish({
          name: 'job',
          data: { id, name: 'start-work-vm', key: `work-vm:${workVm.id}`, state },
          audience: { userIds: [], courseId: null },
        })
      jobsRepository.update(id, { state: 'failed', errorCode: 'PROXMOX_TIMEOUT', errorDetails: {} })
      tell('failed')
      expect((await admin.get('/admin')).body).toContain('1 thing needs you')
      // on every other page too
      expect((await admin.get('/admin/users')).body).toContain('masthead__count')
      tell('running')
      expect((await admin.get('/admin')).body).not.toContain('needs you')
    } finally {
      await on.close()
    }
  })
})
