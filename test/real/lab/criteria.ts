import { fixedMac, ns1Mac } from './topology.ts'

/**
 * Parts of the way that a probe takes; a fault that breaks one of them makes every criterion fail that crosses it.
 * `V10`, `V20`: a VLAN with R1's address in it; `T10`, `T20`: the trunk to SW2; `R1R2` (OSPF), `R2R3` (BGP, to the servers), `R2R4` (IS-IS,
 * to the branch); `NAT`: behind GW.
 */
export type Segment = 'V10' | 'V20' | 'T10' | 'T20' | 'R1R2' | 'R2R3' | 'R2R4' | 'NAT'

/** One criterion of the lab's exercise; parameters as in an exercise file. */
export interface LabCriterion {
  readonly id: string
  readonly module: string
  readonly device: string
  readonly params: Readonly<Record<string, unknown>>
  /** Where packets of this check go. */
  readonly crosses?: readonly Segment[]
  /** Seconds; two when absent. */
  readonly within?: number
}

const check = (
  module: string,
  id: string,
  device: string,
  params: Readonly<Record<string, unknown>>,
  rest: Pick<LabCriterion, 'crosses' | 'within'> = {},
): LabCriterion => ({ id: `${module}-${id}`.replaceAll('_', '-'), module, device, params, ...rest })

const ping = (id: string, device: string, to: string, crosses: readonly Segment[]) =>
  check('ping', id, device, { to, count: 3, max_drop: 1 }, { crosses })

const trace = (id: string, device: string, to: string, via: readonly string[], crosses: readonly Segment[]) =>
  check('traceroute', id, device, { to, via, max_hops: 4 }, { crosses })

const reachability: readonly LabCriterion[] = [
  ping('pc1-srv', 'PC1', 'SRV', ['V10', 'T10', 'R1R2', 'R2R3']),
  ping('pc2-gw', 'PC2', '10.0.40.2', ['V20', 'T20', 'R1R2', 'R2R4']),
  ping('pc4-srv', 'PC4', '10.0.30.80', ['NAT', 'R2R4', 'R2R3']),
  ping('h1-srv', 'H1', '10.0.30.80', ['V10', 'R1R2', 'R2R3']),
  ping('h2-gw', 'H2', '10.0.40.2', ['V20', 'R1R2', 'R2R4']),
  ping('h2-pc2', 'H2', '10.0.20.12', ['T20']),
  ping('r1-srv', 'R1', '10.0.30.80', ['R1R2', 'R2R3']),
  ping('r4-srv', 'R4', '10.0.30.80', ['R2R4', 'R2R3']),
  ping('srv-ns1', 'SRV', '10.0.10.53', ['V10', 'R1R2', 'R2R3']),
  check('ping', 'ns1-not-inside', 'NS1', { to: '192.168.50.10', count: 2, expect: 'failure', control: '10.0.10.1' }, { within: 1 }),
  trace('h1-srv', 'H1', '10.0.30.80', ['R1', 'R2', 'R3'], ['V10', 'R1R2', 'R2R3']),
  check('traceroute', 'h1-not-ns1', 'H1', { to: '10.0.10.1', not_via: ['NS1'], max_hops: 4 }),
  trace('h2-gw', 'H2', '10.0.40.2', ['R1', 'R2', 'R4'], ['V20', 'R1R2', 'R2R4']),
  check('traceroute', 'pc1-r2', 'PC1', { to: '10.1.12.2', via: ['R1', 'R2'], max_hops: 2 }, { crosses: ['V10', 'T10', 'R1R2'] }),
  check('traceroute', 'r1-r4', 'R1', { to: '10.1.24.2', via: ['R2', 'R4'], max_hops: 2 }, { crosses: ['R1R2', 'R2R4'] }),
]

