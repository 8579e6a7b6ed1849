import type { SentenceValues } from '../lib/sentence.ts'
import type { Translate } from '../strings/index.ts'
import type { LabMaking, WorkVmRow } from '../work-vms/index.ts'
import type { JudgedLine } from './enrollments.service.ts'
import type { ClassRow, DryRunView, LabMakingView, LineOutcome } from './enrollments.views.ts'

const rejected: readonly LineOutcome[] = ['not-in-directory', 'duplicate', 'malformed']

/** What a list would do, line by line. */
export function dryRunView(lines: readonly JudgedLine[], list: string, createsVms: boolean): DryRunView {
  const counts: Record<LineOutcome, number> = { known: 0, 'will-create': 0, enrolled: 0, 'not-in-directory': 0, duplicate: 0, malformed: 0 }
  for (const { outcome } of lines) counts[outcome] += 1
  const willEnroll = counts.known + counts['will-create']
  return {
    lines: lines.map(({ line, username, name, group, outcome, message }) => ({ line, username, name, group, outcome, message })),
    counts,
    willEnroll,
    willCreateVms: createsVms ? willEnroll : 0,
    list,
  }
}

export const countRejected = (lines: readonly Pick<JudgedLine, 'outcome'>[]): number =>
  lines.filter(({ outcome }) => rejected.includes(outcome)).length

/** What is known of one student in an exercise. */
export interface ClassMember {
  readonly userId: string
  readonly username: string
  readonly name: string
  readonly group: string | null
  readonly attempts: number
  /** The last one that was evaluated. */
  readonly counted: { readonly points: number | null; readonly undecidedPoints: number | null } | null
  /** The last one, whatever became of it. */
  readonly last: { readonly id: string; readonly acceptedAt: string } | null
  readonly workVm: {
    readonly id: string
    readonly state: ClassRow['labState']
    readonly errorCode: string | null
    readonly errorDetails: SentenceValues | null
  } | null
}

export const classRow = ({ workVm, counted, last, ...member }: ClassMember, t: Translate): ClassRow => ({
  userId: member.userId,
  name: member.name,
  username: member.username,
  group: member.group,
  labState: workVm?.state ?? 'none',
  labError:
    workVm?.state === 'failed' && workVm.errorCode !== null
      ? t(`errors.${workVm.errorCode}`, { requestId: '', ...workVm.errorDetails })
      : null,
  workVmId: workVm?.id ?? null,
  attempts: member.attempts,
  lastSubmissionId: last?.id ?? null,
  lastSubmittedAt: last?.acceptedAt ?? null,
  points: counted?.points ?? null,
  undecidedPoints: counted?.undecidedPoints ?? 0,
})

export interface MakingFacts {
  readonly nameOf: (userId: string) => string
  /** What its job is at, in words. */
  readonly doingOf: (lab: LabMaking['running'][number]) => string
  /** Labs are made when students are enrolled, so one that is missing was stopped on the way. */
  readonly isMadeAtOnce: boolean
  readonly mayCancel: boolean
  readonly t: Translate
}

const shownRunning = 5

const labFault = ({ errorCode, errorDetails }: Pick<WorkVmRow, 'errorCode' | 'errorDetails'>, t: Translate): string =>
  errorCode === null ? t('pages.enrollments.making.unknownFault') : t(`errors.${errorCode}`, { requestId: '', ...errorDetails })

/** Why labs that could be made are not: the reason of the first one that says so. */
function waitingFor(waiting: LabMaking['waiting'], { doingOf }: MakingFacts): string | null {
  const held = waiting.find(({ job }) => job.step === 'space' && job.progress !== null)
  return held ? doingOf(held) : null
}

/** How far the labs of a class are; null when there is nothing to follow and nothing to do. */
export function makingView(making: LabMaking, facts: MakingFacts): LabMakingView | null {
  const missing = facts.isMadeAtOnce ? making.missing.length : 0
  const { made, running, waiting, failed } = making
  const counts = { made: made.length, running: running.length, waiting: waiting.length, failed: failed.length, missing }
  const isUnderWay = counts.running + counts.waiting > 0
  if (!isUnderWay && counts.failed + counts.missing === 0) return null
  return {
    counts,
    total: counts.made + counts.running + counts.waiting + counts.failed + counts.missing,
    running: running.slice(0, shownRunning).map((lab) => ({ name: facts.nameOf(lab.workVm.userId), doing: facts.doingOf(lab) })),
    waitingFor: waitingFor(waiting, facts),
    failed: failed.map((workVm) => ({ userId: workVm.userId, name: facts.nameOf(workVm.userId), message: labFault(workVm, facts.t) })),
    isUnderWay,
    mayCancel: facts.mayCancel && isUnderWay,
  }
}
