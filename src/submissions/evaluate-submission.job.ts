import { z } from 'zod'
import type { RunStore } from '../evaluations/index.ts'
import { defineJob, type StepContext } from '../jobs/index.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import type { WorkVmsService } from '../work-vms/index.ts'
import type { LabEvaluator } from './evaluate-lab.ts'
import type { SubmissionsService } from './submissions.service.ts'

export interface EvaluateSubmissionParts {
  readonly submissions: SubmissionsService
  readonly workVms: WorkVmsService
  readonly runs: RunStore
  readonly evaluateLab: LabEvaluator
  readonly budgetMs: number
  readonly clock: Clock
}

const payload = z.object({ submissionId: z.string() })
const data = z.object({ runId: z.string().optional() })
type Context = StepContext<z.infer<typeof payload>, z.infer<typeof data>>

/** Checks a submission. A run that a crash interrupted is kept as broken, and a new one is made. */
export function evaluateSubmissionJob(parts: EvaluateSubmissionParts) {
  const { submissions, workVms, runs, clock } = parts

  async function begin({ payload: { submissionId } }: Context) {
    return { commit: () => void submissions.update(submissionId, { state: 'evaluating' }) }
  }

  async function ask(context: Context) {
    const submission = submissions.get(context.payload.submissionId)
    const runId = await parts.evaluateLab({
      workVm: workVms.get(submission.workVmId),
      revisionId: submission.exerciseRevisionId,
      purpose: 'submission',
      submissionId: submission.id,
      label: null,
      signal: context.signal,
      log: context.log,
      onLine: context.line,
    })
    return { data: { runId } }
  }

  async function settle({ payload: { submissionId }, data: { runId } }: Context) {
    if (runId === undefined) throw new Error('the run is not recorded')
    return {
      commit: () => {
        runs.count(submissionId, runId)
        const submission = submissions.settle(submissionId)
        workVms.thaw(submission.workVmId, submissionId)
      },
    }
  }

  const giveBack = (submissionId: string, change: Parameters<SubmissionsService['update']>[1]) => {
    const submission = submissions.update(submissionId, { ...change, attemptUsed: false, endedAt: isoNow(clock) })
    workVms.thaw(submission.workVmId, submissionId)
  }

  return defineJob({
    name: 'evaluate-submission',
    payload,
    data,
    key: ({ submissionId }) => `submission:${submissionId}`,
    maxAttempts: 3,
    steps: [
      { name: 'begin', deadlineMs: 60_000, run: begin },
      { name: 'ask', deadlineMs: parts.budgetMs + 10 * 60_000, run: ask },
      { name: 'settle', deadlineMs: 60_000, run: settle },
    ],
    onFailed: ({ payload: job }, error) =>
      giveBack(job.submissionId, { state: 'failed', errorCode: error.code, errorDetails: error.details }),
    onCancelled: ({ payload: job }) => giveBack(job.submissionId, { state: 'cancelled' }),
  })
}
