import { z } from 'zod'
import type { ExercisesService } from '../exercises/index.ts'
import { defineJob, type JobsRepository, type StepContext } from '../jobs/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { SubmissionRow, SubmissionsService } from '../submissions/index.ts'
import type { WorkVmRow, WorkVmsService } from '../work-vms/index.ts'
import type { Collection } from './collection.ts'
import type { ExamsRepository } from './exams.repository.ts'
import { examKey } from './exams.service.ts'

export interface CollectExamParts {
  readonly repository: Pick<ExamsRepository, 'find'>
  readonly collection: Collection
  readonly exercises: ExercisesService
  readonly submissions: SubmissionsService
  readonly workVms: WorkVmsService
  readonly jobsRepository: Pick<JobsRepository, 'findLiveByKey' | 'findLatestByKey'>
  readonly clock: Clock
}

const payload = z.object({ exerciseId: z.string(), again: z.boolean() })
/** The labs that were switched on for this, each with what it was before: it is put back. */
const data = z.object({ woken: z.array(z.object({ workVmId: z.string(), was: z.string() })).optional() })
type Data = z.infer<typeof data>
type Context = StepContext<z.infer<typeof payload>, Data>

/** Labs that are off are switched on in waves of so many: the whole class at once would wait in one queue for the same memory. */
const waveSize = 6
const pollMs = 2_000
const hour = 3_600_000

const isUnderWay = ({ state }: SubmissionRow): boolean => state === 'queued' || state === 'evaluating'
const offStates: readonly WorkVmRow['state'][] = ['stopped', 'hibernated', 'suspended', 'failed']
const busyStates: readonly WorkVmRow['state'][] = ['queued', 'starting', 'stopping', 'creating']

/**
 * Submits for everybody at the end of an exam. First, in one transaction, every submission is stored with its time and every lab is
 * frozen: power and terminals are closed from then on. Then labs are checked as they are; those that are off are switched on in waves and
 * put back after. What is done is read from the rows each time, so that a restart does nothing twice.
 */
export function collectExamJob(parts: CollectExamParts) {
  const { collection, exercises, submissions, workVms, jobsRepository, clock } = parts

  async function close({ payload: { exerciseId, again }, jobId }: Context) {
    return {
      commit: () => {
        const exercise = exercises.get(exerciseId)
        const rule = parts.repository.find(exerciseId)?.collect ?? 'missing'
        for (const { workVm, endedAt } of collection.listDue(exercise, rule, again)) submissions.collect(workVm, endedAt, jobId)
      },
    }
  }

  const isLive = (key: string): boolean => jobsRepository.findLiveByKey(key).length > 0

  /** The start that was made for this submission came to nothing. */
  function hasFailedToStart(submission: SubmissionRow, workVm: WorkVmRow): boolean {
    const last = jobsRepository.findLatestByKey(`work-vm:${workVm.id}`)
    return last?.name === 'start-work-vm' && last.state === 'failed' && last.createdAt >= submission.createdAt
  }

  /** One step on the way of one submission. @returns true when its lab is being switched on now */
  function advance(context: Context, submission: SubmissionRow, mayWake: boolean): boolean {
    if (submission.state === 'evaluating' || isLive(`submission:${submission.id}`)) return false
    const workVm = workVms.get(submission.workVmId)
    submissions.hold(submission)
    if (workVm.state === 'ready') {
      submissions.evaluateCollected(submission)
      return false
    }
    if (isLive(`work-vm:${workVm.id}`) || busyStates.includes(workVm.state)) return true
    if (!offStates.includes(workVm.state) || hasFailedToStart(submission, workVm)) {
      submissions.giveUpCollected(submission, workVm)
      return false
    }
    if (!mayWake) return false
    const woken = (context.data.woken ?? []).filter((one) => one.workVmId !== workVm.id)
    context.save({ woken: [...woken, { workVmId: workVm.id, was: workVm.state }] })
    workVms.wake(workVm.id)
    return true
  }

  /** Labs that were off before go off again, once nothing is asked of them any more. @returns how many still run */
  function putBack({ data: { woken = [] } }: Context, open: ReadonlySet<string>): number {
    return woken.filter(({ workVmId, was }) => {
      const { state } = workVms.get(workVmId)
      if (open.has(workVmId) || state !== 'ready') return open.has(workVmId)
      workVms.putToSleep(workVmId, was === 'hibernated' || was === 'suspended' ? 'hibernate' : 'shutdown')
      return false
    }).length
  }

  async function evaluate(context: Context) {
    for (;;) {
      context.signal.throwIfAborted()
      const all = submissions.listCollected(context.jobId)
      const pending = all.filter(isUnderWay)
      let waking = pending.filter((one) => busyStates.includes(workVms.get(one.workVmId).state)).length
      for (const submission of pending) if (advance(context, submission, waking < waveSize)) waking += 1
      const open = new Set(
        submissions
          .listCollected(context.jobId)
          .filter(isUnderWay)
          .map((one) => one.workVmId),
      )
      if (putBack(context, open) === 0 && open.size === 0) return undefined
      context.progress('collecting', { done: all.length - open.size, total: all.length })
      await clock.sleep(pollMs, context.signal)
    }
  }

  /** Nothing stays frozen for a collection that ended early. */
  function letGo(jobId: string): void {
    for (const submission of submissions.listCollected(jobId).filter((one) => one.state === 'queued'))
      if (!isLive(`submission:${submission.id}`)) submissions.giveUpCollected(submission, workVms.get(submission.workVmId))
  }

  return defineJob({
    name: 'collect-exam',
    payload,
    data,
    key: ({ exerciseId }) => examKey(exerciseId),
    maxAttempts: 5,
    steps: [
      { name: 'close', deadlineMs: 60_000, run: close },
      { name: 'evaluate', deadlineMs: 24 * hour, run: evaluate },
    ],
    onFailed: ({ jobId }) => letGo(jobId),
    onCancelled: ({ jobId }) => letGo(jobId),
  })
}
