import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { say } from '../../lib/sentence.ts'
import type { Api } from './api.ts'
import { faultError, isClass, plainError } from './fault.ts'
import { waits } from './policy.ts'
import { logLineAnswer, type TaskEntry, taskListAnswer, taskStatusAnswer } from './schemas.ts'
import type { ReadOptions, TaskEnd, TaskState, WaitTaskOptions } from './types.ts'
import { parseUpid, type Upid } from './upid.ts'

export type Tasks = ReturnType<typeof createTasks>

/** Lines per page; the server's default of 50 would cut a log in silence. */
const pageSize = 500

/** Following Proxmox's tasks: state, log to the last line, end. */
export function createTasks({ api, clock, random }: { api: Api; clock: Clock; random: () => number }) {
  const parsed = (upid: string): Upid => {
    const task = parseUpid(upid)
    if (task === undefined) throw plainError('PROXMOX_UNEXPECTED_ANSWER', say('details.proxmox.noTaskId', { upid }))
    return task
  }

  /** `undefined`: the node does not know the task (any more). */
  async function taskStatus(upid: string, options: ReadOptions = {}): Promise<TaskState | undefined> {
    try {
      const found = await api.read('taskStatus', taskStatusAnswer, { ...options, path: { node: parsed(upid).node, upid } })
      if (found.status === 'running') return { upid, state: 'running' }
      return { upid, state: 'ended', ...(found.exitstatus === undefined ? {} : { exitstatus: found.exitstatus }) }
    } catch (error) {
      if (isClass(error, 'missing')) return undefined
      throw error
    }
  }

  /** Lines from the 0-based number `from` on, to the end as it is now. */
  async function linesFrom(upid: string, from: number, options: ReadOptions): Promise<string[]> {
    const lines: string[] = []
    for (;;) {
      const start = from + lines.length
      const page = await api.list('taskLog', logAnswer, {
        ...options,
        path: { node: parsed(upid).node, upid },
        params: { start, limit: pageSize },
      })
      lines.push(...page.data)
      if (page.data.length === 0 || start + page.data.length >= (page.total ?? 0)) return lines
    }
  }

  const taskLog = (upid: string, options: ReadOptions = {}): Promise<string[]> => linesFrom(upid, 0, options)

  async function waitTask(upid: string, { signal, deadlineMs, onLine, priority = 'interactive' }: WaitTaskOptions): Promise<TaskEnd> {
    const options = { signal, priority }
    const until = clock.now() + deadlineMs
    const log: string[] = []
    const readOn = async () => {
      const fresh = await linesFrom(upid, log.length, options)
      log.push(...fresh)
      for (const line of fresh) onLine?.(line)
    }
    let logReadAt = clock.now()
    let pauseMs: number = waits.taskPoll
    let exitstatus: string | undefined
    for (;;) {
      const state = await taskStatus(upid, options)
      if (state === undefined)
        throw faultError({ where: 'task', text: `no such task: ${upid}`, said: say('details.proxmox.noTask', { upid }) })
      exitstatus = state.exitstatus
      if (state.state === 'ended') break
      if (clock.now() > until)
        throw new AppError('PROXMOX_OUTCOME_UNKNOWN', { details: { reason: say('details.proxmox.taskTimedOut'), upid } })
      if (onLine !== undefined && clock.now() - logReadAt > waits.taskLog) {
        logReadAt = clock.now()
        await readOn()
      }
      await clock.sleep(pauseMs * (0.8 + 0.4 * random()), signal)
      pauseMs = Math.min(waits.taskPollMax, pauseMs * waits.taskPollGrowth)
    }
    await readOn()
    return ended(upid, exitstatus, log)
  }

  /** Finished and running tasks of a node, newest first as the node lists them; `sinceS` in the server's epoch seconds. */
  async function listTasks(
    node: string,
    filter: { vmid?: number; type?: string; sinceS?: number } = {},
    options: ReadOptions = {},
  ): Promise<TaskEntry[]> {
    const params = { source: 'all', limit: 500, vmid: filter.vmid, typefilter: filter.type, since: filter.sinceS }
    return api.read('taskList', z.array(taskListAnswer), { ...options, path: { node }, params })
  }

  return { taskStatus, taskLog, waitTask, listTasks }
}

/** A log that does not exist (yet) is answered as an object instead of a list (observed). */
const logAnswer = z
  .union([z.array(logLineAnswer), z.object({ n: z.unknown() })])
  .transform((found) => (Array.isArray(found) ? found.map((line) => line.t) : []))

function ended(upid: string, shown: string | undefined, log: string[]): TaskEnd {
  const exitstatus = shown ?? statusOfLog(log)
  const warnings = Number(/^WARNINGS: (\d+)$/.exec(exitstatus)?.[1] ?? 0)
  return { upid, exitstatus, ok: exitstatus === 'OK' || warnings > 0, warnings, log }
}

/** As pve-common reads it from the last line. */
function statusOfLog(log: readonly string[]): string {
  const last = log.findLast((line) => line.trim() !== '') ?? ''
  return /^TASK (?:ERROR: )?(OK|WARNINGS: \d+|.+)$/.exec(last)?.[1] ?? 'unexpected status'
}
