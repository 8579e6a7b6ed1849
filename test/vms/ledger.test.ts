import { describe, expect, it } from 'vitest'
import { createVmLedger, createVmsRepository } from '../../src/vms/index.ts'
import { openBench } from '../support/given.ts'

function openLedger(range = { from: 20_000, to: 20_004 }) {
  const { db, time } = openBench()
  const repository = createVmsRepository(db)
  const ledger = createVmLedger({ repository, clock: time.clock, range })
  const reserve = (...taken: number[]) => ledger.reserve({ purpose: 'work', ownerId: 'vm', pveNode: 'pve1', taken: new Set(taken) })
  return { db, repository, ledger, reserve, clock: time.clock }
}

describe('a VM id', () => {
  it('is never given twice, not even when its VM is gone', () => {
    const { ledger, reserve } = openLedger()
    const first = reserve()
    ledger.noteStorages(first, ['local-lvm', 'snippets'])
    ledger.noteExists(first, 'pve2')
    ledger.noteReleased(first, { volumes: [], reason: '' })
    expect([first, reserve()]).toEqual([20_000, 20_001])
    expect(ledger.find(first)).toMatchObject({ state: 'released', pveNode: 'pve2' })
    expect(ledger.storagesOf(first)).toEqual(['local-lvm', 'snippets'])
  })

  it('that Proxmox has is left to whoever made it', () => {
    const { reserve } = openLedger()
    expect([reserve(20_000, 20_002), reserve(20_000, 20_002)]).toEqual([20_001, 20_003])
  })

  it('is refused when the range is used up, both ends included', () => {
    const { reserve } = openLedger({ from: 20_000, to: 20_002 })
    expect([reserve(), reserve(), reserve()]).toEqual([20_000, 20_001, 20_002])
    expect(() => reserve()).toThrow(expect.objectContaining({ code: 'VMID_RANGE_FULL', details: { from: 20_000, to: 20_002 } }))
  })

  it('is not booked when the transaction that takes it fails', () => {
    const { db, reserve } = openLedger()
    expect(() =>
      db.inTransaction(() => {
        reserve()
        throw new Error('in the middle')
      }),
    ).toThrow()
    expect(reserve()).toBe(20_000)
  })
})

it('is marked by this installation, this id and this purpose', () => {
  const { db, ledger, clock } = openLedger()
  const again = createVmLedger({ repository: createVmsRepository(db), clock, range: { from: 1, to: 2 } })
  expect(again.installationId).toBe(ledger.installationId)
  expect(ledger.markOf(20_001, 'work')).toBe(`netpraxis:${ledger.installationId}:20001:work`)
  expect(openLedger().ledger.installationId).not.toBe(ledger.installationId)
})

it('keeps what a delete left behind as open orphans, each once, with the last reason', () => {
  const { ledger, reserve } = openLedger()
  const vmid = reserve()
  const volume = { volid: `local-lvm:vm-${vmid}-disk-0`, vmid, node: 'pve2', size: 1, format: 'raw' }
  for (const reason of ['first', 'second']) ledger.noteReleased(vmid, { volumes: [volume], reason })
  expect(ledger.find(vmid)?.state).toBe('leaked')
  expect(ledger.listOpenOrphans()).toMatchObject([{ volid: volume.volid, storage: 'local-lvm', pveNode: 'pve2', lastError: 'second' }])
})
