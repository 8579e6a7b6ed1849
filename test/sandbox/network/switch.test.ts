import { describe, expect, it } from 'vitest'
import { createTestLab } from './lab-kit.ts'
import { openPc, replies } from './two-lans.ts'

const mapping = (...vlans: (number | { type: string; vlan: number })[]) => ({
  ports_mapping: vlans.map((each, port_number) => ({
    name: `Ethernet${port_number}`,
    port_number,
    ...(typeof each === 'number' ? { type: 'access', vlan: each } : each),
  })),
})

/** Three PCs on two switches with a trunk between. */
async function startVlans(left: (number | { type: string; vlan: number })[], right: (number | { type: string; vlan: number })[]) {
  const lab = createTestLab()
  for (const [index, name] of ['A', 'B', 'C'].entries())
    lab.add(name, 'vpcs', {}, { 'startup.vpc': `set pcname ${name}\nip 10.0.0.${index + 1}/24\n` })
  lab.add('SW1', 'ethernet_switch', mapping(...left))
  lab.add('SW2', 'ethernet_switch', mapping(...right))
  lab.link('A', 'SW1:0/0')
  lab.link('B', 'SW1:0/1')
  lab.link('SW1:0/2', 'SW2:0/0')
  lab.link('SW2:0/1', 'C')
  for (const id of ['A', 'B', 'C']) await lab.network.start(id)
  await lab.advance(4_000)
  return { ...lab, a: await openPc(lab.open('A'), 'A') }
}

const trunk = { type: 'dot1q', vlan: 1 }

describe('a switch', () => {
  it('lets only the same VLAN talk, over a trunk too', async () => {
    const lab = await startVlans([10, 20, trunk], [trunk, 10])
    expect(await lab.a.run('ping 10.0.0.2 -c 1')).toBe('host (10.0.0.2) not reachable')
    expect(replies(await lab.a.run('ping 10.0.0.3 -c 2'), '10.0.0.3')).toBe(2)
    await lab.network.close()
  })

  it('does not pass a tagged VLAN through an access port in its place', async () => {
    const lab = await startVlans([10, 10, 1], [trunk, 10])
    expect(replies(await lab.a.run('ping 10.0.0.2 -c 1'), '10.0.0.2')).toBe(1)
    expect(await lab.a.run('ping 10.0.0.3 -c 1')).toBe('host (10.0.0.3) not reachable')
    await lab.network.close()
  })

  it('takes a new VLAN for a port at once', async () => {
    const lab = await startVlans([10, 20, trunk], [trunk, 10])
    lab.network.updateNode('SW1', { properties: mapping(10, 10, trunk) })
    expect(replies(await lab.a.run('ping 10.0.0.2 -c 1'), '10.0.0.2')).toBe(1)
    await lab.network.close()
  })

  it('survives a loop of cables', async () => {
    const lab = await startVlans([1, 1, 1, 1], [1, 1, 1])
    lab.link('SW1:0/3', 'SW2:0/2')
    await lab.a.run('ping 10.0.0.99 -c 1')
    expect(lab.network.state('A')).toBe('started')
    await lab.network.close()
  })

  it('routes between VLANs by subinterfaces of a router', async () => {
    const lab = createTestLab()
    lab.add('A', 'vpcs', {}, { 'startup.vpc': 'set pcname A\nip 10.0.10.2/24 10.0.10.1\n' })
    lab.add('B', 'vpcs', {}, { 'startup.vpc': 'set pcname B\nip 10.0.20.2/24 10.0.20.1\n' })
    lab.add('SW', 'ethernet_switch', mapping(10, 20, trunk))
    const config =
      'hostname R\ninterface FastEthernet0/0\n no ip address\ninterface FastEthernet0/0.10\n encapsulation dot1Q 10\n ip address 10.0.10.1 255.255.255.0\ninterface FastEthernet0/0.20\n encapsulation dot1Q 20\n ip address 10.0.20.1 255.255.255.0\nend\n'
    lab.add('R', 'dynamips', { platform: 'c3725', dynamips_id: 1 }, { 'configs/i1_startup-config.cfg': config })
    lab.link('A', 'SW:0/0')
    lab.link('B', 'SW:0/1')
    lab.link('SW:0/2', 'R:0/0')
    for (const id of ['A', 'B', 'R']) await lab.network.start(id)
    await lab.advance(25_000)
    const a = await openPc(lab.open('A'), 'A')
    await a.run('ping 10.0.20.2 -c 2')
    expect(replies(await a.run('ping 10.0.20.2 -c 2'), '10.0.20.2')).toBe(2)
    await lab.network.close()
  })

  it('is not needed where a hub repeats everything', async () => {
    const lab = createTestLab()
    lab.add('A', 'vpcs', {}, { 'startup.vpc': 'set pcname A\nip 10.0.0.1/24\n' })
    lab.add('B', 'vpcs', {}, { 'startup.vpc': 'set pcname B\nip 10.0.0.2/24\n' })
    lab.add('H', 'ethernet_hub')
    lab.link('A', 'H:0/0')
    lab.link('B', 'H:0/1')
    await lab.network.start('A')
    await lab.network.start('B')
    await lab.advance(4_000)
    const a = await openPc(lab.open('A'), 'A')
    expect(replies(await a.run('ping 10.0.0.2 -c 1'), '10.0.0.2')).toBe(1)
    await lab.network.close()
  })
})
