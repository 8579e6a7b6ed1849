import { setMaxListeners } from 'node:events'
import type { Clock } from '../lib/clock.ts'
import { isoNow } from '../lib/clock.ts'
import { type AddressBook, createAddressBook, nameAddresses } from './address-book.ts'
import type { Statement } from './command-module.ts'
import { createDeviceQueue } from './device-queue.ts'
import type { EvaluationEvent } from './events.ts'
import { createEvidenceLimit, type EvidenceLimit } from './evidence-limit.ts'
import type { Criterion, Exercise } from './exercise-definition.ts'
import { distrust, type IntegrityFinding, type RecordedLab } from './integrity.ts'
import type { LabState } from './lab-state.ts'
import { blameMask } from './mask-cause.ts'
import type { Ask, Observation } from './observation.ts'
import { type PlannedCriterion, planCriteria, waitsFor } from './plan.ts'
import type { Settled } from './recall.ts'
import { runRounds } from './rounds.ts'
import { type Score, score } from './score.ts'
import { createSharedAnswers, type SharedAnswers, type Tick } from './shared-answers.ts'
import { inconclusive, type Judgement, judgementSchema, skipped } from './verdict.ts'

export interface EvaluateOptions {
  /** Checked (exercise-check.ts): its devices, kinds and pairs are known. */
  readonly exercise: Exercise
  readonly ask: Ask
  /** GNS3's state of the lab, read once per round; null where there is none. */
  readonly readLab: (signal: AbortSignal) => Promise<LabState | null>
  /** The lab as it was handed out, for what compares with it. */
  readonly recorded?: RecordedLab
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Criteria to decide; what they require is run too. All when absent. */
  readonly only?: readonly string[]
  /** Milliseconds for all of it; what is not decided then is inconclusive. */
  readonly budgetMs: number
  /** Bytes of answers that one run keeps; 256 MB when absent. Beyond it no device is asked any more. */
  readonly maxEvidenceBytes?: number
  /** The longest pause, in milliseconds, between two rounds of a criterion that has not passed; 2,000 when absent. */
  readonly pollMs?: number
  /** Answers that were got before in this run (captured configurations): they tell whose address is which. */
  readonly seen?: readonly Observation[]
  /** What was found about the lab and its devices before: a pass that they touch is none (integrity.ts). */
  readonly findings?: readonly IntegrityFinding[]
  readonly onEvent?: (event: EvaluationEvent) => void
  /** A fault of ours that was turned into `inconclusive`; for the log. */
  readonly onFault?: (error: unknown, criterion: Criterion) => void
}

export interface CriterionResult {
  readonly id: string
  readonly title: string
  readonly module: string
  readonly device: string | null
  readonly verdict: Judgement['verdict']
  readonly reason: Judgement['reason']
  readonly expected: Statement
  readonly points: number
  readonly maxPoints: number
  /** False for what runs only because a selected criterion requires it. */
  readonly selected: boolean
  /** Rounds that were asked. */
  readonly attempts: number
  /** Milliseconds from the first question to the round that passed. */
  readonly passedAfterMs: number | null
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly tookMs: number
  /** Facts of every readable round, oldest first. */
  readonly facts: readonly unknown[]
  readonly evidence: readonly Observation[]
}

export interface EvaluationResult extends Score {
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly tookMs: number
  /** The caller's signal ended it before everything was decided. */
  readonly cancelled: boolean
  /** In the order of the file. */
  readonly criteria: readonly CriterionResult[]
}

/**
 * Asks and judges. Devices in parallel, the criteria of a device in order, polls interleaved. Never rejects for the lab's sake:
 * what could not be decided is `inconclusive`.
 */
export async function evaluate(options: EvaluateOptions): Promise<EvaluationResult> {
  const { clock } = options
  const startedAt = isoNow(clock)
  const startedMs = clock.now()
  const budget = new AbortController()
  const finished = new AbortController()
  const signal = AbortSignal.any([options.signal, budget.signal])
  // every criterion that waits listens; there may be hundreds
  setMaxListeners(0, signal)
  const timer = endBudget(clock, options.budgetMs, budget, finished.signal)
  const plan = planCriteria(options.exercise, options.only)
  const book = createAddressBook(options.exercise)
  for (const answer of options.seen ?? []) book.learn(answer)
  const run = createRun({ ...options, signal, plan, book })
  const criteria = await Promise.all(plan.map((planned) => run(planned)))
  finished.abort()
  await timer
  const inFileOrder = [...criteria]
    .sort((one, other) => one.position - other.position)
    // now everything has been seen, also what was asked after a criterion was decided
    .map(({ result }) => nameAddresses({ ...result, ...blameMask(judgementOf(result), result.device ?? '', book) }, book.deviceOf))
  return { ...score(inFileOrder), startedAt, tookMs: clock.now() - startedMs, cancelled: options.signal.aborted, criteria: inFileOrder }
}

/** The verdict of a result with its own kind of reason: the two belong together, which the flat result no longer says. */
const judgementOf = ({ verdict, reason }: CriterionResult): Judgement => judgementSchema.parse({ verdict, reason })

async function endBudget(clock: Clock, budgetMs: number, budget: AbortController, finished: AbortSignal): Promise<void> {
  try {
    await clock.sleep(budgetMs, finished)
    budget.abort(budgetSpent)
  } catch (error) {
    if (!finished.aborted) throw error
  }
}

