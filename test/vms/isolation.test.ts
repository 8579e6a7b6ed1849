import { describe, expect, it } from 'vitest'
import { boundTo, firewallOf, reachableSource } from '../../src/vms/isolation.ts'
import { clone, options, start, template } from '../clients/proxmox/sandbox-lab.ts'

const server = { serverAddresses: ['10.20.0.5', 'fd00::5'], gns3Port: 3_080, consolePorts: { from: 5_000, to: 10_000 } }

describe('the firewall of a lab', () => {
  it('lets in nobody but this server, and out nothing, where an exercise is isolated', () => {
    expect(firewallOf('isolated', server)).toEqual({
      options: { enable: true, dhcp: true, macfilter: true, policyIn: 'DROP', policyOut: 'DROP' },
      rules: [{ type: 'in', action: 'ACCEPT', enable: true, proto: 'tcp', dport: '22,3080,5000:10000', source: '+netpraxis' }],
      ipsets: { netpraxis: ['10.20.0.5', 'fd00::5'] },
    })
  })

  it('lets out what the exercise names: a network, a port, a protocol', () => {
    const { options: set, rules } = firewallOf({ allow: ['10.1.0.0/16', '10.2.0.1/32:80', '10.3.0.1/32:53/udp'] }, server)
    expect(set.policyOut).toBe('DROP')
    expect(rules.slice(1)).toEqual([
      { type: 'out', action: 'ACCEPT', enable: true, dest: '10.1.0.0/16' },
      { type: 'out', action: 'ACCEPT', enable: true, dest: '10.2.0.1/32', proto: 'tcp', dport: '80' },
      { type: 'out', action: 'ACCEPT', enable: true, dest: '10.3.0.1/32', proto: 'udp', dport: '53' },
    ])
  })

  it('lets out everything where an exercise is open, and in still nobody else', () => {
    const { options: set } = firewallOf('open', server)
    expect([set.policyIn, set.policyOut]).toEqual(['DROP', 'ACCEPT'])
  })

  it('lets one address in to GNS3 and the consoles besides, not to SSH', () => {
    const { rules, ipsets } = firewallOf('isolated', server, '10.1.2.3')
    expect(rules.slice(1)).toEqual([
      { type: 'in', action: 'ACCEPT', enable: true, proto: 'tcp', dport: '3080,5000:10000', source: '10.1.2.3' },
    ])
    expect(ipsets).toEqual({ netpraxis: ['10.20.0.5', 'fd00::5'] })
  })

  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:DB8::5', '2001:db8::5'],
    ['127.0.0.1', null],
    ['::1', null],
    ['fe80::1%eth0', null],
    ['169.254.1.1', null],
    ['0.0.0.0', null],
    ['10.20.0.5', null],
    ['fd00::5', null],
    ['10.1.2.0/24', null],
    ['anybody', null],
  ])('names %s in a rule as %s', (from, source) => {
    expect(reachableSource(from, server.serverAddresses)).toBe(source)
  })

  it('is accepted by Proxmox, read back as it was written, and carried to every clone', async () => {
    const { proxmox } = await start()
    const firewall = firewallOf({ allow: ['10.1.0.0/16:80/tcp'] }, server, '10.1.2.3')
    const request = { node: 'pve1', vmid: template, firewall, signal: new AbortController().signal, priority: 'batch' as const }
    expect(await proxmox.writeFirewall(request)).toMatchObject({ options: firewall.options, rules: firewall.rules })
    await clone(proxmox, 2101, options().options)
    const inherited = await proxmox.readFirewall('pve1', 2101)
    expect(inherited).toEqual(await proxmox.readFirewall('pve1', template))
    const bound = boundTo(inherited, '10.30.0.7/16')
    expect((await proxmox.writeFirewall({ ...request, vmid: 2101, firewall: bound })).ipsets).toEqual({
      netpraxis: server.serverAddresses,
      'ipfilter-net0': ['10.30.0.7'],
    })
  })
})
