import { groupBy } from '../lib/group-by.ts'
import type { Services } from '../services.ts'
import type { ResultLine } from '../submissions/index.ts'
import { type BoardEntry, boardEntry } from './board.ts'

type Parts = Pick<Services, 'classroom' | 'clock' | 'submissions' | 'workVms'>

/** A class as it is now, by name. @param lines what counts of each whom the reader sees */
export function readBoard(parts: Parts, exerciseId: string, lines: readonly ResultLine[]): BoardEntry[] {
  const nowMs = parts.clock.now()
  const labs = new Map(
    parts.workVms
      .listByExercise(exerciseId)
      .filter((vm) => vm.purpose === 'student' && !['binned', 'deleting', 'deleted'].includes(vm.state))
      .map((vm) => [vm.userId, vm]),
  )
  const submissions = groupBy(parts.submissions.listByExercise(exerciseId), (submission) => submission.userId)
  const hands = new Map(parts.classroom.listHelp([exerciseId]).map((request) => [request.userId, request]))
  return lines.map((line) =>
    boardEntry(line, {
      lastSubmittedAt: submissions.get(line.userId)?.[0]?.acceptedAt ?? null,
      lab: labs.get(line.userId) ?? null,
      help: hands.get(line.userId),
      nowMs,
    }),
  )
}