const interfaces: readonly LabCriterion[] = [
  check('interface_address', 'r1-lan', 'R1', { interface: 'eth0', addresses: ['10.0.10.1/24'] }),
  check('interface_address', 'r4-branch', 'R4', { interface: 'eth1', addresses: ['10.0.40.1/24'], mode: 'exact' }),
  check('interface_address', 'h2', 'H2', { interface: 'eth0', addresses: ['10.0.20.22/24'] }),
  check('interface_address', 'srv', 'SRV', { interface: 'eth0', addresses: ['10.0.30.80/24', '10.0.30.81/32'], mode: 'exact' }),
  check('interface_address', 'pc1', 'PC1', { addresses: ['10.0.10.11/24'] }),
  check('interface_state', 'r3-servers', 'R3', { interface: 'eth1', admin: 'up', oper: 'up', description: 'servers' }),
  check('interface_state', 'h2', 'H2', { interface: 'eth0', admin: 'up', oper: 'up', mtu: 1500 }),
  check('interface_state', 'sw1-trunk', 'SW1', { interface: 'p6', admin: 'up' }),
]

const routes: readonly LabCriterion[] = [
  check('route', 'r1-static', 'R1', { prefix: '10.9.1.0/24', protocol: 'static', via: ['10.1.12.2'] }),
  check('route', 'r1-no-inside', 'R1', { prefix: '192.168.50.0/24', state: 'absent' }, { within: 1 }),
  check('route', 'r1-ospf', 'R1', { prefix: '10.0.40.0/24', protocol: 'ospf', via: ['R2'], table: 'fib' }),
  check('route', 'r3-bgp', 'R3', { prefix: '10.0.10.0/24', protocol: 'bgp', via: ['10.1.23.1'] }),
  check('route', 'r4-isis', 'R4', { prefix: '0.0.0.0/0', protocol: 'isis', via: ['R2'] }),
  check('route', 'srv-default', 'SRV', { prefix: '0.0.0.0/0', via: ['10.0.30.1'] }),
  check('route', 'h2-default', 'H2', { prefix: '0.0.0.0/0', via: ['10.0.20.1'] }),
]

const neighbours: readonly LabCriterion[] = [
  check('default_gateway', 'pc1', 'PC1', { gateway: '10.0.10.1' }),
  check('default_gateway', 'pc2', 'PC2', { gateway: '10.0.20.1' }),
  check('default_gateway', 'h2', 'H2', { gateway: '10.0.20.1', answers_arp: true }),
  check('default_gateway', 'srv', 'SRV', { gateway: '10.0.30.1' }),
  check('default_gateway', 'r4', 'R4', { gateway: '10.1.24.1' }),
  check('arp', 'r1-ns1', 'R1', { address: '10.0.10.53', mac: ns1Mac, interface: 'eth0' }),
  check('arp', 'srv-r3', 'SRV', { address: '10.0.30.1' }),
  check('arp', 'h2-r1', 'H2', { address: '10.0.20.1' }),
  check('arp', 'pc2-r1', 'PC2', { address: '10.0.20.1' }),
  check('hostname', 'r3', 'R3', { name: 'R3' }),
  check('hostname', 'srv', 'SRV', { name: 'SRV' }),
  check('hostname', 'pc2', 'PC2', { name: 'PC2' }),
]

const ospf: readonly LabCriterion[] = [
  check('ospf_neighbour', 'r1-r2', 'R1', { neighbour: 'R2', interface: 'eth2', area: '0' }),
  check('ospf_neighbour', 'r2-r1', 'R2', { router_id: '1.1.1.1' }),
  check('ospf_route', 'r2-vlan10', 'R2', { prefix: '10.0.10.0/24', type: 'intra', area: '0', cost: 20, via: ['R1'] }),
  check('ospf_route', 'r1-branch', 'R1', { prefix: '10.0.40.0/24', via: ['10.1.12.2'] }),
]

