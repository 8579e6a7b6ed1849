import { die } from './api-error.ts'
import type { Timing } from './timing.ts'

/** Told while somebody waits: the lines that Proxmox prints into the task log. */
export type LockLog = (line: string) => void
export type Release = () => void

interface Waiter {
  readonly shared: boolean
  readonly grant: () => void
}
interface Lock {
  exclusive: boolean
  sharers: number
  readonly waiters: Waiter[]
}

export interface LockRequest {
  readonly timeoutMs: number
  readonly shared?: boolean
  readonly log?: LockLog
  readonly signal?: AbortSignal
  /** The node that has this lock file; each node has its own. */
  readonly node?: string
}

/**
 * Locks with a time-out in emulated time. A `flock` wakes its waiters in order; a cluster (`cfs`) lock is polled and unfair,
 * so whoever asks at the right moment gets it.
 */
export function createLocks(timing: Timing, random: () => number) {
  const locks = new Map<string, Lock>()

  const isFree = (lock: Lock, shared: boolean) => !lock.exclusive && (shared || lock.sharers === 0)

  function take(lock: Lock, shared: boolean): void {
    if (shared) lock.sharers += 1
    else lock.exclusive = true
  }

  function release(name: string, shared: boolean, fair: boolean): void {
    const lock = locks.get(name)
    if (!lock) return
    if (shared) lock.sharers -= 1
    else lock.exclusive = false
    while (lock.waiters.length > 0) {
      const index = fair ? 0 : Math.floor(random() * lock.waiters.length)
      const next = lock.waiters[index]
      if (!next || !isFree(lock, next.shared)) break
      lock.waiters.splice(index, 1)
      take(lock, next.shared)
      next.grant()
    }
    if (!lock.exclusive && lock.sharers === 0 && lock.waiters.length === 0) locks.delete(name)
  }

  /** True when granted, false when the time is over. */
  async function enter(name: string, request: LockRequest, onWait: () => void): Promise<boolean> {
    const shared = request.shared ?? false
    const lock = locks.get(name) ?? { exclusive: false, sharers: 0, waiters: [] }
    locks.set(name, lock)
    if (isFree(lock, shared) && lock.waiters.length === 0) {
      take(lock, shared)
      return true
    }
    onWait()
    const timer = new AbortController()
    const ended = request.signal ? AbortSignal.any([timer.signal, request.signal]) : timer.signal
    let granted = false
    let wake: () => void = () => undefined
    const turn = new Promise<void>((resolve) => {
      wake = resolve
    })
    const waiter: Waiter = {
      shared,
      grant: () => {
        granted = true
        wake()
      },
    }
    lock.waiters.push(waiter)
    await Promise.race([turn, timing.wait(request.timeoutMs, ended).catch(() => undefined)])
    timer.abort()
    if (granted) return true
    lock.waiters.splice(lock.waiters.indexOf(waiter), 1)
    request.signal?.throwIfAborted()
    return false
  }

  return {
    /** Takes a file lock, e.g. `/var/lock/qemu-server/lock-100.conf`. @throws ApiError 500 `can't lock file '...' - got timeout` */
    async file(path: string, request: LockRequest): Promise<Release> {
      let waited = false
      const key = request.node === undefined ? path : `${request.node}|${path}`
      const granted = await enter(key, request, () => {
        waited = true
        request.log?.('trying to acquire lock...')
      })
      if (!granted) throw die(`can't lock file '${path}' - got timeout`)
      if (waited) request.log?.(' OK')
      return () => release(key, request.shared ?? false, true)
    },
    /** Takes a cluster lock, e.g. `storage-labshared`. @throws ApiError 500 `cfs-lock '...' error: got lock request timeout` */
    async cluster(name: string, request: LockRequest): Promise<Release> {
      const key = `cfs:${name}`
      const granted = await enter(key, request, () => request.log?.(`trying to acquire cfs lock '${name}' ...`))
      if (!granted) throw die(`cfs-lock '${name}' error: got lock request timeout`)
      return () => release(key, false, false)
    },
    /** Names of all locks that are held now. */
    held: (): string[] => [...locks].filter(([, lock]) => lock.exclusive || lock.sharers > 0).map(([name]) => name),
  }
}
export type Locks = ReturnType<typeof createLocks>

/** The file lock of one VM's configuration. */
export const configLockPath = (vmid: number): string => `/var/lock/qemu-server/lock-${vmid}.conf`
export const storageLockPath = (storage: string): string => `/var/lock/pve-manager/pve-storage-${storage}`
