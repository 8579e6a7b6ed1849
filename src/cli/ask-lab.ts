import type { Platforms } from '../clients/console/index.ts'
import type { EvaluationEvent, Exercise } from '../evaluation/index.ts'
import { type EvaluationRun, runEvaluation, type Secrets } from '../evaluations/index.ts'
import { systemClock } from '../lib/clock.ts'
import type { CommandIo } from './command-io.ts'
import type { OpenedLab } from './evaluate-lab.ts'
import { silentLog } from './silent-log.ts'

/** Somebody waits at the terminal and may end it; no lab takes an hour. */
const budgetMs = 60 * 60 * 1_000

export interface AskLabOptions {
  readonly lab: Pick<OpenedLab, 'access'>
  readonly exercise: Exercise
  readonly platforms: Platforms
  readonly secrets: Secrets
  readonly io: Pick<CommandIo, 'signal'>
  /** Configurations first. */
  readonly capture?: boolean
  readonly only?: readonly string[] | undefined
  readonly onEvent?: (event: EvaluationEvent) => void
}

/** Every command asks a lab with the code that submissions are checked with. @throws as `runEvaluation` */
export const askLab = ({ lab, exercise, platforms, secrets, io, capture = false, only, onEvent }: AskLabOptions): Promise<EvaluationRun> =>
  runEvaluation({
    ...{ exercise, platforms, secrets, capture },
    access: lab.access,
    clock: systemClock,
    signal: io.signal,
    log: silentLog,
    budgetMs,
    credentialsProven: false,
    ...(only === undefined ? {} : { only }),
    ...(onEvent === undefined ? {} : { onEvent }),
  })
