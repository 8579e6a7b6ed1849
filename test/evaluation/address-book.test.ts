import { describe, expect, it } from 'vitest'
import { createAddressBook, nameAddresses, namesIn } from '../../src/evaluation/address-book.ts'
import { explain, type Observation, readExerciseModel } from '../../src/evaluation/index.ts'
import { fail } from '../../src/evaluation/verdict.ts'
import { showIp } from './fake-lab.ts'

function makeBook() {
  const devices = {
    PC1: { platform: 'vpcs' },
    PC2: { platform: 'vpcs' },
    R1: { platform: 'cisco_ios' },
    R2: { platform: 'frr' },
    H1: { platform: 'linux' },
  }
  const criteria = [{ id: 'a', title: 'a', module: 'ping', device: 'PC1', points: 1, params: { to: '10.0.0.2' } }]
  const { exercise } = readExerciseModel({ netpraxis: 1, title: 'Test', devices, criteria })
  if (exercise === undefined) throw new Error('not an exercise')
  return createAddressBook(exercise)
}

const answer = (device: string, command: string, text: string, ended: Observation['ended'] = 'prompt'): Observation => ({
  seq: 1,
  device,
  command,
  startedAt: '2026-01-01T00:00:00.000Z',
  tookMs: 1,
  ended,
  raw: Buffer.from(text),
  text,
})

describe('an address book', () => {
  it.each([
    ['PC1', 'show ip', showIp('10.0.1.1/24')],
    ['R1', 'show ip interface brief', 'Interface  IP-Address OK? Method Status Protocol\nFastEthernet0/0  10.0.1.1  YES manual up  up\n'],
    ['R1', 'show running-config', '!\ninterface FastEthernet0/0\n ip address 10.0.1.1 255.255.255.0\n duplex auto\n!\n'],
    ['R2', 'show running-config', 'frr version 8.4.4\n!\ninterface eth0\n ip address 10.0.1.1/24\nexit\n'],
    ['H1', 'ip addr', '2: eth0: <BROADCAST,UP> mtu 1500\n    inet 10.0.1.1/24 scope global eth0\n'],
  ])('learns from %s: %s', (device, command, text) => {
    const book = makeBook()
    book.learn(answer(device, command, text))
    expect(book.deviceOf('10.0.1.1')).toBe(device)
    expect(book.deviceOf('10.0.1.2')).toBeUndefined()
  })

  it('learns nothing from other commands, from answers cut short, or from devices it does not know', () => {
    const book = makeBook()
    book.learn(answer('PC1', 'ping 10.0.1.1', showIp('10.0.1.1/24')))
    book.learn(answer('PC1', 'show ip', showIp('10.0.1.1/24'), 'timeout'))
    book.learn(answer('XX', 'show ip', showIp('10.0.1.1/24')))
    book.learn(answer('PC1', 'show ip', 'garbage'))
    expect(book.deviceOf('10.0.1.1')).toBeUndefined()
  })

  it('names nobody where two devices have the address', () => {
    const book = makeBook()
    book.learn(answer('PC1', 'show ip', showIp('10.0.1.1/24')))
    book.learn(answer('PC1', 'show ip', showIp('10.0.1.1/24')))
    expect(book.deviceOf('10.0.1.1')).toBe('PC1')
    book.learn(answer('PC2', 'show ip', showIp('10.0.1.1/24')))
    expect(book.deviceOf('10.0.1.1')).toBeUndefined()
  })
})

describe('a reason with a name', () => {
  const judgement = fail('PING_NET_UNREACHABLE', 'unreachable', { to: '10.0.2.9', sent: 5, received: 0, from: '10.0.1.254' })
  const named = nameAddresses(judgement, (address) => (address === '10.0.1.254' ? 'R1' : undefined))

  it('keeps the name beside the address', () => {
    expect(named.reason.data).toEqual({ to: '10.0.2.9', sent: 5, received: 0, from: '10.0.1.254', fromDevice: 'R1' })
  })

  it('is explained with both', () => {
    const { why, found } = explain({ device: 'PC1', reason: named.reason, expected: null })
    expect(why).toBe('R1 (10.0.1.254) has no route for the packets from PC1 to 10.0.2.9.')
    expect(found).toBe('R1 (10.0.1.254) says: network unreachable')
  })

  it('is left as it is where nobody is known', () => {
    expect(nameAddresses(judgement, () => undefined)).toBe(judgement)
    expect(explain({ device: 'PC1', reason: judgement.reason, expected: null }).why).toMatch(/^10\.0\.1\.254 has no route/)
  })

  it('gives its names to a later judgement of the same addresses', () => {
    expect(nameAddresses(judgement, namesIn(named.reason.data))).toEqual(named)
    expect(namesIn(judgement.reason.data)('10.0.1.254')).toBeUndefined()
  })
})
