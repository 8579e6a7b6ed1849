import type { FastifyInstance } from 'fastify'
import { accountRoutes } from './auth/account.routes.ts'
import { authRoutes } from './auth/auth.routes.ts'
import type { DemoAccount } from './auth/auth.views.ts'
import { capturesRoutes } from './captures/captures.routes.ts'
import { classroomRoutes } from './classroom/classroom.routes.ts'
import { listCourseExercises } from './classroom/course-exercises.ts'
import { coursesRoutes } from './courses/courses.routes.ts'
import { enrollmentsRoutes } from './enrollments/enrollments.routes.ts'
import { examsRoutes } from './exams/exams.routes.ts'
import { exerciseFormRoutes } from './exercises/exercise-form.routes.ts'
import { exercisesRoutes } from './exercises/exercises.routes.ts'
import { rulesRoutes } from './exercises/rules.routes.ts'
import type { FlashStore } from './http/flash.ts'
import { jobsRoutes } from './jobs/jobs.routes.ts'
import { openLabRoutes } from './lab-hosts/open-lab.routes.ts'
import { screensRoutes } from './screens/screens.routes.ts'
import type { Services } from './services.ts'
import { statisticsRoutes } from './statistics/statistics.routes.ts'
import { listClass } from './submissions/class.ts'
import { readClassNumbers } from './submissions/class-numbers.ts'
import { compareRoutes } from './submissions/compare.routes.ts'
import { homeRoutes } from './submissions/home.routes.ts'
import { regradeRoutes } from './submissions/regrade.routes.ts'
import { resultsRoutes } from './submissions/results.routes.ts'
import { listResults } from './submissions/results.ts'
import { reviewRoutes } from './submissions/review.routes.ts'
import { createShowStudentExercise, trialRoutes } from './submissions/student-exercise.routes.ts'
import { submissionsRoutes } from './submissions/submissions.routes.ts'
import { terminalsRoutes } from './terminals/terminals.routes.ts'
import { auditRoutes } from './users/audit.routes.ts'
import { usersRoutes } from './users/users.routes.ts'
import { reconcileRoutes } from './vms/reconcile.routes.ts'
import { configurationsRoutes } from './work-vms/configurations.routes.ts'
import { nodesRoutes } from './work-vms/nodes.routes.ts'
import { workVmsRoutes } from './work-vms/work-vms.routes.ts'

export interface PageOptions {
  readonly services: Services
  readonly flashes: FlashStore
  /** Who can be signed in with one press; the demo alone has any. */
  readonly demoAccounts: () => readonly DemoAccount[]
}

/** All pages, by domain. */
export async function pageRoutes(app: FastifyInstance, options: PageOptions): Promise<void> {
  await app.register(authRoutes, options)
  await app.register(accountRoutes, options)
  await app.register(homeRoutes, options)
  const { services } = options
  await app.register(coursesRoutes, { ...options, listExercises: (courseId, scope) => listCourseExercises(services, courseId, scope) })
  await app.register(exerciseFormRoutes, options)
  await app.register(exercisesRoutes, {
    ...options,
    numbersOf: (exerciseId, scope) => readClassNumbers(services, exerciseId, listResults(services, exerciseId, scope)),
    showStudentExercise: createShowStudentExercise(services),
  })
  await app.register(rulesRoutes, {
    ...options,
    listStudents: (exerciseId, scope) =>
      services.enrollments
        .listActive(exerciseId, scope)
        .map(({ user }) => ({ userId: user.id, name: user.displayName, username: user.username })),
  })
  await app.register(enrollmentsRoutes, { ...options, listClass: (exerciseId, scope) => listClass(services, exerciseId, scope) })
  await app.register(resultsRoutes, options)
  await app.register(reviewRoutes, options)
  await app.register(classroomRoutes, options)
  await app.register(statisticsRoutes, options)
  await app.register(trialRoutes, options)
  await app.register(workVmsRoutes, options)
  await app.register(configurationsRoutes, options)
  await app.register(terminalsRoutes, options)
  await app.register(screensRoutes, options)
  await app.register(openLabRoutes, options)
  await app.register(capturesRoutes, options)
  await app.register(submissionsRoutes, options)
  await app.register(compareRoutes, options)
  await app.register(regradeRoutes, options)
  await app.register(examsRoutes, options)
  await app.register(jobsRoutes, options)
  await app.register(reconcileRoutes, options)
  await app.register(nodesRoutes, options)
  await app.register(usersRoutes, options)
  await app.register(auditRoutes, options)
}
