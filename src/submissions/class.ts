import type { StudentScope } from '../courses/index.ts'
import type { ClassMember } from '../enrollments/index.ts'
import { sentenceValuesSchema } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import { listResults } from './results.ts'

const details = sentenceValuesSchema.nullable()

/** Everybody enrolled in an exercise whom the reader sees, with his lab and what he submitted. */
export function listClass(
  services: Pick<Services, 'enrollments' | 'exercises' | 'submissions' | 'workVms'>,
  exerciseId: string,
  scope: StudentScope,
): ClassMember[] {
  const labs = services.workVms
    .listByExercise(exerciseId)
    .filter((vm) => vm.purpose === 'student' && !['binned', 'deleting'].includes(vm.state))
  const all = services.submissions.listByExercise(exerciseId)
  return listResults(services, exerciseId, scope).map((line) => {
    const lab = labs.find((vm) => vm.userId === line.userId)
    const last = all.find((submission) => submission.userId === line.userId)
    return {
      userId: line.userId,
      username: line.username,
      name: line.name,
      group: line.group,
      attempts: line.attempts,
      counted: line.submission && { points: line.submission.points, undecidedPoints: line.submission.undecidedPoints },
      last: last ? { id: last.id, acceptedAt: last.acceptedAt } : null,
      workVm: lab
        ? { id: lab.id, state: lab.state, errorCode: lab.errorCode, errorDetails: details.catch(null).parse(lab.errorDetails) }
        : null,
    }
  })
}