interface RunOptions extends EvaluateOptions {
  readonly book: AddressBook
  readonly plan: readonly PlannedCriterion[]
}

interface Decided {
  readonly position: number
  /** What was seen was right, whether or not it can be believed: others may rest on it. */
  readonly isMet: boolean
  readonly result: CriterionResult
}

type RunCriterion = (planned: PlannedCriterion) => Promise<Decided>

/** One promise per criterion; what is required is awaited, whatever device it is on. */
function createRun(options: RunOptions): RunCriterion {
  const decided = new Map<string, Promise<Decided>>()
  const queue = createDeviceQueue()
  const settled: Settled = new Map()
  const shared = createSharedAnswers()
  const evidenceLimit = createEvidenceLimit(options.maxEvidenceBytes)
  const lab = memoizeLab(options, shared)
  const run: RunCriterion = (planned) => {
    const known = decided.get(planned.criterion.id)
    if (known !== undefined) return known
    // the map has the promise before the criterion's own code runs: requirements find each other
    const promise = Promise.resolve().then(() => decide({ ...options, planned, queue, settled, shared, evidenceLimit, lab, run }))
    decided.set(planned.criterion.id, promise)
    return promise
  }
  return run
}

/** A frozen lab does not change in so short a time: criteria that poll one after the other do not read it each anew. */
const labAgeMs = 500

type ReadLab = (since: Tick) => Promise<LabState | null>

/** GNS3 is asked once for all criteria that are ready to ask at the same time. */
function memoizeLab({ readLab, clock, signal, plan }: RunOptions, shared: SharedAnswers): ReadLab {
  const ageMs = plan.some(({ module }) => module.mutates) ? 0 : labAgeMs
  let last: { readonly askedAt: Tick; readonly atMs: number; readonly lab: Promise<LabState | null> } | undefined
  return (since) => {
    const isFresh = last !== undefined && (last.askedAt > since || clock.now() - last.atMs < ageMs)
    if (last === undefined || !isFresh) last = { askedAt: shared.now(), atMs: clock.now(), lab: readLab(signal) }
    return last.lab
  }
}

interface DecideOptions extends RunOptions {
  readonly planned: PlannedCriterion
  readonly queue: ReturnType<typeof createDeviceQueue>
  readonly settled: Settled
  readonly shared: SharedAnswers
  readonly evidenceLimit: EvidenceLimit
  readonly lab: ReadLab
  readonly run: RunCriterion
}

async function decide(options: DecideOptions): Promise<Decided> {
  const { planned, plan, run, clock, signal, onEvent } = options
  const { criterion } = planned
  const unmet = await findUnmet(options)
  if (planned.module.mutates) await Promise.all(waitsFor(plan, planned).map(run))
  const waitedMs = clock.now()
  const evidence: Observation[] = []
  const record = (observation: Observation): void => {
    if (!evidence.includes(observation)) evidence.push(observation)
    options.evidenceLimit.count(observation)
    options.book.learn(observation)
  }
  const outcome =
    unmet === undefined
      ? await runRounds({ ...options, record })
      : { judgement: unmet, attempts: 0, passedAfterMs: null, facts: [], startedMs: waitedMs }
  const startedMs = outcome.startedMs ?? waitedMs
  const decided = signal.aborted ? explainAbort(outcome.judgement, options) : outcome.judgement
  const seen = nameAddresses(blameMask(decided, criterion.device ?? '', options.book), options.book.deviceOf)
  const devices = evidence.map(({ device }) => device)
  const judgement = distrust({ verdict: seen.verdict, devices }, options.findings ?? []) ?? seen
  const result: CriterionResult = {
    ...describe(planned),
    ...judgement,
    points: judgement.verdict === 'pass' ? criterion.points : 0,
    attempts: outcome.attempts,
    passedAfterMs: judgement.verdict === 'pass' ? outcome.passedAfterMs : null,
    startedAt: new Date(startedMs).toISOString(),
    tookMs: clock.now() - startedMs,
    facts: outcome.facts,
    evidence,
  }
  onEvent?.({
    type: 'verdict',
    id: criterion.id,
    title: criterion.title,
    device: criterion.device ?? null,
    verdict: result.verdict,
    result,
  })
  return { position: planned.position, isMet: seen.verdict === 'pass', result }
}

const describe = ({ criterion, expected, selected }: PlannedCriterion) => ({
  id: criterion.id,
  title: criterion.title,
  module: criterion.module,
  device: criterion.device ?? null,
  expected,
  maxPoints: criterion.points,
  selected,
})

async function findUnmet({ planned, plan, run }: DecideOptions): Promise<Judgement | undefined> {
  const required = plan.filter(({ criterion }) => planned.criterion.requires.includes(criterion.id))
  const results = await Promise.all(required.map(run))
  const unmet = results.find(({ isMet }) => !isMet)
  return unmet === undefined ? undefined : skipped('REQUIREMENT_NOT_MET', { id: unmet.result.id, title: unmet.result.title })
}

/** What was decided before the end stays; the rest says why it is not. */
function explainAbort(judgement: Judgement, { signal, planned }: DecideOptions): Judgement {
  if (judgement.verdict !== 'inconclusive' || judgement.reason.code !== 'CANCELLED') return judgement
  return signal.reason === budgetSpent
    ? inconclusive('BUDGET_SPENT', 'infrastructure', { device: planned.criterion.device ?? '' })
    : judgement
}

const budgetSpent = Symbol('budget spent')
