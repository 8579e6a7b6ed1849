import type { Exercise } from './exercise-definition.ts'
import { type PlannedCriterion, planCriteria, waitsFor } from './plan.ts'

/** Opening the consoles, and capturing what they are configured with. */
const openingMs = 15_000

/**
 * The longest that the checks of an exercise take on devices that answer: nothing passes before the end of its window, and what others
 * require passes just then. What does not answer takes longer; there the time budget ends it.
 *
 * Windows of criteria that do not wait for each other go on side by side. What is left is the device: a criterion's first and last round
 * wait for at most one round of every other one that polls the same console (device-queue.ts).
 *
 * @returns seconds
 */
export function worstCaseSeconds(exercise: Exercise): number {
  const plan = planCriteria(exercise)
  const ends = new Map<string, number>()
  const endOf = (planned: PlannedCriterion): number => {
    const { id } = planned.criterion
    const known = ends.get(id)
    if (known !== undefined) return known
    const end = Math.max(0, ...waitsFor(plan, planned).map(endOf)) + lengthOf(plan, planned)
    ends.set(id, end)
    return end
  }
  return Math.ceil((Math.max(0, ...plan.map(endOf)) + openingMs) / 1_000)
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
