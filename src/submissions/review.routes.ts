import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { ExerciseRow } from '../exercises/index.ts'
import type { Services } from '../services.ts'
import type { AskingNow } from './asking.ts'
import type { SubmissionRow } from './submissions.repository.ts'

export interface ReviewRequest {
  readonly submission: SubmissionRow
  readonly exercise: ExerciseRow
  readonly asking: AskingNow
}

/** `/submissions/:id` for staff of the course. */
export function showReview(_services: Services, _request: FastifyRequest, _reply: FastifyReply, _found: ReviewRequest): Promise<string> {
  throw new AppError('NOT_FOUND')
}
