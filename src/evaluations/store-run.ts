import { AppError } from '../errors.ts'
import type {
  CapturedConfiguration,
  CriterionResult,
  EvaluationResult,
  Exercise,
  IntegrityFinding,
  Observation,
} from '../evaluation/index.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { CaptureReason, EvaluationsRepository, NewObservation, RunRow } from './evaluations.repository.ts'
import type { EvidenceStore } from './evidence-store.ts'

/** Changes with every change of how answers are read or judged; stored with each run. */
export const engineVersion = '1'

export interface NewRun {
  readonly purpose: RunRow['purpose']
  readonly submissionId: string | null
  readonly workVmId: string
  readonly revisionId: string
  readonly label: string | null
}

export interface RunStoreOptions {
  readonly repository: EvaluationsRepository
  readonly evidence: EvidenceStore
  readonly clock: Clock
}

/** Keeps a run while it goes on: bytes first, then the rows that name them, a transaction per criterion. */
export function createRunStore({ repository, evidence, clock }: RunStoreOptions) {
  /** Puts the bytes of an answer on disk and returns the row that names them. */
  async function keep(
    runId: string,
    observation: Observation,
    about: Pick<NewObservation, 'purpose' | 'criterionId' | 'kind'>,
  ): Promise<NewObservation> {
    const [rawSha256, textSha256] = await Promise.all([evidence.put(observation.raw), evidence.put(Buffer.from(observation.text, 'utf8'))])
    const { seq, device, command, startedAt, tookMs, ended, exitCode } = observation
    return {
      id: newId(),
      evaluationRunId: runId,
      ...about,
      seq,
      device,
      command,
      startedAt,
      tookMs,
      ended,
      exitCode: exitCode ?? null,
      rawSha256,
      textSha256,
      createdAt: isoNow(clock),
    }
  }

  async function storeCriterion(runId: string, exercise: Exercise, result: CriterionResult): Promise<void> {
    const rows = await Promise.all(
      result.evidence.map((observation) => keep(runId, observation, { purpose: 'criterion', criterionId: result.id })),
    )
    repository.inTransaction(() => {
      repository.insertResult({
        id: newId(),
        evaluationRunId: runId,
        criterionId: result.id,
        position: exercise.criteria.findIndex((criterion) => criterion.id === result.id),
        verdict: result.verdict,
        reason: result.reason,
        points: result.points,
        maxPoints: result.maxPoints,
        attempts: result.attempts,
        passedAfterMs: result.passedAfterMs,
        facts: result.facts,
        startedAt: result.startedAt,
        tookMs: result.tookMs,
        createdAt: isoNow(clock),
      })
      for (const row of rows) repository.insertObservation(row)
    })
  }

  /** Bytes on disk first; the rows are written by the function that comes back. */
  async function keepConfigurations(runId: string, configurations: readonly CapturedConfiguration[]): Promise<() => void> {
    const rows: NewObservation[] = []
    const missing: object[] = []
    for (const captured of configurations) {
      const about = { purpose: 'configuration' as const, criterionId: null, kind: captured.kind }
      if ('missing' in captured)
        missing.push({ device: captured.device, kind: captured.kind, source: captured.source, ...captured.missing })
      else if ('observation' in captured) rows.push(await keep(runId, captured.observation, about))
      else if (captured.file === null)
        missing.push({ device: captured.device, kind: captured.kind, source: captured.source, code: 'FILE_MISSING', data: {} })
      else rows.push(await keep(runId, fileObservation(captured.device, captured.source, captured.file), about))
    }
    return () => {
      for (const row of rows) repository.insertObservation(row)
      if (missing.length > 0) repository.updateRun(runId, { missing })
    }
  }

  async function storeConfigurations(runId: string, configurations: readonly CapturedConfiguration[]): Promise<void> {
    repository.inTransaction(await keepConfigurations(runId, configurations))
  }

  /**
   * Configurations that were read for their own sake, at once and as a whole: a run without criteria.
   * @returns what writes the rows; call it in the transaction that says that they were kept
   */
  async function prepareCapture(
    about: { readonly workVmId: string; readonly revisionId: string; readonly label: CaptureReason },
    configurations: readonly CapturedConfiguration[],
  ): Promise<() => void> {
    const id = newId()
    const at = isoNow(clock)
    const insert = await keepConfigurations(id, configurations)
    return () => {
      repository.insertRun({
        ...{ id, purpose: 'capture', workVmId: about.workVmId, exerciseRevisionId: about.revisionId, label: about.label },
        ...{ engineVersion, state: 'done', createdAt: at, endedAt: at },
      })
      insert()
    }
  }

  /** A file of GNS3's folder of the device, kept like an answer. */
  const fileObservation = (device: string, path: string, content: Uint8Array): Observation => ({
    seq: 0,
    device,
    command: path,
    startedAt: isoNow(clock),
    tookMs: 0,
    ended: 'prompt',
    raw: content,
    text: Buffer.from(content).toString('utf8'),
  })

  return {
    begin(run: NewRun): string {
      const id = newId()
      repository.inTransaction(() => {
        repository.breakRunning(run.submissionId, run.workVmId, isoNow(clock))
        repository.insertRun({
          id,
          purpose: run.purpose,
          submissionId: run.submissionId,
          workVmId: run.workVmId,
          exerciseRevisionId: run.revisionId,
          label: run.label,
          engineVersion,
          state: 'running',
          createdAt: isoNow(clock),
        })
      })
      return id
    },

    storeCriterion,
    storeConfigurations,
    prepareCapture,

    /** Ends a run; call it in the transaction that says what it counts for. */
    end(
      runId: string,
      result: Pick<EvaluationResult, 'points' | 'maxPoints' | 'undecidedPoints'>,
      integrity: readonly IntegrityFinding[] | null,
    ): void {
      repository.updateRun(runId, {
        state: 'done',
        integrity: integrity ?? [],
        points: result.points,
        maxPoints: result.maxPoints,
        undecidedPoints: result.undecidedPoints,
        endedAt: isoNow(clock),
      })
    },

    count(submissionId: string, runId: string): void {
      repository.uncount(submissionId)
      repository.updateRun(runId, { isCounted: true })
    },

    getRun(runId: string): RunRow {
      const run = repository.findRun(runId)
      if (!run) throw new AppError('EVIDENCE_NOT_FOUND')
      return run
    },
  }
}

export type RunStore = ReturnType<typeof createRunStore>
