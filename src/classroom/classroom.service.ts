import { everybody } from '../courses/index.ts'
import type { EnrollmentsService } from '../enrollments/index.ts'
import { AppError } from '../errors.ts'
import type { ExerciseRow, ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { Notice } from '../http/page-context.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import type { EventBus } from '../lib/events.ts'
import { newId } from '../lib/ids.ts'
import type { Audit } from '../users/index.ts'
import type { ClassroomRepository, HelpRequest } from './classroom.repository.ts'

export interface ClassroomOptions {
  readonly repository: ClassroomRepository
  readonly exercises: Pick<ExercisesService, 'find' | 'has' | 'assists' | 'seesAll'>
  readonly enrollments: Pick<EnrollmentsService, 'listActive'>
  readonly events: Pick<EventBus, 'publish'>
  readonly audit: Audit
  readonly clock: Clock
}

/** What happens between a class and its teachers while a lab is on: hands are raised, messages are sent. */
export function createClassroomService({ repository, exercises, enrollments, events, audit, clock }: ClassroomOptions) {
  const announceHelp = (request: Pick<HelpRequest, 'id' | 'exerciseId' | 'userId'>, courseId: string) =>
    events.publish({
      name: 'help',
      data: { id: request.id, exerciseId: request.exerciseId },
      audience: { userIds: [request.userId], courseId },
    })

  const announceMessage = (id: string, exerciseId: string, courseId: string) =>
    events.publish({
      name: 'message',
      data: { id, exerciseId },
      audience: { userIds: enrollments.listActive(exerciseId, everybody).map(({ user }) => user.id), courseId },
    })

  /** A message goes to the whole class: it is for who sees the whole class. */
  function findWhole(actor: Actor, exerciseId: string): ExerciseRow {
    const exercise = exercises.find(actor, exerciseId, 'assist')
    if (!exercises.seesAll(actor, exercise)) throw new AppError('FORBIDDEN')
    return exercise
  }

  function endHelp(actor: Actor, exerciseId: string, userId: string): void {
    const exercise = exercises.find(actor, exerciseId, 'see')
    const open = repository.findHelp(exercise.id, userId)
    if (!open) return
    repository.endHelp(open.id, actor.id, isoNow(clock))
    announceHelp(open, exercise.courseId)
  }

  return {
    /** Open requests for help of exercises, who waits longest first. */
    listHelp: repository.listHelp,
    findHelp: repository.findHelp,

    /** A student asks for help; asking twice is asking once. @throws AppError EXERCISE_NOT_FOUND, FORBIDDEN for staff */
    raiseHand(actor: Actor, exerciseId: string): void {
      const exercise = exercises.find(actor, exerciseId, 'see')
      if (exercises.has(actor, exercise, 'assist')) throw new AppError('FORBIDDEN')
      if (repository.findHelp(exercise.id, actor.id)) return
      const request = { id: newId(), exerciseId: exercise.id, userId: actor.id, createdAt: isoNow(clock) }
      repository.insertHelp(request)
      announceHelp(request, exercise.courseId)
    },

    /** The student found it out without help. @throws AppError EXERCISE_NOT_FOUND */
    lowerHand: (actor: Actor, exerciseId: string): void => endHelp(actor, exerciseId, actor.id),

    /** Somebody of the staff came. @throws AppError EXERCISE_NOT_FOUND, FORBIDDEN, ENROLLMENT_NOT_FOUND */
    answerHand(actor: Actor, exerciseId: string, userId: string): void {
      if (!exercises.assists(actor, exercises.find(actor, exerciseId, 'assist'), userId)) throw new AppError('ENROLLMENT_NOT_FOUND')
      endHelp(actor, exerciseId, userId)
    },

    /** Tells everybody enrolled, for so many minutes. @throws AppError EXERCISE_NOT_FOUND, FORBIDDEN, also for who sees a group alone */
    send(actor: Actor, exerciseId: string, { text, minutes }: { readonly text: string; readonly minutes: number }): void {
      const exercise = findWhole(actor, exerciseId)
      const id = newId()
      repository.inTransaction(() => {
        const endsAt = new Date(clock.now() + minutes * 60_000).toISOString()
        repository.insertMessage({ id, exerciseId, text, sentBy: actor.id, endsAt, createdAt: isoNow(clock) })
        audit.record({ actorId: actor.id, action: 'class.message', objectType: 'exercise', objectId: exerciseId, details: { text } })
      })
      announceMessage(id, exercise.id, exercise.courseId)
    },

    /** @throws AppError EXERCISE_NOT_FOUND, FORBIDDEN */
    takeBack(actor: Actor, exerciseId: string, messageId: string): void {
      const exercise = findWhole(actor, exerciseId)
      repository.endMessage(exercise.id, messageId, isoNow(clock))
      announceMessage(messageId, exercise.id, exercise.courseId)
    },

    listMessages: (exerciseId: string) => repository.listMessages(exerciseId, isoNow(clock)),

    /** The banners on the pages of a student. */
    noticesFor: (actor: Pick<Actor, 'id' | 'role'>): Notice[] =>
      actor.role !== 'student'
        ? []
        : repository.listMessagesTo(actor.id, isoNow(clock)).map(({ message, sender, exercise }) => ({
            ...{ id: message.id, text: message.text, from: sender, about: exercise, at: message.createdAt },
          })),
  }
}

export type ClassroomService = ReturnType<typeof createClassroomService>
