import type { ErrorView } from '../http/page-context.ts'
import { readJob } from '../jobs/index.ts'
import { sentenceValuesSchema } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import type { SubmissionRow } from './submissions.repository.ts'

const storedDetails = sentenceValuesSchema.nullable()

/** What went wrong with a submission as a whole. */
export function readSubmissionFault(
  { jobsRepository, translate }: Pick<Services, 'jobsRepository' | 'translate'>,
  submission: SubmissionRow,
): ErrorView | null {
  if (submission.errorCode === null) return null
  const job = jobsRepository.findLatestByKey(`submission:${submission.id}`)
  const details = storedDetails.parse(submission.errorDetails)
  return {
    code: submission.errorCode,
    message: translate(`errors.${submission.errorCode}`, { requestId: job?.id ?? '', ...details }),
    tried: null,
    reference: job?.id ?? null,
  }
}

/** Steps of the evaluation. */
export function readSubmissionSteps({ jobs, jobsRepository, translate }: Services, submission: SubmissionRow) {
  const job = jobsRepository.findLatestByKey(`submission:${submission.id}`)
  return job ? readJob(jobsRepository, jobs.definitions, job, translate).steps : []
}
