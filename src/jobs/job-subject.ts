import { sentenceValuesSchema } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import type { JobRow as StoredJob } from './jobs.repository.ts'
import type { JobRow } from './jobs.views.ts'

type Parts = Pick<Services, 'exercises' | 'workVms' | 'submissions' | 'users' | 'translate'>

interface Subject {
  readonly subject: string
  readonly subjectHref: string | null
}

const labOf = ({ exercises, users }: Parts, lab: { exerciseId: string; userId: string }): string =>
  `${exercises.get(lab.exerciseId).title} · ${users.find(lab.userId)?.displayName ?? ''}`

/** What a job works on, in words, by its key (`work-vm:ID`). Rows are never deleted, so what a key names is there. */
function subjectOf(parts: Parts, key: string): Subject {
  const [kind, id = ''] = key.split(':')
  if (kind === 'work-vm' || kind === 'proof') {
    const workVm = parts.workVms.get(id)
    return { subject: labOf(parts, workVm), subjectHref: `/exercises/${workVm.exerciseId}` }
  }
  if (kind === 'submission') return { subject: labOf(parts, parts.submissions.get(id)), subjectHref: `/submissions/${id}` }
  if (kind === 'exercise') return { subject: parts.exercises.get(id).title, subjectHref: `/exercises/${id}` }
  return { subject: key, subjectHref: null }
}

const storedDetails = sentenceValuesSchema.nullable()

/** The sentence of what went wrong; null while nothing did. */
export function faultOf(job: StoredJob, { translate }: Pick<Parts, 'translate'>): string | null {
  if (job.errorCode === null || job.state === 'queued') return null
  return translate(`errors.${job.errorCode}`, { requestId: job.id, ...storedDetails.parse(job.errorDetails) })
}

export const jobRow = (parts: Parts, job: StoredJob): JobRow => ({
  id: job.id,
  name: job.name,
  state: job.state,
  ...subjectOf(parts, job.key),
  attempts: job.attempts,
  createdAt: job.createdAt,
  startedAt: job.startedAt,
  endedAt: job.endedAt,
  errorMessage: faultOf(job, parts),
})
