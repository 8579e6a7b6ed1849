import { z } from 'zod'
import { type Criterion, explain, type Judgement } from '../evaluation/index.ts'
import type { Services } from '../services.ts'
import type { Translate } from '../strings/index.ts'
import type { ExerciseRow, RevisionRow } from './exercises.repository.ts'
import type { ProofCell, ProofRun, ProofScenario, ProvingView } from './exercises.views.ts'

/** One proof as it is stored, and whether one is being made now. */
export interface ProofReading {
  readonly scenario: ProofScenario
  readonly isRunning: boolean
  /** The last one could not be ended. */
  readonly hasFailed: boolean
  readonly run: {
    readonly state: string
    readonly points: number | null
    readonly maxPoints: number | null
    readonly undecidedPoints: number | null
    readonly endedAt: string | null
  } | null
  readonly results: readonly { readonly criterionId: string; readonly judgement: Judgement }[]
}

export const scenarios = ['untouched', 'solution'] as const
const liveJobStates: readonly string[] = ['queued', 'running', 'waiting']
const proofPayload = z.object({ label: z.enum(scenarios), revisionId: z.string() })

type Reader = Pick<Services, 'proofs' | 'jobsRepository'>

/** What is known of a proof: the last run, and the job that makes one in this teacher's own lab. */
function readProof(services: Reader, revision: RevisionRow, trialId: string | null, scenario: ProofScenario): ProofReading {
  const latest = services.proofs.findLatest(revision.id, scenario)
  const job = trialId === null ? undefined : services.jobsRepository.findLatestByKey(`proof:${trialId}`)
  const payload = proofPayload.safeParse(job?.payload)
  const isAbout = payload.success && payload.data.label === scenario && payload.data.revisionId === revision.id
  const state = isAbout ? (job?.state ?? '') : ''
  return {
    scenario,
    isRunning: liveJobStates.includes(state) || (state === '' && latest?.run.state === 'running'),
    hasFailed: state === 'failed',
    run: latest?.run ?? null,
    results: latest?.results ?? [],
  }
}

/** Both proofs of a revision. @param trialId the teacher's own lab, where one may be under way */
export const readProofs = (services: Reader, revision: RevisionRow, trialId: string | null): ProofReading[] =>
  scenarios.map((scenario) => readProof(services, revision, trialId, scenario))

/** On the untouched lab a check may pass (nothing leaks before the work either); it must only be able to tell. */
const isAsExpected = (scenario: ProofScenario, verdict: Judgement['verdict']): boolean =>
  scenario === 'solution' ? verdict === 'pass' : verdict !== 'inconclusive'

/** One check in one proof. */
export function proofCell(proof: ProofReading, criterion: Criterion, t: Translate): ProofCell {
  const judgement = proof.results.find((result) => result.criterionId === criterion.id)?.judgement
  if (!judgement) return { scenario: proof.scenario, verdict: null, isAsExpected: true, why: null }
  const { why } = explain({ device: criterion.device ?? null, reason: judgement.reason, expected: null }, t)
  return { scenario: proof.scenario, verdict: judgement.verdict, isAsExpected: isAsExpected(proof.scenario, judgement.verdict), why }
}

function stateOf({ isRunning, hasFailed, run }: ProofReading): ProofRun['state'] {
  if (isRunning) return 'running'
  if (hasFailed) return 'failed'
  return run?.state === 'done' ? 'done' : 'none'
}

/** As `isProven` of the proof job judges, for one scenario. */
function proofRun(proof: ProofReading, maxPoints: number, t: Translate): ProofRun {
  const state = stateOf(proof)
  const { scenario, run } = proof
  if (state !== 'done' || !run) {
    return {
      scenario,
      state,
      points: null,
      maxPoints,
      provenAt: null,
      conclusion: state === 'failed' ? t('pages.exercises.conclusions.broken') : null,
      isProven: false,
    }
  }
  const points = run.points ?? 0
  const max = run.maxPoints ?? maxPoints
  const isProven = scenario === 'untouched' ? points < max : points === max && run.undecidedPoints === 0
  const conclusion = t(`pages.exercises.conclusions.${scenario}.${isProven ? 'good' : 'bad'}`, { points, max })
  return { scenario, state, points, maxPoints: max, provenAt: run.endedAt, conclusion, isProven }
}

export interface ProvingParts {
  readonly exercise: ExerciseRow
  readonly revision: RevisionRow
  readonly proofs: readonly ProofReading[]
  readonly trialState: string | null
  readonly mayTeach: boolean
  readonly t: Translate
}

/** Proof and publishing, on the exercise's own page and as the last steps of its editor. */
export function provingOf({ exercise, revision, proofs, trialState, mayTeach, t }: ProvingParts): ProvingView {
  const isUsable = exercise.state === 'ready' || exercise.state === 'published'
  const isTrialReady = trialState === 'ready'
  const maxPoints = revision.definition.criteria.reduce((sum, criterion) => sum + criterion.points, 0)
  return {
    proof: proofs.map((proof) => proofRun(proof, maxPoints, t)),
    trial: isUsable ? { state: trialState ?? 'none', href: `/exercises/${exercise.id}/try` } : null,
    proofNeedsLab: mayTeach && isUsable && !isTrialReady,
    isUnproven: isUsable && !exercise.isProven,
    may: { prove: mayTeach && isUsable && isTrialReady, publish: mayTeach && exercise.state === 'ready' },
  }
}
