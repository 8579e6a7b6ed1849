import { can, canAny } from './access.ts'
import { ApiError, denied, die, invalid } from './api-error.ts'
import { type Call, type Handlers, nodeOf } from './call.ts'
import { diskUse } from './node-figures.ts'
import { sha1 } from './random.ts'
import type { StorageConfig, Volume } from './state.schemas.ts'
import { storageLines } from './storage-lines.ts'
import { withDeadline } from './timing.ts'
import { flag, integer, need, text } from './validate.ts'
import { parseSize } from './vm-config.ts'
import { type World, withStorageLock } from './world.ts'

const isOn = (config: StorageConfig, node: string): boolean => config.nodes === undefined || config.nodes.includes(node)

function storageOf(call: Call): { id: string; config: StorageConfig } {
  const id = need(call.values, 'storage')
  const config = call.world.store.cluster.storages[id]
  if (!config) throw die(`storage '${id}' does not exist`)
  if (!isOn(config, nodeOf(call))) throw die(`storage '${id}' is not available on node '${nodeOf(call)}'`)
  return { id, config }
}

function statusOf(world: World, id: string, config: StorageConfig, node: string) {
  const use = diskUse(world, id, node)
  return { type: config.type, content: config.content, shared: config.shared, active: 1, enabled: config.disable === 1 ? 0 : 1, ...use }
}

function listStorages(call: Call): unknown {
  const { cluster } = call.world.store
  const content = text(call.values, 'content')
  return Object.entries(cluster.storages)
    .filter(
      ([id, config]) =>
        isOn(config, nodeOf(call)) && canAny(cluster, call.caller, `/storage/${id}`, ['Datastore.Audit', 'Datastore.AllocateSpace']),
    )
    .filter(
      ([id, config]) =>
        (text(call.values, 'storage') ?? id) === id && (content === undefined || config.content.split(',').includes(content)),
    )
    .map(([id, config]) => {
      const status = statusOf(call.world, id, config, nodeOf(call))
      return { storage: id, ...status, used_fraction: status.used / status.total }
    })
}

/** Datastore.Allocate sees everything; else the right to the owner's disks. So a token with rights on a pool sees no orphans. */
function maySee(call: Call, volume: Volume): boolean {
  const { cluster } = call.world.store
  if (can(cluster, call.caller, `/storage/${volume.storage}`, 'Datastore.Allocate')) return true
  return (
    can(cluster, call.caller, `/vms/${volume.vmid}`, 'VM.Config.Disk') &&
    can(cluster, call.caller, `/storage/${volume.storage}`, 'Datastore.Audit')
  )
}

function itemOf(world: World, volume: Volume): unknown {
  const item = {
    volid: world.volumes.volidOf(volume),
    vmid: volume.vmid,
    format: volume.format,
    size: volume.sizeBytes,
    ctime: volume.ctime,
    content: volume.content,
  }
  // LVM-thin knows neither the bytes in use nor the parent
  return world.volumes.typeOf(volume.storage) === 'dir'
    ? { ...item, used: volume.usedBytes, parent: volume.base === null ? null : `../${volume.base}` }
    : item
}

function listContent(call: Call): unknown {
  const { id } = storageOf(call)
  const content = text(call.values, 'content')
  const vmid = integer(call.values, 'vmid')
  return call.world.volumes
    .list(id, nodeOf(call))
    .filter(
      (volume) =>
        (content === undefined || volume.content === content) && (vmid === undefined || volume.vmid === vmid) && maySee(call, volume),
    )
    .map((volume) => itemOf(call.world, volume))
}

/** The full volume id, from a full one or from a name within the storage. */
function volidOf(call: Call): string {
  const { id } = storageOf(call)
  const given = need(call.values, 'volume')
  const [prefix = ''] = given.split(':')
  if (!given.includes(':')) return `${id}:${given}`
  if (prefix !== id) throw invalid({ storage: `storage ID mismatch (${id} != ${prefix})` })
  return given
}

const ownerOf = (volid: string): string => /(?:^|\/)(?:vm|base)-(\d+)-[^/]*$/.exec(volid.slice(volid.indexOf(':') + 1))?.[1] ?? ''

/** Looks at no VM's configuration: the disk of a VM in use goes too, as on the real thing. */
async function deleteVolume(call: Call): Promise<string | null> {
  const { world } = call
  const node = nodeOf(call)
  const volid = volidOf(call)
  const storage = volid.slice(0, volid.indexOf(':'))
  if (!can(world.store.cluster, call.caller, `/storage/${storage}`, 'Datastore.Allocate'))
    throw denied(`/storage/${storage}`, ['Datastore.Allocate'])
  const volume = world.volumes.find(volid, node)
  if (volume && world.volumes.hasClones(volume)) throw die(`base volume '${volid}' is still in use by linked clones`)
  const owner = ownerOf(volid)
  let finished: (problem: Error | undefined) => void = () => undefined
  const end = new Promise<Error | undefined>((resolve) => {
    finished = resolve
  })
  const upid = world.tasks.fork(
    { node, type: 'imgdel', id: owner === '' ? storage : `${owner}@${storage}`, user: call.user },
    async (worker) => {
      try {
        await withStorageLock(world, { storage, node, vmid: Number(owner), operation: 'free' }, worker, async () => {
          await world.timing.wait(world.timing.durations.volumeFree, worker.signal)
          if (volume) world.volumes.free(volume)
          else worker.log(storageLines.missing(world, volid))
          worker.log(`Removed volume '${volid}'`)
        })
        finished(undefined)
      } catch (error) {
        finished(error instanceof Error ? error : die('unknown error'))
        throw error
      }
    },
  )
  const delay = integer(call.values, 'delay')
  if (delay === undefined) return upid
  const ended = await withDeadline(world.timing, delay * 1000, end)
  if (!ended) return upid
  if (ended.value) throw ended.value instanceof ApiError ? ended.value : die(ended.value.message)
  return null
}

