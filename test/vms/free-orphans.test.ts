import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/db/index.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { AppError } from '../../src/errors.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { createOrphanCollector } from '../../src/vms/free-orphans.ts'
import { createVmsRepository } from '../../src/vms/index.ts'

const quiet = { info: () => undefined, warn: () => undefined }

function withOrphan(freeVolume: () => Promise<boolean>) {
  const db = openDatabase(':memory:')
  migrateDatabase(db)
  const repository = createVmsRepository(db)
  const volid = 'lab:900/base-900-disk-0.qcow2/20001/vm-20001-disk-0.qcow2'
  repository.upsertOrphan({
    id: 'one',
    kind: 'volume',
    pveNode: 'pve1',
    storage: 'lab',
    volid,
    vmid: 20_001,
    state: 'open',
    createdAt: '2026-01-01T00:00:00.000Z',
  })
  const collect = createOrphanCollector({ repository, proxmox: { freeVolume }, clock: systemClock, log: quiet })
  return { open: repository.listOpenOrphans, collect: () => collect(new AbortController().signal) }
}

describe('what a delete left behind', () => {
  it('is freed when it can be, and no longer shown', async () => {
    const { open, collect } = withOrphan(async () => true)
    expect(await collect()).toBe(1)
    expect(open()).toEqual([])
  })

  it('stays open, counted and with its reason, while it resists', async () => {
    const { open, collect } = withOrphan(async () => {
      throw new AppError('PROXMOX_BUSY', { details: { reason: 'got timeout' } })
    })
    await collect()
    await collect()
    expect(open()).toEqual([expect.objectContaining({ tries: 2, lastError: expect.stringContaining('PROXMOX_BUSY') })])
  })
})
