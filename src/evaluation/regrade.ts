import { nameAddresses, namesIn } from './address-book.ts'
import type { Criterion, Exercise } from './exercise-definition.ts'
import { gns3Device, showLabCommand } from './lab-observation.ts'
import { keepMaskCause } from './mask-cause.ts'
import { CannotAsk, type Observation } from './observation.ts'
import { type PlannedCriterion, planCriteria } from './plan.ts'
import { askAddresses, type ReadContext, type Unreadable, unreadable } from './platform.ts'
import { findPlatform } from './platforms/index.ts'
import { createRecall, type Settled } from './recall.ts'
import { createReplay, type Replay } from './replay-ask.ts'
import { inconclusive, type Judgement } from './verdict.ts'

export interface RegradeOptions {
  /** The revision to grade by. */
  readonly exercise: Exercise
  readonly criterion: Criterion
  /** What was asked for this criterion then. */
  readonly observations: readonly Observation[]
  /** The verdict then; kept where nothing was asked (a device that was off, a requirement not met). */
  readonly previous: Judgement
}

/** Recomputes one verdict from stored evidence with the reader and judge of today. No VM, no clock. */
export async function regrade({ exercise, criterion, observations, previous }: RegradeOptions): Promise<Judgement> {
  if (observations.length === 0) return previous
  const [planned] = planCriteria({ ...exercise, criteria: [{ ...criterion, requires: [] }] })
  if (planned?.reader === undefined) return inconclusive('PLATFORM_UNSUPPORTED', 'exercise', { platform: '' })
  const judgement = await judgeAgain(planned, exercise, createReplay(observations))
  return nameAddresses(keepMaskCause(judgement, previous), namesIn(previous.reason.data))
}

async function judgeAgain(planned: PlannedCriterion, exercise: Exercise, replay: Replay): Promise<Judgement> {
  const start = () => planned.reader?.start(planned.criterion.params)
  const settled: Settled = new Map()
  let check = start()
  let isRetried = false
  let last: Judgement = inconclusive('INTERNAL_ERROR', 'infrastructure')
  while (check !== undefined && replay.remaining() > 0) {
    const before = replay.remaining()
    const round = check.round
    const unread = await roundFrom(() => round(createContext(planned, exercise, { ...replay, settled }), 0))
    const isMissing = unread?.unreadable === 'NOT_IN_EVIDENCE'
    // what is left belongs to no round of this reader: the rounds that could be read decide
    if (isMissing && replay.remaining() === before && check.judge() !== null) break
    last = unread === null ? (check.judge() ?? last) : unreadJudgement(unread)
    if (isMissing || last.verdict === (planned.negative ? 'fail' : 'pass')) return last
    if (unread === null || !planned.negative) continue
    // a negative check begins a new window once, when its first was spoilt by our own fault (rounds.ts)
    if (isRetried || unread.cause !== 'infrastructure') return last
    isRetried = true
    check = start()
  }
  return last
}

const unreadJudgement = ({ unreadable: code, cause, data }: Unreadable): Judgement => inconclusive(code, cause, data)

async function roundFrom(round: () => Promise<Unreadable | null>): Promise<Unreadable | null> {
  try {
    return await round()
  } catch (error) {
    if (error instanceof CannotAsk) return unreadable(error.reason, error.blame, error.data)
    throw error
  }
}

function createContext(
  planned: PlannedCriterion,
  exercise: Exercise,
  { ask, settled }: Replay & { readonly settled: Settled },
): ReadContext {
  const { device = '' } = planned.criterion
  const askDevice: ReadContext['ask'] = (command, options) => ask(device, command, options)
  return {
    device,
    ask: askDevice,
    recall: createRecall({ device, ask: askDevice, settled, reuse: () => undefined }),
    askOn: ask,
    addressesOf: async (name, which) => {
      const platform = findPlatform(exercise.devices[name]?.platform ?? '')
      if (platform === undefined) return unreadable('PLATFORM_UNSUPPORTED', 'exercise', { platform: '' })
      return askAddresses(platform, { ask: (command, options) => ask(name, command, options) }, which)
    },
    viewsOf: (name) => findPlatform(exercise.devices[name]?.platform ?? '')?.views,
    lab: null,
    showLab: () => ask(gns3Device, showLabCommand),
    clock: { now: () => 0, sleep: async () => undefined },
    signal: new AbortController().signal,
  }
}
