import type { ZodType } from 'zod'
import type { AppError } from '../errors.ts'

/** How urgent: what a person waits for, the repair of one student's lab, or one of a class. Passed on to the gateways' limiters. */
export type JobPriority = 'interactive' | 'repair' | 'batch'

export interface JobLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

export interface StepContext<Payload, Data> {
  readonly jobId: string
  /** Who asked for it; null: the server itself. */
  readonly createdBy: string | null
  readonly payload: Payload
  /** What the job has recorded so far, also before a restart. */
  readonly data: Readonly<Data>
  readonly priority: JobPriority
  /** Aborted by the step's deadline, by a cancellation or when the server stops. */
  readonly signal: AbortSignal
  /** From 1; higher when the step is tried again. */
  readonly attempt: number
  readonly log: JobLog
  /** Records at once, before the next thing is done: a VM id, a UPID. */
  save(change: Partial<Data>): void
  /** What is going on, in one sentence of the catalogue's `jobs.progress`; stored at most once a second. */
  progress(key: string, values?: Readonly<Record<string, string | number>>): void
  /** A line for the administrator: Proxmox's task log. */
  line(text: string): void
}

export interface StepResult<Data> {
  readonly data?: Partial<Data>
  /** Runs in the transaction that marks the step as done. Synchronous. */
  readonly commit?: () => void
}

/**
 * One step of a job. It starts by looking at what already exists: it may run again after a crash at any instant.
 */
export interface JobStep<Payload, Data> {
  /** Stored; shown by `jobs.steps.<name>` of the string catalogue. */
  readonly name: string
  readonly deadlineMs: number
  // A method, so that a definition of one payload may stand in the list of all definitions.
  run(context: StepContext<Payload, Data>): Promise<StepResult<Data> | undefined>
}

export interface JobEnd<Payload, Data> {
  readonly jobId: string
  readonly payload: Payload
  readonly data: Readonly<Data>
}

export interface JobDefinition<Payload, Data extends object> {
  readonly name: string
  readonly payload: ZodType<Payload>
  /** What steps record; every field optional. */
  readonly data: ZodType<Data>
  /** One running job per key. */
  key(payload: Payload): string
  readonly steps: readonly JobStep<Payload, Data>[]
  /** How often a step is tried when its error is retryable. */
  readonly maxAttempts: number
  /** Undoes what was begun, when the job ends as failed or cancelled. Idempotent; tried like a step. */
  readonly compensate?: JobStep<Payload, Data>
  /** Runs in the transaction that ends the job. Synchronous. */
  onDone?(end: JobEnd<Payload, Data>): void
  onFailed?(end: JobEnd<Payload, Data>, error: AppError): void
  onCancelled?(end: JobEnd<Payload, Data>): void
}

/** Any definition. Methods compare bivariantly, so the list needs no `any`; the runner parses payload and data with the definition's own schemas. */
export type AnyJobDefinition = JobDefinition<unknown, object>

/** Lets the compiler infer payload and data from their schemas. */
export const defineJob = <Payload, Data extends object>(definition: JobDefinition<Payload, Data>): JobDefinition<Payload, Data> =>
  definition
