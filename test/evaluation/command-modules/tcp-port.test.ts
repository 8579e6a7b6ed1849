import { describe, expect, it } from 'vitest'
import { type TcpAnswer, type TcpPortFacts, tcpPort, tcpPortParams } from '../../../src/evaluation/command-modules/tcp-port.ts'

const answer = (more: Partial<TcpAnswer> = {}): TcpAnswer => ({
  to: '10.5.2.20',
  port: 23,
  result: 'silent',
  by: null,
  from: null,
  own: false,
  isAddressless: false,
  ...more,
})
const open = answer({ port: 80, result: 'open' })

function judge(expected: string, ...rounds: readonly Partial<TcpPortFacts>[]): readonly [string, string] {
  const needsControl = expected === 'filtered' || expected === 'blocked'
  const params = tcpPortParams.parse({
    to: '10.5.2.20',
    port: 23,
    expect: expected,
    ...(needsControl ? { control: '10.5.2.20', controlPort: 80 } : {}),
  })
  const { verdict, reason } = tcpPort.judge(
    rounds.map((facts, index) => ({ startedAfterMs: index * 2_000, facts: { target: answer(), control: null, ...facts } })),
    params,
  )
  return [verdict, reason.code]
}

describe('a TCP port that must be open', () => {
  it('passes when it was open in the last round, whatever was before', () => {
    expect(judge('open', { target: answer() }, { target: answer({ result: 'open' }) })).toEqual(['pass', 'TCP_OPEN'])
  })

  it.each([
    ['refused', {}, 'TCP_REFUSED'],
    ['silent', {}, 'TCP_SILENT'],
    ['rejected', { by: 'filter' }, 'TCP_FILTERED'],
    ['rejected', { by: 'network' }, 'TCP_REJECTED'],
    ['unsent', {}, 'TCP_UNSENT'],
  ] as const)('fails with its own reason when the attempt was %s %j', (result, more, code) => {
    expect(judge('open', { target: answer({ result, ...more }) })).toEqual(['fail', code])
  })

  it('fails when the device asks itself', () => {
    expect(judge('open', { target: answer({ result: 'open', own: true }) })).toEqual(['fail', 'TCP_OWN_ADDRESS'])
  })
})

describe('a TCP port that must be closed', () => {
  it('fails when it was open in any round', () => {
    const rounds = [{ target: answer({ result: 'open' }) }, { target: answer(), control: open }]
    expect(judge('blocked', ...rounds)).toEqual(['fail', 'TCP_OPEN_FORBIDDEN'])
  })

  it('is inconclusive when the control is closed in any round: then nothing was shown', () => {
    const rounds = [
      { target: answer(), control: { ...open, result: 'silent' as const } },
      { target: answer(), control: open },
    ]
    expect(judge('blocked', ...rounds)).toEqual(['inconclusive', 'TCP_CONTROL_CLOSED'])
  })

  it('is inconclusive when the device itself could not send', () => {
    expect(judge('blocked', { target: answer({ result: 'unsent' }), control: open })).toEqual(['inconclusive', 'TCP_UNSENT'])
  })

  it('is inconclusive when the target has no address', () => {
    expect(judge('refused', { target: answer({ result: 'unsent', isAddressless: true }) })).toEqual([
      'inconclusive',
      'TARGET_WITHOUT_ADDRESS',
    ])
  })

  it('takes "host unreachable" for a filter only when an open port shows that the host is there', () => {
    const rejected = answer({ result: 'rejected', by: 'unknown' })
    expect(judge('filtered', { target: rejected, control: open })).toEqual(['pass', 'TCP_CLOSED_REJECTED'])
    const elsewhere = { ...open, to: '10.5.2.30' }
    expect(judge('filtered', { target: rejected, control: elsewhere })).toEqual(['inconclusive', 'TCP_REJECTED_UNCLEAR'])
    expect(judge('filtered', { target: { ...rejected, by: 'filter' }, control: elsewhere })).toEqual(['pass', 'TCP_CLOSED_REJECTED'])
  })

  it('tells a refusal from silence', () => {
    expect(judge('refused', { target: answer({ result: 'refused' }) })).toEqual(['pass', 'TCP_CLOSED_REFUSED'])
    expect(judge('refused', { target: answer() })).toEqual(['fail', 'TCP_SILENT_NOT_REFUSED'])
    expect(judge('filtered', { target: answer({ result: 'refused' }), control: open })).toEqual(['fail', 'TCP_REFUSED_NOT_FILTERED'])
    expect(judge('blocked', { target: answer({ result: 'refused' }), control: open })).toEqual(['pass', 'TCP_CLOSED_REFUSED'])
  })

  it('needs a control where silence is the answer', () => {
    expect(tcpPortParams.safeParse({ to: '10.5.2.20', port: 23, expect: 'blocked' }).success).toBe(false)
    expect(tcpPortParams.safeParse({ to: '10.5.2.20', port: 23, expect: 'refused' }).success).toBe(true)
    expect(tcpPortParams.safeParse({ to: '10.5.2.20', port: 23, expect: 'blocked', control: '10.5.2.20' }).success).toBe(false)
  })
})
