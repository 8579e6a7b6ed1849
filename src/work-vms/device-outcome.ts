import type { Actor } from '../http/access.ts'
import type { JobRow } from '../jobs/index.ts'
import { sentenceValuesSchema } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import { deviceData, devicePayload, isDeviceJob } from './device-jobs.ts'
import { readFaultOf } from './lab-fault.ts'
import type { WorkVmRow } from './work-vms.repository.ts'
import type { DeviceOutcome } from './work-vms.views.ts'

type Parts = Pick<Services, 'workVms' | 'jobs' | 'jobsRepository' | 'translate' | 'clock'>

const details = sentenceValuesSchema.nullable()
/** What was asked for longer ago is over, and would be taken for news. */
const toldMs = 10 * 60_000

const isOver = (job: JobRow, now: number): boolean => job.endedAt !== null && now - Date.parse(job.endedAt) > toldMs

/** What came of the last thing that was done with one device of a running lab; null when nothing was, or it is long over. */
export function readDeviceOutcome(parts: Parts, workVm: WorkVmRow): DeviceOutcome | null {
  if (workVm.state !== 'ready' || !isDeviceJob(parts.workVms.latestJobName(workVm) ?? '')) return null
  const job = parts.workVms.latestJob(workVm)
  if (!job || !isDeviceJob(job.name) || (job.state !== 'done' && job.state !== 'failed') || isOver(job, parts.clock.now())) return null
  const data = deviceData.parse(job.data ?? {})
  return {
    job: job.name,
    device: devicePayload.parse(job.payload).device,
    isDone: job.state === 'done',
    typed: data.typed ?? [],
    refused: data.refused ?? [],
    leftOut: data.leftOut ?? [],
    found: [...new Set(data.found ?? [])],
    error: job.errorCode === null ? null : readFaultOf(parts, job, { code: job.errorCode, details: details.parse(job.errorDetails) }),
  }
}

/** Whether the devices of a lab can be restarted or restored now, by this person. */
export function mayOfDevices({ exercises }: Pick<Services, 'exercises'>, actor: Actor, workVm: WorkVmRow): boolean {
  if (workVm.state !== 'ready' || workVm.frozenFor !== null) return false
  const isStudent = workVm.purpose === 'student' && workVm.userId === actor.id
  return !isStudent || exercises.phaseFor(exercises.get(workVm.exerciseId), actor.id) === 'open'
}
