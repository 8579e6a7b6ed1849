import { randomUUID } from 'node:crypto'
import { ApiError, die, textOf } from './api-error.ts'
import { type Call, demand, nodeOf, vmidOf } from './call.ts'
import { type Config, emptyFirewall, type Machine, type Volume } from './state.schemas.ts'
import { storageLines } from './storage-lines.ts'
import { type Worker, WorkerKilled } from './tasks.ts'
import { flag, integer, text } from './validate.ts'
import { bridgesOf, type Disk, disksOf, isTemplate, notCloned, replaceMac, writeDisk } from './vm-config.ts'
import { machineOn, refuseLocked, type World, waitInterruptible, withConfigLock, withStorageLock, withUserConfigLock } from './world.ts'

interface Plan {
  readonly source: number
  readonly newid: number
  readonly node: string
  readonly target: string
  readonly full: boolean
  readonly storage: string | undefined
  readonly format: string | undefined
  readonly name: string | undefined
  readonly description: string | undefined
  readonly pool: string | undefined
}

const storageOf = (volid: string): string => volid.slice(0, volid.indexOf(':'))
const isCloudInit = (disk: Disk): boolean => disk.volid.includes('cloudinit')

/** A disk can be linked when it is a base volume of a storage that knows linked clones. */
function canLink(world: World, disk: Disk, node: string): boolean {
  const volume = world.volumes.find(disk.volid, node)
  return volume !== undefined && world.volumes.typeOf(volume.storage) !== 'lvm' && /(^|\/)base-/.test(volume.file)
}

/** The checks that Proxmox makes in the request and again in the worker. */
function checkSource(world: World, plan: Plan): Machine {
  const machine = machineOn(world, plan.node, plan.source)
  refuseLocked(machine)
  if (!plan.full && plan.storage !== undefined) throw die("parameter 'storage' not allowed for linked clones")
  if (!plan.full && plan.format !== undefined) throw die("parameter 'format' not allowed for linked clones")
  for (const disk of disksOf(machine.config).filter((candidate) => !candidate.isCdrom)) {
    if (!plan.full && !canLink(world, disk, plan.node)) throw die(`Linked clone feature is not supported for '${disk.volid}' (${disk.key})`)
    const goesElsewhere = plan.target !== plan.node && !world.volumes.isShared(storageOf(disk.volid))
    if (goesElsewhere) throw die(`can't clone VM to node '${plan.target}' (VM uses local storage)`)
  }
  if (plan.target !== plan.node && plan.storage !== undefined && !world.volumes.isShared(plan.storage))
    throw die(`can't clone to non-shared storage '${plan.storage}'`)
  if (world.store.machines.has(plan.newid)) throw die(`unable to create VM ${plan.newid}: config file already exists`)
  return machine
}

/** In the order in which 8.4.21 complains: the clone itself, the storages, the bridges. */
function checkRights(call: Call, plan: Plan, machine: Machine): void {
  const { cluster } = call.world.store
  if (plan.pool !== undefined && !cluster.pools[plan.pool])
    throw new ApiError(403, `Permission check failed (pool '${plan.pool}' does not exist)`)
  const storages = disksOf(machine.config)
    .filter((disk) => !disk.isCdrom || isCloudInit(disk))
    .map((disk) => plan.storage ?? storageOf(disk.volid))
  for (const storage of new Set(storages)) demand(call, `/storage/${storage}`, 'Datastore.AllocateSpace')
  for (const bridge of new Set(bridgesOf(machine.config))) demand(call, `/sdn/zones/localnetwork/${bridge}`, 'SDN.Use')
}

async function cloneDisk(world: World, worker: Worker, plan: Plan, disk: Disk): Promise<{ volume: Volume; value: string }> {
  const source = world.volumes.find(disk.volid, plan.node)
  if (!source) throw die(`volume '${disk.volid}' does not exist`)
  const linked = !plan.full && !isCloudInit(disk)
  worker.log(`create ${linked ? 'linked' : 'full'} clone of drive ${disk.key} (${disk.volid})`)
  const storage = linked ? source.storage : (plan.storage ?? source.storage)
  const about = { storage, node: plan.target, vmid: plan.newid, operation: 'clone' as const }
  const volume = await withStorageLock(world, about, worker, async () => {
    await waitInterruptible(world, worker, world.timing.durations.volumeClone)
    if (world.faults.strike('storage-full', about)) throw die(`unable to create image: No space left on device`)
    const ctime = world.timing.seconds()
    if (linked) return world.volumes.link(source, plan.newid, plan.target, ctime)
    const format = world.volumes.typeOf(storage) === 'dir' ? (plan.format ?? 'qcow2') : 'raw'
    const name = isCloudInit(disk) ? { name: `vm-${plan.newid}-cloudinit` } : {}
    return world.volumes.allocate({ storage, node: plan.target, vmid: plan.newid, sizeBytes: source.sizeBytes, format, ctime, ...name })
  })
  try {
    for (const line of storageLines.created(world, volume, linked ? source : undefined)) worker.log(line)
    if (!linked) await copy(world, worker, source, volume)
  } catch (error) {
    await freeQuietly(world, worker, plan, volume)
    throw error
  }
  return { volume, value: writeDisk(world.volumes.volidOf(volume), disk.options) }
}

