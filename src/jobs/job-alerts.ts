import { z } from 'zod'
import type { Alerts } from '../alerts/index.ts'
import type { EventBus } from '../lib/events.ts'
import type { Translate } from '../strings/index.ts'
import { faultOf } from './job-subject.ts'
import type { JobsRepository } from './jobs.repository.ts'

export interface JobAlertsParts {
  readonly events: Pick<EventBus, 'subscribe'>
  readonly jobs: Pick<JobsRepository, 'find'>
  readonly alerts: Pick<Alerts, 'raise' | 'clear'>
  readonly translate: Translate
}

const jobData = z.object({ id: z.string(), name: z.string(), key: z.string(), state: z.string() })

/** A job that failed for good is an alert until a job of the same key does better. */
export function raiseJobAlerts({ events, jobs, alerts, translate }: JobAlertsParts): () => void {
  return events.subscribe((event) => {
    if (event.name !== 'job') return
    const { id, name, key, state } = jobData.parse(event.data)
    if (state !== 'failed') {
      if (state === 'running' || state === 'done') alerts.clear(`job:${key}`)
      return
    }
    const row = jobs.find(id)
    const reason = (row && faultOf(row, { translate })) ?? translate('errors.INTERNAL', { requestId: id })
    alerts.raise({ key: `job:${key}`, code: 'jobFailed', values: { job: translate(`jobs.names.${name}`), reason } })
  })
}
