import { AppError, type ErrorCode, isAppError, isHostileToUs } from '../errors.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import type { NewEvent } from '../lib/events.ts'
import { newId } from '../lib/ids.ts'
import { say } from '../lib/sentence.ts'
import type { AnyJobDefinition, JobLog, JobPriority, JobStep, StepContext } from './job-definition.ts'
import type { JobRow, JobsRepository } from './jobs.repository.ts'

export interface EnqueueOptions {
  readonly priority: JobPriority
  readonly createdBy?: string | null
  /** For whom: the student whose lab it is, the course whose staff may see it. */
  readonly userId?: string | null
  readonly courseId?: string | null
  readonly batchId?: string | null
}

/** Called around every persisted step; tests kill the process here. */
export interface RunnerHooks {
  beforeStep?(job: string, step: string): void
  afterSave?(job: string, step: string): void
  afterStep?(job: string, step: string): void
}

export interface JobRunner {
  /** Adds a job; call it inside the transaction that writes the rows it works on. Returns its id. */
  enqueue(name: string, payload: unknown, options: EnqueueOptions): string
  /** Asks a job to end: one that has not begun ends at once, a running one is compensated. */
  cancel(jobId: string): void
  /** Puts a failed or cancelled job back: what it had begun was undone, so it begins anew with its payload. */
  retry(jobId: string): void
  start(): void
  /** Stops taking jobs, interrupts the running ones (they go on at the next start) and waits for them. */
  stop(): Promise<void>
  /** Resolves when nothing is runnable, running or waiting; for tests. */
  whenIdle(): Promise<void>
  readonly definitions: readonly AnyJobDefinition[]
}

export interface RunnerOptions {
  readonly repository: JobsRepository
  readonly definitions: readonly AnyJobDefinition[]
  readonly clock: Clock
  readonly log: JobLog & { child(bindings: object): JobLog }
  readonly publish: (event: NewEvent) => void
  readonly hooks?: RunnerHooks
}

const retryDelaysMs = [1_000, 4_000, 15_000, 60_000, 120_000]
const progressIntervalMs = 1_000
const stopping = new Error('the server stops')
const cancelled = new Error('cancelled')
/** The step that undoes. */
const compensating = 'compensate'
/** A wait that was ended is no fault. */
const ignoreAbort = (): undefined => undefined

/** What went wrong, as an error of the catalogue: a foreign exception is a fault of ours. */
function toAppError(error: unknown): AppError {
  return isAppError(error) ? error : new AppError('INTERNAL', { cause: error, details: { requestId: '' } })
}

/**
 * Runs durable jobs: rows in SQLite, one running job per key, each a list of steps. All runnable jobs run at once; only the gateways'
 * limiters hold them back. After a restart a job goes on at the step it was in, with what it had saved.
 */
