import { describe, expect, it } from 'vitest'
import { type BandwidthMeasurement, bandwidth, bandwidthParams } from '../../../src/evaluation/command-modules/bandwidth.ts'
import { CannotAsk, type Observation } from '../../../src/evaluation/observation.ts'
import { findReader, type ReadContext } from '../../../src/evaluation/platform.ts'
import { linux } from '../../../src/evaluation/platforms/linux/index.ts'

const measured = (megabits: number): BandwidthMeasurement => ({
  ...{ to: '10.6.1.20', isAddressless: false, own: false, outcome: 'measured', bitsPerSecond: megabits * 1_000_000 },
})
const none = (outcome: 'refused' | 'busy' | 'unreached'): BandwidthMeasurement => ({ ...measured(0), outcome, bitsPerSecond: null })

function judge(params: Record<string, unknown>, target: BandwidthMeasurement, compared: BandwidthMeasurement | null = null) {
  const parsed = bandwidthParams.parse({ to: 'SRV', ...params })
  const { verdict, reason } = bandwidth.judge([{ startedAfterMs: 0, facts: { target, compared } }], parsed)
  return [verdict, reason.code]
}

describe('bandwidth', () => {
  it('lies between what is wanted at least and at most', () => {
    expect(judge({ atLeast: 10, atMost: 20 }, measured(10))).toEqual(['pass', 'BANDWIDTH_RIGHT'])
    expect(judge({ atLeast: 10, atMost: 20 }, measured(20))).toEqual(['pass', 'BANDWIDTH_RIGHT'])
    expect(judge({ atLeast: 10 }, measured(9.9))).toEqual(['fail', 'BANDWIDTH_LOW'])
    expect(judge({ atMost: 20 }, measured(20.1))).toEqual(['fail', 'BANDWIDTH_HIGH'])
  })

  it('is compared with that of another way', () => {
    const comparison = { comparedWith: 'FREE', ratioAtMost: 0.5 }
    expect(judge(comparison, measured(10), measured(900))).toEqual(['pass', 'BANDWIDTH_RIGHT'])
    expect(judge(comparison, measured(800), measured(900))).toEqual(['fail', 'BANDWIDTH_RATIO_HIGH'])
    expect(judge({ comparedWith: 'FREE', ratioAtLeast: 2 }, measured(800), measured(900))).toEqual(['fail', 'BANDWIDTH_RATIO_LOW'])
  })

  it('is not told where the other way could not be measured', () => {
    const comparison = { comparedWith: 'FREE', ratioAtMost: 0.5 }
    expect(judge(comparison, measured(10), none('unreached'))).toEqual(['inconclusive', 'BANDWIDTH_NOT_COMPARED'])
    expect(judge(comparison, measured(10), measured(0))).toEqual(['inconclusive', 'BANDWIDTH_NOT_COMPARED'])
  })

  it('fails where nothing gets through, and is not told by a server that refuses or is busy', () => {
    expect(judge({ atMost: 20 }, none('unreached'))).toEqual(['fail', 'BANDWIDTH_UNREACHED'])
    expect(judge({ atMost: 20 }, none('refused'))).toEqual(['inconclusive', 'BANDWIDTH_REFUSED'])
    expect(judge({ atLeast: 20 }, none('busy'))).toEqual(['inconclusive', 'BANDWIDTH_BUSY'])
    expect(judge({ atLeast: 20 }, { ...measured(900), own: true })).toEqual(['fail', 'BANDWIDTH_OWN_ADDRESS'])
  })

  it.each([
    ['nothing is asked for', {}],
    ['the target is no device', { to: '10.0.0.1', atLeast: 1 }],
    ['at least is more than at most', { atLeast: 2, atMost: 1 }],
    ['there is a ratio without the other device', { ratioAtMost: 0.5 }],
    ['there is another device without a ratio', { atLeast: 1, comparedWith: 'FREE' }],
  ])('does not take parameters where %s', (_what, params) => {
    expect(bandwidthParams.safeParse({ to: 'SRV', ...params }).success).toBe(false)
  })
})

describe('the server of a measurement', () => {
  it('is ended though the measurement could not be asked', async () => {
    const asked: string[] = []
    const askOn: ReadContext['askOn'] = async (device, command) => {
      asked.push(`${device}: ${command.split(' ').slice(0, 2).join(' ')}`)
      if (command.startsWith('iperf3 -J')) throw new CannotAsk('CONSOLE_CLOSED', 'infrastructure', { device })
      const answer = {
        seq: 1,
        device,
        command,
        startedAt: '',
        tookMs: 1,
        ended: 'prompt',
        exitCode: 0,
        raw: Buffer.of(),
        text: '',
      } as const
      return answer satisfies Observation
    }
    const context = {
      ...{ device: 'H1', askOn, ask: (command: string) => askOn('H1', command), recall: (command: string) => askOn('H1', command) },
      addressesOf: async (device: string) => [
        { port: 'eth0', address: device === 'SRV' ? '10.6.1.20' : '10.6.1.10', prefixLength: 24, up: true },
      ],
      ...{ viewsOf: () => undefined, lab: null, showLab: async () => askOn('GNS3', ''), signal: new AbortController().signal },
      clock: { now: () => 0, sleep: async () => undefined },
    }
    const round = findReader(linux, 'bandwidth')?.start({ to: 'SRV', atLeast: 1 }).round(context, 0)
    await expect(round).rejects.toThrow(CannotAsk)
    expect(asked).toEqual(['SRV: iperf3 -s', 'H1: iperf3 -J', 'SRV: if ['])
  })
})
