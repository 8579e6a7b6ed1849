import type { MyExerciseCard, StudentHomePage } from '../enrollments/enrollments.views.ts'
import { type AttemptsLeft, areResultsWithheld, type ExerciseRow, type ExerciseRules, phaseAt } from '../exercises/index.ts'
import type { LabState } from '../work-vms/work-vms.views.ts'
import type { SubmissionRow } from './submissions.repository.ts'

/** What the card of an exercise is made of. */
export interface CardParts {
  readonly exercise: ExerciseRow
  readonly course: { readonly name: string; readonly timeZone: string }
  readonly labState: LabState
  readonly queuePosition: number | null
  readonly maxPoints: number
  /** The rules as they are for this student. */
  readonly rules: ExerciseRules
  readonly attempts: AttemptsLeft
  /** Newest first. */
  readonly submissions: readonly SubmissionRow[]
}

const waiting: readonly LabState[] = ['creating', 'queued', 'starting', 'stopping']

/** Nothing can be submitted any more: it is closed, or archived. */
export const isOver = ({ exercise, rules }: Pick<CardParts, 'exercise' | 'rules'>, now: string): boolean =>
  exercise.state === 'archived' || phaseAt(rules, now) === 'closed'

/** The submission with the most points among those that were checked. */
export function bestOf(submissions: readonly SubmissionRow[]): SubmissionRow | null {
  const checked = submissions.filter((submission) => submission.state === 'done' && submission.points !== null)
  return checked.reduce<SubmissionRow | null>((best, one) => (best === null || (one.points ?? 0) > (best.points ?? 0) ? one : best), null)
}

function nextStep(
  { labState, maxPoints }: CardParts,
  facts: { isOpen: boolean; isOver: boolean; isEarly: boolean; last: boolean; best: number | null },
): MyExerciseCard['next'] {
  if (facts.isOpen) return 'follow'
  if (facts.isOver) return facts.last ? 'result' : 'look'
  if (facts.isEarly) return 'look'
  if (labState === 'ready') return 'continue'
  if (waiting.includes(labState)) return 'wait'
  if (labState === 'failed') return 'repair'
  return facts.best !== null && facts.best >= maxPoints ? 'result' : 'start'
}

/** One exercise as its student sees it on the start page. */
export function makeCard(parts: CardParts, now: string): MyExerciseCard {
  const { exercise, submissions } = parts
  const best = areResultsWithheld(exercise.rules) ? null : bestOf(submissions)
  const open = submissions.find((submission) => submission.state === 'queued' || submission.state === 'evaluating')
  const over = isOver(parts, now)
  return {
    id: exercise.id,
    title: exercise.title,
    course: parts.course.name,
    labState: parts.labState,
    queuePosition: parts.queuePosition,
    bestPoints: best?.points ?? null,
    maxPoints: parts.maxPoints,
    undecidedPoints: best?.undecidedPoints ?? 0,
    attemptsUsed: parts.attempts.used,
    attemptsLimit: parts.attempts.limit,
    opensAt: phaseAt(parts.rules, now) === 'before' ? parts.rules.opensAt : null,
    dueAt: parts.rules.dueAt,
    closesAt: parts.rules.closesAt,
    isOver: over,
    openSubmissionId: open?.id ?? null,
    lastSubmissionId: submissions[0]?.id ?? null,
    timeZone: parts.course.timeZone,
    next: nextStep(parts, {
      isOpen: open !== undefined,
      isOver: over,
      isEarly: phaseAt(parts.rules, now) === 'before',
      last: submissions.length > 0,
      best: best?.points ?? null,
    }),
  }
}

/** What is still open first, by due date; the past is folded away. */
export function makeHome(name: string, cards: readonly MyExerciseCard[]): StudentHomePage {
  const byDueDate = (one: MyExerciseCard, other: MyExerciseCard) => (one.dueAt ?? '9').localeCompare(other.dueAt ?? '9')
  const sorted = [...cards].sort(byDueDate)
  return { name, current: sorted.filter((card) => !card.isOver), past: sorted.filter((card) => card.isOver) }
}
