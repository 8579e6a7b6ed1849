import type { Proxmox } from '../clients/proxmox/index.ts'
import { AppError } from '../errors.ts'
import type { StepContext } from '../jobs/index.ts'
import { say } from '../lib/sentence.ts'
import type { VmLedger } from './ledger.ts'
import { candidatesFrom, choosePlacement } from './placement.ts'

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
  /** VM ids that Proxmox has now. */
  readonly taken: ReadonlySet<number>
}

/** Nodes that can clone this template: its own, or all when its disks lie on shared storage. */
async function nodesFor(
  proxmox: Proxmox,
  template: UsableTemplate,
  online: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const config = await proxmox.vmConfig(template.pveNode, template.vmid, { signal })
  if (!config) throw new AppError('PROXMOX_EFFECT_MISSING', { details: { what: say('details.proxmox.template', { vmid: template.vmid }) } })
  const storages = await proxmox.storages(template.pveNode, { signal })
  const used = config.drives.flatMap((drive) => (drive.storage === undefined ? [] : [drive.storage]))
  const isShared = used.length > 0 && used.every((name) => storages.some((storage) => storage.storage === name && storage.shared))
  return isShared ? online : [template.pveNode]
}

/**
 * Where the next clone goes: the least loaded node that holds the template or shares its storage.
 * @throws AppError NO_PLACEMENT with each node's reason
 */
export async function findPlace(
  proxmox: Proxmox,
  templates: readonly UsableTemplate[],
  options: { allowed: readonly string[]; signal: AbortSignal },
): Promise<Place> {
  const [nodes, vms] = await Promise.all([proxmox.nodes({ signal: options.signal }), proxmox.resources('vm', { signal: options.signal })])
  const allowed = nodes.map((node) => node.node).filter((node) => options.allowed.length === 0 || options.allowed.includes(node))
  const reachable = new Map<string, UsableTemplate>()
  for (const template of templates) {
    for (const node of await nodesFor(proxmox, template, allowed, options.signal)) {
      if (allowed.includes(node) && !(reachable.get(node)?.pveNode === node)) reachable.set(node, template)
    }
  }
  const placement = choosePlacement(candidatesFrom(nodes, vms, [...reachable.keys()]), Math.random)
  const template = placement.chosen === null ? undefined : reachable.get(placement.chosen)
  if (placement.chosen === null || !template) {
    const reasons = placement.considered.map(({ node, skipped }) =>
      say('details.placement.node', { node, reason: say(`details.placement.${skipped ?? 'full'}`) }),
    )
    throw new AppError('NO_PLACEMENT', { details: { reason: reasons.length > 0 ? reasons : say('details.placement.none') } })
  }
  return { template, pveNode: placement.chosen, taken: new Set(vms.flatMap((vm) => (vm.vmid === undefined ? [] : [vm.vmid]))) }
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

/** Removes a VM of ours with all it has on disk, and books it out of the ledger. */
export async function destroyVm<Payload, Data extends TaskRecords>(
  { proxmox, ledger }: { proxmox: Proxmox; ledger: VmLedger },
  context: StepContext<Payload, Data>,
  vm: { vmid: number; pveNode: string; purpose: 'template' | 'work' },
): Promise<void> {
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
