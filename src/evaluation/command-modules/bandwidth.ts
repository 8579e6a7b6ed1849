import { z } from 'zod'
import { defineCommandModule, lastRound } from '../command-module.ts'
import { deviceOfTarget, devicesOfTargets, targetSchema } from '../target.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'
import { portSchema } from './tcp-port.ts'

/**
 * `refused`: something answered for the server that had been started; `busy`: another measurement ran there; `unreached`: nothing of
 * the connection came through.
 */
export type BandwidthOutcome = 'measured' | 'refused' | 'busy' | 'unreached'

export interface BandwidthMeasurement {
  /** The address, or the target's name when it has none. */
  readonly to: string
  readonly isAddressless: boolean
  readonly own: boolean
  readonly outcome: BandwidthOutcome
  /** What arrived, in bits per second; null where nothing was measured. */
  readonly bitsPerSecond: number | null
}

export interface BandwidthFacts {
  readonly target: BandwidthMeasurement
  /** Of `comparedWith`; null where none is asked for. */
  readonly compared: BandwidthMeasurement | null
}

/** A server is started there, so an address alone will not do. */
const serverSchema = targetSchema.refine((target) => deviceOfTarget(target) !== undefined, { error: 'exerciseProblems.deviceName' })
const megabits = z.number().positive().max(1_000_000)
const ratio = z.number().positive().max(1_000)

export const bandwidthParams = z
  .strictObject({
    to: serverSchema,
    /** Mbit/s that must arrive there. */
    atLeast: megabits.optional(),
    atMost: megabits.optional(),
    /** Measured just after: a link that is slower or faster than another is told more surely than a rate. */
    comparedWith: serverSchema.optional(),
    /** Bandwidth to `to`, divided by that to `comparedWith`. */
    ratioAtLeast: ratio.optional(),
    ratioAtMost: ratio.optional(),
    port: portSchema.default(5_201),
    seconds: z.int().min(1).max(10).default(3),
  })
  .refine((wishes) => [wishes.atLeast, wishes.atMost, wishes.ratioAtLeast, wishes.ratioAtMost].some((one) => one !== undefined), {
    error: 'exerciseProblems.atLeastOne',
    path: ['atLeast'],
  })
  .refine(({ atLeast = 0, atMost }) => atMost === undefined || atLeast <= atMost, {
    error: 'exerciseProblems.minOverMax',
    path: ['atMost'],
  })
  .refine(({ ratioAtLeast = 0, ratioAtMost }) => ratioAtMost === undefined || ratioAtLeast <= ratioAtMost, {
    error: 'exerciseProblems.minOverMax',
    path: ['ratioAtMost'],
  })
  .refine(
    ({ ratioAtLeast, ratioAtMost, comparedWith }) =>
      (comparedWith !== undefined) === (ratioAtLeast !== undefined || ratioAtMost !== undefined),
    { error: 'exerciseProblems.ratioNeedsComparison', path: ['comparedWith'] },
  )
export type BandwidthParams = z.infer<typeof bandwidthParams>

const rounded = (value: number): number => Number(value.toPrecision(3))
const toMegabits = (bits: number): number => rounded(bits / 1_000_000)

/** Why there is nothing to compare, or the rate in bits per second. */
function rateOf({ to, isAddressless, own, outcome, bitsPerSecond }: BandwidthMeasurement): number | Judgement {
  if (isAddressless) return fail('TARGET_WITHOUT_ADDRESS', 'absent', { target: to })
  if (own) return fail('BANDWIDTH_OWN_ADDRESS', 'wrong-value', { to })
  if (outcome === 'unreached') return fail('BANDWIDTH_UNREACHED', 'unreachable', { to })
  if (outcome === 'busy') return inconclusive('BANDWIDTH_BUSY', 'lab', { to })
  return bitsPerSecond === null ? inconclusive('BANDWIDTH_REFUSED', 'lab', { to }) : bitsPerSecond
}

function judgeRate(bits: number, { to, atLeast, atMost }: BandwidthParams): Judgement | undefined {
  const data: ReasonData = { to, mbits: toMegabits(bits) }
  if (atLeast !== undefined && bits < atLeast * 1_000_000) return fail('BANDWIDTH_LOW', 'wrong-value', data)
  return atMost !== undefined && bits > atMost * 1_000_000 ? fail('BANDWIDTH_HIGH', 'wrong-value', data) : undefined
}

function judgeRatio(bits: number, compared: BandwidthMeasurement, params: BandwidthParams): Judgement | undefined {
  const other = rateOf(compared)
  // what it is compared with is no part of the task: without it there is nothing to say
  if (typeof other !== 'number') return inconclusive('BANDWIDTH_NOT_COMPARED', 'lab', { comparedWith: params.comparedWith ?? '' })
  if (other === 0) return inconclusive('BANDWIDTH_NOT_COMPARED', 'lab', { comparedWith: params.comparedWith ?? '' })
  const found = bits / other
  const data: ReasonData = {
    ...{ to: params.to, comparedWith: params.comparedWith ?? '' },
    ...{ mbits: toMegabits(bits), otherMbits: toMegabits(other), ratio: rounded(found) },
  }
  if (params.ratioAtLeast !== undefined && found < params.ratioAtLeast) return fail('BANDWIDTH_RATIO_LOW', 'wrong-value', data)
  return params.ratioAtMost !== undefined && found > params.ratioAtMost ? fail('BANDWIDTH_RATIO_HIGH', 'wrong-value', data) : undefined
}

/** Connecting, the end of the server, and slow consoles. */
const aroundSeconds = 8

/** How much gets from one device to another in a second. A server is started there for one measurement, and ended after it. */
export const bandwidth = defineCommandModule<BandwidthFacts>()({
  name: 'bandwidth',
  layer: 'mutating',
  mutates: true,
  params: bandwidthParams,
  defaultWithinSeconds: 10,
  roundSeconds: ({ seconds, comparedWith }) => (seconds + aroundSeconds) * (comparedWith === undefined ? 1 : 2),
  isNegative: () => false,
  devicesIn: ({ to, comparedWith }) => devicesOfTargets(to, comparedWith),
  expected: ({ to, atLeast, atMost, comparedWith, ratioAtLeast, ratioAtMost }) => {
    if (atLeast !== undefined && atMost !== undefined) return { code: 'BANDWIDTH_BETWEEN', data: { to, atLeast, atMost } }
    if (atLeast !== undefined) return { code: 'BANDWIDTH_AT_LEAST', data: { to, atLeast } }
    if (atMost !== undefined) return { code: 'BANDWIDTH_AT_MOST', data: { to, atMost } }
    const data = { to, comparedWith: comparedWith ?? '' }
    if (ratioAtLeast === undefined) return { code: 'BANDWIDTH_RATIO_AT_MOST', data: { ...data, ratioAtMost: ratioAtMost ?? 0 } }
    if (ratioAtMost === undefined) return { code: 'BANDWIDTH_RATIO_AT_LEAST', data: { ...data, ratioAtLeast } }
    return { code: 'BANDWIDTH_RATIO_BETWEEN', data: { ...data, ratioAtLeast, ratioAtMost } }
  },
  judge: (rounds, params) => {
    const { target, compared } = lastRound(rounds)
    const bits = rateOf(target)
    if (typeof bits !== 'number') return bits
    const wrong = judgeRate(bits, params) ?? (compared === null ? undefined : judgeRatio(bits, compared, params))
    if (wrong !== undefined) return wrong
    return pass('BANDWIDTH_RIGHT', { to: params.to, mbits: toMegabits(bits) })
  },
})
