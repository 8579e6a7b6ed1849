import { describe, expect, it } from 'vitest'
import { type Booked, compare, findStale, type SeenVm, type SeenVolume, type Snapshot } from '../../src/vms/reconcile.ts'

const nowMs = Date.parse('2026-11-22T12:00:00Z')
const anHourAgo = nowMs / 1_000 - 3_600
const ours = (vmid: number, purpose = 'work') => `netpraxis:here:${vmid}:${purpose}`
const volid = (vmid: number) => `lab:900/base-900-disk-0.qcow2/${vmid}/vm-${vmid}-disk-0.qcow2`

const vm = (vmid: number, description: string | null): SeenVm => ({ vmid, node: 'pve1', name: `vm-${vmid}`, description })
const volume = (vmid: number, change: Partial<SeenVolume> = {}): SeenVolume => ({
  ...{ node: 'pve1', storage: 'lab', volid: volid(vmid), vmid, ctime: anHourAgo },
  ...change,
})
const booked = (vmid: number, change: Partial<Booked> = {}): Booked => ({
  ...{ vmid, node: 'pve1', purpose: 'work', state: 'exists', storages: ['lab'], owner: 'gone' },
  ...change,
})

interface World {
  readonly seen?: Partial<Snapshot>
  readonly booked?: readonly Booked[]
  readonly orphans?: readonly string[]
}

function findings({ seen = {}, booked: rows = [], orphans = [] }: World) {
  const snapshot: Snapshot = { isComplete: true, unread: [], vms: [], volumes: [], busy: new Set(), ...seen }
  const known = { installationId: 'here', booked: new Map(rows.map((row) => [row.vmid, row])), orphans: new Set(orphans) }
  return compare(snapshot, known, nowMs).map(({ kind, action }) => [kind, action])
}

describe('a VM in our range', () => {
  const seen = (description: string | null) => ({ vms: [vm(20_001, description)] })

  it('that a lab has is in order', () => {
    expect(findings({ seen: seen(null), booked: [booked(20_001, { owner: 'live' })] })).toEqual([])
  })

  it('of ours whose lab was deleted is removed', () => {
    expect(findings({ seen: seen(ours(20_001)), booked: [booked(20_001)] })).toEqual([['vm-left', 'delete']])
  })

  it.each([
    ['without a mark (a manual clone of our template)', 'made by hand'],
    ['with the mark of the VM it was cloned from', ours(20_000)],
    ['with the mark of another installation on the same range', 'netpraxis:there:20001:work'],
    ['with a mark that only begins like ours', 'netpraxis:here2:20001:work'],
    ['with our mark for another purpose', ours(20_001, 'template')],
  ])('%s is only shown, though our ledger has its id', (_name, description) => {
    expect(findings({ seen: seen(description), booked: [booked(20_001)] })).toEqual([['vm-foreign', null]])
  })

  it('with our mark that an older database does not know is offered for adoption', () => {
    expect(findings({ seen: seen(ours(20_001)) })).toEqual([['vm-unknown', 'adopt']])
  })

  it('that no row has is removed only when somebody asks for it', () => {
    expect(findings({ seen: seen(ours(20_001)), booked: [booked(20_001, { owner: 'none' })] })).toEqual([['vm-ownerless', 'remove']])
  })

  it.each([
    ['a job of ours', { booked: [booked(20_001, { owner: 'busy' as const })] }, {}],
    ['a task', { booked: [booked(20_001)] }, { busy: new Set([20_001]) }],
  ])('that %s works on is left alone', (_name, world, more) => {
    expect(findings({ ...world, seen: { ...seen(ours(20_001)), ...more } })).toEqual([])
  })

  it('that is missing is said only when everything could be seen', () => {
    const rows = [booked(20_001, { owner: 'live' })]
    expect(findings({ booked: rows })).toEqual([['vm-missing', null]])
    expect(findings({ booked: rows, seen: { isComplete: false } })).toEqual([])
    expect(findings({ booked: [booked(20_001, { owner: 'live', state: 'reserved' })] })).toEqual([])
  })
})

