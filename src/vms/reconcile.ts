import { carriesMark, marksIn } from '../clients/proxmox/index.ts'

/** A VM that the cluster lists within our range of ids. */
export interface SeenVm {
  readonly vmid: number
  readonly node: string
  readonly name: string
  /** Null where its configuration was not read: the ledger and its owner agree on it. */
  readonly description: string | null
}

export interface SeenVolume {
  readonly node: string
  readonly storage: string
  readonly volid: string
  readonly vmid: number
  /** Seconds since 1970; undefined where the storage does not say. */
  readonly ctime?: number
  /** When a look of ours saw it first: its least age where the storage says nothing. */
  readonly firstSeenMs?: number
}

/** What Proxmox has, as far as it could be read. */
export interface Snapshot {
  /** With quorum, every node and every storage answering: only then does absence say anything. */
  readonly isComplete: boolean
  /** Nodes and storages that did not answer. */
  readonly unread: readonly string[]
  readonly vms: readonly SeenVm[]
  readonly volumes: readonly SeenVolume[]
  /** Ids that a running task works on. */
  readonly busy: ReadonlySet<number>
}

/** How the row stands that an id was taken for: gone = it was deleted, or has another VM now; none = there is no such row. */
export type OwnerState = 'live' | 'busy' | 'gone' | 'none'

/** An id in our ledger. */
export interface Booked {
  readonly vmid: number
  readonly node: string | null
  readonly purpose: string
  readonly state: 'reserved' | 'exists' | 'released' | 'leaked'
  readonly storages: readonly string[]
  readonly owner: OwnerState
}

export interface Known {
  readonly installationId: string
  readonly booked: ReadonlyMap<number, Booked>
  /** Volumes that wait already for being freed. */
  readonly orphans: ReadonlySet<string>
}

export const findingKinds = [
  'vm-left',
  'vm-ownerless',
  'vm-unknown',
  'vm-foreign',
  'vm-missing',
  'volume-left',
  'volume-waiting',
  'volume-foreign',
] as const

/** What does not agree, and what may be done about it. */
export interface Finding {
  readonly kind: (typeof findingKinds)[number]
  readonly vmid: number
  readonly node: string
  /** The VM's name, or the volume's id. */
  readonly name: string
  /**
   * `free` and `delete` are done at the next round; `adopt` and `remove` only when an administrator asks; null: shown, never touched.
   */
  readonly action: 'free' | 'delete' | 'adopt' | 'remove' | null
}

/** A volume may belong to something that is just being made. */
const youngMs = 600_000

const isOurs = (vm: SeenVm, known: Known): boolean =>
  vm.description !== null && marksIn(vm.description).some((mark) => mark.startsWith(`netpraxis:${known.installationId}:${vm.vmid}:`))

/**
 * Compares Proxmox with our rows. Ours is a VM only by its mark, its id and the ledger together; a volume only where the ledger made
 * that id on that storage, nothing has the id any more, and everything could be seen (design.md, section 6). All else is shown alone.
 */
export function compare(seen: Snapshot, known: Known, nowMs: number): Finding[] {
  const vms = seen.vms.flatMap((vm) => compareVm(vm, known, seen))
  const present = new Set(seen.vms.map(({ vmid }) => vmid))
  const missing = seen.isComplete ? [...known.booked.values()].filter((booked) => isMissing(booked, present)) : []
  const volumes = seen.volumes.filter(({ vmid }) => !present.has(vmid)).map((volume) => compareVolume(volume, { seen, known, nowMs }))
  return [
    ...vms,
    ...missing.map(({ vmid, node }) => ({ kind: 'vm-missing' as const, vmid, node: node ?? '', name: '', action: null })),
    ...volumes,
  ]
}

/**
 * Ids that stand in our ledger as VMs, that no lab and no template has any more, and that Proxmox has not either: somebody removed by hand
 * what no token can remove (a VM left locked by a dead worker).
 */
export function findStale(seen: Snapshot, known: Known): number[] {
  if (!seen.isComplete) return []
  const present = new Set(seen.vms.map(({ vmid }) => vmid))
  return [...known.booked.values()]
    .filter(({ vmid, state, owner }) => state === 'exists' && owner === 'gone' && !present.has(vmid) && !seen.busy.has(vmid))
    .map(({ vmid }) => vmid)
}

const isMissing = ({ vmid, state, owner }: Booked, present: ReadonlySet<number>): boolean =>
  state === 'exists' && owner === 'live' && !present.has(vmid)

function compareVm(vm: SeenVm, known: Known, { busy }: Snapshot): Finding[] {
  const booked = known.booked.get(vm.vmid)
  const about = { vmid: vm.vmid, node: vm.node, name: vm.name }
  // its configuration was not read, because a row has it; what a job works on is that job's
  if (vm.description === null || booked?.owner === 'busy' || busy.has(vm.vmid)) return []
  if (!isOurs(vm, known)) return [{ kind: 'vm-foreign', ...about, action: null }]
  if (booked === undefined) return [{ kind: 'vm-unknown', ...about, action: 'adopt' }]
  if (!carriesMark(vm.description, `netpraxis:${known.installationId}:${vm.vmid}:${booked.purpose}`))
    return [{ kind: 'vm-foreign', ...about, action: null }]
  if (booked.owner === 'live') return []
  return booked.owner === 'gone'
    ? [{ kind: 'vm-left', ...about, action: 'delete' }]
    : [{ kind: 'vm-ownerless', ...about, action: 'remove' }]
}

const bornMs = ({ ctime, firstSeenMs }: SeenVolume, nowMs: number): number =>
  Math.min(ctime === undefined ? nowMs : ctime * 1_000, firstSeenMs ?? nowMs)

interface About {
  readonly seen: Snapshot
  readonly known: Known
  readonly nowMs: number
}

function compareVolume(volume: SeenVolume, { seen, known, nowMs }: About): Finding {
  const { node, storage, volid, vmid } = volume
  const about = { vmid, node, name: volid }
  const booked = known.booked.get(vmid)
  if (booked === undefined || !booked.storages.includes(storage)) return { kind: 'volume-foreign', ...about, action: null }
  const isOld = nowMs - bornMs(volume, nowMs) >= youngMs
  const isFree = booked.owner !== 'busy' && booked.owner !== 'live' && !seen.busy.has(vmid)
  if (known.orphans.has(volid)) return { kind: 'volume-left', ...about, action: 'free' }
  if (!seen.isComplete || !isOld || !isFree) return { kind: 'volume-waiting', ...about, action: null }
  return { kind: 'volume-left', ...about, action: 'free' }
}
