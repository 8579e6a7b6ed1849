import { isRoot } from './access.ts'
import { die, invalid, textOf } from './api-error.ts'
import { type Call, nodeOf, vmidOf } from './call.ts'
import type { Machine } from './state.schemas.ts'
import { storageLines } from './storage-lines.ts'
import { type Worker, WorkerKilled } from './tasks.ts'
import { flag } from './validate.ts'
import { disksOf, volumesOf } from './vm-config.ts'
import { machineOn, refuseLocked, type World, withConfigLock, withStorageLock, withUserConfigLock } from './world.ts'

function check(world: World, machine: Machine): void {
  if (machine.config.protection === 1) throw die(`can't remove VM ${machine.vmid} - protection mode enabled`)
  if (world.machines.isRunning(machine.vmid)) throw die(`VM ${machine.vmid} is running - destroy failed`)
}

const ownedVolumes = (machine: Machine): string[] => {
  const cdroms = disksOf(machine.config)
    .filter((disk) => disk.isCdrom && !disk.volid.includes('cloudinit'))
    .map((disk) => disk.volid)
  const snapshots = Object.values(machine.snapshots).flatMap((snapshot) => volumesOf(snapshot.config))
  return [...new Set([...volumesOf(machine.config), ...snapshots])].filter((volid) => volid.includes(':') && !cdroms.includes(volid))
}

/**
 * Frees one disk. Any failure is only reported: the configuration goes away all the same and the volume is left behind.
 * That is what qemu-server does (QemuServer.pm destroy_vm), measured: 50 x TASK OK with 35 orphans.
 */
async function freeDisk(world: World, worker: Worker, machine: Machine, volid: string): Promise<void> {
  const storage = volid.slice(0, volid.indexOf(':'))
  const volume = world.volumes.find(volid, machine.node)
  try {
    await withStorageLock(world, { storage, node: machine.node, vmid: machine.vmid, operation: 'free' }, worker, async () => {
      await world.timing.wait(world.timing.durations.volumeFree, worker.signal)
      if (!volume) {
        worker.log(storageLines.missing(world, volid))
        return
      }
      world.volumes.free(volume)
      for (const line of storageLines.freed(world, volume)) worker.log(line)
    })
  } catch (error) {
    const message = `Could not remove disk '${volid}', check manually: ${textOf(error)}`
    const isNew = world.faults.report().some(({ fault }) => fault.ending === 'warnings')
    if (isNew) worker.warn(message)
    else worker.log(message)
  }
}

/** A base that linked clones hang on is refused before anything is touched. */
function refuseBaseInUse(world: World, machine: Machine): void {
  for (const disk of disksOf(machine.config)) {
    const volume = world.volumes.find(disk.volid, machine.node)
    if (volume && world.volumes.hasClones(volume)) throw die(`base volume '${disk.volid}' is still in use by linked cloned`)
  }
}

async function removeAccess(world: World, vmid: number): Promise<void> {
  const { cluster } = world.store
  try {
    await withUserConfigLock(world, { vmid, operation: 'destroy' }, () => {
      cluster.acl = cluster.acl.filter((entry) => entry.path !== `/vms/${vmid}`)
      for (const pool of Object.values(cluster.pools)) pool.vms = pool.vms.filter((member) => member !== vmid)
    })
  } catch (error) {
    throw die(`access permissions cleanup for VM ${vmid} failed: ${textOf(error)}`)
  }
}

async function run(
  world: World,
  worker: Worker,
  machine: Machine,
  options: { purge: boolean; unreferenced: boolean; skipLock: boolean },
): Promise<void> {
  const { vmid } = machine
  await withConfigLock(world, vmid, { worker }, async () => {
    const current = machineOn(world, machine.node, vmid)
    // a hibernated VM may be removed (qemu-server QemuServer.pm destroy_vm)
    if (!options.skipLock && current.config.lock !== 'suspended') refuseLocked(current)
    check(world, current)
    refuseBaseInUse(world, current)
    for (const volid of ownedVolumes(current)) await freeDisk(world, worker, current, volid)
    if (world.faults.strike('worker-killed', { vmid, node: current.node, task: 'qmdestroy' })) throw new WorkerKilled()
    if (options.unreferenced) await freeUnreferenced(world, worker, current)
    current.config = { lock: 'destroyed' }
    world.store.saveMachine(current)
    await removeAccess(world, vmid)
    if (options.purge) worker.log(`purging VM ${vmid} from related configurations..`)
    world.store.removeMachine(vmid)
  })
}

/** Every volume whose name carries the id, on all storages. */
async function freeUnreferenced(world: World, worker: Worker, machine: Machine): Promise<void> {
  const left = world.volumes
    .all()
    .filter((volume) => volume.vmid === machine.vmid && (volume.node === null || volume.node === machine.node))
  for (const volume of left) await freeDisk(world, worker, machine, world.volumes.volidOf(volume))
}

/** DELETE /nodes/{node}/qemu/{vmid} */
export function destroy(call: Call): string {
  const { world, values } = call
  const node = nodeOf(call)
  const skipLock = flag(values, 'skiplock')
  if (skipLock && !isRoot(call.caller)) throw invalid({ skiplock: 'Only root may use this option.' })
  const machine = machineOn(world, node, vmidOf(call))
  check(world, machine)
  const options = { purge: flag(values, 'purge'), unreferenced: flag(values, 'destroy-unreferenced-disks'), skipLock }
  return world.tasks.fork({ node, type: 'qmdestroy', id: String(machine.vmid), user: call.user }, (worker) =>
    run(world, worker, machine, options),
  )
}
