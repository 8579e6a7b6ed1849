import { describe, expect, it } from 'vitest'
import {
  type AddressedPort,
  type InterfaceAddressFacts,
  interfaceAddress,
} from '../../../src/evaluation/command-modules/interface-address.ts'

const port = (name: string, cidrs: readonly string[], state: AddressedPort['state'] = 'up'): AddressedPort => ({
  name,
  state,
  addresses: cidrs.map((cidr) => {
    const [address = '', length = ''] = cidr.split('/')
    return { address, length: Number(length) }
  }),
})
const facts = (ports: AddressedPort[], lists: InterfaceAddressFacts['lists'] = 'all'): InterfaceAddressFacts => ({ ports, lists })

function judge(params: Record<string, unknown>, ...rounds: InterfaceAddressFacts[]): string {
  const judged = interfaceAddress.judge(
    rounds.map((one, index) => ({ startedAfterMs: index * 1000, facts: one })),
    interfaceAddress.params.parse(params),
  )
  return `${judged.verdict} ${judged.reason.code}`
}

describe('the address of an interface', () => {
  const eth0 = facts([port('eth0', ['10.0.0.5/24', 'fe80::1/64']), port('eth1', ['10.0.1.5/24']), port('lo', ['127.0.0.1/8'])])

  it('is compared by value: a mask that begins with the same digit is another one', () => {
    expect(judge({ interface: 'eth0', addresses: ['10.0.0.5/24'] }, eth0)).toBe('pass ADDRESS_RIGHT')
    expect(judge({ interface: 'eth0', addresses: ['10.0.0.5/2'] }, eth0)).toBe('fail ADDRESS_WRONG_MASK')
    expect(judge({ interface: 'eth0', addresses: ['10.0.0.50/24'] }, eth0)).toBe('fail ADDRESS_OTHER')
    expect(judge({ interface: 'eth0', addresses: ['2001:db8:0:0::1/64'] }, facts([port('eth0', ['2001:db8::1/64'])]))).toBe(
      'pass ADDRESS_RIGHT',
    )
  })

  it('tells an address on another interface from one that is nowhere', () => {
    expect(judge({ interface: 'eth0', addresses: ['10.0.1.5/24'] }, eth0)).toBe('fail ADDRESS_ON_OTHER_PORT')
    expect(judge({ interface: 'lo', addresses: ['10.9.9.9/32'] }, eth0)).toBe('fail ADDRESS_ABSENT')
    expect(judge({ interface: 'eth9', addresses: ['10.9.9.9/32'] }, eth0)).toBe('fail INTERFACE_ABSENT')
    expect(judge({ interface: 'eth9', addresses: ['10.9.9.9/32'] }, facts([], 'addressed'))).toBe('fail ADDRESS_ABSENT')
  })

  it('counts, where nothing else may be, only what somebody has set', () => {
    expect(judge({ interface: 'eth0', addresses: ['10.0.0.5/24'], mode: 'exact' }, eth0)).toBe('pass ADDRESS_RIGHT')
    expect(judge({ addresses: ['10.0.0.5/24', '10.0.1.5/24'], mode: 'exact' }, eth0)).toBe('pass ADDRESS_RIGHT')
    expect(judge({ addresses: ['10.0.0.5/24'], mode: 'exact' }, eth0)).toBe('fail ADDRESS_EXTRA')
    const both = facts([port('eth0', ['10.0.0.5/24', '2001:db8::5/64'])])
    expect(judge({ addresses: ['10.0.0.5/24'], mode: 'exact' }, both)).toBe('pass ADDRESS_RIGHT')
    expect(judge({ addresses: [], mode: 'exact', family: 'ipv6' }, both)).toBe('fail ADDRESS_EXTRA')
  })

  it('is of no use on an interface that is not up, unless that is not asked', () => {
    const off = facts([port('eth0', ['10.0.0.5/24'], 'off')])
    expect(judge({ addresses: ['10.0.0.5/24'] }, off)).toBe('fail ADDRESS_PORT_OFF')
    expect(judge({ addresses: ['10.0.0.5/24'] }, facts([port('eth0', ['10.0.0.5/24'], 'down')]))).toBe('fail ADDRESS_PORT_DOWN')
    expect(judge({ addresses: ['10.0.0.5/24'] }, facts([port('eth0', ['10.0.0.5/24'], null)]))).toBe('inconclusive ADDRESS_STATE_UNKNOWN')
    expect(judge({ addresses: ['10.0.0.5/24'], up: false }, off)).toBe('pass ADDRESS_RIGHT')
  })

  it('must be absent in every round where none is wanted', () => {
    const bare = facts([port('eth0', [])])
    const none = { interface: 'eth0', addresses: [], mode: 'exact' }
    expect(judge(none, bare, bare)).toBe('pass ADDRESS_NONE_AS_WANTED')
    expect(judge(none, eth0, bare)).toBe('fail ADDRESS_EXTRA')
    expect(judge(none, facts([]))).toBe('fail INTERFACE_ABSENT')
  })

  it('refuses parameters that could never fail or never pass', () => {
    expect(interfaceAddress.params.safeParse({ addresses: [] }).success).toBe(false)
    expect(interfaceAddress.params.safeParse({ addresses: ['10.0.0.1'] }).success).toBe(false)
    expect(interfaceAddress.params.safeParse({ addresses: ['10.0.0.1/24'], family: 'ipv6' }).success).toBe(false)
    expect(interfaceAddress.params.safeParse({ interface: 'eth0; reboot', addresses: ['10.0.0.1/24'] }).success).toBe(false)
  })
})
