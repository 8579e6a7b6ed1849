import type { Clock } from '../../lib/clock.ts'
import type { BudgetRule, Lease, Limiter, Outcome, Priority } from '../../lib/limiter.ts'

/**
 * The budgets that everything passes which reaches Proxmox (design.md section 6; numbers: docs/decisions/0003).
 * `storage:*` one per storage lock: `storage:NODE/NAME`, or `storage:NAME` for a shared one, whose lock is the cluster's.
 * `free:*`    deletes on the same lock: one at a time until the lock's hold time was measured, since a miss leaks a disk.
 */
export const apiBudget = (method: string): string => (method === 'GET' ? 'api:read' : 'api:write')
export const destroyBudget = 'destroy'
/** One at a time in the cluster: the memory of each crosses the nodes' network. */
export const migrateBudget = 'migrate'
export const startBudget = (node: string): string => `start:${node}`
export const agentBudget = (node: string): string => `agent:${node}`
const storageKey = (lock: string): string => `storage:${lock}`
const freeKey = (lock: string): string => `free:${lock}`

/** Deadlocks are impossible as long as all take their budgets in this order. */
const rank = ['destroy', 'migrate', 'free', 'storage', 'start', 'agent', 'api']
const rankOf = (key: string): number => rank.indexOf(key.split(':')[0] ?? '')

/** Proxmox waits ten seconds for a storage lock; the last in line must get it well before. */
const lineMs = 4_000
/** More than this gains nothing on a serial lock and only loads the API. */
const mostPerLock = 8

const fixed: Readonly<Record<string, BudgetRule>> = {
  destroy: { start: 2, min: 1, max: 2 },
  migrate: { start: 1, min: 1, max: 1 },
  storage: { start: 2, min: 1, max: 2 },
  free: { start: 1, min: 1, max: 1 },
  start: { start: 4, min: 1, max: 4 },
  agent: { start: 1, min: 1, max: 1 },
}

/** Bounds at the beginning; `maxReads` and `maxWrites` are the administrator's. */
export const ruleOf =
  ({ maxReads, maxWrites }: { maxReads: number; maxWrites: number }) =>
  (key: string): BudgetRule => {
    if (key === 'api:read') return { start: maxReads, min: 1, max: maxReads }
    if (key === 'api:write') return { start: maxWrites, min: 1, max: maxWrites }
    return fixed[key.split(':')[0] ?? ''] ?? { start: 1, min: 1, max: 1 }
  }

/** One operation on one storage lock. */
interface Turn {
  readonly endedAt: number
  /** Since the lock's last operation ended, or since it became busy: what one operation costs while several overlap. */
  readonly tookMs: number
  readonly volumes: number
}

/** The last operations that are looked at, and how many make a measurement. */
const window = 8
const enough = 3

/**
 * Estimates how long one volume holds a storage lock: the time between ends of operations while the lock is busy. With several in
 * flight that tends to the hold time from above, whatever else a task does meanwhile; never below it, since the lock is serial.
 */
export function createHoldMeter(clock: Clock) {
  const locks = new Map<string, { busy: number; since: number; turns: Turn[] }>()
  const of = (lock: string) => {
    const known = locks.get(lock) ?? { busy: 0, since: clock.now(), turns: [] }
    locks.set(lock, known)
    return known
  }
  return {
    began(lock: string): void {
      const state = of(lock)
      if (state.busy === 0) state.since = clock.now()
      state.busy += 1
    },
    /** `volumes` 0: the operation does not count (it failed, or did not take the lock). */
    ended(lock: string, volumes: number): void {
      const state = of(lock)
      const now = clock.now()
      state.busy -= 1
      if (volumes > 0) {
        state.turns = [...state.turns, { endedAt: now, tookMs: now - state.since, volumes }].slice(-window)
        state.since = now
      }
    },
    /** Milliseconds per volume, and the most volumes that one of the last operations had; `undefined` until measured. */
    measured(lock: string): { holdMs: number; volumes: number } | undefined {
      const { turns } = of(lock)
      if (turns.length < enough) return undefined
      const volumes = turns.reduce((sum, turn) => sum + turn.volumes, 0)
      return {
        holdMs: turns.reduce((sum, turn) => sum + turn.tookMs, 0) / volumes,
        volumes: Math.max(...turns.map((turn) => turn.volumes)),
      }
    },
  }
}

/** How many may stand in line: in flight x hold time x volumes <= 4 s, at least one. */
export const placesFor = (holdMs: number, volumes: number): number =>
  Math.max(1, Math.min(mostPerLock, Math.floor(lineMs / Math.max(1, holdMs * volumes))))

export interface TurnRequest {
  /** Storage locks and how many volumes of each are touched. */
  readonly locks: ReadonlyMap<string, number>
  readonly kind: 'allocate' | 'free' | 'other'
  /** Further budgets, e.g. `start:pve1`. */
  readonly keys?: readonly string[]
  readonly priority: Priority
  readonly signal: AbortSignal
}

export interface TurnLease {
  /** `measure`: the operation took its locks and ended well. */
  release(outcome: Outcome, measure: boolean): void
}

export type Budgets = ReturnType<typeof createBudgets>

/** Takes and gives back all places that one operation needs, held until its task ended. */
export function createBudgets({ limiter, clock }: { limiter: Limiter; clock: Clock }) {
  const meter = createHoldMeter(clock)

  const keysOf = (request: TurnRequest): string[] => {
    const locks = [...request.locks.keys()]
    const frees = request.kind === 'free' ? locks.map(freeKey) : []
    return [...frees, ...locks.map(storageKey), ...(request.keys ?? [])].sort((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b))
  }

  function learn(lock: string): void {
    const measured = meter.measured(lock)
    if (measured === undefined) return
    const max = placesFor(measured.holdMs, measured.volumes)
    limiter.setRule(storageKey(lock), { start: Math.min(2, max), min: 1, max })
    limiter.setRule(freeKey(lock), { start: 1, min: 1, max })
  }

  return {
    async take(request: TurnRequest): Promise<TurnLease> {
      const leases: Lease[] = []
      try {
        for (const key of keysOf(request)) leases.push(await limiter.acquire(key, request))
        request.signal.throwIfAborted()
      } catch (error) {
        for (const lease of leases) lease.release()
        throw error
      }
      for (const lock of request.locks.keys()) meter.began(lock)
      let held = true
      return {
        release: (outcome, measure) => {
          if (!held) return
          held = false
          for (const [lock, volumes] of request.locks) meter.ended(lock, measure ? volumes : 0)
          for (const lock of request.locks.keys()) learn(lock)
          for (const lease of leases.toReversed()) lease.release(outcome)
        },
      }
    },
  }
}
