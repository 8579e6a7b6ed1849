import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { readExerciseFile } from '../../../src/cli/read-exercise-file.ts'
import { type Exercise, evaluate, readExerciseModel } from '../../../src/evaluation/index.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { type LabDevices, labPlatforms, startCheckedLab } from './checked-lab.ts'

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean()
})

const router = (lines: readonly string[]): string => [...lines, 'end', ''].join('\n')
const port = (name: string, address: string, mask: string, more: readonly string[] = []): string[] => [
  `interface ${name}`,
  ` ip address ${address} ${mask}`,
  ...more.map((line) => ` ${line}`),
  ' no shutdown',
]
const hostFile = (address: string, length: number, gateway: string): string =>
  `auto eth0\niface eth0 inet static\n  address ${address}/${length}\n  gateway ${gateway}\n`

const solved: LabDevices = {
  PC1: 'set pcname PC1\nip 10.0.1.10/24 10.0.1.1\n',
  PC2: 'set pcname PC2\nip 10.0.2.10/24 10.0.2.1\n',
  R1: router([
    'hostname R1',
    ...port('FastEthernet0/0', '10.0.1.1', '255.255.255.0'),
    ...port('FastEthernet0/1', '10.0.12.1', '255.255.255.252', ['description to R2']),
    'ip route 10.0.2.0 255.255.255.0 10.0.12.2',
  ]),
  R2: router([
    'hostname R2',
    ...port('FastEthernet0/0', '10.0.2.1', '255.255.255.0'),
    ...port('FastEthernet0/1', '10.0.12.2', '255.255.255.252'),
    'ip route 10.0.1.0 255.255.255.0 10.0.12.1',
  ]),
  H1: hostFile('10.0.1.20', 24, '10.0.1.1'),
  H2: hostFile('10.0.2.20', 24, '10.0.2.1'),
  typed: [
    ['R1', 'write memory'],
    ['H1', 'echo "hello from H1" > /tmp/motd'],
    ['H1', 'sysctl -w net.ipv4.ip_forward=1'],
    ['H1', 'echo net.ipv4.ip_forward=1 > /etc/sysctl.d/router.conf'],
    ['H1', 'ip link set eth0 mtu 1400'],
    ['H1', 'ip route add 10.9.0.0/16 via 10.0.1.1'],
  ],
}

/** R1 untouched, R2 with a wide mask and wide routes, hosts in other networks. */
const faulty: LabDevices = {
  PC1: 'set pcname Host1\nip 10.0.7.10/24 10.0.7.1\n',
  PC2: 'set pcname Host2\nip 10.0.2.10/25 10.0.2.2\n',
  R1: '',
  R2: router([
    'hostname R22',
    ...port('FastEthernet0/0', '10.0.2.1', '255.255.255.0'),
    ...port('FastEthernet0/1', '10.0.12.2', '255.255.255.0'),
    'ip route 10.0.0.0 255.255.0.0 10.0.12.1',
    'ip route 0.0.0.0 0.0.0.0 10.0.12.1',
    'line vty 0 4',
    ' no login',
    'router ospf 1',
    ' network 10.0.0.0 0.255.255.255 area 0',
  ]),
  H1: hostFile('10.0.1.20', 16, '10.0.1.99'),
  H2: hostFile('10.0.2.21', 24, '10.0.2.9'),
  typed: [['H1', 'hostname h1-renamed']],
}

interface Case {
  readonly device: keyof typeof labPlatforms
  readonly module: string
  readonly params: Record<string, unknown>
  /** Verdict and reason in the solved lab, and in the faulty one. */
  readonly solved: string
  readonly faulty: string
  readonly requires?: readonly string[]
}

