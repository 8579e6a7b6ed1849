import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { attemptsAt, drawRecordedLab, type ExerciseRow, phaseAt } from '../exercises/index.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import { isoNow } from '../lib/clock.ts'
import type { Services } from '../services.ts'
import { readLab } from '../work-vms/index.ts'
import { integritySentences } from './integrity-sentences.ts'
import { isOpenNow, makeStudentExercise } from './student-exercise.pages.ts'
import { isUnderWay, usesAttempt } from './submissions.repository.ts'
import type { StudentExercisePage } from './submissions.views.ts'

export type ShowExercise = (request: FastifyRequest, reply: FastifyReply, exercise: ExerciseRow) => Promise<string>

/** The exercise with the caller's own lab, as a student has it. */
function createReader(services: Services) {
  const { exercises, courses, workVms, labWatch, submissions, clock } = services

  return (request: FastifyRequest, exercise: ExerciseRow, purpose: 'student' | 'try'): StudentExercisePage => {
    const actor = actorOf(request)
    const isTrial = purpose === 'try'
    const workVm = workVms.findOwn(actor, exercise.id, purpose)
    // who has a lab is checked by what his lab was made from, though the exercise was changed since
    const revision = workVm ? exercises.getRevision(workVm.exerciseRevisionId) : exercises.revisionOf(exercise)
    const course = courses.find(exercise.courseId)
    if (!course) throw new AppError('EXERCISE_NOT_FOUND')
    const own = submissions.listOf(exercise.id, actor.id)
    const counted = submissions.criteriaOfMany(own.filter((submission) => submission.state === 'done'))
    const now = isoNow(clock)
    const rules = isTrial ? exercise.rules : exercises.rulesFor(exercise, actor.id)
    const attempts = attemptsAt(
      rules,
      own.filter(usesAttempt).map((submission) => submission.acceptedAt),
      now,
    )
    const phase = phaseAt(rules, now)
    const isTold = isTrial || phase !== 'before'
    // a lab of one's own is drawn as it is
    const recorded = workVm || !isTold ? null : exercises.findLab(revision.id)
    const isOpen = isOpenNow(exercise, phase, isTrial)
    const hasAttempt = isTrial || attempts.left === null || attempts.left > 0
    const isPaused = !isTrial && exercise.rules.submissionsFrozenAt !== null
    const lab = readLab(services, workVm, workVm && isTold ? labWatch.lastSeen(workVm) : null, {
      isOpen,
      maySubmit: isOpen && hasAttempt && !isPaused,
      openSubmissionId: own.find((submission) => submission.workVmId === workVm?.id && isUnderWay(submission))?.id ?? null,
      recorded: recorded ? drawRecordedLab(recorded) : null,
      now: clock.now(),
      from: request.ip,
    })
    return makeStudentExercise({
      exercise,
      revision,
      course,
      lab,
      submissions: own,
      criteriaOf: (id) => counted.get(id) ?? [],
      integrityOf: (submission) => integritySentences(submissions.runOf(submission), services.translate),
      rules,
      attempts,
      now,
      isTrial,
      isPaused,
      help: isTrial || !isOpen ? null : { since: services.classroom.findHelp(exercise.id, actor.id)?.createdAt ?? null },
    })
  }
}

/** `/exercises/:id` as a participant sees it who is not staff. */
export function createShowStudentExercise(services: Services): ShowExercise {
  const read = createReader(services)
  return async (request, reply, exercise) => reply.page('submissions/exercise.njk', read(request, exercise, 'student'))
}

/** Trying an exercise as a student: the staff's own lab. */
export async function trialRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const { exercises, workVms } = services
  const routes = typedRoutes(app)
  const read = createReader(services)

  routes.get('/exercises/:id/try', { schema: { params: idParams }, config: { access: 'course-staff' } }, async (request, reply) => {
    const actor = actorOf(request)
    const exercise = exercises.find(actor, request.params.id, 'assist')
    return reply.page('submissions/exercise.njk', read(request, exercise, 'try'))
  })

  routes.post('/exercises/:id/try', { schema: { params: idParams }, config: { access: 'course-staff' } }, async (request, reply) => {
    workVms.ensureOwn(actorOf(request), request.params.id, 'try')
    return reply.redirect(`/exercises/${request.params.id}/try`, 303)
  })
}