export function createJobRunner(options: RunnerOptions): JobRunner {
  const { repository, clock, publish, hooks = {} } = options
  const definitions = new Map(options.definitions.map((definition) => [definition.name, definition]))
  const running = new Map<string, { controller: AbortController; ended: Promise<void>; isUndoing: boolean }>()
  let isStarted = false
  let alarm = new AbortController()
  let idleWaiters: (() => void)[] = []

  const definitionOf = (name: string): AnyJobDefinition => {
    const definition = definitions.get(name)
    if (!definition) throw new Error(`there is no job named ${name}`)
    return definition
  }

  const announce = (job: JobRow, change: Partial<JobRow>) => {
    const now = { ...job, ...change }
    publish({
      name: 'job',
      data: { id: now.id, name: now.name, key: now.key, state: now.state, step: now.step, progress: now.progress },
      audience: { userIds: now.userId ? [now.userId] : [], courseId: now.courseId },
    })
  }

  const update = (job: JobRow, change: Partial<JobRow>) => {
    repository.update(job.id, change)
    announce(job, change)
  }

  function wake(): void {
    if (!isStarted) return
    const now = isoNow(clock)
    const taken = new Set(repository.listHoldingKeys(now))
    for (const job of repository.listRunnable(now)) {
      if (taken.has(job.key)) continue
      taken.add(job.key)
      launch(job)
    }
    const next = repository.findNextRunAfter(now)
    wakeAt(next === null ? null : Date.parse(next))
    if (running.size === 0 && next === null) {
      for (const resolve of idleWaiters) resolve()
      idleWaiters = []
    }
  }

  /** Instead of any earlier call; null: not by the clock. */
  function wakeAt(time: number | null): void {
    alarm.abort()
    alarm = new AbortController()
    if (time !== null) clock.sleep(Math.max(1, time - clock.now()), alarm.signal).then(wake, ignoreAbort)
  }

  function launch(job: JobRow): void {
    const controller = new AbortController()
    repository.update(job.id, { state: 'running', startedAt: job.startedAt ?? isoNow(clock), runAfter: null })
    const ended = runJob({ ...job, state: 'running' }, controller).finally(() => {
      running.delete(job.id)
      setImmediate(wake)
    })
    running.set(job.id, { controller, ended, isUndoing: false })
    announce(job, { state: 'running' })
  }

  function contextFor(
    job: JobRow,
    step: string,
    data: object,
    payload: unknown,
    signal: AbortSignal,
    log: JobLog,
  ): StepContext<unknown, object> {
    let progressAt = 0
    return {
      jobId: job.id,
      createdBy: job.createdBy,
      payload,
      data,
      priority: job.priority,
      signal,
      attempt: job.attempts + 1,
      log,
      save: (change) => {
        Object.assign(data, change)
        repository.update(job.id, { data })
        hooks.afterSave?.(job.name, step)
      },
      progress: (key, values = {}) => {
        const now = clock.now()
        if (now - progressAt < progressIntervalMs) return
        progressAt = now
        const progress = JSON.stringify({ key, values })
        repository.updateStep(job.id, step, { progress })
        update(job, { progress })
      },
      line: (text) => repository.appendStepLog(job.id, step, `${isoNow(clock)} ${text}\n`),
    }
  }

  async function runStep(
    job: JobRow,
    step: JobStep<unknown, object>,
    position: number,
    data: object,
    payload: unknown,
    parent: AbortSignal,
    log: JobLog,
  ): Promise<void> {
    const stepLog = log
    repository.inTransaction(() => {
      repository.beginStep({ jobId: job.id, name: step.name, position, at: isoNow(clock) })
      repository.update(job.id, { step: step.name, progress: null })
    })
    announce(job, { step: step.name, progress: null, state: 'running' })
    hooks.beforeStep?.(job.name, step.name)
    const deadline = new AbortController()
    const ended = new AbortController()
    const late = new AppError('JOB_TIMED_OUT', { details: { step: step.name, seconds: Math.round(step.deadlineMs / 1_000) } })
    clock.sleep(step.deadlineMs, ended.signal).then(() => deadline.abort(late), ignoreAbort)
    const signal = AbortSignal.any([parent, deadline.signal])
    try {
      const result = await step.run(contextFor(job, step.name, data, payload, signal, stepLog))
      repository.inTransaction(() => {
        if (result?.data) Object.assign(data, result.data)
        result?.commit?.()
        repository.updateStep(job.id, step.name, { state: 'done', endedAt: isoNow(clock) })
        // what went wrong before this step succeeded is over; what is being undone is not
        repository.update(job.id, { data, attempts: 0, ...(step.name === compensating ? {} : { errorCode: null, errorDetails: null }) })
      })
      hooks.afterStep?.(job.name, step.name)
    } catch (error) {
      // an operation interrupted by the signal reports its own error; what counts is why it was interrupted
      throw signal.aborted ? signal.reason : error
    } finally {
      ended.abort()
    }
  }

  async function runJob(job: JobRow, controller: AbortController): Promise<void> {
    const log = options.log.child({ jobId: job.id, job: job.name })
    try {
      const definition = definitionOf(job.name)
      const payload = definition.payload.parse(job.payload)
      const data = definition.data.parse(job.data ?? {})
      if (job.cancelRequestedAt !== null) return await endUnsuccessfully(job, definition, payload, data, log, cancelled)
      const failure = parseFailure(job)
      if (failure) return await endUnsuccessfully(job, definition, payload, data, log, failure)
      await runSteps(job, definition, payload, data, controller, log)
    } catch (error) {
      if (error === stopping) return
      log.error({ err: error }, 'a job ended in a way that was not foreseen')
      update(job, { state: 'failed', endedAt: isoNow(clock), errorCode: 'INTERNAL', errorDetails: {} })
    }
  }

  async function runSteps(
    job: JobRow,
    definition: AnyJobDefinition,
    payload: unknown,
    data: object,
    controller: AbortController,
    log: JobLog,
  ): Promise<void> {
    const done = new Set(repository.listSteps(job.id).flatMap((step) => (step.state === 'done' ? [step.name] : [])))
    for (const [position, step] of definition.steps.entries()) {
      if (done.has(step.name)) continue
      try {
        // a step may not have looked at the signal; the next one is not begun
        controller.signal.throwIfAborted()
        await runStep(job, step, position, data, payload, controller.signal, log)
        job.attempts = 0
      } catch (error) {
        if (error === stopping) throw error
        repository.updateStep(job.id, step.name, { state: 'failed', endedAt: isoNow(clock) })
        if (error === cancelled) return endUnsuccessfully(job, definition, payload, data, log, cancelled)
        return handleFailure(job, definition, payload, data, step.name, toAppError(error), log)
      }
    }
    repository.inTransaction(() => {
      definition.onDone?.({ jobId: job.id, payload, data })
      repository.update(job.id, { state: 'done', endedAt: isoNow(clock), progress: null })
    })
    announce(job, { state: 'done' })
    log.info({}, 'job done')
  }

  async function handleFailure(
    job: JobRow,
    definition: AnyJobDefinition,
    payload: unknown,
    data: object,
    step: string,
    error: AppError,
    log: JobLog,
  ): Promise<void> {
    const attempts = job.attempts + 1
    log.warn({ err: error, step, attempts }, 'a job step failed')
    repository.appendStepLog(job.id, step, `${isoNow(clock)} ${error.message}\n`)
    if (error.retryable && attempts < definition.maxAttempts) {
      waitAndRetry(job, attempts, error)
      return
    }
    await endUnsuccessfully(job, definition, payload, data, log, error)
  }

  function waitAndRetry(job: JobRow, attempts: number, error: AppError): void {
    const delay = retryDelaysMs[Math.min(attempts - 1, retryDelaysMs.length - 1)] ?? 1_000
    const jitter = 1 + (Math.random() - 0.5) * 0.4
    update(job, {
      state: 'waiting',
      attempts,
      errorCode: error.code,
      errorDetails: error.details,
      runAfter: new Date(clock.now() + delay * jitter).toISOString(),
    })
  }

  /** A failure that is being compensated is stored first, so that a restart goes on compensating and not with the steps. */
  function parseFailure(job: JobRow): AppError | null {
    if (job.step !== compensating || job.errorCode === null) return null
    const details = job.errorDetails
    return new AppError(job.errorCode as ErrorCode, { details: (details ?? {}) as AppError['details'] }) // both were written by us from an AppError
  }

  async function endUnsuccessfully(
    job: JobRow,
    definition: AnyJobDefinition,
    payload: unknown,
    data: object,
    log: JobLog,
    cause: AppError | typeof cancelled,
  ): Promise<void> {
    const failure = isAppError(cause) ? cause : null
    if (definition.compensate) {
      if (failure) repository.update(job.id, { errorCode: failure.code, errorDetails: failure.details })
      try {
        const own = new AbortController()
        running.set(job.id, { controller: own, ended: running.get(job.id)?.ended ?? Promise.resolve(), isUndoing: true })
        await runStep(job, { ...definition.compensate, name: compensating }, definition.steps.length, data, payload, own.signal, log)
      } catch (error) {
        if (error === stopping) throw error
        log.error({ err: error }, 'undoing a job failed; what is left is shown and tried again by the reconciler')
        repository.appendStepLog(job.id, compensating, `${isoNow(clock)} ${toAppError(error).message}\n`)
        repository.updateStep(job.id, compensating, { state: 'failed', endedAt: isoNow(clock) })
      }
    }
    repository.inTransaction(() => {
      const end = { jobId: job.id, payload, data }
      if (failure) definition.onFailed?.(end, failure)
      else definition.onCancelled?.(end)
      repository.update(job.id, {
        state: failure ? 'failed' : 'cancelled',
        endedAt: isoNow(clock),
        errorCode: failure?.code ?? null,
        errorDetails: failure?.details ?? null,
      })
    })
    announce(job, { state: failure ? 'failed' : 'cancelled' })
    const security = failure !== null && isHostileToUs(failure.code) ? { security: true } : {}
    if (failure) log.error({ err: failure, code: failure.code, key: job.key, ...security }, 'job failed')
  }

  /** Nothing was begun, so nothing is undone and nothing waited for. */
  function cancelAtOnce(job: JobRow): void {
    const definition = definitionOf(job.name)
    repository.inTransaction(() => {
      repository.update(job.id, { state: 'cancelled', cancelRequestedAt: isoNow(clock), endedAt: isoNow(clock) })
      definition.onCancelled?.({ jobId: job.id, payload: definition.payload.parse(job.payload), data: definition.data.parse({}) })
    })
    announce(job, { state: 'cancelled' })
  }

  return {
    definitions: options.definitions,
    enqueue: (name, payload, enqueueOptions) => {
      const definition = definitionOf(name)
      const parsed = definition.payload.parse(payload)
      const job = {
        id: newId(),
        name,
        key: definition.key(parsed),
        payload: parsed,
        data: {},
        state: 'queued' as const,
        priority: enqueueOptions.priority,
        userId: enqueueOptions.userId ?? null,
        courseId: enqueueOptions.courseId ?? null,
        batchId: enqueueOptions.batchId ?? null,
        createdBy: enqueueOptions.createdBy ?? null,
        createdAt: isoNow(clock),
      }
      repository.insert(job)
      setImmediate(wake)
      return job.id
    },
    cancel: (jobId) => {
      const job = repository.find(jobId)
      if (!job) throw new AppError('JOB_NOT_FOUND')
      if (!['queued', 'waiting', 'running'].includes(job.state))
        throw new AppError('JOB_STATE', { details: { state: say(`details.states.job.${job.state}`) } })
      const entry = running.get(jobId)
      if (entry?.isUndoing) return
      if (job.startedAt === null) return cancelAtOnce(job)
      update(job, { cancelRequestedAt: isoNow(clock), ...(job.state === 'waiting' ? { state: 'queued' as const, runAfter: null } : {}) })
      entry?.controller.abort(cancelled)
      setImmediate(wake)
    },
    retry: (jobId) => {
      const job = repository.find(jobId)
      if (!job) throw new AppError('JOB_NOT_FOUND')
      if (job.state !== 'failed' && job.state !== 'cancelled')
        throw new AppError('JOB_STATE', { details: { state: say(`details.states.job.${job.state}`) } })
      repository.inTransaction(() => {
        repository.restart(job.id)
      })
      announce(job, { state: 'queued' })
      setImmediate(wake)
    },
    start: () => {
      isStarted = true
      // a job that was running when the process ended goes on at its step
      for (const job of repository.listRunning()) repository.update(job.id, { state: 'queued' })
      wake()
    },
    stop: async () => {
      isStarted = false
      alarm.abort()
      for (const { controller } of running.values()) controller.abort(stopping)
      await Promise.allSettled([...running.values()].map((entry) => entry.ended))
    },
    whenIdle: () =>
      new Promise((resolve) => {
        idleWaiters.push(resolve)
        setImmediate(wake)
      }),
  }
}
