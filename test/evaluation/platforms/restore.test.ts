import { describe, expect, it } from 'vitest'
import { platforms } from '../../../src/evaluation/index.ts'
import { planStatements } from '../../../src/evaluation/platforms/juniper-junos/restore.ts'
import { planBlocks } from '../../../src/evaluation/platforms/readings/restore-blocks.ts'
import { planVpcs } from '../../../src/evaluation/platforms/vpcs/restore.ts'

const router = (middle: string) => `Building configuration...

Current configuration : 1514 bytes
!
version 15.5
!
hostname R1
!
${middle}
!
line con 0
 exec-timeout 0 0
!
end
`

describe('a configuration of blocks', () => {
  it('that runs already needs nothing typed', () => {
    const text = router('interface Ethernet0/0\n ip address 10.0.0.1 255.255.255.0')
    expect(planBlocks(text, text).commands).toEqual([])
  })

  it('gets what is missing within its blocks, and what is too much taken away first', () => {
    const now = router('interface Ethernet0/0\n ip address 10.0.0.9 255.255.255.0\n shutdown\nrouter rip\n network 10.0.0.0')
    const then = router('interface Ethernet0/0\n ip address 10.0.0.1 255.255.255.0\nip route 0.0.0.0 0.0.0.0 10.0.0.2')
    expect(planBlocks(now, then).commands).toEqual([
      'configure terminal',
      ...['interface Ethernet0/0', 'no ip address 10.0.0.9 255.255.255.0', 'no shutdown', 'exit'],
      'no router rip',
      ...['interface Ethernet0/0', 'ip address 10.0.0.1 255.255.255.0', 'exit'],
      'ip route 0.0.0.0 0.0.0.0 10.0.0.2',
      'end',
    ])
  })

  it('does not take away what says that there was none', () => {
    const now = router('interface Ethernet0/0\n no ip address')
    const then = router('interface Ethernet0/0\n ip address 10.0.0.1 255.255.255.0')
    expect(planBlocks(now, then).commands).toEqual([
      ...['configure terminal', 'interface Ethernet0/0', 'ip address 10.0.0.1 255.255.255.0', 'exit', 'end'],
    ])
  })

  it('enters blocks below blocks', () => {
    const now = router('router bgp 1\n address-family ipv4\n  network 10.0.0.0\n exit-address-family')
    const then = router('router bgp 1\n address-family ipv4\n  network 10.1.0.0\n exit-address-family')
    expect(planBlocks(now, then).commands).toEqual([
      'configure terminal',
      ...['router bgp 1', 'address-family ipv4', 'no network 10.0.0.0', 'exit', 'exit'],
      ...['router bgp 1', 'address-family ipv4', 'network 10.1.0.0', 'exit', 'exit'],
      'end',
    ])
  })

  it('empties a port and removes an interface that somebody made', () => {
    const now = router(
      'interface Loopback0\n ip address 1.1.1.1 255.255.255.255\ninterface Ethernet0/1\n ip address 10.0.1.1 255.255.255.0',
    )
    expect(planBlocks(now, router('')).commands).toEqual([
      'configure terminal',
      'no interface Loopback0',
      ...['interface Ethernet0/1', 'no ip address 10.0.1.1 255.255.255.0', 'exit'],
      'end',
    ])
  })

  it('never takes away what lets people in', () => {
    const now = router('username ana privilege 15 secret 5 x\nenable secret 5 y\naaa new-model')
    expect(planBlocks(now, router('')).commands).toEqual([])
    expect(planBlocks(router('no aaa new-model'), router('')).commands).toEqual([])
  })

  it('leaves out, and names, what cannot be typed line by line, and never our own secrets', () => {
    const then = router('banner motd ^C\nno entry\nrouter rip\n^C\ndescription of [secret SRV]\nip domain name lab')
    const plan = planBlocks(router(''), then)
    expect(plan.commands).toEqual(['configure terminal', 'ip domain name lab', 'end'])
    expect(plan.leftOut).toEqual(['banner motd ^C', 'description of [secret SRV]'])
  })
})

describe('a VPCS', () => {
  const shown = (name: string, address: string, gateway = '0.0.0.0', more = '') =>
    `\nNAME        : ${name}[1]\nIP/MASK     : ${address}\nGATEWAY     : ${gateway}\nDNS         : ${more}\nMAC         : 00:50:79:66:68:00\nLPORT       : 20014\n`

  it('gets its name, its address with the gateway, and its name servers', () => {
    expect(planVpcs(shown('VPCS', '0.0.0.0/0'), shown('PC1', '10.0.0.1/24', '10.0.0.254', '10.0.0.53  ')).commands).toEqual([
      ...['set pcname PC1', 'clear ip', 'ip 10.0.0.1/24 10.0.0.254', 'ip dns 10.0.0.53'],
    ])
  })

  it('loses an address that it had not', () => {
    expect(planVpcs(shown('PC1', '10.0.0.1/24'), shown('PC1', '0.0.0.0/0')).commands).toEqual(['clear ip'])
  })

  it('that runs so already needs nothing typed', () => {
    expect(planVpcs(shown('PC1', '10.0.0.1/24'), shown('PC1', '10.0.0.1/24')).commands).toEqual([])
  })
})

describe('statements of Junos', () => {
  it('are set and deleted in one commit', () => {
    const now = 'set version 21.2R1\nset system host-name R1\nset interfaces ge-0/0/0 unit 0 family inet address 10.0.0.9/24\n'
    const then = 'set version 20.1R1\nset system host-name R1\nset interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24\n'
    expect(planStatements(now, then).commands).toEqual([
      'configure',
      'delete interfaces ge-0/0/0 unit 0 family inet address 10.0.0.9/24',
      'set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24',
      'commit',
      'exit configuration-mode',
    ])
  })
})

it('every platform that can be restored shows what is restored by the first thing that is asked', () => {
  for (const platform of platforms.filter(({ restore }) => restore !== null))
    expect(platform.configuration.running[0], platform.id).toMatchObject({ kind: 'command' })
})
