import type { Proxmox } from '../clients/proxmox/index.ts'
import { AppError, isAppError } from '../errors.ts'
import type { StepContext } from '../jobs/index.ts'
import { type Sentence, say } from '../lib/sentence.ts'
import type { VmLedger } from './ledger.ts'
import { type ClusterView, type Considered, candidatesFrom, choosePlacement, clusterView, type Skip } from './placement.ts'

/** A template VM that can be cloned. */
export interface UsableTemplate {
  readonly id: string
  readonly vmid: number
  readonly pveNode: string
}

export interface Place {
  readonly template: UsableTemplate
  /** Where the clone goes; its template's own node unless the template lies on shared storage. */
  readonly pveNode: string
  /** Every node with its load, or why it was left out. */
  readonly considered: readonly Considered[]
  /** VM ids that Proxmox has now. */
  readonly taken: ReadonlySet<number>
}

/**
 * Why a node cannot clone the template, null when it can: it holds it, or all its disks lie on shared storages that answer there. A
 * storage that Proxmox does not show (no right to see it) keeps the template's own node from nothing.
 */
function holdingOf(node: string, template: UsableTemplate, used: readonly string[], { storages }: ClusterView): Skip | null {
  const entryOf = (name: string) => storages.find((one) => one.node === node && one.storage === name)
  const isShared = (name: string) => storages.some((one) => one.storage === name && one.shared)
  if (template.pveNode === node) return used.some((name) => (entryOf(name)?.status ?? 'available') !== 'available') ? 'storage' : null
  if (used.length === 0 || !used.every(isShared)) return 'template'
  return used.every((name) => entryOf(name)?.status === 'available') ? null : 'storage'
}

/** The storages of a template's disks; null while its node does not answer: it cannot be cloned then. */
async function storagesOf(proxmox: Proxmox, { pveNode, vmid }: UsableTemplate, view: ClusterView, signal: AbortSignal) {
  if (!view.nodes.some(({ node, status }) => node === pveNode && status === 'online')) return null
  const config = await proxmox.vmConfig(pveNode, vmid, { signal })
  if (!config) throw new AppError('PROXMOX_EFFECT_MISSING', { details: { what: say('details.proxmox.template', { vmid }) } })
  return config.drives.flatMap((drive) => (drive.storage === undefined ? [] : [drive.storage]))
}

/**
 * Where the next clone goes: the least loaded node that holds the template or shares its storage. A node that is down is left out with
 * the templates it holds, and keeps no other from being used.
 * @throws AppError NO_PLACEMENT with each node's reason
 */
export async function findPlace(
  proxmox: Proxmox,
  templates: readonly UsableTemplate[],
  options: { allowed: readonly string[]; signal: AbortSignal },
): Promise<Place> {
  const resources = await proxmox.resources(undefined, { signal: options.signal })
  const view = clusterView(resources, options.allowed)
  const ways = new Map<string, UsableTemplate>()
  const reasons = new Map<string, Skip>()
  for (const template of templates) {
    const used = await storagesOf(proxmox, template, clusterView(resources, []), options.signal)
    for (const { node } of view.nodes) {
      const skipped = used === null ? 'template' : holdingOf(node, template, used, view)
      if (skipped !== null) reasons.set(node, reasons.get(node) === 'storage' ? 'storage' : skipped)
      else if (ways.get(node)?.pveNode !== node) ways.set(node, template)
    }
  }
  const asked = candidatesFrom(view.nodes, view.vms, [...view.nodes.map(({ node }) => node)]).map((candidate) =>
    ways.has(candidate.node) || 'skipped' in candidate
      ? candidate
      : { node: candidate.node, skipped: reasons.get(candidate.node) ?? ('template' as const) },
  )
  const { chosen, considered } = choosePlacement(asked, Math.random)
  const template = chosen === null ? undefined : ways.get(chosen)
  if (chosen === null || !template) throw noPlace(considered)
  return { template, pveNode: chosen, considered, taken: await takenIds(proxmox, view, options.signal) }
}

/** A copy of a base template that a template VM is made from. */
export interface Source {
  readonly vmid: number
  readonly node: string
}

/**
 * Which copy of a base template is taken: that of the least loaded node. What its storage can do is asked before twenty gigabytes are
 * copied onto it.
 * @param storage where the copy goes; absent: beside its source
 * @throws AppError NO_PLACEMENT, PROXMOX_REFUSED when students' VMs could not be linked to it
 */
export async function findSource(
  proxmox: Proxmox,
  copies: readonly Source[],
  { storage, signal }: { storage: string | undefined; signal: AbortSignal },
): Promise<Source & { readonly considered: readonly Considered[]; readonly taken: ReadonlySet<number> }> {
  const view = clusterView(await proxmox.resources(undefined, { signal }), [])
  const holders = copies.map(({ node }) => node)
  const { chosen, considered } = choosePlacement(candidatesFrom(view.nodes, view.vms, holders), Math.random)
  const source = copies.find(({ node }) => node === chosen)
  if (!source) throw noPlace(considered)
  await requireLinks(proxmox, source, storage, signal)
  return { ...source, considered, taken: await takenIds(proxmox, view, signal) }
}

