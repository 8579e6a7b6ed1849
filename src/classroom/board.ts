import type { SentenceValues } from '../lib/sentence.ts'
import type { ResultLine } from '../submissions/index.ts'
import type { WorkVmRow } from '../work-vms/index.ts'
import type { HelpRequest } from './classroom.repository.ts'

/** Longer without a change, with work left to do: somebody should look. */
export const stuckAfterMs = 30 * 60_000

/** As the colours of a traffic light: never came, came and passed nothing, some, all. */
export type Light = 'absent' | 'none' | 'some' | 'all'

/** What the board knows of one student. */
export interface BoardEntry {
  readonly line: ResultLine
  readonly lab: WorkVmRow | null
  readonly light: Light
  readonly passed: number
  /** The newest of: lab started, lab ready, submitted. */
  readonly lastChangeAt: string | null
  readonly sinceMs: number | null
  readonly helpSince: string | null
  readonly isStuck: boolean
  readonly fault: { readonly code: string; readonly details: SentenceValues | null } | null
}

export interface BoardFacts {
  /** Of the student, newest first. */
  readonly lastSubmittedAt: string | null
  readonly lab: WorkVmRow | null
  readonly help: HelpRequest | undefined
  readonly nowMs: number
}

const newest = (times: readonly (string | null | undefined)[]): string | null =>
  times.reduce<string | null>((last, time) => (time && (last === null || time > last) ? time : last), null)

function lightOf(line: ResultLine, lab: WorkVmRow | null, passed: number): Light {
  if (line.attempts === 0 && (lab === null || lab.startedAt === null)) return 'absent'
  if (passed === 0) return 'none'
  return passed < line.criteria.length ? 'some' : 'all'
}

/** One student, from what counts and from the lab. */
export function boardEntry(line: ResultLine, { lastSubmittedAt, lab, help, nowMs }: BoardFacts): BoardEntry {
  const passed = line.criteria.filter(({ verdict }) => verdict === 'pass').length
  const light = lightOf(line, lab, passed)
  const lastChangeAt = newest([lab?.startedAt, lab?.readyAt, lastSubmittedAt])
  const sinceMs = lastChangeAt === null ? null : Math.max(0, nowMs - Date.parse(lastChangeAt))
  return {
    line,
    lab,
    light,
    passed,
    lastChangeAt,
    sinceMs,
    helpSince: help?.createdAt ?? null,
    isStuck: light !== 'all' && lab?.state === 'ready' && sinceMs !== null && sinceMs > stuckAfterMs,
    fault: lab?.state === 'failed' && lab.errorCode !== null ? { code: lab.errorCode, details: lab.errorDetails } : null,
  }
}

/** Who needs somebody first: a raised hand, a lab that failed, no change for long; then work under way, those who are done, the absent. */
function rankOf({ helpSince, fault, isStuck, light }: BoardEntry): number {
  if (helpSince !== null) return 0
  if (fault !== null) return 1
  if (isStuck) return 2
  return { none: 3, some: 3, all: 4, absent: 5 }[light]
}

/** Within a rank who waits longest comes first; names decide among equals, as the lines came. */
export function sortByNeed(entries: readonly BoardEntry[]): BoardEntry[] {
  const since = ({ helpSince, lastChangeAt }: BoardEntry) => helpSince ?? lastChangeAt ?? '9'
  return [...entries].sort((one, other) => {
    const ranks = rankOf(one) - rankOf(other)
    if (ranks !== 0) return ranks
    return since(one) < since(other) ? -1 : Number(since(one) > since(other))
  })
}
