import type { ErrorView } from '../http/page-context.ts'
import { type JobRow, readJob } from '../jobs/index.ts'
import type { SentenceValues } from '../lib/sentence.ts'
import type { Services } from '../services.ts'

type Parts = Pick<Services, 'jobs' | 'jobsRepository' | 'translate'>

/** What went wrong with a lab as its user is told: the cause, the step at which it stopped, the reference to quote. */
export function readFaultOf(
  parts: Parts,
  job: JobRow | undefined,
  error: { readonly code: string; readonly details: SentenceValues | null },
): ErrorView {
  const reading = job ? readJob(parts.jobsRepository, parts.jobs.definitions, job, parts.translate) : null
  const failed = reading?.steps.find((step) => step.state === 'failed')
  return {
    code: error.code,
    message: parts.translate(`errors.${error.code}`, { requestId: job?.id ?? '', ...error.details }),
    tried: failed ? parts.translate('pages.labs.failedAt', { step: failed.label }) : null,
    reference: job?.id ?? null,
  }
}
