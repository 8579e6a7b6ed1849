import { AppError } from '../../errors.ts'
import { say } from '../../lib/sentence.ts'
import { destroyBudget } from './budgets.ts'
import { ensureConfig } from './config.ts'
import { faultOf, isClass, plainError } from './fault.ts'
import { askForTask, countVolumes, type Gateway, storageLocks } from './gateway.ts'
import { freeVolume, leftBehind } from './leftovers.ts'
import { carriesMark } from './marks.ts'
import { deadlines } from './policy.ts'
import { ensureStopped } from './power.ts'
import type { DestroyRequest, DestroyResult, LeftVolume, VmConfig, WriteOptions } from './types.ts'
import { parseUpid } from './upid.ts'
import { parseVolume, volumesByStorage } from './volumes.ts'

// qemu-server reports a disk that it could not free in the log alone; the task ends OK (WARNINGS since 9.1.19)
const couldNotRemove = /Could not remove disk '([^']+)'/

/**
 * Removes a VM of ours and everything it left on any storage of any node. A VM that is gone already is only cleaned up after.
 * That its configuration is gone says that its rights, its place in pools and its firewall file are: the worker takes it away last
 * (qemu-server `destroy_vm`, `remove_vm_access`), and a deletion that fails before leaves it, locked `destroyed`.
 */
export async function ensureDestroyed(gateway: Gateway, asked: DestroyRequest): Promise<DestroyResult> {
  const { vmid, signal, priority } = asked
  const write = { signal, priority }
  // the task of the stop before the deletion may have been recorded last: only a deletion is followed as one
  const knownUpid = parseUpid(asked.knownUpid ?? '')?.type === 'qmdestroy' ? asked.knownUpid : undefined
  const request = { ...asked, knownUpid, node: await whereItIs(gateway, asked, write) }
  const suspects = new Set<string>()
  const storages = new Set(request.storages ?? [])
  const config = await ownConfig(gateway, request, write)
  for (const storage of config === undefined ? [] : storagesOf(config)) storages.add(storage)

  if (config !== undefined && request.knownUpid === undefined) await prepare(gateway, request, config)
  await destroy(gateway, request, config, (volid) => suspects.add(volid))

  for (const volid of suspects) storages.add(parseVolume(volid)?.storage ?? volid)
  const { volumes, unread } = await leftBehind(gateway, { node: request.node, vmid, storages }, write)
  const freed: string[] = []
  const leftovers: LeftVolume[] = []
  for (const volume of volumes) {
    // where this id never had a disk of ours, a volume with its number is somebody else's: shown, not touched
    const isOurs = storages.has(parseVolume(volume.volid)?.storage ?? '')
    if (isOurs && (await isFreed(volume))) freed.push(volume.volid)
    else leftovers.push(volume)
  }
  return { freed, leftovers, unread }

  async function isFreed({ node, volid }: LeftVolume): Promise<boolean> {
    try {
      await freeVolume(gateway, { node, volid, vmid, ...write })
      return true
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof AppError)) throw error
      gateway.log.warn({ vmid, node, volid, code: error.code }, 'a volume that a deleted VM left behind could not be freed')
      return false
    }
  }
}

/** Where its disks are, and the memory of a hibernated machine. */
function storagesOf(config: VmConfig): string[] {
  const vmstate = parseVolume(config.raw.vmstate ?? '')?.storage
  return [...volumesByStorage(config).keys(), ...(vmstate === undefined ? [] : [vmstate])]
}

async function whereItIs(gateway: Gateway, { node, vmid }: DestroyRequest, write: WriteOptions): Promise<string> {
  if ((await gateway.reads.vmConfig(node, vmid, write)) !== undefined) return node
  return (await gateway.reads.findVm(vmid, write))?.node ?? node
}

/** The configuration if it is ours; PROXMOX_NOT_OURS if it is somebody else's. */
async function ownConfig(
  gateway: Gateway,
  { node, vmid, expectedDescription, signal, priority }: DestroyRequest,
  write: WriteOptions,
): Promise<VmConfig | undefined> {
  let config = await gateway.reads.vmConfig(node, vmid, write)
  if (config?.lock === 'clone' || config?.lock === 'create') {
    // while it is made it does not carry its description yet
    await gateway.locks.waitUnlocked([{ node, vmid }], { signal, priority })
    config = await gateway.reads.vmConfig(node, vmid, write)
  }
  if (config === undefined || carriesMark(config.description, expectedDescription)) return config
  // its configuration was replaced by this lock alone, so the mark cannot be seen, and nothing but root can go on
  if (config.lock === 'destroyed')
    throw plainError(
      'PROXMOX_REFUSED',
      say('details.proxmox.halfDestroyed', { vmid, node, command: `qm unlock ${vmid} && qm destroy ${vmid}` }),
    )
  throw new AppError('PROXMOX_NOT_OURS', { details: { vmid } })
}

/** What Proxmox wants before it deletes: no protection, machine off. */
async function prepare(gateway: Gateway, request: DestroyRequest, config: VmConfig): Promise<void> {
  const { node, vmid, signal, priority } = request
  if (config.protection) await ensureConfig(gateway, { node, vmid, set: { protection: 0 }, signal, priority })
  await ensureStopped(gateway, { node, vmid, signal, priority, onUpid: request.onUpid, onProgress: request.onProgress })
}

async function destroy(
  gateway: Gateway,
  request: DestroyRequest,
  config: VmConfig | undefined,
  suspect: (volid: string) => void,
): Promise<void> {
  const { node, vmid, signal, priority } = request
  const write = { signal, priority }
  let endedWell = false
  await gateway.ensure<true>({
    what: say('details.proxmox.deletion', { vmid }),
    options: request,
    look: async () => {
      try {
        return (await ownConfig(gateway, request, write)) === undefined ? true : undefined
      } catch (error) {
        // rights that came from a pool went with the VM's membership: what Proxmox no longer shows is gone
        if (endedWell && isClass(error, 'permanent') && faultOf(error)?.seen.status === 403) return true
        throw error
      }
    },
    ask: () => askForTask(gateway, 'destroy', { node, vmid }, { purge: true, 'destroy-unreferenced-disks': false }, write),
    turn: async () => ({
      kind: 'free',
      keys: [destroyBudget],
      locks: await storageLocks(gateway, node, config === undefined ? new Map() : countVolumes(config), write),
    }),
    trace: { node, type: 'qmdestroy', vmid },
    waitsFor: [{ node, vmid }],
    deadlineMs: deadlines.destroy,
    measures: true,
    onEnd: (end) => {
      endedWell = end.ok
      for (const line of end.log) {
        const volid = couldNotRemove.exec(line)?.[1]
        if (volid !== undefined) suspect(volid)
      }
    },
  })
}
