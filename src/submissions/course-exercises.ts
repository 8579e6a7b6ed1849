import type { CourseExercise } from '../courses/index.ts'
import type { Services } from '../services.ts'
import { readClassNumbers } from './class-numbers.ts'

/** The exercises of a course with their classes in numbers, as the course's pages list them. */
export function listCourseExercises(
  services: Pick<Services, 'exercises' | 'enrollments' | 'submissions' | 'workVms'>,
  courseId: string,
): CourseExercise[] {
  return services.exercises.listByCourses([courseId]).map((exercise) => {
    const { criteria } = services.exercises.revisionOf(exercise).definition
    return {
      id: exercise.id,
      title: exercise.title,
      state: exercise.state,
      isProven: exercise.isProven,
      publishedUnproven: exercise.publishedUnproven,
      criteria: criteria.length,
      maxPoints: criteria.reduce((sum, criterion) => sum + criterion.points, 0),
      dueAt: exercise.rules.dueAt,
      ...readClassNumbers(services, exercise.id),
    }
  })
}