describe('a volume without a VM', () => {
  const seen = { volumes: [volume(20_001)] }

  it('that our ledger put there is freed', () => {
    expect(findings({ seen, booked: [booked(20_001)] })).toEqual([['volume-left', 'free']])
    expect(findings({ seen, booked: [booked(20_001, { state: 'released' })] })).toEqual([['volume-left', 'free']])
  })

  it.each<[string, World]>([
    ['whose id our ledger never had', { seen }],
    [
      'on a storage where our ledger made nothing',
      { seen: { volumes: [volume(20_001, { storage: 'backup' })] }, booked: [booked(20_001)] },
    ],
  ])('%s is somebody else’s', (_name, world) => {
    expect(findings(world)).toEqual([['volume-foreign', null]])
  })

  it.each<[string, World]>([
    ['younger than ten minutes', { seen: { volumes: [volume(20_001, { ctime: nowMs / 1_000 - 599 })] }, booked: [booked(20_001)] }],
    [
      'of unknown age',
      { seen: { volumes: [{ node: 'pve1', storage: 'lab', volid: volid(20_001), vmid: 20_001 }] }, booked: [booked(20_001)] },
    ],
    ['that a task works on', { seen: { ...seen, busy: new Set([20_001]) }, booked: [booked(20_001)] }],
    ['whose lab is being worked on', { seen, booked: [booked(20_001, { owner: 'busy' })] }],
    ['whose lab is there', { seen: { ...seen, isComplete: false }, booked: [booked(20_001, { owner: 'live' })] }],
    ['while a node does not answer', { seen: { ...seen, isComplete: false }, booked: [booked(20_001)] }],
  ])('%s waits', (_name, world) => {
    expect(findings(world)).toEqual([['volume-waiting', null]])
  })

  it('that waits in the list of orphans already is tried again, whatever its age', () => {
    const young = { volumes: [volume(20_001, { ctime: nowMs / 1_000 })] }
    expect(findings({ seen: young, booked: [booked(20_001)], orphans: [volid(20_001)] })).toEqual([['volume-left', 'free']])
  })

  it('of which the storage does not tell the age is freed when we have seen it for ten minutes', () => {
    const seenFor = (ms: number) => ({
      volumes: [{ node: 'pve1', storage: 'lab', volid: volid(20_001), vmid: 20_001, firstSeenMs: nowMs - ms }],
    })
    expect(findings({ seen: seenFor(600_000), booked: [booked(20_001)] })).toEqual([['volume-left', 'free']])
    expect(findings({ seen: seenFor(599_000), booked: [booked(20_001)] })).toEqual([['volume-waiting', null]])
  })

  it('is not looked for where its VM is there', () => {
    expect(findings({ seen: { vms: [vm(20_001, null)], volumes: [volume(20_001)] }, booked: [booked(20_001, { owner: 'live' })] })).toEqual(
      [],
    )
  })
})

describe('an id of our ledger that has no VM any more', () => {
  const stale = (row: Partial<Booked>, seen: Partial<Snapshot> = {}) => {
    const snapshot: Snapshot = { isComplete: true, unread: [], vms: [], volumes: [], busy: new Set(), ...seen }
    return findStale(snapshot, { installationId: 'here', booked: new Map([[20_001, booked(20_001, row)]]), orphans: new Set() })
  }

  it('is stale where its lab is gone', () => expect(stale({})).toEqual([20_001]))

  it.each<[string, Partial<Booked>, Partial<Snapshot>]>([
    ['its lab has it', { owner: 'live' }, {}],
    ['a job works on it', { owner: 'busy' }, {}],
    ['a task works on it', {}, { busy: new Set([20_001]) }],
    ['nobody knows whose it is', { owner: 'none' }, {}],
    ['it is booked out', { state: 'released' }, {}],
    ['it was only taken', { state: 'reserved' }, {}],
    ['it is there', {}, { vms: [vm(20_001, null)] }],
    ['not everything could be seen', {}, { isComplete: false }],
  ])('is not where %s', (_name, row, seen) => expect(stale(row, seen)).toEqual([]))
})
