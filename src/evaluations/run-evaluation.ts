import type { ConsoleLog, ConsoleSession, HostKeyPins, OpenConsoleOptions, Platforms, SessionNote } from '../clients/console/index.ts'
import {
  type CapturedConfiguration,
  captureConfigurations,
  checkIntegrity,
  type EvaluationEvent,
  type EvaluationResult,
  type Exercise,
  evaluate,
  findOverrides,
  type IntegrityFinding,
  type LabState,
  type Observation,
  planCriteria,
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
  /**
   * Capture every device's running and saved configuration first: for submissions. Else only what tells whether the devices that are
   * asked answer for themselves.
   */
  readonly capture: boolean
  readonly credentialsProven: boolean
  readonly hostKeys?: HostKeyPins
  /** Consoles that are open at the same time (EVALUATION_CONSOLES). */
  readonly maxConsoles?: number
  /** The lab as it was handed out; no integrity check without it. */
  readonly recorded?: RecordedLab
  readonly only?: readonly string[]
  readonly pollMs?: number
  readonly onEvent?: (event: EvaluationEvent) => void
  readonly onObservation?: (observation: Observation) => void
  /** What differs from the lab as it was handed out, and which devices answer as they like; before any criterion is asked. */
  readonly onIntegrity?: (findings: readonly IntegrityFinding[]) => void
  readonly onConfigurations?: (configurations: readonly CapturedConfiguration[]) => void
  readonly open?: (options: OpenConsoleOptions) => Promise<ConsoleSession>
}

export interface EvaluationRun {
  readonly result: EvaluationResult
  readonly configurations: readonly CapturedConfiguration[]
  readonly integrity: readonly IntegrityFinding[]
  readonly notes: readonly (SessionNote & { readonly device: string })[]
}

/**
 * One evaluation run, the same for a submission and for the command line: integrity → configurations → criteria → consoles as they
 * were. Rejects only where GNS3 cannot be read at the beginning (AppError GNS3_*), or when aborted while configurations are captured.
 */
export async function runEvaluation(options: RunEvaluationOptions): Promise<EvaluationRun> {
  const { clock, recorded, exercise } = options
  const startedMs = clock.now()
  const lab = await readLabFirst(options)
  const changes = recorded === undefined || lab === null ? [] : checkIntegrity(recorded, lab, exercise.topology)
  const asker = createAsker(options)
  try {
    const configurations = await captureConfigurations(captureOptions(options, asker, lab))
    const integrity = [...changes, ...findOverrides(exercise, configurations)]
    options.onIntegrity?.(integrity)
    if (options.capture) options.onConfigurations?.(configurations)
    const seen = configurations.flatMap((captured) => ('observation' in captured ? [captured.observation] : []))
    const budgetMs = options.budgetMs - (clock.now() - startedMs)
    const result = await evaluate({ ...evaluateOptions(options, asker), seen, findings: integrity, budgetMs })
    return { result, configurations, integrity, notes: asker.notes() }
  } finally {
    await asker.close()
  }
}

/** Where nothing is compared and kept, an evaluation goes on without knowing what is switched off: each criterion asks again. */
async function readLabFirst({ access, recorded, capture, signal, log }: RunEvaluationOptions): Promise<LabState | null> {
  try {
    return await access.readLab(signal)
  } catch (error) {
    signal.throwIfAborted()
    if (recorded !== undefined || capture) throw error
    onFault(log)(error, 'lab')
    return null
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

function captureOptions(options: RunEvaluationOptions, asker: LabAsker, lab: LabState | null) {
  const { exercise, access, signal, log } = options
  const files = access.readDeviceFile === undefined ? {} : { readDeviceFile: access.readDeviceFile }
  const only = options.capture ? {} : { only: { overridesOf: askedDevices(options) } }
  return { exercise, lab, ask: asker.ask, signal, onFault: onFault(log), ...only, ...files }
}

const askedDevices = ({ exercise, only }: RunEvaluationOptions): string[] =>
  planCriteria(exercise, only).flatMap(({ criterion: { device }, devices }) => (device === undefined ? devices : [device, ...devices]))

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
