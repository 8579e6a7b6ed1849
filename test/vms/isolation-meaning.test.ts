import { BlockList, isIPv4 } from 'node:net'
import { describe, expect, it } from 'vitest'
import { sameFirewall, type VmFirewall } from '../../src/clients/proxmox/index.ts'
import { boundTo, firewallOf } from '../../src/vms/isolation.ts'
import { clone, options, start, template } from '../clients/proxmox/sandbox-lab.ts'

const server = '10.20.0.5'
const student = '10.1.2.3'
const lab = '10.30.0.7'
const neighbour = '10.30.0.8'
const proxmoxHost = '10.20.0.2'
const settings = { serverAddresses: [server], gns3Port: 3_080, consolePorts: { from: 5_000, to: 10_000 } }

interface Packet {
  readonly type: 'in' | 'out'
  /** The other side. */
  readonly peer: string
  readonly port: number
  readonly proto?: 'tcp' | 'udp'
  /** The sender of what goes out; the lab's own where absent. */
  readonly from?: string
}

const isWithin = (address: string, cidr: string): boolean => {
  const [network = '', length] = cidr.split('/')
  const family = (ip: string) => (isIPv4(ip) ? 'ipv4' : 'ipv6')
  const list = new BlockList()
  list.addSubnet(network, Number(length ?? (isIPv4(network) ? 32 : 128)), family(network))
  return list.check(address, family(address))
}
const holdsPort = (ports: string, port: number): boolean =>
  ports.split(',').some((part) => {
    const [from, to = from] = part.split(':').map(Number)
    return from !== undefined && to !== undefined && port >= from && port <= to
  })

/** What pve-firewall does with the first packet of a connection: the card's own addresses, then the first rule that fits, then the policy. */
function lets({ options: set, rules, ipsets }: VmFirewall, { type, peer, port, proto = 'tcp', from = lab }: Packet): boolean {
  if (set.enable !== true) return true
  const own = ipsets['ipfilter-net0']
  if (type === 'out' && own !== undefined && !own.some((cidr) => isWithin(from, cidr))) return false
  const names = (where: string): boolean =>
    where.startsWith('+') ? (ipsets[where.slice(1)] ?? []).some((cidr) => isWithin(peer, cidr)) : isWithin(peer, where)
  const fits = rules.find(
    (rule) =>
      rule.type === type &&
      rule.enable &&
      (rule.proto === undefined || rule.proto === proto) &&
      (rule.dport === undefined || holdsPort(rule.dport, port)) &&
      names((type === 'in' ? rule.source : rule.dest) ?? '0.0.0.0/0'),
  )
  if (fits) return fits.action === 'ACCEPT'
  return (type === 'in' ? set.policyIn : (set.policyOut ?? 'ACCEPT')) === 'ACCEPT'
}

/** As an emulated Proxmox holds it for a clone of the template that it was written to. */
async function readBack(wanted: VmFirewall): Promise<VmFirewall> {
  const { proxmox } = await start()
  const request = { node: 'pve1', signal: new AbortController().signal, priority: 'batch' as const }
  await proxmox.writeFirewall({ ...request, vmid: template, firewall: wanted })
  await clone(proxmox, 2101, options().options)
  const firewall = boundTo(await proxmox.readFirewall('pve1', 2101), lab)
  await proxmox.writeFirewall({ ...request, vmid: 2101, firewall })
  return proxmox.readFirewall('pve1', 2101)
}

const gns3: Packet = { type: 'in', peer: server, port: 3_080 }
const forbidden: readonly (readonly [string, Packet])[] = [
  ['GNS3 from a neighbour', { ...gns3, peer: neighbour }],
  ['a console from a neighbour', { ...gns3, peer: neighbour, port: 5_001 }],
  ['GNS3 from somebody else’s computer', { ...gns3, peer: '10.1.2.4' }],
  ['another port from our server', { ...gns3, port: 9 }],
  ['a neighbour’s GNS3', { type: 'out', peer: neighbour, port: 3_080 }],
  ['a neighbour’s console', { type: 'out', peer: neighbour, port: 5_001 }],
  ['Proxmox', { type: 'out', peer: proxmoxHost, port: 8_006 }],
  ['our server', { type: 'out', peer: server, port: 443 }],
  ['the Internet', { type: 'out', peer: '198.51.100.7', port: 443 }],
  ['the Internet by UDP', { type: 'out', peer: '198.51.100.7', port: 53, proto: 'udp' }],
  ['the Internet by IPv6', { type: 'out', peer: '2001:db8::7', port: 443 }],
  ['anybody under a neighbour’s address', { type: 'out', peer: '10.40.0.1', port: 80, from: neighbour }],
]
const reached = (firewall: VmFirewall) => forbidden.filter(([, packet]) => lets(firewall, packet)).map(([name]) => name)

describe('what the rules of a lab come to, as Proxmox applies them', () => {
  it('is our server in, the allowed out, and nobody and nothing else', async () => {
    const firewall = await readBack(firewallOf({ allow: ['10.40.0.0/24:80/tcp'] }, settings))
    expect(reached(firewall)).toEqual([])
    expect([gns3, { ...gns3, port: 5_001 }, { ...gns3, port: 22 }].map((packet) => lets(firewall, packet))).toEqual([true, true, true])
    expect([80, 81].map((port) => lets(firewall, { type: 'out', peer: '10.40.0.1', port }))).toEqual([true, false])
  })

  it('is with direct access its student in besides, to GNS3 and the consoles alone', async () => {
    const firewall = await readBack(firewallOf('isolated', settings, student))
    expect(reached(firewall)).toEqual([])
    expect([3_080, 5_001, 22].map((port) => lets(firewall, { type: 'in', peer: student, port }))).toEqual([true, true, false])
  })

  it('whatever is taken from them or added that lets anything through does not read back as they must be', async () => {
    const wanted = boundTo(firewallOf('isolated', settings), lab)
    const { options: set, rules, ipsets } = wanted
    const changes: readonly VmFirewall[] = [
      { ...wanted, options: { ...set, enable: false } },
      { ...wanted, options: { ...set, policyIn: 'ACCEPT' } },
      { ...wanted, options: { ...set, policyOut: 'ACCEPT' } },
      { ...wanted, ipsets: { ...ipsets, netpraxis: [server, '10.30.0.0/16'] } },
      { ...wanted, rules: [...rules, { type: 'in', action: 'ACCEPT', enable: true, proto: 'tcp', source: neighbour }] },
      { ...wanted, rules: [...rules, { type: 'out', action: 'ACCEPT', enable: true, dest: proxmoxHost }] },
      { ...wanted, rules: rules.map(({ source: _source, ...rule }) => rule) },
      { ...wanted, rules: rules.map(({ dport: _dport, ...rule }) => rule) },
    ]
    for (const change of changes) {
      expect(reached(change)).not.toEqual([])
      expect(sameFirewall(change, wanted)).toBe(false)
    }
  })
})
