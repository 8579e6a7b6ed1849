export type JobState = 'queued' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled'

/** One step of a job as a person follows it. Every page that waits for a job shows its steps in order. */
export interface StepView {
  /** Unique within the list; the name of the step in the job's definition. */
  readonly id: string
  /** From the catalogue: "Copying the disk". */
  readonly label: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped'
  readonly startedAt: string | null
  readonly tookMs: number | null
  /** Usual duration (median of the last runs); null when there were none. */
  readonly usualMs: number | null
  /** The latest progress line ("5 of 7 devices started"). */
  readonly progress: string | null
  /** Log lines of the step, oldest first, control sequences removed. */
  readonly log: readonly string[]
  readonly errorMessage: string | null
}