/** What sample5 has no device for, and the forms that the example leaves out. */
const cases: Readonly<Record<string, Case>> = {
  'h1-address': {
    device: 'H1',
    module: 'interface_address',
    params: { interface: 'eth0', addresses: ['10.0.1.20/24'], family: 'ipv4', mode: 'exact' },
    solved: 'pass ADDRESS_RIGHT',
    faulty: 'fail ADDRESS_WRONG_MASK',
  },
  'h2-address': {
    device: 'H2',
    module: 'interface_address',
    params: { addresses: ['10.0.2.20/24'] },
    solved: 'pass ADDRESS_RIGHT',
    faulty: 'fail ADDRESS_OTHER',
  },
  'h1-state': {
    device: 'H1',
    module: 'interface_state',
    params: { interface: 'eth0', oper: 'up', mtu: 1400 },
    solved: 'pass PORT_RIGHT',
    faulty: 'fail PORT_MTU',
  },
  'h1-gateway': {
    device: 'H1',
    module: 'default_gateway',
    params: { gateway: '10.0.1.1', answersArp: true },
    solved: 'pass GATEWAY_ANSWERS',
    faulty: 'fail GATEWAY_WRONG',
  },
  'h2-gateway': {
    device: 'H2',
    module: 'default_gateway',
    params: { gateway: '10.0.2.1' },
    solved: 'pass GATEWAY_RIGHT',
    faulty: 'fail GATEWAY_WRONG',
  },
  'h1-arp': {
    device: 'H1',
    module: 'arp',
    params: { address: '10.0.1.1', interface: 'eth0' },
    requires: ['h1-gateway'],
    solved: 'pass ARP_FOUND',
    faulty: 'fail ARP_EMPTY',
  },
  'h2-arp': {
    device: 'H2',
    module: 'arp',
    params: { address: 'R2' },
    requires: ['h2-ping'],
    solved: 'pass ARP_FOUND',
    faulty: 'fail ARP_EMPTY',
  },
  'h1-name': { device: 'H1', module: 'hostname', params: { name: 'H1' }, solved: 'pass HOSTNAME_RIGHT', faulty: 'fail HOSTNAME_WRONG' },
  'h1-route': {
    device: 'H1',
    module: 'route',
    params: { prefix: '10.9.0.0/16', via: ['10.0.1.1'] },
    solved: 'pass ROUTE_PRESENT',
    faulty: 'fail ROUTE_COVERED',
  },
  'h2-route': {
    device: 'H2',
    module: 'route',
    params: { prefix: '0.0.0.0/0', via: ['10.0.2.1'] },
    solved: 'pass ROUTE_PRESENT',
    faulty: 'fail ROUTE_VIA',
  },
  'h1-configuration': {
    device: 'H1',
    module: 'configuration',
    params: { source: '/etc/network/interfaces', lines: [{ parents: ['iface eth0 inet static'], line: 'gateway 10.0.1.1' }] },
    solved: 'pass CONFIG_RIGHT',
    faulty: 'fail CONFIG_OTHER_VALUE',
  },
  'h1-file': {
    device: 'H1',
    module: 'file',
    params: { path: '/tmp/motd', contains: ['hello from H1'], mode: '0644', owner: 'root' },
    solved: 'pass FILE_FOUND',
    faulty: 'fail FILE_ABSENT',
  },
  'h2-file': {
    device: 'H2',
    module: 'file',
    params: { path: '/etc/network/interfaces', regex: '^ +address 10\\.0\\.2\\.20/24$' },
    solved: 'pass FILE_FOUND',
    faulty: 'fail FILE_NO_MATCH',
  },
  'h1-sysctl': {
    device: 'H1',
    module: 'sysctl',
    params: { key: 'net.ipv4.ip_forward', value: '1', persisted: true },
    solved: 'pass SYSCTL_SET_AND_SAVED',
    faulty: 'fail SYSCTL_WRONG',
  },
  'h1-process': {
    device: 'H1',
    module: 'process',
    params: { name: 'bash' },
    solved: 'pass PROCESS_RUNNING',
    faulty: 'pass PROCESS_RUNNING',
  },
  'h2-process': {
    device: 'H2',
    module: 'process',
    params: { name: 'httpd' },
    solved: 'fail PROCESS_ABSENT',
    faulty: 'fail PROCESS_ABSENT',
  },
  'h1-listening': {
    device: 'H1',
    module: 'listening',
    params: { port: 80 },
    solved: 'fail LISTENING_ABSENT',
    faulty: 'fail LISTENING_ABSENT',
  },
  'h2-listening': {
    device: 'H2',
    module: 'listening',
    params: { port: 80, state: 'absent' },
    solved: 'pass LISTENING_NOTHING',
    faulty: 'pass LISTENING_NOTHING',
  },
  'h1-port': { device: 'H1', module: 'tcp_port', params: { to: '10.0.1.1', port: 23 }, solved: 'pass TCP_OPEN', faulty: 'fail TCP_UNSENT' },
  'h1-port-refused': {
    device: 'H1',
    module: 'tcp_port',
    params: { to: '10.0.2.1', port: 80, expect: 'refused' },
    solved: 'pass TCP_CLOSED_REFUSED',
    faulty: 'inconclusive TCP_UNSENT',
  },
  'h2-port': { device: 'H2', module: 'tcp_port', params: { to: '10.0.1.1', port: 23 }, solved: 'pass TCP_OPEN', faulty: 'fail TCP_UNSENT' },
  'h1-ping': {
    device: 'H1',
    module: 'ping',
    params: { to: '10.0.2.10', count: 2 },
    solved: 'pass PING_REPLIED',
    faulty: 'fail PING_MASK_TOO_WIDE',
  },
  'h2-ping': {
    device: 'H2',
    module: 'ping',
    params: { to: '10.0.1.10', count: 2 },
    solved: 'pass PING_REPLIED',
    faulty: 'fail PING_GATEWAY_SILENT',
  },
  'h1-trace': {
    device: 'H1',
    module: 'traceroute',
    params: { to: '10.0.2.10', via: ['10.0.1.1'], maxHops: 3 },
    solved: 'pass TRACE_REACHED',
    faulty: 'fail TRACE_SILENT',
  },
  'h1-command': {
    device: 'H1',
    module: 'command',
    params: { command: 'cat /tmp/motd', equals: 'hello from H1' },
    solved: 'pass COMMAND_EXPECTED_OUTPUT',
    faulty: 'fail COMMAND_OTHER_OUTPUT',
  },
  'h1-lease': {
    device: 'H1',
    module: 'dhcp_lease',
    params: { interface: 'eth0' },
    solved: 'fail DHCP_BY_HAND',
    faulty: 'fail DHCP_BY_HAND',
  },
  'h1-dns': {
    device: 'H1',
    module: 'dns',
    params: { name: 'www.lab.example', answers: ['10.0.2.20'] },
    solved: 'fail DNS_UNRESOLVED',
    faulty: 'fail DNS_UNRESOLVED',
  },
  'h2-dns': {
    device: 'H2',
    module: 'dns',
    params: { name: 'www.lab.example', answers: ['10.0.2.20'] },
    solved: 'fail DNS_SERVER_SILENT',
    faulty: 'fail DNS_SERVER_SILENT',
  },
  'pc1-arp': {
    device: 'PC1',
    module: 'arp',
    params: { address: '10.0.1.1' },
    requires: ['pc1-gateway'],
    solved: 'pass ARP_FOUND',
    faulty: 'fail ARP_EMPTY',
  },
  'pc2-port': {
    device: 'PC2',
    module: 'tcp_port',
    params: { to: '10.0.1.1', port: 23 },
    solved: 'pass TCP_OPEN',
    faulty: 'fail TCP_UNSENT',
  },
  'pc2-port-refused': {
    device: 'PC2',
    module: 'tcp_port',
    params: { to: '10.0.1.1', port: 80, expect: 'refused' },
    solved: 'pass TCP_CLOSED_REFUSED',
    faulty: 'inconclusive TCP_UNSENT',
  },
  'pc1-state': {
    device: 'PC1',
    module: 'interface_state',
    params: { interface: 'eth0', oper: 'up', mtu: 1500 },
    solved: 'pass PORT_RIGHT',
    faulty: 'pass PORT_RIGHT',
  },
  'pc1-lease': { device: 'PC1', module: 'dhcp_lease', params: { server: 'R1' }, solved: 'fail DHCP_BY_HAND', faulty: 'fail DHCP_BY_HAND' },
  'pc1-dns': {
    device: 'PC1',
    module: 'dns',
    params: { name: 'www.lab.example', answers: ['10.0.2.20'], mode: 'contains' },
    solved: 'fail DNS_NO_SERVER',
    faulty: 'fail DNS_NO_SERVER',
  },
  'pc1-latency': {
    device: 'PC1',
    module: 'latency',
    params: { to: '10.0.1.1', maxMs: 2000 },
    solved: 'pass LATENCY_RIGHT',
    faulty: 'fail LATENCY_LOST',
  },
  'r1-ping': { device: 'R1', module: 'ping', params: { to: '10.0.2.10' }, solved: 'pass PING_REPLIED', faulty: 'fail PING_NO_ADDRESS' },
  'r1-trace': {
    device: 'R1',
    module: 'traceroute',
    params: { to: '10.0.2.10', via: ['10.0.12.2'], maxHops: 3 },
    solved: 'pass TRACE_REACHED',
    faulty: 'fail TRACE_NO_ROUTE',
  },
  'r1-connected': {
    device: 'R1',
    module: 'route',
    params: { prefix: '10.0.1.0/24', protocol: 'connected' },
    solved: 'pass ROUTE_PRESENT',
    faulty: 'fail ROUTE_ABSENT',
  },
  'r1-ipv6': {
    device: 'R1',
    module: 'interface_address',
    params: { addresses: ['2001:db8::1/64'] },
    solved: 'fail ADDRESS_ABSENT',
    faulty: 'fail ADDRESS_ABSENT',
  },
  'r1-nat': { device: 'R1', module: 'nat', params: { inside: '10.0.1.10' }, solved: 'fail NAT_NO_ENTRY', faulty: 'fail NAT_NO_ENTRY' },
  'r1-lease': {
    device: 'R1',
    module: 'dhcp_lease',
    params: { interface: 'Fa0/0' },
    solved: 'fail DHCP_BY_HAND',
    faulty: 'fail DHCP_NO_LEASE',
  },
  'r1-ospf': { device: 'R1', module: 'ospf_neighbour', params: { neighbour: 'R2' }, solved: 'fail OSPF_OFF', faulty: 'fail OSPF_OFF' },
  'r1-no-ospf': {
    device: 'R1',
    module: 'ospf_neighbour',
    params: { neighbour: 'R2', absent: true },
    solved: 'pass OSPF_NEIGHBOUR_AWAY',
    faulty: 'pass OSPF_NEIGHBOUR_AWAY',
  },
  'r1-ospf-route': {
    device: 'R1',
    module: 'ospf_route',
    params: { prefix: '10.0.2.0/24' },
    solved: 'fail OSPF_ROUTE_OUTRANKED',
    faulty: 'fail OSPF_ROUTE_ABSENT',
  },
  'r1-bgp': {
    device: 'R1',
    module: 'bgp_peer',
    params: { neighbour: '10.0.12.2' },
    solved: 'fail BGP_NOT_RUNNING',
    faulty: 'fail BGP_NOT_RUNNING',
  },
  'r1-bgp-prefix': {
    device: 'R1',
    module: 'bgp_prefix',
    params: { prefix: '10.0.2.0/24' },
    solved: 'fail BGP_NOT_RUNNING',
    faulty: 'fail BGP_NOT_RUNNING',
  },
  'r1-isis': {
    device: 'R1',
    module: 'isis_neighbour',
    params: { neighbour: 'R2' },
    solved: 'fail ISIS_NO_NEIGHBOURS',
    faulty: 'fail ISIS_NO_NEIGHBOURS',
  },
  // sets up what it does not run, which must not look as if nothing had been found: asked of R2, where the faulty lab has it configured
  'r2-no-ospf': {
    device: 'R2',
    module: 'ospf_neighbour',
    params: { neighbour: 'R1', absent: true },
    solved: 'pass OSPF_NEIGHBOUR_AWAY',
    faulty: 'inconclusive COMMAND_REFUSED',
  },
}

