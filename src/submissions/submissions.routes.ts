import type { FastifyInstance, FastifyReply } from 'fastify'
import { AppError } from '../errors.ts'
import type { ObservationRow } from '../evaluations/index.ts'
import { actorOf } from '../http/access.ts'
import { idParams } from '../http/api.ts'
import { typedRoutes } from '../http/zod-validation.ts'
import type { Services } from '../services.ts'
import { type AskingNow, followAsking } from './asking.ts'
import { countHidden, readCriterionViews } from './criterion-views.ts'
import { integritySentences } from './integrity-sentences.ts'
import { showReview } from './review.routes.ts'
import { makeSubmissionPage } from './submission.pages.ts'
import { makeHeads } from './submission-heads.ts'
import { readSubmissionFault, readSubmissionSteps } from './submission-progress.ts'
import type { SubmissionRow } from './submissions.repository.ts'
import type { FoundSubmission } from './submissions.service.ts'

/** Submitting, and reading what came of it. */
export async function submissionsRoutes(app: FastifyInstance, { services }: { services: Services }): Promise<void> {
  const routes = typedRoutes(app)
  const { submissions, workVms, exercises, courses, evaluations, evidence, events } = services
  const asking: AskingNow = followAsking(events)
  app.addHook('onClose', async () => asking.close())

  async function showOwn(reply: FastifyReply, { submission, exercise, isWithheld }: FoundSubmission) {
    const course = courses.find(exercise.courseId)
    if (!course) throw new AppError('SUBMISSION_NOT_FOUND')
    const { definition } = exercises.getRevision(submission.exerciseRevisionId)
    const all = submissions.listOf(exercise.id, submission.userId)
    const counted = submissions.criteriaOfMany(all.filter((one) => one.state === 'done'))
    const isTrial = workVms.get(submission.workVmId).purpose === 'try'
    const page = makeSubmissionPage({
      exercise,
      course,
      submissionId: submission.id,
      history: makeHeads(all, {
        dueAt: exercises.rulesFor(exercise, submission.userId).dueAt,
        isWithheld,
        maxPoints: definition.criteria.reduce((sum, criterion) => sum + criterion.points, 0),
        criteriaOf: (id) => counted.get(id) ?? [],
      }),
      criteria: isWithheld ? [] : await readCriterionViews(services, submission, { forStaff: false, asking: asking.of(submission.id) }),
      isWithheld,
      hiddenCriteria: countHidden(definition),
      steps: readSubmissionSteps(services, submission),
      error: readSubmissionFault(services, submission),
      integrity: integritySentences(submissions.runOf(submission), services.translate),
      comment: isWithheld ? null : remarkOn(submission),
      labHref: isTrial ? `/exercises/${exercise.id}/try` : `/exercises/${exercise.id}`,
    })
    return reply.page('submissions/show.njk', page)
  }

  /** What staff said last of the whole. */
  const remarkOn = (submission: SubmissionRow): string | null =>
    submissions
      .listReviews(submission.id)
      .filter(({ review }) => review.criterionId === null)
      .at(-1)?.review.reason ?? null

  /** Pressed as the session ended: asked again, of the same person alone. */
  routes.get('/work-vms/:id/submissions', { schema: { params: idParams }, config: { access: 'lab-owner' } }, async (request, reply) => {
    const actor = actorOf(request)
    const workVm = workVms.find(actor, request.params.id)
    if (workVm.userId !== actor.id) throw new AppError('WORK_VM_NOT_FOUND')
    const { id, title } = exercises.get(workVm.exerciseId)
    const open = submissions.findOpen(workVm.id)
    if (open) return reply.redirect(`/submissions/${open.id}`, 303)
    const backHref = `/exercises/${id}${workVm.purpose === 'try' ? '/try' : ''}`
    return reply.page('submissions/confirm.njk', { labId: workVm.id, exercise: { id, title }, backHref })
  })

  routes.post(
    '/work-vms/:id/submissions',
    { schema: { params: idParams }, config: { access: 'lab-owner', isAskedAgain: true } },
    async (request, reply) => {
      const { submission } = await submissions.submit(actorOf(request), request.params.id)
      return reply.redirect(`/submissions/${submission.id}`, 303)
    },
  )

  routes.get('/submissions/:id', { schema: { params: idParams }, config: { access: 'submission-reader' } }, async (request, reply) => {
    const found = submissions.find(actorOf(request), request.params.id)
    if (found.isStaff) return showReview(services, request, reply, { ...found, asking })
    return showOwn(reply, found)
  })

  /** Configurations are the student's own; of answers he sees those of the criteria he sees, once results are shown. */
  const mayRead = (row: ObservationRow, { submission, isStaff, isWithheld }: FoundSubmission): boolean => {
    if (isStaff || row.purpose === 'configuration') return true
    if (isWithheld) return false
    const { definition } = exercises.getRevision(submission.exerciseRevisionId)
    return definition.criteria.some((criterion) => criterion.id === row.criterionId && criterion.visible)
  }

  /** The bytes as they came, never shown by the browser. */
  routes.get(
    '/submissions/:id/evidence/:observationId',
    { schema: { params: idParams.extend({ observationId: idParams.shape.id }) }, config: { access: 'submission-reader' } },
    async (request, reply) => {
      const found = submissions.find(actorOf(request), request.params.id)
      const { submission } = found
      const row = evaluations.findObservation(request.params.observationId)
      const isOfIt = row !== undefined && evaluations.findRun(row.evaluationRunId)?.submissionId === submission.id
      if (!isOfIt || !mayRead(row, found)) throw new AppError('EVIDENCE_NOT_FOUND')
      const name = `${submission.id}-${row.seq}.raw`
      return reply
        .type('application/octet-stream')
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('x-content-type-options', 'nosniff')
        .send(await evidence.get(row.rawSha256))
    },
  )
}
