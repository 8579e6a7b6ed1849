import type { Clock } from '../lib/clock.ts'
import { untilAborted } from '../lib/until-aborted.ts'
import type { DeviceQueue } from './device-queue.ts'
import type { EvaluationEvent } from './events.ts'
import type { EvidenceLimit } from './evidence-limit.ts'
import type { Criterion, Exercise } from './exercise-definition.ts'
import type { RecordedLab } from './integrity.ts'
import { observeLab } from './lab-observation.ts'
import type { LabState } from './lab-state.ts'
import { type Ask, CannotAsk, type Observation } from './observation.ts'
import type { PlannedCriterion } from './plan.ts'
import { askAddresses, type Check, type ReadContext, type Unreadable, unreadable } from './platform.ts'
import { findPlatform } from './platforms/index.ts'
import { createRecall, type Settled } from './recall.ts'
import type { SharedAnswers, Tick } from './shared-answers.ts'
import { fail, inconclusive, type Judgement, skipped } from './verdict.ts'

export interface RoundsOptions {
  readonly exercise: Exercise
  readonly planned: PlannedCriterion
  readonly ask: Ask
  /** GNS3's state, read after `since` or just now. */
  readonly lab: (since: Tick) => Promise<LabState | null>
  /** The lab as it was handed out, where that is known. */
  readonly recorded?: RecordedLab
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly queue: DeviceQueue
  /** The longest pause between two rounds. */
  readonly pollMs?: number
  /** Answers that several criteria of this run may rely on. */
  readonly shared: SharedAnswers
  readonly evidenceLimit: EvidenceLimit
  /** What the criteria of this run have settled. */
  readonly settled: Settled
  /** Keeps an answer as evidence; one that is kept already stays as it is. */
  readonly record: (observation: Observation) => void
  readonly onEvent?: (event: EvaluationEvent) => void
  readonly onFault?: (error: unknown, criterion: Criterion) => void
}

export interface RoundsOutcome {
  readonly judgement: Judgement
  readonly attempts: number
  readonly passedAfterMs: number | null
  readonly facts: readonly unknown[]
  /** When the first question could be put; undefined when it never could. */
  readonly startedMs?: number | undefined
}

/** What one round came to: a final word, something to go on from, or an answer that could not be read. */
type RoundEnd =
  | { readonly final: Judgement }
  | { readonly judgement: Judgement }
  | { readonly unread: Unreadable; readonly hopeless: boolean }

/**
 * Polls one criterion. A positive one ends at its first pass, a negative one at its first fail; else at the end of its window.
 * Retried once when it could not be read by our own fault.
 */
export async function runRounds(options: RoundsOptions): Promise<RoundsOutcome> {
  const { planned } = options
  if (planned.reader === undefined) return undecided(inconclusive('PLATFORM_UNSUPPORTED', 'exercise', platformData(options)), 0)
  const first = await runWindow(options, planned.reader.start(planned.criterion.params), planned.withinMs)
  const isOurs = first.judgement.verdict === 'inconclusive' && first.judgement.reason.cause === 'infrastructure'
  if (!isOurs || options.signal.aborted || (first.attempts > 1 && !planned.negative)) return first
  const second = await runWindow(options, planned.reader.start(planned.criterion.params), planned.negative ? planned.withinMs : 0)
  return { ...second, attempts: first.attempts + second.attempts, startedMs: first.startedMs }
}

const platformData = ({ exercise, planned }: RoundsOptions) => ({
  platform: exercise.devices[planned.criterion.device ?? '']?.platform ?? '',
})

const undecided = (judgement: Judgement, attempts: number, check?: Check, startedMs?: number): RoundsOutcome => ({
  judgement,
  attempts,
  passedAfterMs: null,
  facts: check?.facts() ?? [],
  startedMs,
})

/** Where a criterion lines up: a kind without a device of its own, at the first one that its parameters name. */
const queueOf = ({ criterion, devices: [named = ''] }: PlannedCriterion): string => criterion.device ?? named

/**
 * Pause after the nth round: short at first, for what settles in a moment must not wait for the next poll, then doubled up to the
 * longest, for what takes a minute need not be asked two hundred times.
 */
const pauseAfter = (attempts: number, longestMs: number): number => Math.min(longestMs, firstPauseMs * 2 ** Math.min(attempts - 1, 10))

const firstPauseMs = 250
export const defaultPollMs = 2_000

async function runWindow(options: RoundsOptions, check: Check, withinMs: number): Promise<RoundsOutcome> {
  const { planned, clock, signal, queue, shared } = options
  let attempts = 0
  let startedMs: number | undefined
  for (;;) {
    const since = shared.now()
    const end = await queue.run(queueOf(planned), { atMs: clock.now(), order: planned.order }, async () => {
      startedMs ??= announce(options)
      if (signal.aborted) return { final: inconclusive('CANCELLED', 'infrastructure') }
      attempts += 1
      return runRound(options, check, { startedMs, deadlineMs: startedMs + withinMs, since })
    })
    const elapsedMs = clock.now() - (startedMs ?? clock.now())
    if ('final' in end) return { ...undecided(end.final, attempts, check, startedMs), passedAfterMs: elapsedMs }
    const isOver = elapsedMs >= withinMs || ('unread' in end && (end.hopeless || planned.negative))
    if (isOver) return undecided('unread' in end ? unreadJudgement(end.unread) : end.judgement, attempts, check, startedMs)
    const pauseMs = Math.min(pauseAfter(attempts, options.pollMs ?? defaultPollMs), withinMs - elapsedMs)
    if (!(await pause(clock, pauseMs, signal))) {
      return undecided(inconclusive('CANCELLED', 'infrastructure'), attempts, check, startedMs)
    }
  }
}

