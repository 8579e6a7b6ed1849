import { die } from './api-error.ts'
import type { Faults } from './faults.ts'
import { configLockPath, type Locks, storageLockPath } from './locks.ts'
import type { Machines } from './machines.ts'
import type { Machine } from './state.schemas.ts'
import type { Store } from './store.ts'
import type { Tasks, Worker } from './tasks.ts'
import type { Timing } from './timing.ts'
import type { Volumes } from './volumes.ts'

/** Everything the handlers of the emulated API work on. */
export interface World {
  readonly store: Store
  readonly timing: Timing
  readonly locks: Locks
  readonly tasks: Tasks
  readonly volumes: Volumes
  readonly machines: Machines
  readonly faults: Faults
  readonly fingerprint: string
  /** Of each node. */
  readonly nodeMemoryBytes: number
}

/** The VM, wherever it is. @throws ApiError 500 with the missing file's name when it is not on this node */
export function machineOn(world: World, node: string, vmid: number): Machine {
  const machine = world.store.machines.get(vmid)
  if (!machine || machine.node !== node) throw die(`Configuration file 'nodes/${node}/qemu-server/${vmid}.conf' does not exist`)
  return machine
}

/** @throws ApiError 500 `VM is locked (...)` */
export function refuseLocked(machine: Machine): void {
  const lock = machine.config.lock
  if (lock !== undefined) throw die(`VM is locked (${lock})`)
}

export interface Waiting {
  readonly timeoutMs?: number
  readonly shared?: boolean
  readonly worker?: Worker
}

const requestOf = (world: World, waiting: Waiting) => ({
  timeoutMs: waiting.timeoutMs ?? world.timing.durations.lockTimeout,
  ...(waiting.shared === undefined ? {} : { shared: waiting.shared }),
  ...(waiting.worker ? { log: waiting.worker.log, signal: waiting.worker.signal } : {}),
})

/** Runs under the file lock of a VM's configuration; 10 s to get it unless said otherwise. */
export async function withConfigLock<T>(world: World, vmid: number, waiting: Waiting, work: () => Promise<T> | T): Promise<T> {
  const release = await world.locks.file(configLockPath(vmid), requestOf(world, waiting))
  try {
    return await work()
  } finally {
    release()
  }
}

/** Runs under the lock of a storage: per node when local, cluster-wide when shared. 10 s to get it, no setting changes that. */
export async function withStorageLock<T>(
  world: World,
  about: { storage: string; node: string; vmid: number; operation: 'clone' | 'cleanup' | 'template' | 'free' | 'allocate' },
  worker: Worker | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const shared = world.volumes.isShared(about.storage)
  const path = storageLockPath(about.storage)
  const fault = world.faults.strike('storage-lock-timeout', about)
  if (fault) {
    worker?.log(shared ? `trying to acquire cfs lock 'storage-${about.storage}' ...` : 'trying to acquire lock...')
    await world.timing.wait(world.timing.durations.lockTimeout, worker?.signal)
    throw die(shared ? `cfs-lock 'storage-${about.storage}' error: got lock request timeout` : `can't lock file '${path}' - got timeout`)
  }
  const request = requestOf(world, worker ? { worker } : {})
  const release = shared
    ? await world.locks.cluster(`storage-${about.storage}`, request)
    : await world.locks.file(path, { ...request, node: about.node })
  try {
    const slow = world.faults.strike('slow-storage', about)
    if (slow) await waitInterruptible(world, worker, slow.ms ?? 1_000)
    return await work()
  } finally {
    release()
  }
}

/** A signal while an image is made reads so in the task's end (measured). */
export async function waitInterruptible(world: World, worker: Worker | undefined, ms: number): Promise<void> {
  try {
    await world.timing.wait(ms, worker?.signal)
  } catch {
    throw die('unable to create image: interrupted by signal')
  }
}

/** Runs under the cluster lock of user.cfg, which destroy, pools, users and ACLs share. */
export async function withUserConfigLock<T>(
  world: World,
  about: { vmid?: number; operation?: 'destroy' | 'clone' },
  work: () => T,
): Promise<T> {
  if (world.faults.strike('user-config-timeout', about)) {
    await world.timing.wait(world.timing.durations.lockTimeout)
    throw die(`cfs-lock 'file-user_cfg' error: got lock request timeout`)
  }
  const release = await world.locks.cluster('file-user_cfg', { timeoutMs: world.timing.durations.lockTimeout })
  try {
    await world.timing.wait(world.timing.durations.configChange)
    const result = work()
    world.store.saveCluster()
    return result
  } finally {
    release()
  }
}
