import { z } from 'zod'
import { groupBy } from '../lib/group-by.ts'
import { rememberFor } from '../lib/remember.ts'
import { sentenceValuesSchema } from '../lib/sentence.ts'
import { hasMessage, type Translate } from '../strings/index.ts'
import type { AnyJobDefinition } from './job-definition.ts'
import type { JobRow, JobStepRow, JobsRepository, StepTime } from './jobs.repository.ts'
import type { StepView } from './steps.views.ts'

const storedProgress = z.object({ key: z.string(), values: z.record(z.string(), z.union([z.string(), z.number()])) })
const storedDetails = sentenceValuesSchema.nullable()

/** A job as people follow it. */
export interface JobReading {
  readonly steps: readonly StepView[]
  readonly progress: string | null
  readonly error: { readonly code: string; readonly details: z.infer<typeof storedDetails> } | null
}

/** Progress is stored as key and values, so that it can be shown in any language. */
export function progressText(stored: string | null, t: Translate): string | null {
  if (stored === null) return null
  const { key, values } = storedProgress.parse(JSON.parse(stored))
  return t(`jobs.progress.${key}`, values)
}

const labelOf = (name: string, t: Translate) => (hasMessage(`jobs.steps.${name}`) ? t(`jobs.steps.${name}`) : name)
const tookMs = (step: JobStepRow) => (step.endedAt === null ? null : Date.parse(step.endedAt) - Date.parse(step.startedAt))

function toStep(name: string, step: JobStepRow | undefined, job: JobRow, t: Translate): StepView {
  const isOver = job.state === 'failed' || job.state === 'cancelled'
  const waiting = isOver ? 'skipped' : 'waiting'
  return {
    id: name,
    label: labelOf(name, t),
    state: step?.state ?? waiting,
    startedAt: step?.startedAt ?? null,
    tookMs: step ? tookMs(step) : null,
    usualMs: null,
    progress: step?.state === 'running' ? progressText(step.progress, t) : null,
    log: step ? step.log.split('\n').filter((line) => line !== '') : [],
    errorMessage: null,
  }
}

/** The steps of a job in order: those of its definition, and the clearing up where there was some. */
export function readJob(
  repository: Pick<JobsRepository, 'listSteps'>,
  definitions: readonly AnyJobDefinition[],
  job: JobRow,
  t: Translate,
): JobReading {
  const stored = new Map(repository.listSteps(job.id).map((step) => [step.name, step]))
  const defined = definitions.find((definition) => definition.name === job.name)?.steps.map((step) => step.name) ?? []
  const names = [...defined, ...[...stored.keys()].filter((name) => !defined.includes(name))]
  return {
    steps: names.map((name) => toStep(name, stored.get(name), job, t)),
    progress: progressText(job.progress, t),
    error:
      job.errorCode === null || job.state === 'queued' ? null : { code: job.errorCode, details: storedDetails.parse(job.errorDetails) },
  }
}

const runsLookedAt = 20
/** Runs among which those are looked for that had to wait. */
const runsSearched = 400
/** Who got through at once did not wait. */
const waitMs = 5_000

const middleOf = (times: readonly number[]): number | null =>
  [...times].sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? null

/** How long each step took in these runs, by the step's name. */
const durationsOf = rememberFor((times: readonly StepTime[]): ReadonlyMap<string, readonly number[]> => {
  const ended = times.flatMap(({ name, startedAt, endedAt }) =>
    endedAt === null ? [] : [{ name, ms: Date.parse(endedAt) - Date.parse(startedAt) }],
  )
  return new Map([...groupBy(ended, ({ name }) => name)].map(([name, list]) => [name, list.map(({ ms }) => ms)]))
})

/** How long each step of a kind of job usually takes: the median of the last runs, by the step's name. */
export function usualStepTimes(repository: Pick<JobsRepository, 'listStepTimes'>, jobName: string): ReadonlyMap<string, number> {
  const durations = durationsOf(repository.listStepTimes(jobName, runsLookedAt))
  return new Map([...durations].map(([name, list]) => [name, middleOf(list) ?? 0]))
}

/** How long a step took for those who had to wait in it: the median of the last twenty of them; null when there were none. */
export function usualWait(repository: Pick<JobsRepository, 'listStepTimes'>, jobName: string, step: string): number | null {
  const times = durationsOf(repository.listStepTimes(jobName, runsSearched)).get(step) ?? []
  return middleOf(times.filter((ms) => ms >= waitMs).slice(-runsLookedAt))
}
