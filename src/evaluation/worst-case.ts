import type { Exercise } from './exercise-definition.ts'
import { type PlannedCriterion, planCriteria, waitsFor } from './plan.ts'
import { findPlatform } from './platforms/index.ts'

/** Opening the consoles, and capturing what they are configured with. */
const openingMs = 15_000
/** Where consoles make room for each other: leaving one as it was found, and opening the next on a device that answers. */
const roomMs = 3_000
/** Questions of one round, each of which may find its console closed. */
const questionsPerRound = 4

/** Consoles that one check of a lab may have open where nobody says how many (EVALUATION_CONSOLES). */
export const defaultMaxConsoles = 64

/**
 * The longest that the checks of an exercise take on devices that answer: nothing passes before the end of its window, and what others
 * require passes just then. What does not answer takes longer; there the time budget ends it.
 *
 * Windows of criteria that do not wait for each other go on side by side. What is left is the device: a criterion's first and last round
 * wait for at most one round of every other one that polls the same console (device-queue.ts). Of more devices than consoles may be open,
 * each waits besides with every question until the others had their turn at a console (evaluations/console-places.ts).
 *
 * @returns seconds
 */
export function worstCaseSeconds(exercise: Exercise, maxConsoles = defaultMaxConsoles): number {
  const turns = Math.max(1, Math.ceil(countConsoles(exercise) / maxConsoles))
  const plan = withTurns(planCriteria(exercise), turns)
  const ends = new Map<string, number>()
  const endOf = (planned: PlannedCriterion): number => {
    const { id } = planned.criterion
    const known = ends.get(id)
    if (known !== undefined) return known
    const end = Math.max(0, ...waitsFor(plan, planned).map(endOf)) + lengthOf(plan, planned)
    ends.set(id, end)
    return end
  }
  return Math.ceil((Math.max(0, ...plan.map(endOf)) + openingMs * turns) / 1_000)
}

const countConsoles = ({ devices }: Exercise): number =>
  Object.values(devices).filter(({ platform }) => findPlatform(platform)?.hasConsole ?? false).length

/** Rounds as they take when consoles are shared: a question waits for one of each turn before its own. */
function withTurns(plan: readonly PlannedCriterion[], turns: number): readonly PlannedCriterion[] {
  if (turns === 1) return plan
  const longestMs = Math.max(0, ...plan.map(({ roundMs }) => roundMs))
  const waitMs = (turns - 1) * (longestMs + roomMs) + roomMs
  return plan.map((planned) => ({ ...planned, roundMs: planned.roundMs + questionsPerRound * waitMs }))
}

const queueOf = ({ criterion, devices: [named = ''] }: PlannedCriterion): string => criterion.device ?? named

function lengthOf(plan: readonly PlannedCriterion[], planned: PlannedCriterion): number {
  const others = plan.filter((one) => queueOf(one) === queueOf(planned) && areSideBySide(plan, one, planned))
  const roundMs = planned.roundMs + others.reduce((sum, other) => sum + other.roundMs, 0)
  return planned.withinMs === 0 ? roundMs : planned.withinMs + 2 * roundMs
}

/** Whether neither waits for the other. */
function areSideBySide(plan: readonly PlannedCriterion[], one: PlannedCriterion, other: PlannedCriterion): boolean {
  return one !== other && !isBefore(plan, one, other) && !isBefore(plan, other, one)
}

function isBefore(plan: readonly PlannedCriterion[], one: PlannedCriterion, other: PlannedCriterion): boolean {
  const seen = new Set<PlannedCriterion>()
  const visit = (current: PlannedCriterion): boolean =>
    waitsFor(plan, current).some((next) => {
      if (next === one) return true
      if (seen.has(next)) return false
      seen.add(next)
      return visit(next)
    })
  return visit(other)
}
