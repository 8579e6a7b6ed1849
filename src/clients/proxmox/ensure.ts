import { AppError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Outcome } from '../../lib/limiter.ts'
import { type Sentence, say } from '../../lib/sentence.ts'
import type { Api } from './api.ts'
import type { Budgets, TurnRequest } from './budgets.ts'
import type { FaultClass } from './classify.ts'
import { faultError, faultOf, isClass } from './fault.ts'
import type { Locks } from './locks.ts'
import { backOffMs, policies } from './policy.ts'
import { createSettler, type TaskTrace } from './settle.ts'
import type { Tasks } from './tasks.ts'
import type { Log, TaskEnd, TaskOptions, VmRef } from './types.ts'
import { parseUpid } from './upid.ts'

/** One idempotent operation: what is wanted, how to see it, how to ask for it. */
export interface Operation<T> {
  /** For logs and errors. */
  readonly what: Sentence
  readonly options: TaskOptions
  /** The effect, or `undefined` while it is not there. Called before asking, and after the task ended. */
  look(): Promise<T | undefined>
  /** Sends the request; the UPID, or `undefined` when it was done at once. */
  ask(): Promise<string | undefined>
  /** The places it needs; asked for anew before each try. */
  turn(): Promise<Pick<TurnRequest, 'locks' | 'kind' | 'keys'>>
  /** How its task is found when the answer was lost. */
  readonly trace: TaskTrace
  /** VMs whose configuration lock it may have to wait for. */
  readonly waitsFor: readonly VmRef[]
  readonly deadlineMs: number
  /** Whether its time tells how long a storage lock is held. */
  readonly measures: boolean
  /** Told each line while the task runs; true once it will take no storage lock any more, so that others need not wait for its copying. */
  readonly leavesLocks?: (line: string) => boolean
  /** What the task's log said, before the effect is looked up. */
  readonly onEnd?: (end: TaskEnd) => void
}

export type Ensure = ReturnType<typeof createEnsure>

/** The effect may be shown a little after the task ended. */
const effectLooks = 3
const effectPauseMs = 1_000
/**
 * Of a VM that Proxmox's HA manages: its tasks (hastart, hastop, hamigrate) only note the wanted state and end OK; the manager acts within
 * some rounds of ten seconds.
 */
const managedLooks = 180
const isManaged = (upid: string | undefined): boolean => upid !== undefined && parseUpid(upid)?.type.startsWith('ha') === true

/**
 * The one way in which work is asked of Proxmox: look, take the places, ask, record the task, follow it to its last log line, look
 * again. What goes wrong is judged by its class (policy.ts); after an unknown outcome nothing is asked before a look.
 */
export function createEnsure(parts: {
  api: Api
  tasks: Tasks
  budgets: Budgets
  locks: Locks
  clock: Clock
  log: Log
  random: () => number
}) {
  const { tasks, budgets, locks, clock, log, random } = parts
  const settler = createSettler(parts)

  async function ensure<T>(operation: Operation<T>): Promise<T> {
    const { signal } = operation.options
    const counts = new Map<FaultClass | 'effect', number>()
    const count = (kind: FaultClass | 'effect'): number => {
      const next = (counts.get(kind) ?? 0) + 1
      counts.set(kind, next)
      return next
    }
    let upid = operation.options.knownUpid
    for (;;) {
      const before = upid === undefined ? await operation.look() : undefined
      if (before !== undefined) return before
      try {
        const asked = await inTurn(operation, upid)
        const after = await lookPatiently(operation, isManaged(asked) ? managedLooks : effectLooks)
        if (after !== undefined) return after
        if (count('effect') > effectLooks) throw new AppError('PROXMOX_EFFECT_MISSING', { details: { what: operation.what } })
      } catch (error) {
        signal.throwIfAborted()
        if (upid !== undefined && isClass(error, 'missing'))
          log.info({ what: operation.what, upid }, 'the known task is no longer listed, looking at its effect')
        else {
          const found = await recover(operation, error, count)
          if (found !== undefined) return found
        }
      }
      upid = undefined
    }
  }

  async function lookPatiently<T>(operation: Operation<T>, looks: number): Promise<T | undefined> {
    for (let look = 1; ; look += 1) {
      const found = await operation.look()
      if (found !== undefined || look === looks) return found
      await clock.sleep(effectPauseMs, operation.options.signal)
    }
  }

  /** Takes the places, asks (or follows the known task), waits for the end; the task, throws what went wrong. */
  async function inTurn<T>(operation: Operation<T>, known: string | undefined): Promise<string | undefined> {
    const { signal, priority, onProgress, onUpid } = operation.options
    const lease = await budgets.take({ ...(await operation.turn()), priority, signal })
    let outcome: Outcome = 'neutral'
    let measure = false
    try {
      // another try may have done it while this one stood in line
      if (known === undefined && (await operation.look()) !== undefined) return undefined
      const upid = known ?? (await settler.askedFor(operation))
      if (upid === undefined) return undefined
      if (known === undefined) await onUpid(upid)
      const { leavesLocks, deadlineMs } = operation
      const onLine = (line: string): void => {
        if (leavesLocks?.(line) === true) lease.release('ok', false)
        onProgress?.(line)
      }
      const isFollowed = onProgress !== undefined || leavesLocks !== undefined
      const end = await tasks.waitTask(upid, { signal, priority, deadlineMs, onLine: isFollowed ? onLine : undefined })
      operation.onEnd?.(end)
      if (!end.ok) throw faultError({ where: 'task', text: end.exitstatus })
      outcome = 'ok'
      measure = operation.measures && known === undefined
      return upid
    } catch (error) {
      if (faultOf(error)?.classified.pressure === 'storage') outcome = 'overloaded'
      throw error
    } finally {
      lease.release(outcome, measure)
    }
  }

  /** Waits as the error's class demands; the effect when a look finds it; throws when asking again does not help. */
  async function recover<T>(operation: Operation<T>, error: unknown, count: (kind: FaultClass) => number): Promise<T | undefined> {
    const { signal, priority } = operation.options
    const fault = faultOf(error)
    if (fault === undefined) throw error
    const kind = fault.classified.class
    const policy = policies[kind]
    if (policy.reaction === 'fail') throw error
    const times = count(kind)
    log.warn({ what: operation.what, class: kind, text: fault.seen.text, times }, 'proxmox operation did not go through')
    if (policy.reaction === 'await-lock') await locks.waitUnlocked(operation.waitsFor, { signal, priority })
    else if (policy.reaction !== 'look') await clock.sleep(backOffMs(times, random), signal)
    if (times <= policy.repeats && policy.reaction !== 'look') return undefined
    const found = await operation.look()
    if (found === undefined && times > policy.repeats) throw givenUp(operation.what, kind, error)
    return found
  }

  return { ensure }
}

function givenUp(what: Sentence, kind: FaultClass, error: unknown): unknown {
  if (kind !== 'unknown') return error
  const seen = faultOf(error)?.seen
  const reason = seen?.said ?? seen?.text ?? say('details.proxmox.noAnswer')
  return new AppError('PROXMOX_OUTCOME_UNKNOWN', { cause: error, details: { reason: say('details.at', { place: what, reason }) } })
}
