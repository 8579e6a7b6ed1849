import { z } from 'zod'
import { defineCommandModule, lastRound } from '../command-module.ts'
import { devicesOfTargets, targetSchema } from '../target.ts'
import { fail, pass, type ReasonData } from '../verdict.ts'

export interface LatencyFacts {
  /** The address, or the target's name when it has none. */
  readonly to: string
  readonly isAddressless: boolean
  readonly own: boolean
  readonly sent: number
  /** Milliseconds of each reply. */
  readonly times: readonly number[]
}

/** Pings of one measurement: the median of fewer says little. */
export const latencyPings = 20
const leastReplies = 15

const milliseconds = z.number().min(0).max(10_000)

export const latencyParams = z
  .strictObject({ to: targetSchema, maxMs: milliseconds.optional(), minMs: milliseconds.optional() })
  .refine(({ maxMs, minMs }) => maxMs !== undefined || minMs !== undefined, { error: 'exerciseProblems.atLeastOne', path: ['maxMs'] })
  .refine(({ maxMs, minMs }) => maxMs === undefined || minMs === undefined || minMs <= maxMs, {
    error: 'exerciseProblems.minOverMax',
    path: ['maxMs'],
  })
export type LatencyParams = z.infer<typeof latencyParams>

/** One slow reply moves the mean, not the median. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const [low = 0, high = low] = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1)
  return (low + high) / 2
}

/** How long a packet takes to a target and back: the median of twenty. */
export const latency = defineCommandModule<LatencyFacts>()({
  name: 'latency',
  layer: 'service',
  params: latencyParams,
  defaultWithinSeconds: 10,
  // a probe a second, and some that are lost
  roundSeconds: () => latencyPings + 10,
  isNegative: () => false,
  devicesIn: ({ to }) => devicesOfTargets(to),
  expected: ({ to, maxMs, minMs }) => {
    if (minMs === undefined) return { code: 'LATENCY_AT_MOST', data: { to, maxMs: maxMs ?? 0 } }
    return maxMs === undefined ? { code: 'LATENCY_AT_LEAST', data: { to, minMs } } : { code: 'LATENCY_BETWEEN', data: { to, minMs, maxMs } }
  },
  judge: (rounds, { maxMs, minMs }) => {
    const { to, isAddressless, own, sent, times } = lastRound(rounds)
    const data: ReasonData = { to, sent, received: times.length }
    if (isAddressless) return fail('TARGET_WITHOUT_ADDRESS', 'absent', { target: to })
    if (own) return fail('LATENCY_OWN_ADDRESS', 'wrong-value', { to })
    if (times.length < leastReplies) return fail('LATENCY_LOST', 'unreachable', data)
    const middle = Math.round(median(times) * 1_000) / 1_000
    if (maxMs !== undefined && middle > maxMs) return fail('LATENCY_HIGH', 'wrong-value', { ...data, median: middle })
    if (minMs !== undefined && middle < minMs) return fail('LATENCY_LOW', 'wrong-value', { ...data, median: middle })
    return pass('LATENCY_RIGHT', { ...data, median: middle })
  },
})
