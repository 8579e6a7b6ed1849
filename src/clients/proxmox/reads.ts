import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import type { Limiter } from '../../lib/limiter.ts'
import type { Api } from './api.ts'
import { agentBudget } from './budgets.ts'
import { faultOf, isClass } from './fault.ts'
import {
  type AgentInterface,
  agentInterfacesAnswer,
  clusterStatusAnswer,
  configAnswer,
  nodeAnswer,
  permissionsAnswer,
  type Resource,
  resourceAnswer,
  type Storage,
  statusAnswer,
  storageAnswer,
  type ThinPool,
  thinPoolAnswer,
  versionAnswer,
  volumeAnswer,
} from './schemas.ts'
import type { ClusterStatus, FoundVm, ReadOptions, VmConfig, VmStatus, Volume } from './types.ts'
import { parentName, parseDrives, parseNets, parseVolume } from './volumes.ts'

export type Reads = ReturnType<typeof createReads>

const storagesKeptMs = 60_000

/** A storage for images as the cluster's list shows it on one node. */
export interface StoragePlace {
  readonly node: string
  readonly storage: string
  readonly shared: boolean
  readonly available: boolean
}

/** Everything that only looks. */
export function createReads({ api, limiter, clock }: { api: Api; limiter: Limiter; clock: Clock }) {
  const storageCache = new Map<string, { at: number; found: Storage[] }>()
  let ownersCache: { at: number; found: ReadonlySet<number> } | undefined
  let placesCache: { at: number; found: StoragePlace[] } | undefined

  async function clusterStatus(options: ReadOptions = {}): Promise<ClusterStatus> {
    const entries = await api.read('clusterStatus', z.array(clusterStatusAnswer), options)
    const cluster = entries.find((entry) => entry.type === 'cluster')
    return {
      ...(cluster === undefined ? {} : { name: cluster.name }),
      quorate: cluster === undefined || isSet(cluster.quorate),
      nodes: entries
        .filter((entry) => entry.type === 'node')
        .map((entry) => ({
          name: entry.name,
          online: isSet(entry.online),
          local: entry.local,
          ...(entry.ip === undefined ? {} : { ip: entry.ip }),
        })),
    }
  }

  const resources = (type?: 'vm' | 'storage' | 'node', options: ReadOptions = {}): Promise<Resource[]> =>
    api.read('resources', z.array(resourceAnswer), { ...options, params: { type } })

  const storages = (node: string, options: ReadOptions = {}): Promise<Storage[]> =>
    api.read('storages', z.array(storageAnswer), { ...options, path: { node } })

  /** Needs the right to see the node's disks (Sys.Audit or Datastore.Audit on `/`). */
  const thinPools = (node: string, options: ReadOptions = {}): Promise<ThinPool[]> =>
    api.read('thinPools', z.array(thinPoolAnswer), { ...options, path: { node } })

  /** As `storages`, not older than a minute: what a storage is does not change while a class is cloned. */
  async function knownStorages(node: string, options: ReadOptions = {}): Promise<Storage[]> {
    const kept = storageCache.get(node)
    if (kept !== undefined && clock.now() - kept.at < storagesKeptMs) return kept.found
    const found = await storages(node, options)
    storageCache.set(node, { at: clock.now(), found })
    return found
  }

  /** Every storage of every node that can hold images; from the list that pveproxy answers by itself, not older than a minute. */
  async function storagePlaces(options: ReadOptions = {}): Promise<StoragePlace[]> {
    if (placesCache !== undefined && clock.now() - placesCache.at < storagesKeptMs) return placesCache.found
    const listed = await resources('storage', options)
    const found = listed.flatMap(({ node, storage, shared, content = '', status }) => {
      if (node === undefined || storage === undefined || !content.split(',').includes('images')) return []
      return [{ node, storage, shared, available: status === 'available' }]
    })
    placesCache = { at: clock.now(), found }
    return found
  }

  async function storageContent(
    node: string,
    storage: string,
    filter: { vmid?: number } = {},
    options: ReadOptions = {},
  ): Promise<Volume[]> {
    const path = { node, storage }
    const found = await api.read('storageContent', z.array(volumeAnswer), {
      ...options,
      path,
      params: { content: 'images', vmid: filter.vmid },
    })
    return found.map(volumeOf).filter((volume) => filter.vmid === undefined || volume.vmid === filter.vmid)
  }

  /** Of one place; nothing where it does not answer: what lies there cannot be known now. */
  async function ownersAt({ node, storage }: StoragePlace, options: ReadOptions): Promise<number[]> {
    try {
      return (await storageContent(node, storage, {}, options)).flatMap(({ vmid }) => (vmid === undefined ? [] : [vmid]))
    } catch (error) {
      options.signal?.throwIfAborted()
      if (faultOf(error) === undefined) throw error
      return []
    }
  }

  async function readOwners(options: ReadOptions): Promise<ReadonlySet<number>> {
    const owners = new Set<number>()
    const seen = new Set<string>()
    for (const place of await storagePlaces(options)) {
      if (!place.available || (place.shared && seen.has(place.storage))) continue
      seen.add(place.storage)
      for (const vmid of await ownersAt(place, options)) owners.add(vmid)
    }
    return owners
  }

  /** Ids that have volumes anywhere in the cluster, as of a minute ago at most: while one has, it must not be given to another VM. */
  async function volumeOwners(options: ReadOptions = {}): Promise<ReadonlySet<number>> {
    if (ownersCache !== undefined && clock.now() - ownersCache.at < storagesKeptMs) return ownersCache.found
    const found = await readOwners(options)
    ownersCache = { at: clock.now(), found }
    return found
  }

  const vmConfig = (node: string, vmid: number, options: ReadOptions = {}): Promise<VmConfig | undefined> =>
    orMissing(async () => configOf(await api.read('vmConfig', configAnswer, { ...options, path: { node, vmid } })))

  const vmStatus = (node: string, vmid: number, options: ReadOptions = {}): Promise<VmStatus | undefined> =>
    orMissing(async () => statusOf(await api.read('vmStatus', statusAnswer, { ...options, path: { node, vmid } })))

  /** The list says where; it lags ten seconds, so the configuration decides whether. */
  async function findVm(vmid: number, options: ReadOptions = {}): Promise<FoundVm | undefined> {
    const listed = (await resources('vm', options)).find((entry) => entry.vmid === vmid && entry.node !== undefined)
    if (listed?.node === undefined || listed.type !== 'qemu') return undefined
    const config = await vmConfig(listed.node, vmid, options)
    if (config === undefined) return undefined
    const name = config.name ?? listed.name
    return {
      node: listed.node,
      vmid,
      ...(name === undefined ? {} : { name }),
      status: listed.status === 'running' || listed.status === 'stopped' ? listed.status : 'unknown',
      template: config.template,
      ...(config.lock === undefined ? {} : { lock: config.lock }),
      tags: config.tags,
      description: config.description,
    }
  }

  /** One poll holds a daemon worker for three seconds while the guest boots: one at a time per node, never repeated here. */
  async function agentInterfaces(
    node: string,
    vmid: number,
    options: ReadOptions = {},
  ): Promise<AgentInterface[] | 'not-running' | 'not-configured'> {
    const lease = await limiter.acquire(agentBudget(node), { priority: options.priority ?? 'interactive', signal: options.signal })
    try {
      return (await api.read('agentInterfaces', agentInterfacesAnswer, { ...options, path: { node, vmid }, repeats: 0 })).result
    } catch (error) {
      if (isClass(error, 'agent-down', 'transient')) return 'not-running'
      if (isClass(error, 'agent-missing')) return 'not-configured'
      throw error
    } finally {
      lease.release()
    }
  }

  return {
    version: (options: ReadOptions = {}) => api.read('version', versionAnswer, options),
    nodes: (options: ReadOptions = {}) => api.read('nodes', z.array(nodeAnswer), options),
    permissions: (options: ReadOptions = {}) => api.read('permissions', permissionsAnswer, options),
    canLinkClone: async (node: string, vmid: number, options: ReadOptions = {}) =>
      (await api.read('feature', featureAnswer, { ...options, path: { node, vmid }, params: { feature: 'clone' } })).hasFeature,
    clusterStatus,
    resources,
    storages,
    thinPools,
    knownStorages,
    storagePlaces,
    volumeOwners,
    storageContent,
    findVm,
    vmConfig,
    vmStatus,
    agentInterfaces,
  }
}

