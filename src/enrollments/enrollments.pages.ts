import type { SentenceValues } from '../lib/sentence.ts'
import type { Translate } from '../strings/index.ts'
import type { JudgedLine } from './enrollments.service.ts'
import type { ClassRow, DryRunView, LineOutcome } from './enrollments.views.ts'

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