/** @returns the time of the criterion's turn */
function announce({ planned: { criterion }, clock, onEvent }: RoundsOptions): number {
  onEvent?.({ type: 'started', id: criterion.id, title: criterion.title, device: criterion.device ?? null })
  return clock.now()
}

const unreadJudgement = ({ unreadable: code, cause, data }: Unreadable): Judgement => inconclusive(code, cause, data)

/** @returns false when the signal ended the wait */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal)
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}

interface Window {
  readonly startedMs: number
  readonly deadlineMs: number
  /** When the criterion lined up for this round: no answer that was asked for before may serve it. */
  readonly since: Tick
}

async function runRound(options: RoundsOptions, check: Check, window: Window): Promise<RoundEnd> {
  const { planned, signal, clock } = options
  try {
    const lab = await readLabState(options, window.since)
    if (lab !== null && 'unreadable' in lab) return { unread: lab, hopeless: false }
    const off = lab === null ? undefined : judgeDevices(lab, planned)
    if (off !== undefined) return { final: off }
    const unread = await untilAborted(check.round(createContext(options, lab, window), clock.now() - window.startedMs), signal)
    if (unread !== null) return { unread, hopeless: false }
    const judgement = check.judge() ?? inconclusive('INTERNAL_ERROR', 'infrastructure')
    return judgement.verdict === (planned.negative ? 'fail' : 'pass') ? { final: judgement } : { judgement }
  } catch (error) {
    return endByError(error, options)
  }
}

function endByError(error: unknown, { signal, onFault, planned }: RoundsOptions): RoundEnd {
  if (signal.aborted) return { final: inconclusive('CANCELLED', 'infrastructure') }
  if (error instanceof CannotAsk) {
    const unread = unreadable(error.reason, error.blame, error.data)
    return { unread, hopeless: error.blame !== 'infrastructure' }
  }
  onFault?.(error, planned.criterion)
  return { unread: unreadable('INTERNAL_ERROR'), hopeless: false }
}

async function readLabState({ lab, signal, onFault, planned }: RoundsOptions, since: Tick): Promise<LabState | Unreadable | null> {
  try {
    return await lab(since)
  } catch (error) {
    if (signal.aborted) throw error
    onFault?.(error, planned.criterion)
    return unreadable('LAB_STATE_UNREADABLE')
  }
}

/** A device that is off fails what should work on it, and proves nothing for what must not. */
function judgeDevices(lab: LabState, { criterion, negative, devices }: PlannedCriterion): Judgement | undefined {
  const own = criterion.device
  if (own !== undefined && !lab.devices.some(({ name }) => name === own)) return inconclusive('DEVICE_MISSING', 'lab', { device: own })
  const off = lab.devices.find(({ name, state }) => (name === own || devices.includes(name)) && state !== 'started')
  if (off === undefined) return undefined
  if (negative) return skipped('DEVICE_STOPPED_NEGATIVE', { off: off.name, state: off.state })
  return fail('DEVICE_STOPPED', 'device-off', { device: off.name, state: off.state })
}

function createContext(options: RoundsOptions, lab: LabState | null, window: Window): ReadContext {
  const { exercise, planned, clock, signal, record } = options
  const { device = '' } = planned.criterion
  const askOn = createAsk(options, window)
  const addressesOf: ReadContext['addressesOf'] = async (name, which) => {
    const platform = findPlatform(exercise.devices[name]?.platform ?? '')
    if (platform === undefined)
      return unreadable('PLATFORM_UNSUPPORTED', 'exercise', { platform: exercise.devices[name]?.platform ?? name })
    return askAddresses(platform, { ask: (command, askOptions) => askOn(name, command, askOptions) }, which)
  }
  const viewsOf: ReadContext['viewsOf'] = (name) => findPlatform(exercise.devices[name]?.platform ?? '')?.views
  const ask: ReadContext['ask'] = (command, askOptions) => askOn(device, command, askOptions)
  const recall = createRecall({ device, ask, settled: options.settled, reuse: record })
  const showLab: ReadContext['showLab'] = async () => {
    if (lab === null) return unreadable('LAB_STATE_ABSENT', 'exercise')
    const answer = observeLab({ lab, recorded: options.recorded ?? null, clock, seq: options.shared.now() })
    record(answer)
    return answer
  }
  return { device, ask, recall, askOn, addressesOf, viewsOf, lab, showLab, clock, signal }
}

/**
 * What a reader asks with in one round. Another criterion's answer serves where the question was put after this one lined up, and after
 * its own last answer: whatever a reader asks first and second is first and second on the device too.
 */
function createAsk(options: RoundsOptions, window: Window): Ask {
  const { planned, clock, signal, record, onEvent, shared, evidenceLimit } = options
  const { id, title } = planned.criterion
  let since = window.since
  return async (device, command, askOptions) => {
    const question = { device, command, options: askOptions }
    const known = planned.module.mutates ? undefined : shared.find(question, since)
    if (known !== undefined) {
      since = Math.max(since, known.endedAt)
      record(known.observation)
      return known.observation
    }
    if (evidenceLimit.isReached()) throw new CannotAsk('EVIDENCE_FULL', 'lab', { device })
    const leftMs = planned.withinMs === 0 ? null : Math.max(0, window.deadlineMs - clock.now())
    onEvent?.({ type: 'asked', id, title, device, command, leftMs })
    const askedAt = shared.now()
    const observation = await untilAborted(options.ask(device, command, askOptions), signal)
    since = Math.max(since, shared.keep(question, observation, askedAt))
    record(observation)
    return observation
  }
}