/** In the faulty lab every criterion of the example fails; in the solved one each passes. */
const exampleFaults: Readonly<Record<string, string>> = {
  'r1-link-up': 'PORT_ADMIN',
  'r1-address': 'ADDRESS_ABSENT',
  'r2-address': 'ADDRESS_WRONG_MASK',
  'pc1-address': 'ADDRESS_OTHER',
  'pc1-gateway': 'TARGET_WITHOUT_ADDRESS',
  'r2-no-gateway': 'GATEWAY_SET',
  'r1-hears-pc1': 'ARP_EMPTY',
  'pc1-name': 'HOSTNAME_WRONG',
  'r1-name': 'HOSTNAME_WRONG',
  'r1-route': 'ROUTE_ABSENT',
  'r2-no-wide-route': 'ROUTE_FORBIDDEN',
  'r1-configured': 'CONFIG_ABSENT_IN_BLOCK',
  'r1-saved': 'CONFIG_NOTHING_SAVED',
  'pc1-reaches-pc2': 'PING_GATEWAY_SILENT',
  path: 'TRACE_NEIGHBOUR_SILENT',
  'r2-telnet': 'TCP_UNSENT',
  'r2-login': 'COMMAND_NO_MATCH',
}

const examplePath = fileURLToPath(new URL('../../../docs/examples/two-lans-in-detail.yaml', import.meta.url))

