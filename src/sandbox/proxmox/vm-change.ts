import { isRoot } from './access.ts'
import { die, invalid } from './api-error.ts'
import { type Call, nodeOf, vmidOf } from './call.ts'
import type { Config, Machine } from './state.schemas.ts'
import type { Worker } from './tasks.ts'
import { flag, integer, members, need, text } from './validate.ts'
import { digestOf, disksOf, formatSize, isDiskKey, parseSize, readDisk, writeDisk } from './vm-config.ts'
import { allocateDisk, optionsOf, readNewDisk } from './vm-create.ts'
import { machineOn, refuseLocked, type World, withConfigLock, withStorageLock } from './world.ts'

/** What only root@pam may set, however many rights a user has. */
const rootOnly = ['args', 'lock', 'hookscript', 'vmstatestorage']
/** What a running VM takes over at once; everything else waits for the next start. */
const hotPluggable = /^(?:description|name|tags|protection|onboot|startup|lock|net\d+|template|agent)$/

interface Change {
  readonly set: Config
  readonly remove: readonly string[]
  readonly force: boolean
  readonly digest: string | undefined
  readonly skipLock: boolean
}

function readChange(call: Call): Change {
  const set = optionsOf(call.values)
  delete set.force
  const remove = members(call.values, 'delete')
  const skipLock = flag(call.values, 'skiplock')
  if (skipLock && !isRoot(call.caller)) throw invalid({ skiplock: 'Only root may use this option.' })
  if (!isRoot(call.caller)) {
    const refused = rootOnly.find((name) => name in set || remove.includes(name))
    if (refused !== undefined) throw die(`only root can set '${refused}' config`)
  }
  if (Object.keys(set).length === 0 && remove.length === 0 && members(call.values, 'revert').length === 0) throw die('no options specified')
  return { set, remove, force: flag(call.values, 'force'), digest: text(call.values, 'digest'), skipLock }
}

function checkChange(world: World, machine: Machine, change: Change): void {
  const stale = change.digest !== undefined && change.digest !== digestOf(machine)
  if (stale || world.faults.strike('digest-mismatch', { vmid: machine.vmid })) throw die('checksum mismatch (file change by other user?)')
  if (!change.skipLock) refuseLocked(machine)
}

/** Removing a disk detaches it as `unusedN`; removing `unusedN`, or a disk with `force`, frees the volume. */
async function removeOption(world: World, worker: Worker | undefined, machine: Machine, key: string, force: boolean): Promise<void> {
  const value = machine.config[key]
  delete machine.config[key]
  if (value === undefined) return
  const isUnused = /^unused\d+$/.test(key)
  if (!isUnused && !isDiskKey(key)) return
  if (machine.config.protection === 1) {
    machine.config[key] = value
    throw die(
      isUnused ? `can't remove unused disk '${value}' - protection mode enabled` : `can't remove drive '${key}' - protection mode enabled`,
    )
  }
  const { volid } = readDisk(key, String(value))
  const volume = world.volumes.find(volid, machine.node)
  if (!volume) return
  if (isUnused || force) {
    await withStorageLock(
      world,
      { storage: volume.storage, node: machine.node, vmid: machine.vmid, operation: 'free' },
      worker,
      async () => {
        await world.timing.wait(world.timing.durations.volumeFree, worker?.signal)
        world.volumes.free(volume)
      },
    )
    return
  }
  machine.config[freeUnusedKey(machine.config)] = volid
}

function freeUnusedKey(config: Config): string {
  for (let index = 0; ; index++) if (!(`unused${index}` in config)) return `unused${index}`
}

async function apply(world: World, worker: Worker | undefined, machine: Machine, change: Change): Promise<void> {
  const isRunning = world.machines.isRunning(machine.vmid)
  for (const key of change.remove) {
    if (isRunning && !hotPluggable.test(key) && !isDiskKey(key)) machine.pending[key] = null
    else await removeOption(world, worker, machine, key, change.force)
  }
  for (const [key, value] of Object.entries(change.set)) {
    const disk = isDiskKey(key) ? readNewDisk(world, key, String(value)) : undefined
    if (disk) machine.config[key] = (await allocateDisk(world, worker, machine.node, machine.vmid, disk)).value
    else if (isRunning && !hotPluggable.test(key)) machine.pending[key] = value
    else machine.config[key] = value
  }
  await world.timing.wait(world.timing.durations.configChange, worker?.signal)
  world.store.saveMachine(machine)
}

