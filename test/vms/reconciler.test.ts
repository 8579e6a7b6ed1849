import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createProxmox } from '../../src/clients/proxmox/index.ts'
import { openDatabase } from '../../src/db/index.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { type Fault, type StartGuest, startProxmox } from '../../src/sandbox/proxmox/index.ts'
import { createOrphanCollector, createReconciler, createVmLedger, createVmsRepository, type OwnerState } from '../../src/vms/index.ts'
import { fastClock, silent } from '../clients/proxmox/support.ts'

const speed = 10
const template = 9_000
const range = { from: 20_000, to: 20_099 }
const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const noGuest: StartGuest = async () => ({
  apiPort: 1,
  freeze: () => undefined,
  thaw: () => undefined,
  hibernate: async () => ({}),
  stop: async () => undefined,
  shutdown: async () => undefined,
})

/** A sandbox's Proxmox, an empty ledger, and a reconciler for which an hour has passed since everything was made. */
async function begin(faults: Fault[] = []) {
  const stateDir = mkdtempSync(join(tmpdir(), 'reconciler-'))
  cleanups.push(() => rmSync(stateDir, { recursive: true, force: true }))
  const sandbox = await startProxmox({ stateDir, speed, faults: { faults }, durations: {}, guestFactory: noGuest })
  cleanups.push(sandbox.close)
  const clock = fastClock(speed)
  const proxmox = createProxmox({
    urls: [sandbox.proxmoxUrl],
    auth: { kind: 'token', tokenId: sandbox.tokenId, secret: sandbox.tokenSecret },
    tls: { caFile: sandbox.caFile },
    clock,
    log: silent,
  })
  cleanups.push(proxmox.close)
  const db = openDatabase(':memory:')
  migrateDatabase(db)
  const repository = createVmsRepository(db)
  const ledger = createVmLedger({ repository, clock, range })
  const owners = new Map<string, OwnerState>()
  const later = { ...clock, now: () => clock.now() + 24 * 3_600_000 }
  const freeOrphans = createOrphanCollector({ repository, proxmox, clock, log: silent })
  const reconciler = createReconciler({
    ...{ repository, proxmox, ledger, clock: later, range, freeOrphans, log: silent },
    ownerOf: ({ ownerId }) => owners.get(ownerId) ?? 'none',
  })
  const { signal } = new AbortController()
  const write = { signal, priority: 'batch' as const, onUpid: () => undefined }

  /** Books an id for an owner. */
  function book(ownerId: string, owner: OwnerState): number {
    owners.set(ownerId, owner)
    const vmid = ledger.reserve({ purpose: 'work', ownerId, pveNode: 'pve1', taken: new Set() })
    ledger.noteStorages(vmid, ['labshared'])
    ledger.noteExists(vmid, 'pve1')
    return vmid
  }
  const clone = (vmid: number, description: string) =>
    proxmox.ensureClone({ node: 'pve1', source: template, vmid, name: `lab-${vmid}`, description, full: false, ...write })
  /** As a program would that believes Proxmox's OK. */
  const destroyBlindly = (vmid: number) =>
    new Promise<void>((resolve, reject) => {
      const asked = request(`${sandbox.proxmoxUrl}/api2/json/nodes/pve1/qemu/${vmid}`, {
        method: 'DELETE',
        ca: readFileSync(sandbox.caFile),
        headers: { authorization: `PVEAPIToken=${sandbox.tokenId}=${sandbox.tokenSecret}` },
      })
      asked.on('response', (answer) => answer.resume().on('end', () => resolve()))
      asked.on('error', reject)
      asked.end()
    })
  const kindsOf = ({ findings }: { findings: readonly { vmid: number; kind: string }[] }) =>
    Object.fromEntries(findings.map(({ vmid, kind }) => [vmid, kind]))
  const own = () => {
    const { vms, volumes } = sandbox.state()
    const isWithin = ({ vmid }: { vmid: number }) => vmid >= range.from && vmid <= range.to
    return { vms: vms.filter(isWithin).map(({ vmid }) => vmid), volumes: volumes.filter(isWithin).map(({ vmid }) => vmid) }
  }
  /** A second server with the same token and the same range of ids, on a database of its own. */
  function secondInstallation() {
    const own = openDatabase(':memory:')
    migrateDatabase(own)
    cleanups.push(() => own.close())
    const second = createVmsRepository(own)
    const secondLedger = createVmLedger({ repository: second, clock, range })
    const free = createOrphanCollector({ repository: second, proxmox, clock, log: silent })
    const parts = { repository: second, proxmox, ledger: secondLedger, clock: later, range, freeOrphans: free, log: silent }
    return { ledger: secondLedger, reconciler: createReconciler({ ...parts, ownerOf: () => 'gone' as const }) }
  }
  return { secondInstallation, proxmox, reconciler, ledger, repository, owners, book, clone, destroyBlindly, kindsOf, own, signal }
}