async function allocateVolume(call: Call): Promise<string> {
  const { world } = call
  const { id, config } = storageOf(call)
  const vmid = integer(call.values, 'vmid') ?? 0
  const filename = need(call.values, 'filename')
  const format = text(call.values, 'format') ?? 'raw'
  const size = need(call.values, 'size')
  const sizeBytes = parseSize(/^\d+$/.test(size) ? `${size}K` : size)
  return withStorageLock(world, { storage: id, node: nodeOf(call), vmid, operation: 'allocate' }, undefined, async () => {
    await world.timing.wait(world.timing.durations.volumeClone)
    const name = config.type === 'dir' ? filename.replace(/\.(raw|qcow2|vmdk)$/, '') : filename
    return world.volumes.volidOf(
      world.volumes.allocate({ storage: id, node: nodeOf(call), vmid, sizeBytes, format, ctime: world.timing.seconds(), name }),
    )
  })
}

function readVolume(call: Call): unknown {
  const volid = volidOf(call)
  const volume = call.world.volumes.find(volid, nodeOf(call))
  if (!volume) throw die(`volume_size_info on '${volid}' failed - volume does not exist`)
  return { path: storageLines.path(call.world, volume), size: volume.sizeBytes, used: volume.usedBytes, format: volume.format }
}

function listConfigured(call: Call): unknown {
  const { cluster } = call.world.store
  const digest = sha1(JSON.stringify(cluster.storages))
  return Object.entries(cluster.storages)
    .filter(
      ([id, config]) =>
        canAny(cluster, call.caller, `/storage/${id}`, ['Datastore.Audit', 'Datastore.AllocateSpace']) &&
        (text(call.values, 'type') ?? config.type) === config.type,
    )
    .map(([storage, { nodes, shared, ...config }]) => ({
      storage,
      ...config,
      ...(shared === 1 ? { shared } : {}),
      ...(nodes ? { nodes: nodes.join(',') } : {}),
      ...(storage === 'local' ? { priority: 0, 'prune-backups': 'keep-all=1' } : {}),
      digest,
    }))
}

function addStorage(call: Call): unknown {
  const { values, world } = call
  const id = need(values, 'storage')
  const type = need(values, 'type')
  if (world.store.cluster.storages[id]) throw die(`create storage failed: storage ID '${id}' already defined`)
  if (type !== 'dir' && type !== 'lvmthin') throw die(`create storage failed: the sandbox emulates dir and lvmthin, not ${type}`)
  const path = text(values, 'path')
  const nodes = text(values, 'nodes')
  world.store.cluster.storages[id] = {
    type,
    content: text(values, 'content') ?? 'images,rootdir',
    shared: flag(values, 'shared') ? 1 : 0,
    ...(path === undefined ? {} : { path }),
    ...(nodes === undefined ? {} : { nodes: nodes.split(',') }),
  }
  world.store.saveCluster()
  return { storage: id, type }
}

/** A pool's metadata grows with its volumes; how fast is nothing that anybody should measure here. */
const metadataOf = (volumes: number) => ({ metadata_size: 2 ** 30, metadata_used: 2 ** 20 * (1 + volumes) })

/** One thin pool for each storage of that type, as `lvs` shows them. */
function listThinPools(call: Call): unknown {
  const { world } = call
  return Object.entries(world.store.cluster.storages)
    .filter(([, config]) => config.type === 'lvmthin' && isOn(config, nodeOf(call)))
    .map(([id]) => {
      const { total, used } = diskUse(world, id, nodeOf(call))
      return { vg: 'pve', lv: id, lv_size: total, used, ...metadataOf(world.volumes.list(id, nodeOf(call)).length) }
    })
}

export const storageHandlers: Handlers = {
  'GET /storage': listConfigured,
  'POST /storage': addStorage,
  'GET /nodes/{node}/storage': listStorages,
  'GET /nodes/{node}/disks/lvmthin': listThinPools,
  'GET /nodes/{node}/storage/{storage}/status': (call) => {
    const { id, config } = storageOf(call)
    return statusOf(call.world, id, config, nodeOf(call))
  },
  'GET /nodes/{node}/storage/{storage}/content': listContent,
  'POST /nodes/{node}/storage/{storage}/content': allocateVolume,
  'GET /nodes/{node}/storage/{storage}/content/{volume}': readVolume,
  'DELETE /nodes/{node}/storage/{storage}/content/{volume}': deleteVolume,
}
