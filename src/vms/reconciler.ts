import type { Proxmox, ReadOptions } from '../clients/proxmox/index.ts'
import { marksIn } from '../clients/proxmox/index.ts'
import { AppError, isAppError } from '../errors.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { VmLedger } from './ledger.ts'
import { type Booked, compare, type Finding, findStale, type OwnerState, type SeenVm, type SeenVolume, type Snapshot } from './reconcile.ts'
import type { AllocationRow, VmsRepository } from './vms.repository.ts'

type Reading = Pick<Proxmox, 'clusterStatus' | 'resources' | 'storages' | 'storageContent' | 'vmConfig' | 'listTasks' | 'ensureDestroyed'>

export interface ReconcilerParts {
  readonly repository: VmsRepository
  readonly proxmox: Reading
  readonly ledger: VmLedger
  readonly clock: Clock
  /** PROXMOX_VMID_MIN..MAX: nothing outside is looked at. */
  readonly range: { readonly from: number; readonly to: number }
  /** How the row stands that an id was taken for. */
  readonly ownerOf: (allocation: AllocationRow) => OwnerState
  /** Frees what stands in the list of orphans. @returns how many are settled */
  readonly freeOrphans: (signal: AbortSignal) => Promise<number>
  readonly log: { info(details: object, message: string): void; warn(details: object, message: string): void }
}

/** The last look at Proxmox. */
export interface Reconciliation {
  /** ISO 8601, UTC. */
  readonly lookedAt: string
  readonly isComplete: boolean
  readonly unread: readonly string[]
  readonly findings: readonly Finding[]
  /** Ids that our ledger still has as VMs, and nobody else. */
  readonly stale: readonly number[]
}

const read = (signal: AbortSignal): ReadOptions => ({ signal, priority: 'batch' })

/**
 * Keeps Proxmox and our rows in agreement: looks, frees and deletes what is ours beyond doubt, and shows the rest. One look at a time.
 */
