import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { textOf } from './api-error.ts'
import type { Timing } from './timing.ts'
import { makeUpid, parseUpid, type TaskIdentity } from './upid.ts'

/** What a worker gets: where it logs, how it learns that it was stopped. */
export interface Worker {
  readonly task: Task
  readonly signal: AbortSignal
  log(line: string): void
  /** `WARN: ...`, counted in `TASK WARNINGS: n`. */
  warn(line: string): void
}

export interface Task extends TaskIdentity {
  readonly lines: string[]
  endtime?: number
  exitstatus?: string
}

/** A worker that ends so leaves no last line: `unexpected status` (kill -9, crash of the host). */
export class WorkerKilled extends Error {}

interface Running {
  readonly controller: AbortController
  readonly ended: Promise<void>
}

/** Read from the last line of a log, as UPID.pm does. */
export function exitStatusOf(lines: readonly string[]): string {
  const last = lines.at(-1) ?? ''
  if (last === 'TASK OK') return 'OK'
  const warnings = /^TASK (WARNINGS: \d+)$/.exec(last)
  if (warnings) return warnings[1] ?? ''
  const error = /^TASK ERROR: ([\s\S]*)$/.exec(last)
  return error ? (error[1] ?? '') : 'unexpected status'
}

const fileOf = (folder: string, upid: string): string => join(folder, encodeURIComponent(upid))

function loadTasks(folder: string, tasks: Map<string, Task>, nowSeconds: number): void {
  for (const name of readdirSync(folder)) {
    const identity = parseUpid(decodeURIComponent(name))
    if (!identity) continue
    const lines = readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
    const ended = /^#end (\d+)$/.exec(lines.at(-1) ?? '')
    const log = ended ? lines.slice(0, -1) : lines
    tasks.set(identity.upid, { ...identity, lines: log, endtime: ended ? Number(ended[1]) : nowSeconds, exitstatus: exitStatusOf(log) })
  }
}

/** Tasks of all nodes with their logs under `folder/tasks`; those a dead sandbox left running read as `unexpected status`. */
export function createTasks(folder: string, timing: Timing) {
  const logs = join(folder, 'tasks')
  mkdirSync(logs, { recursive: true })
  const tasks = new Map<string, Task>()
  const running = new Map<string, Running>()
  loadTasks(logs, tasks, timing.seconds())
  const bootedAt = timing.clock.now()
  let nextPid = 200 + tasks.size

  function add(task: Task, line: string): void {
    // a log line has no line break: multi-line errors are flattened by blanks
    const flat = line.replace(/\s*\n\s*/g, ' ')
    task.lines.push(flat)
    appendFileSync(fileOf(logs, task.upid), `${flat}\n`)
  }

  async function run(task: Task, controller: AbortController, work: (worker: Worker) => Promise<void>): Promise<void> {
    let warnings = 0
    const worker: Worker = {
      task,
      signal: controller.signal,
      log: (line) => add(task, line),
      warn: (line) => {
        warnings += 1
        add(task, `WARN: ${line}`)
      },
    }
    try {
      await timing.wait(timing.durations.taskStart, controller.signal)
      await work(worker)
      add(task, warnings > 0 ? `TASK WARNINGS: ${warnings}` : 'TASK OK')
    } catch (error) {
      if (!(error instanceof WorkerKilled)) add(task, `TASK ERROR: ${textOf(error)}`)
    }
    await timing.wait(timing.durations.taskReap).catch(() => undefined)
    task.endtime = timing.seconds()
    task.exitstatus = exitStatusOf(task.lines)
    appendFileSync(fileOf(logs, task.upid), `#end ${task.endtime}\n`)
    running.delete(task.upid)
  }

  return {
    /** Starts a worker and answers its UPID at once, long before any lock is taken. */
    fork(about: { node: string; type: string; id: string; user: string }, work: (worker: Worker) => Promise<void>): string {
      nextPid += 4
      const identity = {
        ...about,
        pid: nextPid,
        pstart: Math.floor((timing.clock.now() - bootedAt) / 10) + 121_400 + nextPid,
        starttime: timing.seconds(),
      }
      const task: Task = { ...identity, upid: makeUpid(identity), lines: [] }
      tasks.set(task.upid, task)
      appendFileSync(fileOf(logs, task.upid), '')
      const controller = new AbortController()
      running.set(task.upid, { controller, ended: run(task, controller, work) })
      return task.upid
    },
    find: (upid: string): Task | undefined => tasks.get(upid),
    isRunning: (upid: string): boolean => running.has(upid),
    /** Newest first. */
    list: (): Task[] => [...tasks.values()].reverse(),
    runningCount: (): number => running.size,
    /** SIGTERM to the worker, answered when it has ended or after five seconds. */
    async stop(upid: string): Promise<void> {
      const found = running.get(upid)
      if (!found) return
      found.controller.abort(new Error('received interrupt'))
      await Promise.race([found.ended, timing.wait(5_000)])
    },
    /** Ends all workers; for the end of the sandbox. */
    async stopAll(): Promise<void> {
      const all = [...running.values()]
      for (const { controller } of all) controller.abort(new Error('received interrupt'))
      await Promise.all(all.map(({ ended }) => ended))
    },
  }
}
export type Tasks = ReturnType<typeof createTasks>