async function copy(world: World, worker: Worker, from: Volume, to: Volume): Promise<void> {
  const ms = (from.sizeBytes / world.timing.durations.copyBytesPerSecond) * 1000
  worker.log(storageLines.progress(0, from.sizeBytes))
  await world.timing.wait(ms / 2, worker.signal)
  world.volumes.copyFiles(from, to)
  await world.timing.wait(ms / 2, worker.signal)
  worker.log(storageLines.progress(from.sizeBytes, from.sizeBytes))
}

/** Clean-up only warns: what cannot be freed stays behind. */
async function freeQuietly(world: World, worker: Worker, plan: Plan, volume: Volume): Promise<void> {
  try {
    await withStorageLock(
      world,
      { storage: volume.storage, node: plan.target, vmid: plan.newid, operation: 'cleanup' },
      undefined,
      async () => {
        await world.timing.wait(world.timing.durations.volumeFree)
        world.volumes.free(volume)
      },
    )
  } catch (error) {
    worker.log(textOf(error))
  }
}

/** "Copy everything else": tags, description, protection, agent, onboot are inherited; MACs and identities are new. */
function clonedConfig(source: Machine, plan: Plan, disks: ReadonlyMap<string, string>): Config {
  const config: Config = {}
  for (const [key, value] of Object.entries(source.config)) {
    if (notCloned(key)) continue
    if (/^net\d+$/.test(key)) config[key] = replaceMac(String(value))
    else config[key] = disks.get(key) ?? value
  }
  config.smbios1 = `uuid=${randomUUID()}`
  config.vmgenid = randomUUID()
  config.name = plan.name ?? `Copy-of-VM-${source.config.name ?? source.vmid}`
  if (plan.description !== undefined) config.description = plan.description
  return config
}

async function copyDisks(world: World, worker: Worker, plan: Plan, source: Machine): Promise<Map<string, string>> {
  const made: Volume[] = []
  const disks = new Map<string, string>()
  try {
    for (const disk of disksOf(source.config).filter((candidate) => !candidate.isCdrom || isCloudInit(candidate))) {
      const { volume, value } = await cloneDisk(world, worker, plan, disk)
      made.push(volume)
      disks.set(disk.key, value)
    }
    if (world.faults.strike('worker-killed', { vmid: plan.newid, node: plan.node, task: 'qmclone' })) throw new WorkerKilled()
    return disks
  } catch (error) {
    if (!(error instanceof WorkerKilled)) for (const volume of made) await freeQuietly(world, worker, plan, volume)
    throw error
  }
}

async function finish(world: World, worker: Worker, plan: Plan, source: Machine, target: Machine): Promise<void> {
  try {
    const disks = await copyDisks(world, worker, plan, source)
    target.config = clonedConfig(source, plan, disks)
    target.firewall = structuredClone(source.firewall)
    target.node = plan.target
    world.store.saveMachine(target)
    const { pool } = plan
    if (pool !== undefined) await joinPool(world, plan.newid, pool)
  } catch (error) {
    if (error instanceof WorkerKilled) throw error
    world.store.removeMachine(plan.newid)
    throw die(`clone failed: ${textOf(error)}`)
  }
}

async function joinPool(world: World, vmid: number, pool: string): Promise<void> {
  try {
    await withUserConfigLock(world, { vmid, operation: 'clone' }, () => world.store.cluster.pools[pool]?.vms.push(vmid))
  } catch (error) {
    throw die(`can't add VM ${vmid} to pool '${pool}': ${textOf(error)}`)
  }
}

/** The new configuration appears with `lock: clone` before any disk does, and is the only one while the task runs. */
async function run(world: World, worker: Worker, plan: Plan): Promise<void> {
  const timeoutMs = world.timing.durations.cloneLockTimeout
  await withConfigLock(world, plan.newid, { timeoutMs, worker }, async () => {
    await withConfigLock(world, plan.source, { timeoutMs, shared: !world.machines.isRunning(plan.source), worker }, async () => {
      const source = checkSource(world, plan)
      const target: Machine = {
        vmid: plan.newid,
        node: plan.node,
        config: { lock: 'clone', description: ' qmclone temporary file' },
        pending: {},
        snapshots: {},
        firewall: emptyFirewall(),
      }
      world.store.saveMachine(target)
      await finish(world, worker, plan, source, target)
    })
  })
}

/** POST .../clone. The task carries the id of the source, not of the clone. */
export function clone(call: Call): string {
  const { world, values } = call
  const node = nodeOf(call)
  const source = machineOn(world, node, vmidOf(call))
  const plan: Plan = {
    source: source.vmid,
    newid: integer(values, 'newid') ?? 0,
    node,
    target: text(values, 'target') ?? node,
    full: values.full === undefined ? !isTemplate(source) : flag(values, 'full'),
    storage: text(values, 'storage'),
    format: text(values, 'format'),
    name: text(values, 'name'),
    description: text(values, 'description'),
    pool: text(values, 'pool'),
  }
  checkRights(call, plan, source)
  checkSource(world, plan)
  return world.tasks.fork({ node, type: 'qmclone', id: String(source.vmid), user: call.user }, (worker) => run(world, worker, plan))
}