export function createReconciler(parts: ReconcilerParts) {
  const { repository, ledger, clock, range, log } = parts
  let last: Reconciliation | null = null
  let running: Promise<Reconciliation> | null = null
  let busy: Promise<void> | null = null
  let fault: AppError | null = null
  let firstSeen = new Map<string, number>()
  const end = new AbortController()

  function bookedIds(): Map<number, Booked> {
    const rows = repository.listInState(['reserved', 'exists', 'released', 'leaked'])
    return new Map(
      rows.map((row) => [
        row.vmid,
        {
          ...{ vmid: row.vmid, node: row.pveNode, purpose: row.purpose, state: row.state },
          storages: ledger.storagesOf(row.vmid),
          owner: parts.ownerOf(row),
        },
      ]),
    )
  }

  async function lookOnce(signal: AbortSignal): Promise<Reconciliation> {
    // Proxmox first: what is booked meanwhile is known then, and never looks like something left behind
    const snapshot = await readSnapshot(parts, signal)
    const orphans = new Set(repository.listOpenOrphans().flatMap(({ volid }) => (volid === null ? [] : [volid])))
    const known = { installationId: ledger.installationId, booked: bookedIds(), orphans }
    const volumes = snapshot.volumes.map((volume) => ({ ...volume, firstSeenMs: firstSeen.get(volume.volid) ?? clock.now() }))
    firstSeen = new Map(volumes.map(({ volid, firstSeenMs }) => [volid, firstSeenMs]))
    const findings = compare({ ...snapshot, volumes }, known, clock.now()).filter(({ vmid }) => vmid >= range.from && vmid <= range.to)
    const stale = findStale(snapshot, known)
    last = { lookedAt: isoNow(clock), isComplete: snapshot.isComplete, unread: snapshot.unread, findings, stale }
    return last
  }

  /** Only looks (a dry run); a look that is under way serves everybody. @throws AppError PROXMOX_* */
  function look(signal: AbortSignal): Promise<Reconciliation> {
    running ??= lookOnce(signal).finally(() => {
      running = null
    })
    return running
  }

  async function remove({ vmid, node }: Finding, signal: AbortSignal): Promise<void> {
    const allocation = ledger.find(vmid)
    if (allocation === undefined) throw new AppError('PROXMOX_NOT_OURS', { details: { vmid, reason: '' } })
    const result = await parts.proxmox.ensureDestroyed({
      ...{ node, vmid, storages: ledger.storagesOf(vmid), expectedDescription: ledger.markOf(vmid, allocation.purpose) },
      ...{ signal, priority: 'batch', onUpid: () => undefined },
    })
    ledger.noteReleased(vmid, { volumes: result.leftovers, reason: 'left behind by a delete' })
    log.info({ vmid, node }, 'a VM that nobody has any more is gone')
  }

  function book({ node, name, vmid }: Finding): void {
    const about = { kind: 'volume' as const, pveNode: node, storage: name.split(':')[0] ?? null, volid: name, vmid }
    repository.upsertOrphan({ id: newId(), ...about, state: 'open', lastError: null, createdAt: isoNow(clock) })
  }

  /** Looks, then does what needs nobody's consent. @returns how things stand afterwards */
  async function mend(signal: AbortSignal): Promise<Reconciliation> {
    const { findings, stale } = await look(signal)
    for (const vmid of stale) {
      ledger.noteReleased(vmid, { volumes: [], reason: '' })
      log.info({ vmid }, 'a VM that nobody has any more was removed by somebody else')
    }
    for (const finding of findings.filter(({ action }) => action === 'free')) book(finding)
    for (const finding of findings.filter(({ action }) => action === 'delete'))
      await attempt(() => remove(finding, signal), finding, signal)
    await parts.freeOrphans(signal)
    return findings.some(({ action }) => action === 'free' || action === 'delete') ? look(signal) : { ...(last ?? (await look(signal))) }
  }

  async function attempt(work: () => Promise<void>, { vmid, node }: Finding, signal: AbortSignal): Promise<void> {
    try {
      await work()
    } catch (error) {
      signal.throwIfAborted()
      if (!isAppError(error)) throw error
      log.warn({ err: error, vmid, node }, 'a VM that nobody has any more resists')
    }
  }

  /** What was found of this id, seen anew: nothing is done on what an old page showed. @throws AppError NOT_FOUND */
  async function findAnew(vmid: number, action: Finding['action'], signal: AbortSignal): Promise<Finding> {
    const { findings } = await look(signal)
    const finding = findings.find((one) => one.vmid === vmid && one.action === action)
    if (finding === undefined) throw new AppError('NOT_FOUND')
    return finding
  }

  /** Looks or mends without being waited for; one at a time, and its fault is kept for the page. */
  function inBackground(verb: 'look' | 'mend'): Promise<void> {
    const work = async () => {
      try {
        await (verb === 'look' ? look(end.signal) : mend(end.signal))
        fault = null
      } catch (error) {
        if (!isAppError(error)) throw error
        fault = error
        log.warn({ err: error }, 'Proxmox could not be compared with our rows')
      }
    }
    busy ??= work().finally(() => {
      busy = null
    })
    return busy
  }

  return {
    look,
    mend,
    inBackground,
    /** The last look, whether one is under way, and why the last one failed. */
    state: () => ({ last, isBusy: busy !== null || running !== null, fault }),
    /** Ends what runs in the background. */
    async close(): Promise<void> {
      end.abort()
      await busy?.catch((error: unknown) => log.info({ err: error }, 'a look at Proxmox was ended'))
    },

    /** Takes a VM with our mark, which our ledger does not know (an older database), into the ledger. Nothing is changed on Proxmox. */
    async adopt(vmid: number, signal: AbortSignal): Promise<void> {
      const { node } = await findAnew(vmid, 'adopt', signal)
      const purpose = purposeIn((await parts.proxmox.vmConfig(node, vmid, read(signal)))?.description ?? '', vmid)
      if (purpose === undefined) throw new AppError('NOT_FOUND')
      repository.insert({ vmid, pveNode: node, purpose, ownerId: 'adopted', state: 'exists', createdAt: isoNow(clock) })
      await look(signal)
    },

    /** Deletes a VM of ours that no row has. */
    async removeOwnerless(vmid: number, signal: AbortSignal): Promise<void> {
      await remove(await findAnew(vmid, 'remove', signal), signal)
      await look(signal)
    },
  }
}