/** The example's criteria and those of the table, all of one lab. */
async function allCriteria(): Promise<Exercise> {
  const { exercise } = await readExerciseFile(examplePath)
  const reading = readExerciseModel({
    ...exercise,
    devices: Object.fromEntries(Object.entries(labPlatforms).map(([name, platform]) => [name, { platform }])),
    criteria: [
      ...exercise.criteria,
      ...Object.entries(cases).map(([id, { device, module, params, requires = [] }]) => ({
        id,
        title: id,
        points: 1,
        device,
        module,
        params,
        requires,
      })),
    ],
  })
  if (reading.exercise === undefined) throw new Error(JSON.stringify(reading.found))
  return reading.exercise
}

async function verdictsIn(lab: LabDevices, exercise: Exercise): Promise<Record<string, string>> {
  const { ask, close } = await startCheckedLab(lab)
  cleanups.push(close)
  const { criteria } = await evaluate({
    exercise,
    ask,
    readLab: async () => null,
    clock: systemClock,
    signal: new AbortController().signal,
    budgetMs: 60_000,
    pollMs: 100,
    onFault: (error) => {
      throw error
    },
  })
  return Object.fromEntries(criteria.map(({ id, verdict, reason }) => [id, `${verdict} ${reason.code}`]))
}

const expected = (state: 'solved' | 'faulty') => Object.fromEntries(Object.entries(cases).map(([id, each]) => [id, each[state]]))