async function changeLocked(world: World, worker: Worker | undefined, node: string, vmid: number, change: Change): Promise<void> {
  await withConfigLock(world, vmid, worker ? { worker } : {}, async () => {
    const machine = machineOn(world, node, vmid)
    checkChange(world, machine, change)
    await apply(world, worker, machine, change)
  })
}

/** PUT .../config: synchronous, waits for the lock while the request is open. */
export async function changeNow(call: Call): Promise<null> {
  const change = readChange(call)
  const machine = machineOn(call.world, nodeOf(call), vmidOf(call))
  checkChange(call.world, machine, change)
  await changeLocked(call.world, undefined, nodeOf(call), vmidOf(call), change)
  return null
}

/** POST .../config: a task. */
export function changeLater(call: Call): string {
  const { world } = call
  const change = readChange(call)
  const node = nodeOf(call)
  const vmid = vmidOf(call)
  checkChange(world, machineOn(world, node, vmid), change)
  return world.tasks.fork({ node, type: 'qmconfig', id: String(vmid), user: call.user }, (worker) =>
    changeLocked(world, worker, node, vmid, change),
  )
}

/** PUT .../unlink */
export async function unlink(call: Call): Promise<null> {
  const change: Change = {
    set: {},
    remove: members(call.values, 'idlist'),
    force: flag(call.values, 'force'),
    digest: undefined,
    skipLock: false,
  }
  await changeLocked(call.world, undefined, nodeOf(call), vmidOf(call), change)
  return null
}

/** What a running VM kept for later becomes true when it starts. */
export function applyPending(world: World, machine: Machine): void {
  for (const [key, value] of Object.entries(machine.pending)) {
    if (value === null) delete machine.config[key]
    else machine.config[key] = value
  }
  machine.pending = {}
  world.store.saveMachine(machine)
}

async function resizeRun(world: World, worker: Worker, machine: Machine, key: string, wanted: string): Promise<void> {
  await withConfigLock(world, machine.vmid, { worker }, async () => {
    refuseLocked(machine)
    const disk = disksOf(machine.config).find((candidate) => candidate.key === key)
    if (!disk) throw die(`disk '${key}' does not exist`)
    const volume = world.volumes.find(disk.volid, machine.node)
    if (!volume) throw die(`volume '${disk.volid}' does not exist`)
    const bytes = wanted.startsWith('+') ? volume.sizeBytes + parseSize(wanted.slice(1)) : parseSize(wanted)
    if (bytes < volume.sizeBytes) throw die('shrinking disks is not supported')
    await world.timing.wait(world.timing.durations.volumeConvert, worker.signal)
    volume.sizeBytes = bytes
    world.volumes.save(volume)
    machine.config[key] = writeDisk(disk.volid, [
      ...disk.options.filter((option) => !option.startsWith('size=')),
      `size=${formatSize(bytes)}`,
    ])
    world.store.saveMachine(machine)
    worker.log('Image resized.')
  })
}

/** PUT .../resize: a task since 8. */
export function resize(call: Call): string {
  const { world } = call
  const node = nodeOf(call)
  const machine = machineOn(world, node, vmidOf(call))
  const key = need(call.values, 'disk')
  return world.tasks.fork({ node, type: 'resize', id: String(machine.vmid), user: call.user }, (worker) =>
    resizeRun(world, worker, machine, key, need(call.values, 'size')),
  )
}

/** GET .../config */
export function readConfig(call: Call): Record<string, unknown> {
  const machine = machineOn(call.world, nodeOf(call), vmidOf(call))
  const snapshot = text(call.values, 'snapshot')
  if (snapshot !== undefined) {
    const found = machine.snapshots[snapshot]
    if (!found) throw die(`snapshot '${snapshot}' does not exist`)
    return { ...found.config, digest: digestOf(machine) }
  }
  const config: Record<string, unknown> = { ...machine.config }
  if (integer(call.values, 'current') !== 1) {
    for (const [key, value] of Object.entries(machine.pending)) {
      if (value === null) delete config[key]
      else config[key] = value
    }
  }
  if ('cipassword' in config) config.cipassword = '**********'
  return { ...config, digest: digestOf(machine) }
}

/** GET .../pending */
export function readPending(call: Call): unknown {
  const machine = machineOn(call.world, nodeOf(call), vmidOf(call))
  const entries = Object.entries({ ...machine.config, digest: digestOf(machine) }).map(([key, value]) => {
    const pending = machine.pending[key]
    if (pending === undefined) return { key, value }
    return pending === null ? { key, value, delete: 1 } : { key, value, pending }
  })
  const added = Object.entries(machine.pending).filter(([key, value]) => value !== null && !(key in machine.config))
  return [...entries, ...added.map(([key, pending]) => ({ key, pending }))]
}
