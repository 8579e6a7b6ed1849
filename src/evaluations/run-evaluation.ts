import type { ConsoleLog, ConsoleSession, HostKeyPins, OpenConsoleOptions, Platforms, SessionNote } from '../clients/console/index.ts'
import {
  type CapturedConfiguration,
  captureConfigurations,
  checkIntegrity,
  type EvaluationEvent,
  type EvaluationResult,
  type Exercise,
  evaluate,
  type IntegrityFinding,
  type Observation,
  type RecordedLab,
} from '../evaluation/index.ts'
import type { Clock } from '../lib/clock.ts'
import { credentialsOf, redactionsOf, type Secrets } from '../vms/index.ts'
import type { LabAccess } from './lab-access.ts'
import { createLabAsker, type LabAsker } from './lab-session.ts'

export interface RunEvaluationOptions {
  readonly exercise: Exercise
  readonly access: LabAccess
  readonly platforms: Platforms
  readonly secrets: Secrets
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly log: ConsoleLog
  /** Milliseconds for everything (EVALUATION_TIMEOUT_MINUTES). */
  readonly budgetMs: number
  /** Capture every device's running and saved configuration first: for submissions. */
  readonly capture: boolean
  readonly credentialsProven: boolean
  readonly hostKeys?: HostKeyPins
  /** The lab as it was handed out; no integrity check without it. */
  readonly recorded?: RecordedLab
  readonly only?: readonly string[]
  readonly pollMs?: number
  readonly onEvent?: (event: EvaluationEvent) => void
  readonly onObservation?: (observation: Observation) => void
  /** What differs from the lab as it was handed out, before any device is asked; not called where nothing was recorded. */
  readonly onIntegrity?: (findings: readonly IntegrityFinding[]) => void
  readonly onConfigurations?: (configurations: readonly CapturedConfiguration[]) => void
  readonly open?: (options: OpenConsoleOptions) => Promise<ConsoleSession>
}

export interface EvaluationRun {
  readonly result: EvaluationResult
  readonly configurations: readonly CapturedConfiguration[]
  /** Null where nothing was recorded, or where there is no GNS3. */
  readonly integrity: readonly IntegrityFinding[] | null
  readonly notes: readonly (SessionNote & { readonly device: string })[]
}

/**
 * One evaluation run, the same for a submission and for the command line: integrity → configurations → criteria → consoles as they
 * were. Rejects only where GNS3 cannot be read at the beginning (AppError GNS3_*), or when aborted while configurations are captured.
 */
export async function runEvaluation(options: RunEvaluationOptions): Promise<EvaluationRun> {
  const { clock, access, recorded, exercise, signal } = options
  const startedMs = clock.now()
  const lab = recorded !== undefined || options.capture ? await access.readLab(signal) : null
  const integrity = recorded === undefined || lab === null ? null : checkIntegrity(recorded, lab, exercise.topology)
  if (integrity !== null) options.onIntegrity?.(integrity)
  const asker = createAsker(options)
  try {
    const configurations = options.capture ? await captureConfigurations(captureOptions(options, asker, lab)) : []
    options.onConfigurations?.(configurations)
    const seen = configurations.flatMap((captured) => ('observation' in captured ? [captured.observation] : []))
    const result = await evaluate({ ...evaluateOptions(options, asker), seen, budgetMs: options.budgetMs - (clock.now() - startedMs) })
    return { result, configurations, integrity, notes: asker.notes() }
  } finally {
    await asker.close()
  }
}

function createAsker(options: RunEvaluationOptions): LabAsker {
  const { exercise, secrets } = options
  const devices = Object.entries(exercise.devices).map(([name, device]) => [
    name,
    { platform: device.platform, credentials: credentialsOf(device, secrets) },
  ])
  return createLabAsker({ ...options, devices: Object.fromEntries(devices), redact: redactionsOf(secrets) })
}

const onFault =
  (log: ConsoleLog) =>
  (error: unknown, about: unknown): void =>
    log.warn({ error, about }, 'a fault of ours while a device was asked')

function captureOptions(options: RunEvaluationOptions, asker: LabAsker, lab: Parameters<typeof captureConfigurations>[0]['lab']) {
  const { exercise, access, signal, log } = options
  const files = access.readDeviceFile === undefined ? {} : { readDeviceFile: access.readDeviceFile }
  return { exercise, lab, ask: asker.ask, signal, onFault: onFault(log), ...files }
}

function evaluateOptions(options: RunEvaluationOptions, asker: LabAsker) {
  const { exercise, access, clock, signal, log, only, pollMs, onEvent } = options
  return {
    exercise,
    ask: asker.ask,
    readLab: access.readLab,
    ...(options.recorded === undefined ? {} : { recorded: options.recorded }),
    clock,
    signal,
    onFault: onFault(log),
    ...(only === undefined ? {} : { only }),
    ...(pollMs === undefined ? {} : { pollMs }),
    ...(onEvent === undefined ? {} : { onEvent }),
  }
}
