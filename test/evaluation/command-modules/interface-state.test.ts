import { describe, expect, it } from 'vitest'
import { interfaceState, type PortState } from '../../../src/evaluation/command-modules/interface-state.ts'

const up: PortState = { name: 'eth0', admin: 'up', oper: 'up', mtu: 1500, mac: '00:50:79:66:68:00', speedMbps: 1000, description: 'to R2 ' }

function judge(params: Record<string, unknown>, port: PortState | null): string {
  const facts = { port, others: ['eth0'] }
  const judged = interfaceState.judge([{ startedAfterMs: 0, facts }], interfaceState.params.parse({ interface: 'eth0', ...params }))
  return `${judged.verdict} ${judged.reason.code}`
}

describe('the state of an interface', () => {
  it('is right when all that was asked for is', () => {
    expect(judge({ admin: 'up', oper: 'up', mtu: 1500, mac: '0050.7966.6800', speed: 1000, description: ' to R2' }, up)).toBe(
      'pass PORT_RIGHT',
    )
  })

  it.each([
    [{ mtu: 150 }, 'fail PORT_MTU'],
    [{ mac: '00:50:79:66:68:01' }, 'fail PORT_MAC'],
    [{ speed: 100 }, 'fail PORT_SPEED'],
    [{ description: 'to R' }, 'fail PORT_DESCRIPTION'],
    [{ oper: 'down' }, 'fail PORT_OPER'],
    [{ admin: 'down' }, 'fail PORT_ADMIN'],
  ])('fails for %j by name', (params, reason) => {
    expect(judge(params, up)).toBe(reason)
  })

  it('says that an interface is shut down rather than only down', () => {
    expect(judge({ oper: 'up' }, { ...up, admin: 'down', oper: 'down' })).toBe('fail PORT_SHUT_DOWN')
    expect(judge({ oper: 'up' }, { ...up, oper: 'down' })).toBe('fail PORT_OPER')
  })

  it('is not decided by what the device does not show, unless something else is wrong', () => {
    expect(judge({ speed: 1000 }, { ...up, speedMbps: null })).toBe('inconclusive PORT_NOT_SHOWN')
    expect(judge({ speed: 1000, description: 'x' }, { ...up, speedMbps: null })).toBe('fail PORT_DESCRIPTION')
  })

  it('is absent with its interface, and asks for something', () => {
    expect(judge({ oper: 'down' }, null)).toBe('fail INTERFACE_ABSENT')
    expect(interfaceState.params.safeParse({ interface: 'eth0' }).success).toBe(false)
  })
})
