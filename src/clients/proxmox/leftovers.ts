import { AppError } from '../../errors.ts'
import { type Sentence, say } from '../../lib/sentence.ts'
import { faultOf } from './fault.ts'
import { askForTask, type Gateway, storageLocks } from './gateway.ts'
import { deadlines } from './policy.ts'
import type { StoragePlace } from './reads.ts'
import type { FreeVolumeRequest, LeftVolume, Resource, WriteOptions } from './types.ts'
import { parentName, parseVolume } from './volumes.ts'

/**
 * Volumes of a VM id: on every storage for images that its node sees, and, where it may have been before (a migration, a clone that was
 * made elsewhere), on the storages of the same names that other nodes have for themselves. With the places that could not be read.
 */
export async function leftBehind(
  gateway: Gateway,
  { node, vmid, storages }: { node: string; vmid: number; storages: ReadonlySet<string> },
  write: WriteOptions,
): Promise<{ volumes: LeftVolume[]; unread: string[] }> {
  const found = new Map<string, LeftVolume>()
  const unread: string[] = []
  for (const place of await placesToLookAt(gateway, { node, storages }, write)) {
    const name = `${place.node}/${place.storage}`
    try {
      const content = place.available ? await gateway.reads.storageContent(place.node, place.storage, { vmid }, write) : undefined
      if (content === undefined) unread.push(name)
      for (const volume of content ?? []) found.set(`${place.shared ? '' : place.node}|${volume.volid}`, { ...volume, node: place.node })
    } catch (error) {
      write.signal.throwIfAborted()
      if (faultOf(error) === undefined) throw error
      gateway.log.warn({ node: place.node, storage: place.storage, vmid }, 'the content of a storage could not be read')
      unread.push(name)
    }
  }
  return { volumes: [...found.values()], unread }
}

async function placesToLookAt(
  gateway: Gateway,
  { node, storages }: { node: string; storages: ReadonlySet<string> },
  write: WriteOptions,
): Promise<StoragePlace[]> {
  const own = (await gateway.reads.knownStorages(node, write))
    .filter((one) => one.content.includes('images') && one.enabled)
    .map(({ storage, shared, active }) => ({ node, storage, shared, available: active }))
  const elsewhere = (await gateway.reads.storagePlaces(write)).filter((place) => place.node !== node && storages.has(place.storage))
  const seen = new Set(own.map(({ storage }) => storage))
  const places = [...own]
  for (const place of elsewhere) {
    // the same volumes on every node; one that this node does not have is read where it is
    if (place.shared && seen.has(place.storage)) continue
    seen.add(place.storage)
    places.push(place)
  }
  // named by the ledger or by the task, and no longer there at all: whether something is left cannot be known
  const gone = [...storages].filter((storage) => !seen.has(storage))
  return [...places, ...gone.map((storage) => ({ node, storage, shared: false, available: false }))]
}

/**
 * Frees one volume. Proxmox does not look whether a configuration still uses it, so this does: none of the cluster may name it, nor may
 * the id have a configuration, nor another volume hang on it.
 * @returns whether it was there
 * @throws PROXMOX_NOT_OURS when something uses it, or when that cannot be seen
 */
export async function freeVolume(gateway: Gateway, request: FreeVolumeRequest): Promise<boolean> {
  const { node, volid, vmid, signal, priority } = request
  const write = { signal, priority }
  const volume = parseVolume(volid)
  if (volume === undefined || volume.owner !== vmid) throw inUse(vmid, say('details.proxmox.notVolumeOf', { volume: volid, vmid }))
  const { storage } = volume
  const isThere = async () => (await gateway.reads.storageContent(node, storage, { vmid }, write)).some((one) => one.volid === volid)
  if (!(await isThere())) return false
  await refuseUsed(gateway, request, write)

  await gateway.ensure<true>({
    what: say('details.proxmox.freeing', { volume: volid }),
    options: { ...write, onUpid: () => undefined },
    look: async () => ((await isThere()) ? undefined : true),
    ask: () => askForTask(gateway, 'freeVolume', { node, storage, volume: volid }, {}, write),
    turn: async () => ({ kind: 'free', locks: await storageLocks(gateway, node, new Map([[storage, 1]]), write) }),
    trace: { node, type: 'imgdel', vmid },
    waitsFor: [],
    deadlineMs: deadlines.free,
    measures: true,
  })
  return true
}

const readsAtOnce = 6

const inUse = (vmid: number, reason: Sentence): AppError => new AppError('PROXMOX_NOT_OURS', { details: { vmid, reason } })

async function refuseUsed(gateway: Gateway, { node, volid, vmid }: FreeVolumeRequest, write: WriteOptions): Promise<void> {
  const { name, storage } = parseVolume(volid) ?? { name: volid, storage: '' }
  const vms = (await gateway.reads.resources('vm', write)).filter((one) => one.type === 'qemu')
  // the list lags: the id itself is asked for on the node, too
  if ((await gateway.reads.vmConfig(node, vmid, write)) !== undefined) throw inUse(vmid, say('details.proxmox.exists', { vmid }))
  // a node that does not answer throws here: what cannot be seen is not freed
  for (let at = 0; at < vms.length; at += readsAtOnce) await Promise.all(vms.slice(at, at + readsAtOnce).map((vm) => refuseUsedBy(vm)))
  const children = await gateway.reads.storageContent(node, storage, {}, write)
  if (children.some((other) => other.volid !== volid && parentName(other) === name))
    throw inUse(vmid, say('details.proxmox.hangsOn', { volume: volid }))

  async function refuseUsedBy(vm: Resource): Promise<void> {
    if (vm.node === undefined || vm.vmid === undefined) return
    const config = await gateway.reads.vmConfig(vm.node, vm.vmid, write)
    if (config === undefined) return
    if (vm.vmid === vmid) throw inUse(vmid, say('details.proxmox.existsOn', { vmid, node: vm.node }))
    if (Object.values(config.raw).some((value) => value.includes(volid)))
      throw inUse(vmid, say('details.proxmox.uses', { vmid: vm.vmid, volume: volid }))
  }
}
