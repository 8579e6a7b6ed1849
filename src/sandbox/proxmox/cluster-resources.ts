import { can, canAny } from './access.ts'
import type { Call, Handlers } from './call.ts'
import { diskUse, nodeFigures } from './node-figures.ts'
import { text } from './validate.ts'
import { resourceOf } from './vm-status.ts'
import type { World } from './world.ts'

type Item = Record<string, unknown>

/** What pvestatd reports; it looks once in ten seconds. Lock, tags and template come from the configuration and are current. */
const lagging = [
  'status',
  'name',
  'uptime',
  'cpu',
  'mem',
  'maxmem',
  'maxcpu',
  'maxdisk',
  'disk',
  'netin',
  'netout',
  'diskread',
  'diskwrite',
] as const

/** Keeps the last picture of pvestatd and renews it when its cycle has passed. */
export function createStatusDaemon(world: World, cycleMs: number) {
  let takenAt = Number.NEGATIVE_INFINITY
  let picture = new Map<number, Item>()

  function refresh(): void {
    const cycle = Math.floor(world.timing.clock.now() / cycleMs)
    if (cycle === takenAt || world.faults.strike('stale-resources', {})) return
    takenAt = cycle
    picture = new Map([...world.store.machines.values()].map((machine) => [machine.vmid, resourceOf(world, machine)]))
  }

  return {
    /** VMs as of the last cycle; one that is younger has neither name nor figures. */
    list(): Item[] {
      refresh()
      return [...world.store.machines.values()].map((machine) => {
        const now = resourceOf(world, machine)
        const seen = picture.get(machine.vmid)
        if (!seen) {
          for (const key of lagging) delete now[key]
          return { ...now, status: 'unknown' }
        }
        for (const key of lagging) now[key] = seen[key]
        return now
      })
    },
  }
}
export type StatusDaemon = ReturnType<typeof createStatusDaemon>

function machineItems(call: Call, daemon: StatusDaemon): Item[] {
  const { cluster } = call.world.store
  const poolOf = (vmid: unknown) => Object.entries(cluster.pools).find(([, pool]) => pool.vms.includes(Number(vmid)))?.[0]
  return daemon
    .list()
    .filter((item) => can(cluster, call.caller, `/vms/${item.vmid}`, 'VM.Audit'))
    .map((item) => {
      const pool = poolOf(item.vmid)
      return pool === undefined ? item : { ...item, pool }
    })
}

function nodeItems(call: Call): Item[] {
  const { world } = call
  return world.store.cluster.nodes.map((node) => {
    const plain = {
      id: `node/${node}`,
      node,
      type: 'node',
      status: isNodeDown(world, node) ? 'offline' : 'online',
      level: '',
      'cgroup-mode': 2,
    }
    return can(world.store.cluster, call.caller, `/nodes/${node}`, 'Sys.Audit') ? { ...plain, ...nodeFigures(world, node) } : plain
  })
}

export const isNodeDown = (world: World, node: string): boolean =>
  world.faults.report().some(({ fault }) => fault.fault === 'node-down' && fault.node === node)

function storageItems(call: Call): Item[] {
  const { cluster } = call.world.store
  return Object.entries(cluster.storages).flatMap(([storage, config]) => {
    if (!canAny(cluster, call.caller, `/storage/${storage}`, ['Datastore.Audit', 'Datastore.AllocateSpace'])) return []
    return (config.nodes ?? cluster.nodes).map((node) => {
      const use = diskUse(call.world, storage, node)
      return {
        id: `storage/${node}/${storage}`,
        type: 'storage',
        storage,
        node,
        status: isNodeDown(call.world, node) ? 'unknown' : 'available',
        plugintype: config.type,
        content: config.content,
        shared: config.shared,
        disk: use.used,
        maxdisk: use.total,
      }
    })
  })
}

const sdnItems = (call: Call): Item[] =>
  canAny(call.world.store.cluster, call.caller, '/sdn/zones/localnetwork', ['SDN.Audit', 'SDN.Use'])
    ? call.world.store.cluster.nodes.map((node) => ({
        id: `sdn/${node}/localnetwork`,
        type: 'sdn',
        sdn: 'localnetwork',
        node,
        status: 'ok',
      }))
    : []

const poolItems = (call: Call): Item[] =>
  Object.keys(call.world.store.cluster.pools)
    .filter((pool) => can(call.world.store.cluster, call.caller, `/pool/${pool}`, 'Pool.Audit'))
    .map((pool) => ({ id: `/pool/${pool}`, pool, type: 'pool' }))

/** GET /cluster/resources, served by pveproxy itself. */
export const resourceHandlers = (daemon: StatusDaemon): Handlers => ({
  'GET /cluster/resources': (call) => {
    const kinds: Record<string, () => Item[]> = {
      vm: () => machineItems(call, daemon),
      node: () => nodeItems(call),
      storage: () => storageItems(call),
      sdn: () => sdnItems(call),
    }
    const type = text(call.values, 'type')
    if (type !== undefined) return kinds[type]?.() ?? []
    return [...poolItems(call), ...Object.values(kinds).flatMap((items) => items())]
  },
})
