import type { Actor } from '../http/access.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { BankComment, CommentBankRepository } from './comment-bank.repository.ts'
import type { SubmissionsService } from './submissions.service.ts'

export interface CommentBankOptions {
  readonly repository: CommentBankRepository
  readonly submissions: Pick<SubmissionsService, 'findAsStaff'>
  readonly clock: Clock
}

/** Comments of an exercise that are written once and used for many students. Reached by a submission: only its staff may. */
export function createCommentBank({ repository, submissions, clock }: CommentBankOptions) {
  return {
    list: (exerciseId: string): readonly BankComment[] => repository.list(exerciseId),

    /** The same text again is the one that is there. @throws AppError FORBIDDEN, SUBMISSION_NOT_FOUND */
    add(actor: Actor, submissionId: string, text: string): void {
      const { exercise } = submissions.findAsStaff(actor, submissionId)
      if (repository.list(exercise.id).some((comment) => comment.text === text)) return
      repository.insert({ id: newId(), exerciseId: exercise.id, text, createdBy: actor.id, createdAt: isoNow(clock) })
    },

    /** Out of the bank; where it was used it stays. @throws AppError FORBIDDEN, SUBMISSION_NOT_FOUND */
    remove(actor: Actor, submissionId: string, commentId: string): void {
      const { exercise } = submissions.findAsStaff(actor, submissionId)
      repository.remove(exercise.id, commentId, isoNow(clock))
    },
  }
}

export type CommentBank = ReturnType<typeof createCommentBank>
