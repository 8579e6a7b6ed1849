import { die } from './api-error.ts'
import { type Call, nodeOf, vmidOf } from './call.ts'
import type { Machine } from './state.schemas.ts'
import type { Worker } from './tasks.ts'
import { text } from './validate.ts'
import { disksOf, isTemplate, writeDisk } from './vm-config.ts'
import { machineOn, refuseLocked, type World, withConfigLock, withStorageLock } from './world.ts'

function check(world: World, machine: Machine, disk: string | undefined): void {
  refuseLocked(machine)
  if (Object.keys(machine.snapshots).length > 0) throw die('unable to create template, because VM contains snapshots')
  if (isTemplate(machine) && disk === undefined) throw die("you can't convert a template to a template")
  if (world.machines.isRunning(machine.vmid)) throw die("you can't convert a VM to template if VM is running")
}

/** `template: 1` is written first, each disk is renamed on its own: a lock time-out leaves half a template, as it does on the real thing. */
async function convert(world: World, worker: Worker, machine: Machine, only: string | undefined): Promise<void> {
  machine.config.template = 1
  world.store.saveMachine(machine)
  for (const disk of disksOf(machine.config)) {
    if (disk.isCdrom || (only !== undefined && disk.key !== only)) continue
    const volume = world.volumes.find(disk.volid, machine.node)
    if (!volume) throw die(`volume '${disk.volid}' does not exist`)
    if (world.volumes.typeOf(volume.storage) === 'lvm' || /(^|\/)base-/.test(volume.file)) continue
    const base = await withStorageLock(
      world,
      { storage: volume.storage, node: machine.node, vmid: machine.vmid, operation: 'template' },
      worker,
      async () => {
        await world.timing.wait(world.timing.durations.volumeConvert, worker.signal)
        return world.volumes.makeBase(volume)
      },
    )
    machine.config[disk.key] = writeDisk(world.volumes.volidOf(base), disk.options)
    world.store.saveMachine(machine)
  }
}

/** POST .../template; with `disk` it repairs a half template. */
export function makeTemplate(call: Call): string {
  const { world } = call
  const node = nodeOf(call)
  const machine = machineOn(world, node, vmidOf(call))
  const disk = text(call.values, 'disk')
  check(world, machine, disk)
  return world.tasks.fork({ node, type: 'qmtemplate', id: String(machine.vmid), user: call.user }, (worker) =>
    withConfigLock(world, machine.vmid, { worker }, async () => {
      check(world, machine, disk)
      await convert(world, worker, machine, disk)
    }),
  )
}