/** Thick LVM and iSCSI hold volumes that nothing can be linked to; all else that Proxmox has for images can. */
const withoutLinks = ['lvm', 'iscsi', 'iscsidirect']

async function requireLinks(proxmox: Proxmox, { node, vmid }: Source, storage: string | undefined, signal: AbortSignal): Promise<void> {
  if (storage === undefined) {
    if (await proxmox.canLinkClone(node, vmid, { signal })) return
    throw new AppError('PROXMOX_REFUSED', { details: { reason: say('details.proxmox.cannotLink', { vmid }) } })
  }
  const found = (await proxmox.storages(node, { signal })).find((one) => one.storage === storage)
  // without the right to see it nothing can be said; the clone itself says then what is wrong
  if (found === undefined) return
  const values = { storage, node }
  if (!found.enabled || !found.active) throw refused(say('details.storage.away', values))
  if (!found.content.includes('images')) throw refused(say('details.storage.noImages', values))
  if (withoutLinks.includes(found.type)) throw refused(say('details.storage.noLinks', { ...values, type: found.type }))
}

const refused = (reason: Sentence): AppError => new AppError('PROXMOX_REFUSED', { details: { reason } })

/** Ids that Proxmox has now: of VMs, and of volumes that somebody left behind, which a new VM of that id would be taken for the owner of. */
async function takenIds(proxmox: Proxmox, { vms }: ClusterView, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const owners = await proxmox.volumeOwners({ signal })
  return new Set([...owners, ...vms.flatMap(({ vmid }) => (vmid === undefined ? [] : [vmid]))])
}

/** @returns the error that says of each node why it was left out */
export function noPlace(considered: readonly Considered[]): AppError {
  const reasons = considered.map(({ node, skipped }) =>
    say('details.placement.node', { node, reason: say(`details.placement.${skipped ?? 'full'}`) }),
  )
  return new AppError('NO_PLACEMENT', { details: { reason: reasons.length > 0 ? reasons : say('details.placement.none') } })
}

/** What a job records of the Proxmox tasks it started, so that a restart follows a task instead of asking again. */
export interface TaskRecords {
  readonly upids?: Record<string, string> | undefined
}

/** The options that every Proxmox verb of a job step takes: UPID saved before anything waits, log lines kept, priority, signal. */
export function taskOptions<Payload, Data extends TaskRecords>(context: StepContext<Payload, Data>, task: string) {
  return {
    knownUpid: context.data.upids?.[task],
    onUpid: (upid: string) => {
      context.line(`task ${upid}`)
      context.save({ upids: { ...context.data.upids, [task]: upid } } as Partial<Data>) // Data has `upids` by its constraint
    },
    onProgress: context.line,
    priority: context.priority,
    signal: context.signal,
  }
}

/**
 * Books where a clone will have its disks, before it is asked for: what an interrupted clone leaves there is ours to free.
 * @param storage where a full clone goes; a linked one lies beside its source
 */
export async function bookStorages(
  { proxmox, ledger }: { proxmox: Proxmox; ledger: VmLedger },
  clone: { vmid: number; source: number; sourceNode: string; storage?: string | undefined; signal: AbortSignal },
): Promise<void> {
  const source = await proxmox.vmConfig(clone.sourceNode, clone.source, { signal: clone.signal })
  const beside = source?.drives.flatMap((drive) => (drive.storage === undefined ? [] : [drive.storage])) ?? []
  ledger.noteStorages(clone.vmid, [...new Set(clone.storage === undefined ? beside : [...beside, clone.storage])])
}

const cloneEndsWithinMs = 10 * 60_000

/** The making of a VM goes on though it was given up, and shows its VM only after a while: looked at before, there would be nothing to remove. */
async function untilMade(proxmox: Proxmox, { data, signal, priority }: StepContext<unknown, TaskRecords>): Promise<void> {
  const upid = data.upids?.clone
  if (upid === undefined) return
  try {
    await proxmox.waitTask(upid, { signal, priority, deadlineMs: cloneEndsWithinMs })
  } catch (error) {
    signal.throwIfAborted()
    // a node that has forgotten the task has ended it
    if (!isAppError(error, 'PROXMOX_NOT_FOUND')) throw error
  }
}

/** Removes a VM of ours with all it has on disk, and books it out of the ledger. */
export async function destroyVm<Payload, Data extends TaskRecords>(
  { proxmox, ledger }: { proxmox: Proxmox; ledger: VmLedger },
  context: StepContext<Payload, Data>,
  vm: { vmid: number; pveNode: string; purpose: 'template' | 'work' },
): Promise<void> {
  await untilMade(proxmox, context)
  const node = (await proxmox.findVm(vm.vmid, { signal: context.signal }))?.node ?? vm.pveNode
  const result = await proxmox.ensureDestroyed({
    node,
    vmid: vm.vmid,
    expectedDescription: ledger.markOf(vm.vmid, vm.purpose),
    storages: ledger.storagesOf(vm.vmid),
    ...taskOptions(context, `destroy-${vm.vmid}`),
  })
  for (const volid of result.freed) context.line(`freed ${volid}, which Proxmox had left behind`)
  for (const volume of result.leftovers) context.line(`could not free ${volume.volid}`)
  ledger.noteReleased(vm.vmid, { volumes: result.leftovers, reason: 'left behind by a delete' })
}