/** One round decides: what is absent is not watched for a minute. */
const inOneRound = (exercise: Exercise): Exercise => ({
  ...exercise,
  criteria: exercise.criteria.map((criterion) => ({ ...criterion, within: 0 })),
})

/** Everything is asked, also what requires something that fails. */
const independently = (exercise: Exercise): Exercise => ({
  ...exercise,
  criteria: exercise.criteria.map((criterion) => ({ ...criterion, requires: [] })),
})

describe('the devices of the sandbox', () => {
  // one round asks each question once: on a busy machine a probe's own second can pass
  it('answer every kind of check as the genuine ones do where all is right', { retry: 2, timeout: 60_000 }, async () => {
    const right = { ...Object.fromEntries(Object.keys(exampleFaults).map((id) => [id, 'pass'])), ...expected('solved') }
    const found = await verdictsIn(solved, inOneRound(await allCriteria()))
    const verdicts = Object.fromEntries(Object.entries(found).map(([id, said]) => [id, id in exampleFaults ? said.split(' ')[0] : said]))
    expect(verdicts).toEqual(right)
  })

  it('answer every kind of check as the genuine ones do where all is wrong', { retry: 2, timeout: 60_000 }, async () => {
    const wrong = Object.fromEntries(Object.entries(exampleFaults).map(([id, code]) => [id, `fail ${code}`]))
    expect(await verdictsIn(faulty, independently(inOneRound(await allCriteria())))).toEqual({ ...wrong, ...expected('faulty') })
  })
})

describe('the example of an exercise in detail', () => {
  it('uses at least ten kinds of checks', async () => {
    const { exercise } = await readExerciseFile(examplePath)
    expect(new Set(exercise.criteria.map(({ module }) => module)).size).toBeGreaterThanOrEqual(10)
  })
})