export type Reconciler = ReturnType<typeof createReconciler>

const purposes = ['template', 'work', 'probe'] as const

function purposeIn(description: string, vmid: number): (typeof purposes)[number] | undefined {
  const words = marksIn(description).map((mark) => mark.split(':'))
  return purposes.find((purpose) => words.some(([, , id, word]) => id === String(vmid) && word === purpose))
}

/** Everything of Proxmox that has an id in our range. */
async function readSnapshot(parts: ReconcilerParts, signal: AbortSignal): Promise<Snapshot> {
  const { proxmox, range } = parts
  const status = await proxmox.clusterStatus(read(signal))
  const online = status.nodes.filter((node) => node.online).map(({ name }) => name)
  const unread = status.nodes.filter((node) => !node.online).map(({ name }) => name)
  const busy = new Set<number>()
  for (const node of online) for (const vmid of await runningTasks(proxmox, node, signal)) busy.add(vmid)
  const { volumes, unread: unreadStorages } = await readVolumes(parts, online, signal)
  // after the volumes: a clone that came to be in between has a VM here, and its volumes are no orphans
  const vms = await readVms(parts, signal)
  const isWithin = (vmid: number) => vmid >= range.from && vmid <= range.to
  return {
    isComplete: status.quorate && unread.length === 0 && unreadStorages.length === 0,
    unread: [...unread, ...unreadStorages],
    vms,
    volumes: volumes.filter(({ vmid }) => isWithin(vmid)),
    busy,
  }
}

async function runningTasks(proxmox: Reading, node: string, signal: AbortSignal): Promise<number[]> {
  const tasks = await proxmox.listTasks(node, {}, read(signal))
  return tasks.filter(({ endtime }) => endtime === undefined).flatMap(({ id }) => (/^\d+$/.test(id ?? '') ? [Number(id)] : []))
}

/** A VM that the ledger books as there, for a row that is there, needs no look at its configuration: it may be one of two hundred. */
async function readVms({ proxmox, range, repository, ownerOf }: ReconcilerParts, signal: AbortSignal): Promise<SeenVm[]> {
  const found: SeenVm[] = []
  for (const { vmid, node, name = '', type } of await proxmox.resources('vm', read(signal))) {
    if (type !== 'qemu' || vmid === undefined || node === undefined || vmid < range.from || vmid > range.to) continue
    const allocation = repository.find(vmid)
    const isAgreed = allocation !== undefined && ['live', 'busy'].includes(ownerOf(allocation))
    const config = isAgreed ? null : await proxmox.vmConfig(node, vmid, read(signal))
    if (config !== undefined) found.push({ vmid, node, name, description: config === null ? null : config.description })
  }
  return found
}

async function readVolumes(
  { proxmox, log }: ReconcilerParts,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<{ volumes: SeenVolume[]; unread: string[] }> {
  const volumes: SeenVolume[] = []
  const unread: string[] = []
  const shared = new Set<string>()
  for (const node of nodes) {
    const storages = (await proxmox.storages(node, read(signal))).filter(({ content, enabled }) => content.includes('images') && enabled)
    for (const { storage, shared: isShared, active } of storages) {
      if (isShared && shared.has(storage)) continue
      try {
        if (!active) throw new AppError('PROXMOX_UNREACHABLE')
        const content = await proxmox.storageContent(node, storage, {}, read(signal))
        volumes.push(...content.flatMap((volume) => (volume.vmid === undefined ? [] : [{ ...volume, vmid: volume.vmid, node, storage }])))
        if (isShared) shared.add(storage)
      } catch (error) {
        signal.throwIfAborted()
        if (!isAppError(error)) throw error
        log.warn({ err: error, node, storage }, 'a storage could not be read')
        unread.push(`${node}/${storage}`)
      }
    }
  }
  return { volumes, unread }
}
