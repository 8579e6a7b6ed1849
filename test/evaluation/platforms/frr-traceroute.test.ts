import { describe, expect, it } from 'vitest'
import type { AskOptions, Observation } from '../../../src/evaluation/index.ts'
import { findReader, type ReadContext } from '../../../src/evaluation/platform.ts'
import { findPlatform } from '../../../src/evaluation/platforms/index.ts'

const silent = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${String(from + index).padStart(2)}  * * *`).join('\n')

const answer = (text: string, tookMs: number): Observation => ({
  seq: 1,
  device: 'R1',
  command: 'traceroute 10.0.30.80',
  startedAt: '2026-01-01T00:00:00.000Z',
  tookMs,
  ended: 'prompt',
  raw: Buffer.from(text),
  text,
})

/** A router whose traceroute prints one answer after the other. */
async function trace(answers: readonly Observation[], params: Readonly<Record<string, unknown>>) {
  const reader = findReader(findPlatform('frr') ?? { readers: [] }, 'traceroute')
  if (reader === undefined) throw new Error('frr has no traceroute')
  const asked: AskOptions[] = []
  const left = [...answers]
  const ask = async (_command: string, options: AskOptions = {}) => {
    asked.push(options)
    const next = left.shift()
    if (next === undefined) throw new Error('asked too often')
    return next
  }
  const context: ReadContext = {
    device: 'R1',
    ask,
    recall: (command) => ask(command),
    askOn: (_device, command, options) => ask(command, options),
    addressesOf: async () => [],
    viewsOf: () => undefined,
    lab: null,
    showLab: () => ask(''),
    clock: { now: () => 0, sleep: async () => undefined },
    signal: new AbortController().signal,
  }
  const check = reader.start(params)
  const unread = await check.round(context, 0)
  const judgement = check.judge()
  return { asked, verdict: unread === null ? `${judgement?.verdict} ${judgement?.reason.code}` : unread.unreadable }
}

const head = 'traceroute to 10.0.30.80 (10.0.30.80), 30 hops max, 60 byte packets\n'
const firstHop = ' 1  10.1.12.2 (10.1.12.2)  0.105 ms  0.011 ms  0.006 ms\n'

describe('traceroute in vtysh', () => {
  it('is interrupted when sixteen probes at a time can be through all hops that count', async () => {
    const { asked, verdict } = await trace([answer(`${head}${firstHop}${silent(2, 10)}\n11  *`, 11_010)], {
      to: '10.0.30.80',
      maxHops: 10,
    })
    expect(asked.map(({ interruptAfterMs }) => interruptAfterMs)).toEqual([11_000])
    expect(verdict).toBe('fail TRACE_STOPPED')
  })

  it('is asked again, with more time, where the program is slower than that', async () => {
    const { asked, verdict } = await trace(
      [answer(`${head} 1  * * *\n 2  *`, 6_010), answer(`${head} 1  * * *\n 2  10.0.30.80 (10.0.30.80)  0.2 ms  0.2 ms  0.2 ms`, 15_200)],
      { to: '10.0.30.80', maxHops: 4 },
    )
    expect(asked.map(({ interruptAfterMs }) => interruptAfterMs)).toEqual([6_000, 60_000])
    expect(verdict).toBe('pass TRACE_REACHED')
  })

  it('does not count hops beyond the last one that may be', async () => {
    const { verdict } = await trace(
      [answer(`${head}${firstHop}${silent(2, 2)}\n 3  10.0.30.80 (10.0.30.80)  0.2 ms  0.2 ms  0.2 ms`, 4_000)],
      { to: '10.0.30.80', maxHops: 2 },
    )
    expect(verdict).toBe('fail TRACE_STOPPED')
  })
})
