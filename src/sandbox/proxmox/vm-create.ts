import { die, textOf } from './api-error.ts'
import { type Call, demand, nodeOf, vmidOf } from './call.ts'
import { type Config, emptyFirewall, type Machine, type Volume } from './state.schemas.ts'
import { storageLines } from './storage-lines.ts'
import type { Worker } from './tasks.ts'
import { flag, text, type Values } from './validate.ts'
import { bridgesOf, formatSize, identityOptions, isDiskKey, normaliseTags, readDisk, withMac, writeDisk } from './vm-config.ts'
import { type World, withConfigLock, withStorageLock, withUserConfigLock } from './world.ts'

const notOptions = new Set([
  'vmid',
  'node',
  'pool',
  'start',
  'storage',
  'archive',
  'force',
  'unique',
  'bwlimit',
  'live-restore',
  'digest',
  'delete',
  'revert',
  'skiplock',
  'background_delay',
  'import-working-storage',
])

/** The options of a request that go into the configuration, in the form in which they are stored. */
export function optionsOf(values: Values): Config {
  const config: Config = {}
  for (const [name, value] of Object.entries(values)) {
    if (notOptions.has(name)) continue
    if (name === 'tags') config.tags = normaliseTags(String(value))
    else if (/^net\d+$/.test(name)) config[name] = withMac(String(value))
    else config[name] = typeof value === 'number' ? value : String(value)
  }
  return config
}

/** `lab:1,format=qcow2` asks for a new volume of 1 GiB; `lab:cloudinit` for a small one. */
export interface NewDisk {
  readonly key: string
  readonly storage: string
  readonly sizeBytes: number
  readonly format: string
  readonly options: readonly string[]
  readonly isCloudInit: boolean
}

export function readNewDisk(world: World, key: string, value: string): NewDisk | undefined {
  const disk = readDisk(key, value)
  const match = /^([a-zA-Z][\w.-]+):(\d+(?:\.\d+)?|cloudinit)$/.exec(disk.volid)
  if (!match) return undefined
  const [, storage = '', size = ''] = match
  const isDir = world.volumes.typeOf(storage) === 'dir'
  const format = disk.options.find((option) => option.startsWith('format='))?.slice('format='.length)
  const isCloudInit = size === 'cloudinit'
  return {
    key,
    storage,
    sizeBytes: isCloudInit ? 4 * 2 ** 20 : Math.round(Number(size) * 2 ** 30),
    format: isDir ? (format ?? (isCloudInit ? 'qcow2' : 'raw')) : 'raw',
    options: disk.options.filter((option) => !option.startsWith('format=') && !option.startsWith('import-from=')),
    isCloudInit,
  }
}

/** Makes the volume of a new disk and answers the line for the configuration. */
export async function allocateDisk(
  world: World,
  worker: Worker | undefined,
  node: string,
  vmid: number,
  disk: NewDisk,
): Promise<{ volume: Volume; value: string }> {
  if (!world.store.cluster.storages[disk.storage]) throw die(`storage '${disk.storage}' does not exist`)
  const about = { storage: disk.storage, node, vmid, operation: 'allocate' as const }
  const volume = await withStorageLock(world, about, worker, async () => {
    await world.timing.wait(world.timing.durations.volumeClone, worker?.signal)
    if (world.faults.strike('storage-full', about)) throw die('unable to create image: No space left on device')
    const name = disk.isCloudInit ? { name: `vm-${vmid}-cloudinit` } : {}
    return world.volumes.allocate({ ...about, sizeBytes: disk.sizeBytes, format: disk.format, ctime: world.timing.seconds(), ...name })
  })
  for (const line of storageLines.created(world, volume)) worker?.log(line)
  const options = disk.options.filter((option) => !option.startsWith('size='))
  return { volume, value: writeDisk(world.volumes.volidOf(volume), [...options, `size=${formatSize(volume.sizeBytes)}`]) }
}

async function fill(world: World, worker: Worker, machine: Machine): Promise<void> {
  const made: Volume[] = []
  try {
    for (const [key, value] of Object.entries(machine.config)) {
      const disk = isDiskKey(key) ? readNewDisk(world, key, String(value)) : undefined
      if (!disk) continue
      const { volume, value: line } = await allocateDisk(world, worker, machine.node, machine.vmid, disk)
      made.push(volume)
      machine.config[key] = line
      worker.log(`${key}: successfully created disk '${line}'`)
    }
  } catch (error) {
    for (const volume of made) world.volumes.free(volume)
    throw error
  }
}

async function run(world: World, worker: Worker, machine: Machine, pool: string | undefined): Promise<void> {
  const { vmid } = machine
  await withConfigLock(world, vmid, { timeoutMs: world.timing.durations.createLockTimeout, worker }, async () => {
    if (world.store.machines.has(vmid))
      throw die(`unable to create VM ${vmid} - VM ${vmid} already exists on node '${world.store.machines.get(vmid)?.node}'`)
    world.store.saveMachine({ ...machine, config: { lock: 'create' } })
    try {
      await fill(world, worker, machine)
    } catch (error) {
      world.store.removeMachine(vmid)
      throw die(`unable to create VM ${vmid} - ${textOf(error)}`)
    }
    const disks = Object.keys(machine.config).filter((key) => isDiskKey(key) || /^net\d+$/.test(key))
    const boot =
      machine.config.boot === undefined && disks.length > 0
        ? { boot: `order=${disks.sort((a, b) => Number(a.startsWith('net')) - Number(b.startsWith('net'))).join(';')}` }
        : {}
    world.store.saveMachine({ ...machine, config: { ...machine.config, ...boot, ...identityOptions(world.timing.seconds()) } })
    if (pool !== undefined) await withUserConfigLock(world, { vmid }, () => world.store.cluster.pools[pool]?.vms.push(vmid))
  })
}

/** POST /nodes/{node}/qemu */
export function create(call: Call): string {
  const { world, values } = call
  const node = nodeOf(call)
  const vmid = vmidOf(call)
  const pool = text(values, 'pool')
  if (!call.world.store.cluster.pools[pool ?? ''] || pool === undefined) demand(call, `/vms/${vmid}`, 'VM.Allocate')
  const existing = world.store.machines.get(vmid)
  if (existing) throw die(`unable to create VM ${vmid} - VM ${vmid} already exists on node '${existing.node}'`)
  const machine: Machine = { vmid, node, config: optionsOf(values), pending: {}, snapshots: {}, firewall: emptyFirewall() }
  for (const bridge of new Set(bridgesOf(machine.config))) demand(call, `/sdn/zones/localnetwork/${bridge}`, 'SDN.Use')
  const startAfter = flag(values, 'start')
  return world.tasks.fork({ node, type: 'qmcreate', id: String(vmid), user: call.user }, async (worker) => {
    await run(world, worker, machine, pool)
    if (startAfter) world.machines.start(machine)
  })
}
