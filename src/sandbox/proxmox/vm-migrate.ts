import { die, invalid } from './api-error.ts'
import { type Call, nodeOf, vmidOf } from './call.ts'
import { isNodeDown } from './cluster-resources.ts'
import type { Machine } from './state.schemas.ts'
import type { Worker } from './tasks.ts'
import { flag, need } from './validate.ts'
import { disksOf, memoryMb } from './vm-config.ts'
import { machineOn, refuseLocked, type World, withConfigLock } from './world.ts'

const localDisks = (world: World, machine: Machine) =>
  disksOf(machine.config)
    .map((disk) => ({ disk, volume: world.volumes.find(disk.volid, machine.node) }))
    .filter(({ volume }) => volume?.node !== null)

/** GET .../migrate: what would hold a migration back. */
export function migrationCheck(call: Call): unknown {
  const { world } = call
  const machine = machineOn(world, nodeOf(call), vmidOf(call))
  const others = world.store.cluster.nodes.filter((node) => node !== machine.node)
  const local = localDisks(world, machine)
  return {
    running: world.machines.isRunning(machine.vmid) ? 1 : 0,
    allowed_nodes: local.length === 0 ? others : [],
    not_allowed_nodes: {},
    local_disks: local.map(({ disk, volume }) => ({
      volid: disk.volid,
      drivename: disk.key,
      size: volume?.sizeBytes ?? 0,
      cdrom: disk.isCdrom ? 1 : 0,
      shared: 0,
      is_unused: 0,
      is_attached: 1,
      is_vmstate: 0,
      is_tpmstate: 0,
      replicate: 1,
    })),
    local_resources: [],
    'mapped-resources': [],
    'mapped-resource-info': {},
  }
}

/** The worker's work: the configuration is locked `migrate` meanwhile, and moves at the end. What goes wrong undoes the lock. */
async function move(world: World, worker: Worker, from: string, vmid: number, target: string): Promise<void> {
  await withConfigLock(world, vmid, { worker }, async () => {
    const machine = machineOn(world, from, vmid)
    refuseLocked(machine)
    const isLive = world.machines.isRunning(vmid)
    const local = localDisks(world, machine)[0]
    worker.log(`starting migration of VM ${vmid} to node '${target}'`)
    if (local) {
      worker.log(`ERROR: Problem found while scanning volumes - can't migrate local disk '${local.disk.volid}'`)
      throw die('migration aborted')
    }
    machine.config.lock = 'migrate'
    world.store.saveMachine(machine)
    try {
      const { migrateBytesPerSecond, configChange } = world.timing.durations
      await world.timing.wait(isLive ? (memoryMb(machine.config) * 2 ** 20 * 1_000) / migrateBytesPerSecond : configChange, worker.signal)
      if (isNodeDown(world, target)) throw die('migration aborted')
      machine.node = target
    } finally {
      delete machine.config.lock
      world.store.saveMachine(machine)
    }
    worker.log('migration finished successfully')
  })
}

/** POST .../migrate. */
export function migrate(call: Call): string {
  const { world } = call
  const node = nodeOf(call)
  const target = need(call.values, 'target')
  const machine = machineOn(world, node, vmidOf(call))
  if (target === node) throw invalid({ target: 'target is local node.' })
  if (!world.store.cluster.nodes.includes(target)) throw die(`no such cluster node '${target}'`)
  refuseLocked(machine)
  if (world.machines.isRunning(machine.vmid) && !flag(call.values, 'online')) throw die("can't migrate running VM without --online")
  return world.tasks.fork({ node, type: 'qmigrate', id: String(machine.vmid), user: call.user }, (worker) =>
    move(world, worker, node, machine.vmid, target),
  )
}
