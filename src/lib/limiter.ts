import type { Clock } from './clock.ts'

/** From the most urgent: somebody waits, one student's repair, a batch. First come, first served inside each. */
export type Priority = 'interactive' | 'repair' | 'batch'
const order: readonly Priority[] = ['interactive', 'repair', 'batch']

/** What a finished use says about the other side: `slow` and `overloaded` shrink the budget, `ok` lets it grow, `neutral` says nothing. */
export type Outcome = 'ok' | 'slow' | 'overloaded' | 'neutral'

export interface BudgetRule {
  /** How many at once at the beginning. */
  readonly start: number
  readonly min: number
  readonly max: number
}

export interface BudgetState {
  readonly key: string
  readonly inFlight: number
  readonly limit: number
  readonly waiting: number
  /** Overloads (5xx, lock time-outs) within the last minute. */
  readonly recent5xx: number
}

export interface Lease {
  /** Gives the place back; a second call does nothing. */
  release(outcome?: Outcome): void
}

export interface AcquireOptions {
  readonly priority: Priority
  readonly signal?: AbortSignal | undefined
}

export type Limiter = ReturnType<typeof createLimiter>

interface Waiter {
  grant(): void
}

interface Budget {
  readonly key: string
  readonly queues: Record<Priority, Set<Waiter>>
  rule: BudgetRule
  /** Fractional, so that it can grow slowly; whole places are granted. */
  limit: number
  inFlight: number
  /** How often it shrank. What was let in before the last time tells the same story again, and shrinks nothing. */
  shrinks: number
  overloads: number[]
  /** How many at once were too many, and until when so many are not tried again. */
  tooMany: { readonly places: number; readonly until: number } | undefined
}

const recentMs = 60_000
/**
 * What was too much is tried again after this. Each try may cost a refusal: sooner, and at three writes a second more than one in a
 * hundred would fail; later, and a side that can do twice as much again would wait for more than a minute.
 */
const tryAgainMs = 40_000
const factor = { overloaded: 0.5, slow: 0.8 } as const

/**
 * Budgets by key, each a number of places that adapts (additive increase, multiplicative decrease) between its rule's bounds, and
 * remembers for a while how many were too many.
 * Whoever needs several must ask for them in one fixed order. Time comes from the clock alone.
 */
export function createLimiter(options: { clock: Clock; ruleOf: (key: string) => BudgetRule }) {
  const { clock } = options
  const budgets = new Map<string, Budget>()

  function budgetOf(key: string): Budget {
    const known = budgets.get(key)
    if (known !== undefined) return known
    const rule = options.ruleOf(key)
    const queues = { interactive: new Set<Waiter>(), repair: new Set<Waiter>(), batch: new Set<Waiter>() }
    const made: Budget = { key, rule, queues, limit: rule.start, inFlight: 0, shrinks: 0, overloads: [], tooMany: undefined }
    budgets.set(key, made)
    return made
  }

  function grantNext(budget: Budget): void {
    for (const priority of order) {
      for (const waiter of budget.queues[priority]) {
        if (budget.inFlight >= Math.floor(budget.limit)) return
        budget.queues[priority].delete(waiter)
        budget.inFlight += 1
        waiter.grant()
      }
    }
  }

  function leaseOf(budget: Budget): Lease {
    const { shrinks } = budget
    let held = true
    return {
      release: (outcome = 'neutral') => {
        if (!held) return
        held = false
        const saturated = budget.inFlight >= Math.floor(budget.limit)
        budget.inFlight -= 1
        adapt(budget, outcome, { saturated, isNews: shrinks === budget.shrinks })
        grantNext(budget)
      },
    }
  }

  function grow(budget: Budget, now: number): void {
    const { rule, limit, tooMany } = budget
    const most = tooMany !== undefined && now < tooMany.until ? Math.max(rule.min, tooMany.places - 1) : rule.max
    budget.limit = Math.max(limit, Math.min(most, rule.max, limit + 1 / limit))
  }

  function adapt(budget: Budget, outcome: Outcome, { saturated, isNews }: { saturated: boolean; isNews: boolean }): void {
    const now = clock.now()
    if (outcome === 'overloaded') budget.overloads = [...budget.overloads.filter((at) => at > now - recentMs), now]
    if (outcome === 'ok' && saturated) grow(budget, now)
    if (outcome !== 'overloaded' && outcome !== 'slow') return
    if (!isNews) return
    budget.shrinks += 1
    if (outcome === 'overloaded') budget.tooMany = { places: Math.floor(budget.limit), until: now + tryAgainMs }
    budget.limit = Math.max(budget.rule.min, budget.limit * factor[outcome])
  }

  /** Waits for a place. Rejects with the signal's reason when it is aborted first; an aborted waiter takes no place. */
  async function acquire(key: string, { priority, signal }: AcquireOptions): Promise<Lease> {
    signal?.throwIfAborted()
    const budget = budgetOf(key)
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        budget.queues[priority].delete(waiter)
        reject(signal?.reason)
      }
      const waiter: Waiter = {
        grant: () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
      }
      signal?.addEventListener('abort', abort, { once: true })
      budget.queues[priority].add(waiter)
      grantNext(budget)
    })
    return leaseOf(budget)
  }

  /** Sets new bounds, e.g. from a measurement; the present limit is moved into them. */
  function setRule(key: string, rule: BudgetRule): void {
    const budget = budgetOf(key)
    budget.rule = rule
    budget.limit = Math.min(rule.max, Math.max(rule.min, budget.limit))
    grantNext(budget)
  }

  function state(): BudgetState[] {
    const now = clock.now()
    return [...budgets.values()]
      .map((budget) => ({
        key: budget.key,
        inFlight: budget.inFlight,
        limit: Math.floor(budget.limit),
        waiting: order.reduce((sum, priority) => sum + budget.queues[priority].size, 0),
        recent5xx: budget.overloads.filter((at) => at > now - recentMs).length,
      }))
      .sort((a, b) => a.key.localeCompare(b.key))
  }

  return { acquire, setRule, state }
}
