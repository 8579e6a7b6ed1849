import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { compareConfigurations } from '../evaluations/index.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { compareCriteria } from './compare.ts'
import { makeHeads } from './submission-heads.ts'
import { reportConfigurations, reportSubmission } from './submission-report.ts'
import type { SubmissionRow } from './submissions.repository.ts'
import type { FoundSubmission } from './submissions.service.ts'

const compareQuery = z.object({ with: idParams.shape.id.optional() })

/** Two submissions of one student in one exercise, the earlier one first. */
interface Pair {
  readonly found: FoundSubmission
  readonly before: SubmissionRow
  readonly after: SubmissionRow
  /** All of the student, newest first. */
  readonly all: readonly SubmissionRow[]
}

/**
 * Another submission of the same student in the same exercise; without a choice the one before.
 * @throws AppError SUBMISSION_NOT_FOUND also for one of somebody else, and where there is only one
 */
function findPair({ submissions }: Services, actor: Actor, id: string, withId: string | undefined): Pair {
  const found = submissions.find(actor, id)
  const { submission } = found
  const all = submissions.listOf(submission.exerciseId, submission.userId)
  const place = all.findIndex((one) => one.id === submission.id)
  const other = withId === undefined ? (all[place + 1] ?? all[place - 1]) : all.find((one) => one.id === withId)
  if (!other || other.id === submission.id) throw new AppError('SUBMISSION_NOT_FOUND')
  const [before, after] = other.number < submission.number ? [other, submission] : [submission, other]
  return { found, before, after, all }
}

async function readComparison(services: Services, { found, before, after }: Pair) {
  const { isStaff, isWithheld } = found
  const criteriaOf = (submission: SubmissionRow) =>
    isWithheld ? [] : reportSubmission(services, submission, { isStaff, withEvidence: false })
  const [left, right, leftTexts, rightTexts] = await Promise.all([
    criteriaOf(before),
    criteriaOf(after),
    reportConfigurations(services, before),
    reportConfigurations(services, after),
  ])
  return { ...compareCriteria(left, right), configurations: compareConfigurations(leftTexts, rightTexts) }
}

/** What changed between two submissions of one student: for himself, and for staff. */
export async function compareRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const { submissions, exercises, courses, users } = services

  typedRoutes(app).get(
    '/submissions/:id/compare',
    { schema: { params: idParams, querystring: compareQuery }, config: { access: 'submission-reader' } },
    async (request, reply) => {
      const pair = findPair(services, actorOf(request), request.params.id, request.query.with)
      const { exercise, isStaff, isWithheld, submission } = pair.found
      const course = courses.find(exercise.courseId)
      if (!course) throw new AppError('SUBMISSION_NOT_FOUND')
      const counted = submissions.criteriaOfMany(pair.all.filter((one) => one.state === 'done'))
      const { definition } = exercises.getRevision(pair.after.exerciseRevisionId)
      const heads = makeHeads(pair.all, {
        dueAt: exercises.rulesFor(exercise, submission.userId).dueAt,
        isWithheld,
        maxPoints: definition.criteria.reduce((sum, criterion) => sum + criterion.points, 0),
        criteriaOf: (id) => counted.get(id) ?? [],
      })
      const headOf = (id: string) => heads.filter((head) => head.id === id)
      return reply.page('submissions/compare.njk', {
        exercise: { id: exercise.id, title: exercise.title, course: { id: course.id, title: course.name, term: course.term } },
        timeZone: course.timeZone,
        submissionId: submission.id,
        otherId: pair.before.id === submission.id ? pair.after.id : pair.before.id,
        student: isStaff ? users.get(submission.userId).displayName : null,
        isWithheld,
        heads: [...headOf(pair.before.id), ...headOf(pair.after.id)],
        choices: heads.filter((head) => head.id !== submission.id),
        ...(await readComparison(services, pair)),
      })
    },
  )
}

/** The same for programs. */
export async function compareApiRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  typedRoutes(app).get(
    '/submissions/:id/compare',
    { schema: { tags: ['submissions'], params: idParams, querystring: compareQuery }, config: { access: 'submission-reader' } },
    async (request) => {
      const pair = findPair(services, actorOf(request), request.params.id, request.query.with)
      const { changed, configurations } = await readComparison(services, pair)
      return { before: pair.before.id, after: pair.after.id, isWithheld: pair.found.isWithheld, criteria: changed, configurations }
    },
  )
}