const featureAnswer = z.object({ hasFeature: z.union([z.boolean(), z.number(), z.string()]).transform(isSet) })

function isSet(value: unknown): boolean {
  return value === true || value === 1 || value === '1'
}

async function orMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (isClass(error, 'missing')) return undefined
    throw error
  }
}

function volumeOf(found: z.output<typeof volumeAnswer>): Volume {
  const owner = found.vmid ?? parseVolume(found.volid)?.owner
  const parent = parentName({ volid: found.volid, ...(found.parent === undefined ? {} : { parent: found.parent }) })
  return {
    volid: found.volid,
    ...(owner === undefined ? {} : { vmid: owner }),
    size: found.size ?? 0,
    format: found.format ?? 'raw',
    ...(parent === undefined ? {} : { parent }),
    ...(found.ctime === undefined ? {} : { ctime: found.ctime }),
  }
}

/** Reads a configuration; exported for its test. */
export function configOf(raw: Readonly<Record<string, string>>): VmConfig {
  const optional = (key: string) => (raw[key] === undefined ? {} : { [key]: raw[key] })
  const memory = /^(?:current=)?(\d+)/.exec(raw.memory ?? '')?.[1]
  return {
    ...optional('digest'),
    ...optional('name'),
    ...optional('lock'),
    description: raw.description ?? '',
    tags: (raw.tags ?? '').split(/[;, ]+/).filter((tag) => tag !== ''),
    template: raw.template === '1',
    protection: raw.protection === '1',
    ...(memory === undefined ? {} : { memoryMb: Number(memory) }),
    ...(raw.cores === undefined ? {} : { cores: Number(raw.cores) }),
    agent: /^(?:enabled=)?1\b/.test(raw.agent ?? ''),
    drives: parseDrives(raw),
    nets: parseNets(raw),
    raw,
  }
}

function statusOf(found: z.output<typeof statusAnswer>): VmStatus {
  const status = found.status === 'running' ? ('running' as const) : ('stopped' as const)
  return {
    status,
    qmpstatus: found.qmpstatus ?? status,
    ...(found.lock === undefined ? {} : { lock: found.lock }),
    ...(found.name === undefined ? {} : { name: found.name }),
    template: found.template,
    agent: found.agent,
    ...(found.pid === undefined ? {} : { pid: found.pid }),
    uptimeS: found.uptime,
    ...(found.cpu === undefined ? {} : { cpu: found.cpu }),
    ...(found.cpus === undefined ? {} : { cpus: found.cpus }),
    ...(found.mem === undefined ? {} : { memBytes: found.mem }),
    ...(found.maxmem === undefined ? {} : { maxMemBytes: found.maxmem }),
    tags: found.tags,
  }
}
