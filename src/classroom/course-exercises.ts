import type { CourseExercise, StudentScope } from '../courses/index.ts'
import type { Services } from '../services.ts'
import { listResults, readClassNumbers } from '../submissions/index.ts'
import { readBoard } from './read-board.ts'

/** The exercises of a course with their classes in numbers (of whom the reader sees), as the course's pages list them. */
export function listCourseExercises(
  services: Pick<Services, 'classroom' | 'clock' | 'exercises' | 'enrollments' | 'submissions' | 'workVms'>,
  courseId: string,
  scope: StudentScope,
): CourseExercise[] {
  return services.exercises.listByCourses([courseId]).map((exercise) => {
    const { criteria } = services.exercises.revisionOf(exercise).definition
    const lines = listResults(services, exercise.id, scope)
    const board = readBoard(services, exercise.id, lines)
    return {
      id: exercise.id,
      title: exercise.title,
      state: exercise.state,
      isProven: exercise.isProven,
      publishedUnproven: exercise.publishedUnproven,
      criteria: criteria.length,
      maxPoints: criteria.reduce((sum, criterion) => sum + criterion.points, 0),
      dueAt: exercise.rules.dueAt,
      ...readClassNumbers(services, exercise.id, lines),
      started: board.filter(({ light }) => light !== 'absent').length,
      stuck: board.filter(({ isStuck }) => isStuck).length,
      hands: board.filter(({ helpSince }) => helpSince !== null).length,
      labsFailed: board.filter(({ fault }) => fault !== null).length,
    }
  })
}
