import { parseUpid } from '../clients/proxmox/index.ts'
import type { ProxmoxTaskView } from './jobs.views.ts'

interface LoggedStep {
  readonly log: readonly string[]
  readonly state: string
}

// a line of a step's log: "2026-11-22T04:17:37.329Z task UPID:pve1:000000F4:...:", then the task's own lines up to "TASK OK"
const logLine = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/
const taskBegins = /^task (UPID:\S+)$/
const taskEnds = /^TASK (OK|WARNINGS: \d+|ERROR: .*)$/
const warning = /\b(?:warn(?:ing|ings)?|errors?|could not|unable to|can't|failed)\b/i

interface Reading {
  readonly upid: string
  readonly at: string
  readonly lines: string[]
  endedAt: string | null
  exit: string | null
}

/** @param isLive the step that began it still runs */
function toView(task: Reading, isLive: boolean): ProxmoxTaskView {
  const parsed = parseUpid(task.upid)
  const log = task.lines.map((text) => ({ text, isWarning: warning.test(text) }))
  return {
    upid: task.upid,
    node: parsed?.node ?? '',
    type: parsed?.type ?? '',
    startedAt: parsed ? new Date(parsed.startS * 1_000).toISOString() : task.at,
    endedAt: task.endedAt,
    exit: task.exit,
    outcome: outcomeOf(
      task.exit,
      isLive,
      log.some((line) => line.isWarning),
    ),
    log,
  }
}

function outcomeOf(exit: string | null, isLive: boolean, hasWarning: boolean): ProxmoxTaskView['outcome'] {
  if (exit === null) return isLive ? 'running' : 'failed'
  if (exit.startsWith('ERROR')) return 'failed'
  return hasWarning || exit.startsWith('WARNINGS') ? 'warnings' : 'ok'
}

/** The Proxmox tasks that a job started, from the logs of its steps. "OK" with a warning in the log is shown as such. */
export function readProxmoxTasks(steps: readonly LoggedStep[]): ProxmoxTaskView[] {
  return steps.flatMap((step) => {
    const tasks: Reading[] = []
    for (const line of step.log) {
      const [, at = '', text = ''] = logLine.exec(line) ?? []
      const upid = taskBegins.exec(text)?.[1]
      const open = tasks.at(-1)
      if (upid !== undefined) {
        if (open?.upid !== upid) tasks.push({ upid, at, lines: [], endedAt: null, exit: null })
      } else if (open && open.exit === null) {
        open.lines.push(text)
        open.exit = taskEnds.exec(text)?.[1] ?? null
        if (open.exit !== null) open.endedAt = at
      }
    }
    return tasks.map((task) => toView(task, step.state === 'running'))
  })
}
