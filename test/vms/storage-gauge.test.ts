import { describe, expect, it } from 'vitest'
import type { Proxmox } from '../../src/clients/proxmox/index.ts'
import { AppError } from '../../src/errors.ts'
import { createStorageGauge } from '../../src/vms/index.ts'

type Storage = Awaited<ReturnType<Proxmox['storages']>>[number]
type ThinPool = Awaited<ReturnType<Proxmox['thinPools']>>[number]

const options = { signal: new AbortController().signal, priority: 'batch' as const }
const storage = (name: string, used: number, type = 'lvmthin'): Storage => ({
  ...{ storage: name, type, content: ['images'], active: true, enabled: true, shared: false, total: 100, used, avail: 100 - used },
})

function begin(change: { storages: Storage[]; pools?: ThinPool[] | AppError }) {
  const world = { now: 0, asked: 0, askedPools: 0, ...change }
  const gauge = createStorageGauge({
    clock: { now: () => world.now, sleep: async () => undefined },
    proxmox: {
      storages: async () => {
        world.asked += 1
        return world.storages
      },
      thinPools: async () => {
        world.askedPools += 1
        if (world.pools instanceof AppError) throw world.pools
        return world.pools ?? []
      },
    },
  })
  return { world, full: (names: string[]) => gauge.findFull('pve1', names, options) }
}

describe('a storage', () => {
  it('takes new disks below 90 %, whatever another one says', async () => {
    const { full } = begin({ storages: [storage('lab', 89), storage('other', 99)] })
    expect(await full(['lab'])).toBeNull()
    expect(await full(['other'])).toMatchObject({ name: 'other', percent: 99, kind: 'data' })
  })

  it('whose pool has no metadata left takes none, though its data has room', async () => {
    const { full } = begin({ storages: [storage('lab', 10)], pools: [{ vg: 'pve', lv: 'data', metadataSize: 100, metadataUsed: 95 }] })
    expect(await full(['lab'])).toMatchObject({ name: 'pve/data', kind: 'metadata', percent: 95 })
  })

  it('is judged by its data alone where the pools may not be seen, and they are not asked for again', async () => {
    const { full, world } = begin({ storages: [storage('lab', 10)], pools: new AppError('PROXMOX_AUTH', { details: { reason: '' } }) })
    expect(await full(['lab'])).toBeNull()
    world.now += 60_000
    expect(await full(['lab'])).toBeNull()
    expect([world.asked, world.askedPools]).toEqual([2, 1])
  })

  it('is asked once for a class that comes together', async () => {
    const { full, world } = begin({ storages: [storage('lab', 95)] })
    for (let lab = 0; lab < 50; lab += 1) await full(['lab'])
    expect(world.asked).toBe(1)
    world.storages = [storage('lab', 50)]
    world.now += 30_000
    expect(await full(['lab'])).toBeNull()
  })
})
