import type { ConsoleLog, Platforms } from '../clients/console/index.ts'
import { AppError } from '../errors.ts'
import type { CriterionResult, Exercise } from '../evaluation/index.ts'
import { runEvaluation } from '../evaluations/index.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { Clock } from '../lib/clock.ts'
import { say } from '../lib/sentence.ts'
import type { WorkVmsService } from '../work-vms/index.ts'
import { type OpenLabParts, withOpenLab } from './open-lab.ts'

export interface AskNowParts extends OpenLabParts {
  readonly exercises: ExercisesService
  readonly workVms: Pick<WorkVmsService, 'findLive' | 'hostKeysOf' | 'freeze' | 'thaw' | 'thawAll'>
  readonly platforms: Platforms
  readonly clock: Clock
  readonly log: ConsoleLog
}

export interface AskNowRequest {
  /** With the one criterion that is asked. */
  readonly exercise: Exercise
  /** Typed and not saved yet. */
  readonly secrets: ReadonlyMap<string, string>
}

/** Somebody waits at the page for it. */
const patienceMs = 60_000
/** What a lab is frozen for meanwhile: nobody types at the consoles that are asked, and neither a submission nor a proof begins. */
const frozenForAsking = 'ask:now'

/**
 * Asks one check of an exercise that is being written, on its teacher's own lab: one round, nothing is stored. The check need not be
 * saved, and students never see it.
 */
export function createAskNow(parts: AskNowParts) {
  const { exercises, workVms, clock } = parts

  /** @throws AppError EXERCISE_NOT_FOUND, FORBIDDEN, LAB_NOT_READY, LAB_ASKED, LAB_FROZEN, SECRET_MISSING, GNS3_* */
  const ask = async (actor: Actor, exerciseId: string, { exercise, secrets }: AskNowRequest): Promise<CriterionResult> => {
    exercises.find(actor, exerciseId, 'teach')
    const workVm = workVms.findLive(exerciseId, actor.id, 'try')
    if (workVm?.state !== 'ready')
      throw new AppError('LAB_NOT_READY', { details: { state: say(`details.states.lab.${workVm?.state ?? 'requested'}`) } })
    if (workVm.frozenFor !== null) throw new AppError(workVm.frozenFor === frozenForAsking ? 'LAB_ASKED' : 'LAB_FROZEN')
    const signal = AbortSignal.timeout(patienceMs)
    workVms.freeze(workVm.id, frozenForAsking)
    try {
      return await withOpenLab(parts, { workVm, exercise, signal }, async ({ access, recorded, template }) => {
        const { result } = await runEvaluation({
          exercise: { ...exercise, criteria: exercise.criteria.map((criterion) => ({ ...criterion, within: 0 })) },
          access,
          recorded,
          hostKeys: workVms.hostKeysOf(workVm.id),
          platforms: parts.platforms,
          secrets: exercises.openSecrets(exerciseId, exercise, secrets),
          clock,
          signal,
          log: parts.log,
          budgetMs: patienceMs,
          capture: false,
          credentialsProven: secrets.size === 0 && exercises.areSecretsProven(exerciseId, template),
        })
        const [answer] = result.criteria
        if (answer === undefined) throw new Error('an evaluation of one criterion gave none')
        return answer
      })
    } finally {
      workVms.thaw(workVm.id, frozenForAsking)
    }
  }

  /** At the start: what was being asked when the server ended is asked by nobody any more. */
  const thawLeft = () => workVms.thawAll(frozenForAsking)

  return { ask, thawLeft }
}

export type AskNow = ReturnType<typeof createAskNow>