const bgp: readonly LabCriterion[] = [
  check('bgp_peer', 'r3-r2', 'R3', { neighbour: '10.1.23.1', remote_as: 65_001 }),
  check('bgp_peer', 'r2-r3', 'R2', { neighbour: 'R3', remote_as: 65_002, no_extra: true }),
  check('bgp_prefix', 'r2-servers', 'R2', { prefix: '10.0.30.0/24', from: 'R3', best: true, as_path: '65002' }),
  check('bgp_prefix', 'r3-vlan10', 'R3', { prefix: '10.0.10.0/24', from: '10.1.23.1', best: true, as_path: '65001' }),
]

const isis: readonly LabCriterion[] = [
  check('isis_neighbour', 'r4-r2', 'R4', { neighbour: 'R2', level: 'level-2', interface: 'eth0' }),
  check('isis_neighbour', 'r2-r4', 'R2', { neighbour: 'R4' }),
]

const ports: readonly LabCriterion[] = [
  check('tcp_port', 'h1-http', 'H1', { to: '10.0.30.80', port: 80 }, { crosses: ['V10', 'R1R2', 'R2R3'] }),
  check('tcp_port', 'h2-8080', 'H2', { to: '10.0.30.80', port: 8080 }, { crosses: ['V20', 'R1R2', 'R2R3'] }),
  check('tcp_port', 'pc1-http', 'PC1', { to: '10.0.30.80', port: 80 }, { crosses: ['V10', 'T10', 'R1R2', 'R2R3'] }),
  check('tcp_port', 'gw-ns1-dns', 'GW', { to: '10.0.10.53', port: 53 }, { crosses: ['R2R4', 'R1R2', 'V10'] }),
  check('tcp_port', 'gw-no-ssh', 'GW', { to: '10.0.40.1', port: 22, expect: 'refused' }, { within: 1 }),
  check(
    'tcp_port',
    'gw-filtered',
    'GW',
    { to: '10.0.40.1', port: 8443, expect: 'filtered', control: '10.0.40.1', control_port: 9090 },
    { within: 1 },
  ),
]

const hosts: readonly LabCriterion[] = [
  check('listening', 'srv-http', 'SRV', { port: 80, process: 'busybox' }),
  check('listening', 'srv-8080', 'SRV', { port: 8080 }),
  check('listening', 'ns1-dns', 'NS1', { port: 53, protocol: 'udp', process: 'dnsmasq' }),
  check('listening', 'ns1-no-telnet', 'NS1', { port: 23, state: 'absent' }, { within: 1 }),
  check('process', 'ns1-dnsmasq', 'NS1', { name: 'dnsmasq' }),
  check('process', 'srv-iperf3', 'SRV', { name: 'iperf3', user: 'root' }),
  check('process', 'gw-no-sleep', 'GW', { name: 'sleep', state: 'absent' }, { within: 1 }),
  check('sysctl', 'gw-forwards', 'GW', { key: 'net.ipv4.ip_forward', value: 1, persisted: true }),
  check('sysctl', 'srv-does-not', 'SRV', { key: 'net.ipv4.ip_forward', value: 0 }),
  check('sysctl', 'h2-ignores-broadcasts', 'H2', { key: 'net.ipv4.icmp_echo_ignore_broadcasts', value: 1 }),
  check('file', 'srv-site', 'SRV', { path: '/srv/site.conf', mode: '640', owner: 'root', contains: ['NAME=srv'] }),
  check('file', 'h2-resolver', 'H2', { path: '/etc/resolv.conf', regex: '^nameserver 10\\.0\\.10\\.53$' }),
  check('file', 'gw-no-secret', 'GW', { path: '/srv/secret.txt', state: 'absent' }, { within: 1 }),
  check('command', 'srv-page', 'SRV', { command: 'cat /srv/www/index.html', exit_code: 0, regex: 'Welcome to the lab' }),
  check('command', 'gw-route-json', 'GW', { command: 'ip -j route show default', json_path: '$[0].gateway', value: '10.0.40.1' }),
  check('command', 'r1-ospf-cost', 'R1', { command: 'show ip ospf interface eth1', regex: 'Cost: (?<cost>\\d+)', groups: ['cost=10'] }),
]

