import { describe, expect, it } from 'vitest'
import { type DefaultGatewayFacts, defaultGateway, type Gateway } from '../../../src/evaluation/command-modules/default-gateway.ts'

const via = (address: string | null, port: string | null = 'eth0'): Gateway => ({ address, port })

function judge(params: Record<string, unknown>, ...rounds: Partial<DefaultGatewayFacts>[]): string {
  const judged = defaultGateway.judge(
    rounds.map((facts, index) => ({ startedAfterMs: index, facts: { wanted: ['10.0.0.1'], gateways: [], answers: null, ...facts } })),
    defaultGateway.params.parse({ gateway: '10.0.0.1', ...params }),
  )
  return `${judged.verdict} ${judged.reason.code}`
}

describe('the default gateway', () => {
  it('is compared by value, with any address of the device that is meant', () => {
    expect(judge({}, { gateways: [via('10.0.0.1')] })).toBe('pass GATEWAY_RIGHT')
    expect(judge({}, { gateways: [via('10.0.0.10')] })).toBe('fail GATEWAY_WRONG')
    expect(judge({ gateway: 'R1' }, { wanted: ['10.0.1.1', '10.0.0.1'], gateways: [via('10.0.0.1')] })).toBe('pass GATEWAY_RIGHT')
    expect(judge({ gateway: 'R1' }, { wanted: [], gateways: [via('10.0.0.1')] })).toBe('fail TARGET_WITHOUT_ADDRESS')
  })

  it('is absent, an interface alone, or one of several', () => {
    expect(judge({}, {})).toBe('fail GATEWAY_ABSENT')
    expect(judge({}, { gateways: [via(null, 'ppp0')] })).toBe('fail GATEWAY_WRONG')
    expect(judge({}, { gateways: [via('10.0.0.1'), via('10.0.0.2')] })).toBe('fail GATEWAY_SEVERAL')
  })

  it.each([
    ['yes', 'pass GATEWAY_ANSWERS'],
    ['no', 'fail GATEWAY_SILENT'],
    ['old', 'inconclusive GATEWAY_ANSWER_OLD'],
    [null, 'inconclusive GATEWAY_ANSWER_OLD'],
  ] as const)('answers or does not: %s', (answers, reason) => {
    expect(judge({ answersArp: true }, { gateways: [via('10.0.0.1')], answers })).toBe(reason)
  })

  it('must be none in every round where none is wanted, not even by an interface', () => {
    expect(judge({ gateway: 'none' }, {}, {})).toBe('pass GATEWAY_NONE_AS_WANTED')
    expect(judge({ gateway: 'none' }, { gateways: [via(null)] }, {})).toBe('fail GATEWAY_SET')
    expect(defaultGateway.params.safeParse({ gateway: 'none', answersArp: true }).success).toBe(false)
  })
})