describe('a reconciler', () => {
  it('removes what is ours and nobody’s, and touches nothing else', async () => {
    const on = await begin()
    const live = on.book('live', 'live')
    const gone = on.book('gone', 'gone')
    const [foreign, unknown] = [20_050, 20_051]
    await on.clone(live, on.ledger.markOf(live, 'work'))
    await on.clone(gone, on.ledger.markOf(gone, 'work'))
    await on.clone(foreign, `netpraxis:another:${foreign}:work`)
    await on.clone(unknown, on.ledger.markOf(unknown, 'work'))

    expect(on.kindsOf(await on.reconciler.look(on.signal))).toEqual({ [gone]: 'vm-left', [foreign]: 'vm-foreign', [unknown]: 'vm-unknown' })
    expect(on.own().vms).toEqual(expect.arrayContaining([live, gone, foreign, unknown]))

    expect(on.kindsOf(await on.reconciler.mend(on.signal))).toEqual({ [foreign]: 'vm-foreign', [unknown]: 'vm-unknown' })
    expect(on.own().vms.sort()).toEqual([live, foreign, unknown])
    expect(on.ledger.find(gone)).toMatchObject({ state: 'released' })

    await on.reconciler.adopt(unknown, on.signal)
    expect(on.kindsOf(await on.reconciler.mend(on.signal))).toEqual({ [foreign]: 'vm-foreign', [unknown]: 'vm-ownerless' })
    await on.reconciler.removeOwnerless(unknown, on.signal)
    expect(on.own().vms.sort()).toEqual([live, foreign])
    await expect(on.reconciler.removeOwnerless(foreign, on.signal)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('finds and frees the disk that a delete left behind and nobody noted', async () => {
    const on = await begin([{ fault: 'storage-lock-timeout', operation: 'free', vmid: 20_000, times: 1, ending: 'ok' }])
    const vmid = on.book('deleted', 'gone')
    await on.clone(vmid, on.ledger.markOf(vmid, 'work'))
    await on.destroyBlindly(vmid)
    on.repository.update(vmid, { state: 'released' })
    await expect.poll(on.own, { timeout: 15_000 }).toEqual({ vms: [], volumes: [vmid] })
    // while the delete's task runs, the disk is its own
    const look = async () => on.kindsOf(await on.reconciler.look(on.signal))
    await expect.poll(look, { timeout: 15_000, interval: 200 }).toEqual({ [vmid]: 'volume-left' })
    await on.reconciler.mend(on.signal)
    expect(on.own()).toEqual({ vms: [], volumes: [] })
    expect(on.repository.listOpenOrphans()).toEqual([])
  })

  it('tells of a lab’s VM that Proxmox does not have', async () => {
    const on = await begin()
    const vmid = on.book('live', 'live')
    expect(on.kindsOf(await on.reconciler.mend(on.signal))).toEqual({ [vmid]: 'vm-missing' })
  })

  it('books out a VM that its lab gave up and somebody removed by hand', async () => {
    const on = await begin()
    const [given, kept] = [on.book('given', 'gone'), on.book('kept', 'live')]
    for (const vmid of [given, kept]) on.repository.update(vmid, { state: 'exists' })
    await on.reconciler.look(on.signal)
    expect(on.ledger.find(given)?.state).toBe('exists')
    await on.reconciler.mend(on.signal)
    expect([on.ledger.find(given)?.state, on.ledger.find(kept)?.state]).toEqual(['released', 'exists'])
  })

  it('of a second installation, or of a restored older database, touches nothing and takes no id that has a VM or a disk', async () => {
    const on = await begin([{ fault: 'storage-lock-timeout', operation: 'free', vmid: 20_001, times: 1, ending: 'ok' }])
    const [live, leaked] = [on.book('live', 'live'), on.book('leaked', 'gone')]
    for (const vmid of [live, leaked]) await on.clone(vmid, on.ledger.markOf(vmid, 'work'))
    await on.destroyBlindly(leaked)
    await expect.poll(on.own, { timeout: 20_000 }).toEqual({ vms: [live], volumes: [live, leaked] })

    const second = on.secondInstallation()
    expect(on.kindsOf(await second.reconciler.mend(on.signal))).toEqual({ [live]: 'vm-foreign', [leaked]: 'volume-foreign' })
    expect(on.own()).toEqual({ vms: [live], volumes: [live, leaked] })

    const owners = await on.proxmox.volumeOwners()
    const next = second.ledger.reserve({ purpose: 'work', ownerId: 'mine', pveNode: 'pve1', taken: new Set([live, ...owners]) })
    expect(next).toBe(20_002)
  })
})