const names: readonly LabCriterion[] = [
  check('dns', 'h1-www', 'H1', { name: 'www.lab.test', answers: ['10.0.30.80'] }),
  check('dns', 'h2-ns1', 'H2', { name: 'ns1.lab.test', answers: ['10.0.10.53'] }),
  check('dns', 'pc1-gw', 'PC1', { name: 'gw.lab.test', answers: ['10.0.40.2'], mode: 'contains' }),
  check('dns', 'srv-no-mail', 'SRV', { name: 'mail.lab.test', server: '127.0.0.1', nxdomain: true }, { within: 1 }),
]

const leases: readonly LabCriterion[] = [
  check('dhcp_lease', 'h1', 'H1', { interface: 'eth0', range: '10.0.10.100-10.0.10.120', gateway: '10.0.10.1', dns: ['10.0.10.53'] }),
]

const web: readonly LabCriterion[] = [
  check('http', 'h1-page', 'H1', { url: 'http://10.0.30.80/', body_contains: 'Welcome to the lab' }, { crosses: ['V10', 'R1R2', 'R2R3'] }),
  check('http', 'h2-page', 'H2', { url: 'http://10.0.30.80/', body_contains: 'Welcome to the lab' }, { crosses: ['V20', 'R1R2', 'R2R3'] }),
  check('http', 'srv-8080', 'SRV', { url: 'http://127.0.0.1:8080/', status: 200 }),
]

const switching: readonly LabCriterion[] = [
  check('vlan', 'sw1-10', 'SW1', { id: 10, ports: ['p1', 'p3', 'p5'], ports_mode: 'exact' }),
  check('vlan', 'sw2-20', 'SW2', { id: 20, ports: ['p3'] }),
  check('trunk', 'sw1', 'SW1', { port: 'p6', allowed: '10,20' }),
  check('trunk', 'sw2', 'SW2', { port: 'p1', allowed: '10,20', allowed_mode: 'contains' }),
  check('mac_table', 'sw1-ns1', 'SW1', { mac: ns1Mac, vlan: 10, port: 'p5' }),
  check('mac_table', 'sw2-fixed', 'SW2', { mac: fixedMac, vlan: 10, port: 'p2' }),
  check('mac_table', 'sw1-no-stranger', 'SW1', { mac: '02:00:00:00:66:66', absent: true }, { within: 1 }),
]

const configurations: readonly LabCriterion[] = [
  check('configuration', 'r1-ospf', 'R1', {
    lines: [
      { parents: ['router ospf'], line: 'network 10.0.10.0/24 area 0' },
      { parents: ['interface eth2'], line: 'ip ospf passive', state: 'absent' },
    ],
  }),
  check('configuration', 'r4-passive', 'R4', { lines: [{ parents: ['interface eth1'], line: 'isis passive' }] }),
  check('configuration', 'gw-forwards', 'GW', { source: '/etc/sysctl.d/lab.conf', lines: [{ line: 'net.ipv4.ip_forward=1' }] }),
]

const translations: readonly LabCriterion[] = [
  check(
    'nat',
    'gw',
    'GW',
    { inside: 'PC4', global: '10.0.40.2', outside: '10.0.30.81', witness: 'SRV' },
    { crosses: ['NAT', 'R2R4', 'R2R3'] },
  ),
]

const measurements: readonly LabCriterion[] = [
  // far above what a busy machine needs, far below the fault
  check('latency', 'ns1-h1', 'NS1', { to: 'H1', max_ms: 80 }),
  check('bandwidth', 'h1-ns1', 'H1', { to: 'NS1', at_least: 3, seconds: 1, port: 5301 }),
]

/** Everything that the lab's exercise asks, in the order in which the matrix shows it. */
export const criteria: readonly LabCriterion[] = [
  ...reachability,
  ...interfaces,
  ...routes,
  ...neighbours,
  ...ospf,
  ...bgp,
  ...isis,
  ...ports,
  ...hosts,
  ...names,
  ...leases,
  ...web,
  ...switching,
  ...configurations,
  ...translations,
  ...measurements,
]
