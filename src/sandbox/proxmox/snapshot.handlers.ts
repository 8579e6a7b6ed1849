import { die } from './api-error.ts'
import { type Call, type Handlers, nodeOf, vmidOf } from './call.ts'
import type { Machine } from './state.schemas.ts'
import type { Worker } from './tasks.ts'
import { need, text } from './validate.ts'
import { digestOf, disksOf, isTemplate, notCloned } from './vm-config.ts'
import { machineOn, refuseLocked, type World, withConfigLock } from './world.ts'

/** The list ends with the pseudo entry `current`. */
function list(call: Call): unknown {
  const machine = machineOn(call.world, nodeOf(call), vmidOf(call))
  const { parent } = machine.config
  const named = Object.entries(machine.snapshots).map(([name, { snaptime, description, vmstate, parent: older }]) => ({
    name,
    snaptime,
    description,
    vmstate,
    ...(older === undefined ? {} : { parent: older }),
  }))
  const running = call.world.machines.isRunning(machine.vmid) ? 1 : 0
  return [
    ...named,
    { name: 'current', description: 'You are here!', running, digest: digestOf(machine), ...(parent === undefined ? {} : { parent }) },
  ]
}

function snapshotOf(machine: Machine, name: string) {
  const found = machine.snapshots[name]
  if (!found) throw die(`snapshot '${name}' does not exist`)
  return found
}

async function create(world: World, worker: Worker, machine: Machine, name: string, description: string): Promise<void> {
  refuseLocked(machine)
  if (isTemplate(machine)) throw die("you can't take a snapshot if it's a template")
  if (machine.snapshots[name]) throw die(`snapshot name '${name}' already used`)
  if (world.machines.isRunning(machine.vmid)) throw die('the sandbox takes snapshots of stopped VMs only')
  for (const disk of disksOf(machine.config).filter((candidate) => !candidate.isCdrom))
    worker.log(`snapshotting 'drive-${disk.key}' (${disk.volid})`)
  await world.timing.wait(world.timing.durations.volumeConvert, worker.signal)
  const { parent, ...config } = machine.config
  machine.snapshots[name] = {
    config,
    snaptime: world.timing.seconds(),
    description,
    vmstate: 0,
    ...(parent === undefined ? {} : { parent: String(parent) }),
  }
  machine.config.parent = name
  world.store.saveMachine(machine)
}

/** The configuration comes back; of the disks the sandbox keeps no older contents. */
async function rollback(world: World, worker: Worker, machine: Machine, name: string): Promise<void> {
  if (isTemplate(machine)) throw die("you can't rollback if vm is a template")
  const snapshot = snapshotOf(machine, name)
  refuseLocked(machine)
  if (world.machines.isRunning(machine.vmid)) await world.machines.cut(machine.vmid)
  await world.timing.wait(world.timing.durations.volumeConvert, worker.signal)
  machine.config = { ...snapshot.config, parent: name }
  world.store.saveMachine(machine)
}

async function remove(world: World, worker: Worker, machine: Machine, name: string): Promise<void> {
  const { parent } = snapshotOf(machine, name)
  await world.timing.wait(world.timing.durations.volumeConvert, worker.signal)
  delete machine.snapshots[name]
  for (const child of Object.values(machine.snapshots)) if (child.parent === name) child.parent = parent
  if (machine.config.parent === name) {
    if (parent === undefined) delete machine.config.parent
    else machine.config.parent = parent
  }
  world.store.saveMachine(machine)
}

const fork = (call: Call, type: string, work: (worker: Worker, machine: Machine) => Promise<void>): string => {
  const { world } = call
  const node = nodeOf(call)
  const vmid = vmidOf(call)
  return world.tasks.fork({ node, type, id: String(vmid), user: call.user }, (worker) =>
    withConfigLock(world, vmid, { worker }, () => work(worker, machineOn(world, node, vmid))),
  )
}

const root = '/nodes/{node}/qemu/{vmid}/snapshot'

export const snapshotHandlers: Handlers = {
  [`GET ${root}`]: list,
  [`POST ${root}`]: (call) => {
    const name = need(call.values, 'snapname')
    if (name === 'current' || name === 'pending') throw die(`unable to use snapshot name '${name}' (reserved name)`)
    return fork(call, 'qmsnapshot', (worker, machine) => create(call.world, worker, machine, name, text(call.values, 'description') ?? ''))
  },
  [`POST ${root}/{snapname}/rollback`]: (call) =>
    fork(call, 'qmrollback', (worker, machine) => rollback(call.world, worker, machine, need(call.values, 'snapname'))),
  [`DELETE ${root}/{snapname}`]: (call) =>
    fork(call, 'qmdelsnapshot', (worker, machine) => remove(call.world, worker, machine, need(call.values, 'snapname'))),
  [`GET ${root}/{snapname}/config`]: (call) => {
    const { config, snaptime } = snapshotOf(machineOn(call.world, nodeOf(call), vmidOf(call)), need(call.values, 'snapname'))
    return { ...Object.fromEntries(Object.entries(config).filter(([key]) => !notCloned(key))), snaptime }
  },
  [`PUT ${root}/{snapname}/config`]: (call) => {
    const machine = machineOn(call.world, nodeOf(call), vmidOf(call))
    snapshotOf(machine, need(call.values, 'snapname')).description = text(call.values, 'description') ?? ''
    call.world.store.saveMachine(machine)
    return null
  },
}
