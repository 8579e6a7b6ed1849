import type { Platforms } from '../clients/console/index.ts'
import { isHostileToUs } from '../errors.ts'
import { type CriterionResult, eventText, type IntegrityFinding, score } from '../evaluation/index.ts'
import { type EvaluationsRepository, type RunStore, runEvaluation } from '../evaluations/index.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { JobLog } from '../jobs/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { EventBus } from '../lib/events.ts'
import type { Limiter } from '../lib/limiter.ts'
import type { LabLink } from '../vms/index.ts'
import type { LabDevices, WorkVmRow, WorkVmsService } from '../work-vms/index.ts'
import { withOpenLab } from './open-lab.ts'

/** What evaluating a lab in a VM is made of; shared by submissions and proofs. */
export interface EvaluateLabParts {
  readonly exercises: ExercisesService
  readonly workVms: WorkVmsService
  readonly evaluations: EvaluationsRepository
  readonly runs: RunStore
  readonly labDevices: Pick<LabDevices, 'isBusy'>
  readonly labLink: LabLink
  readonly platforms: Platforms
  readonly events: Pick<EventBus, 'publish'>
  readonly clock: Clock
  /** EVALUATION_CONCURRENCY. */
  readonly limiter: Limiter
  readonly budgetMs: number
  /** EVALUATION_CONSOLES. */
  readonly maxConsoles: number
}

export interface EvaluateLab {
  readonly workVm: WorkVmRow
  readonly revisionId: string
  readonly purpose: 'submission' | 'proof'
  readonly submissionId: string | null
  readonly label: string | null
  readonly signal: AbortSignal
  readonly log: JobLog
  readonly onLine: (line: string) => void
}

const busyPollMs = 500

/**
 * One evaluation of a lab, stored while it goes on: identity by the marker, integrity, configurations, criteria.
 * @returns the run's id
 * @throws AppError GNS3_*, LAB_NOT_READY when the lab as a whole cannot be reached
 */
export function createLabEvaluator(parts: EvaluateLabParts) {
  const { exercises, runs, clock } = parts

  async function evaluateLab(request: EvaluateLab): Promise<string> {
    // what was begun with a device before the lab was frozen ends first
    while (parts.labDevices.isBusy(request.workVm.id)) await clock.sleep(busyPollMs, request.signal)
    const lease = await parts.limiter.acquire('evaluation', { priority: 'interactive', signal: request.signal })
    try {
      return await evaluateNow(request)
    } finally {
      lease.release('neutral')
    }
  }

  async function evaluateNow(request: EvaluateLab): Promise<string> {
    const { workVm, signal } = request
    const { definition } = exercises.getRevision(request.revisionId)
    const secrets = exercises.openSecrets(workVm.exerciseId, definition)
    return withOpenLab(parts, { workVm, exercise: definition, signal }, async ({ access, recorded, template }) => {
      const runId = runs.begin({ ...request, workVmId: workVm.id })
      let findings: readonly IntegrityFinding[] = []
      const writes = createWrites()
      await runEvaluation({
        exercise: definition,
        recorded,
        access,
        hostKeys: parts.workVms.hostKeysOf(workVm.id),
        platforms: parts.platforms,
        secrets,
        clock,
        signal,
        log: toConsoleLog(request.log),
        budgetMs: parts.budgetMs,
        maxConsoles: parts.maxConsoles,
        capture: true,
        credentialsProven: exercises.areSecretsProven(workVm.exerciseId, template),
        onIntegrity: (found) => {
          findings = found
          const codes = found.map(({ code }) => code)
          if (found.length > 0)
            request.log.warn({ security: true, code: 'LAB_CHANGED', workVmId: workVm.id, codes }, 'a lab is not as it was handed out')
        },
        onConfigurations: (configurations) => writes.add(() => runs.storeConfigurations(runId, configurations)),
        onEvent: (event) => {
          const isHidden = definition.criteria.some((criterion) => criterion.id === event.id && !criterion.visible)
          announce(
            request,
            event.type === 'verdict' ? { id: event.id, verdict: event.verdict } : { id: event.id, text: eventText(event) },
            isHidden,
          )
          if (event.type === 'asked') request.onLine(`${event.device ?? ''}: ${event.command}`)
          if (event.type !== 'verdict') return
          noteHostility(request, event.result)
          writes.add(() => runs.storeCriterion(runId, definition, event.result))
        },
      })
      await writes.done()
      parts.evaluations.inTransaction(() => {
        const stored = parts.evaluations.listResults(runId)
        runs.end(runId, score(stored.map((row) => ({ verdict: row.verdict, maxPoints: row.maxPoints }))), findings)
      })
      return runId
    })
  }

  /** What a hidden criterion asks, only staff may hear; and everything while results are withheld. */
  function announce(request: EvaluateLab, data: object, isHidden: boolean): void {
    const { workVm } = request
    const exercise = exercises.get(workVm.exerciseId)
    const isForStaff = isHidden || (workVm.purpose === 'student' && exercises.areResultsWithheld(exercise))
    parts.events.publish({
      name: 'criterion',
      data: { submissionId: request.submissionId, workVmId: workVm.id, exerciseId: workVm.exerciseId, ...data },
      audience: { userIds: isForStaff ? [] : [workVm.userId], courseId: exercise.courseId },
    })
  }

  return evaluateLab
}

function noteHostility({ log, workVm }: EvaluateLab, { id, device, reason }: CriterionResult): void {
  if (!isHostileToUs(reason.code)) return
  const about = { security: true, code: reason.code, workVmId: workVm.id, criterion: id, device }
  log.warn(about, 'a device did not answer as one that is left alone')
}

/** Results are written one after the other while the devices are asked; the first fault is kept and thrown at the end. */
function createWrites() {
  let chain = Promise.resolve()
  let fault: unknown
  return {
    add: (write: () => Promise<void>) => {
      chain = chain.then(write).catch((error: unknown) => {
        fault ??= error
      })
    },
    done: async () => {
      await chain
      if (fault !== undefined) throw fault
    },
  }
}

const toConsoleLog = (log: JobLog) => ({ debug: () => undefined, info: log.info.bind(log), warn: log.warn.bind(log) })
export type LabEvaluator = ReturnType<typeof createLabEvaluator>
