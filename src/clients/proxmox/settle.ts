import type { Clock } from '../../lib/clock.ts'
import type { Api } from './api.ts'
import type { Operation } from './ensure.ts'
import { isClass } from './fault.ts'
import { waits } from './policy.ts'
import type { TaskEntry } from './schemas.ts'
import type { Tasks } from './tasks.ts'
import type { Log } from './types.ts'

/** Where and under which name the task of an operation is listed. */
export interface TaskTrace {
  readonly node: string
  readonly type: string
  /** The id the task is listed under; of a clone that is the SOURCE. */
  readonly vmid: number
  /** An id that only this task's log names: the clone's own. */
  readonly mentions?: number
}

/** Clocks of two machines and a task list in whole seconds. */
const slackS = 3
const rememberedTasks = 5_000

/** Asks once; when the answer is lost, finds out what became of the request before anybody asks again. */
export function createSettler({ api, tasks, clock, log }: { api: Api; tasks: Tasks; clock: Clock; log: Log }) {
  /** Tasks that were named in an answer to somebody: never those of a lost answer. */
  const claimed = new Set<string>()
  const claim = (upid: string): void => {
    claimed.add(upid)
    const oldest = claimed.values().next().value
    if (claimed.size > rememberedTasks && oldest !== undefined) claimed.delete(oldest)
  }

  /**
   * The UPID of the operation's task, or `undefined` when it was done without one.
   * @throws the fault of class `unknown` when neither task nor effect was found; asking again is then as safe as it can be made
   */
  async function askedFor<T>(operation: Operation<T>): Promise<string | undefined> {
    const sinceS = api.serverNowS() - slackS
    try {
      const upid = await operation.ask()
      if (upid !== undefined) claim(upid)
      return upid
    } catch (error) {
      operation.options.signal.throwIfAborted()
      if (!isClass(error, 'unknown')) throw error
      log.warn({ what: operation.what, error }, 'proxmox gave no clear answer, looking for the task')
      const found = await search(operation, sinceS)
      if (found === 'nothing') throw error
      return found === 'done' ? undefined : found.upid
    }
  }

  async function search<T>(operation: Operation<T>, sinceS: number): Promise<{ upid: string } | 'done' | 'nothing'> {
    const { signal } = operation.options
    let looks = 0
    for (;;) {
      const candidates = await unclaimed(operation, sinceS)
      for (const task of candidates) {
        if (!(await isIts(operation.trace, task, operation.options))) continue
        claim(task.upid)
        return { upid: task.upid }
      }
      if ((await operation.look()) !== undefined) return 'done'
      // a running task that does not yet say for whom it works may be ours: it decides first
      const undecided = candidates.some((task) => task.endtime === undefined)
      const pause = waits.settle[looks]
      if (pause === undefined && !undecided) return 'nothing'
      looks += 1
      await clock.sleep(pause ?? waits.lockPoll, signal)
    }
  }

  async function unclaimed<T>({ trace, options }: Operation<T>, sinceS: number): Promise<TaskEntry[]> {
    const listed = await tasks.listTasks(trace.node, { vmid: trace.vmid, type: trace.type, sinceS }, options)
    return listed.filter(
      (task) => task.type === trace.type && task.id === String(trace.vmid) && task.starttime >= sinceS && !claimed.has(task.upid),
    )
  }

  async function isIts(trace: TaskTrace, task: TaskEntry, options: { signal: AbortSignal }): Promise<boolean> {
    if (trace.mentions === undefined) return true
    const names = new RegExp(`\\b(?:vm|base)-${trace.mentions}-|\\bwith ID ${trace.mentions}\\b`)
    return (await tasks.taskLog(task.upid, { signal: options.signal })).some((line) => names.test(line))
  }

  return { askedFor }
}
