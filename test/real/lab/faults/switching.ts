import { fixedMac } from '../topology.ts'
import { type Fault, forgets, on } from './fault.ts'

/** VLANs and trunks, on switches with a kernel of their own. */
export const switchingFaults: readonly Fault[] = [
  {
    id: 'sw1-p5-wrong-vlan',
    kind: 'vlan',
    title: 'SW1 has the port of H2 in VLAN 30',
    apply: [
      ...on('SW1', 'bridge vlan del dev p4 vid 20', 'bridge vlan add dev p4 vid 30 pvid untagged'),
      ...on('H2', 'ip neigh flush dev eth0'),
    ],
    undo: on('SW1', 'bridge vlan del dev p4 vid 30', 'bridge vlan add dev p4 vid 20 pvid untagged'),
    expects: {
      'ping-h2-gw': 'fail unreachable',
      'ping-h2-pc2': 'fail unreachable',
      'traceroute-h2-gw': 'fail unreachable',
      'tcp-port-h2-8080': 'fail unreachable',
      'http-h2-page': 'fail unreachable',
      'dns-h2-ns1': 'fail unreachable',
      'arp-h2-r1': 'fail unreachable',
      'default-gateway-h2': 'fail unreachable',
    },
  },
  {
    id: 'sw1-p3-other-vlan',
    kind: 'vlan',
    title: 'SW1 has an unused port more in VLAN 10',
    apply: on('SW1', 'ip link add d1 type dummy', 'ip link set d1 master br0 up', 'bridge vlan add dev d1 vid 10 pvid untagged'),
    undo: on('SW1', 'ip link del d1'),
    expects: { 'vlan-sw1-10': 'fail wrong-value' },
  },
  {
    id: 'sw2-pc2-wrong-vlan',
    kind: 'vlan',
    title: 'SW2 has the port of PC2 in VLAN 10',
    apply: [...on('SW2', 'bridge vlan del dev p3 vid 20', 'bridge vlan add dev p3 vid 10 pvid untagged'), ...forgets],
    // in VLAN 10 it has learned R1's other port
    undo: [...on('SW2', 'bridge vlan del dev p3 vid 10', 'bridge vlan add dev p3 vid 20 pvid untagged'), ...forgets],
    breaks: ['T20'],
    // R1 answers in VLAN 10 for its address of VLAN 20, as every Linux does
    expects: { 'vlan-sw2-20': 'fail wrong-value' },
  },
  {
    id: 'sw2-no-vlan20',
    kind: 'vlan',
    title: 'SW2 has no VLAN 20 at all',
    apply: [...on('SW2', 'bridge vlan del dev p3 vid 20', 'bridge vlan del dev p1 vid 20'), ...forgets],
    undo: on('SW2', 'bridge vlan add dev p3 vid 20 pvid untagged', 'bridge vlan add dev p1 vid 20'),
    breaks: ['T20'],
    expects: { 'vlan-sw2-20': 'fail absent', 'trunk-sw2': 'fail absent', 'arp-pc2-r1': 'fail absent' },
  },
  {
    id: 'sw1-trunk-without-20',
    kind: 'trunk',
    title: "SW1's trunk does not carry VLAN 20",
    apply: [...on('SW1', 'bridge vlan del dev p6 vid 20'), ...forgets],
    undo: on('SW1', 'bridge vlan add dev p6 vid 20'),
    breaks: ['T20'],
    expects: { 'trunk-sw1': 'fail absent', 'arp-pc2-r1': 'fail absent' },
  },
  {
    id: 'sw1-trunk-with-99',
    kind: 'trunk',
    title: "SW1's trunk carries VLAN 99 too",
    apply: on('SW1', 'bridge vlan add dev p6 vid 99'),
    undo: on('SW1', 'bridge vlan del dev p6 vid 99'),
    expects: { 'trunk-sw1': 'fail wrong-value' },
  },
  {
    id: 'sw1-ns1-isolated',
    kind: 'mac_table',
    title: 'SW1 learns nothing on the port of NS1',
    apply: on(
      'SW1',
      'bridge link set dev p5 learning off',
      'bridge fdb flush dev br0 2>/dev/null || ip link set br0 type bridge fdb_flush',
    ),
    undo: on('SW1', 'bridge link set dev p5 learning on'),
    expects: { 'mac-table-sw1-ns1': 'fail absent' },
    healed: [{ on: 'NS1', ask: 'ping -n -c 1 -W 1 10.0.10.1', shows: / 1 received/ }],
  },
  {
    id: 'sw2-fixed-elsewhere',
    kind: 'mac_table',
    title: 'SW2 has its fixed station on another port',
    apply: on('SW2', `bridge fdb del ${fixedMac} dev p2 master vlan 10`, `bridge fdb add ${fixedMac} dev p1 master static vlan 10`),
    undo: on('SW2', `bridge fdb del ${fixedMac} dev p1 master vlan 10`, `bridge fdb add ${fixedMac} dev p2 master static vlan 10`),
    expects: { 'mac-table-sw2-fixed': 'fail wrong-value' },
  },
  {
    id: 'sw1-stranger',
    kind: 'mac_table',
    title: 'SW1 knows a station that must not be there',
    apply: on('SW1', 'bridge fdb add 02:00:00:00:66:66 dev p4 master static vlan 20'),
    undo: on('SW1', 'bridge fdb del 02:00:00:00:66:66 dev p4 master vlan 20'),
    expects: { 'mac-table-sw1-no-stranger': 'fail forbidden-state' },
  },
  {
    id: 'sw1-delays-h1',
    kind: 'latency',
    title: 'The port of H1 on SW1 delays by 400 ms',
    apply: on('SW1', 'tc qdisc add dev p3 root netem delay 400ms'),
    undo: on('SW1', 'tc qdisc del dev p3 root'),
    expects: { 'latency-ns1-h1': 'fail wrong-value', 'bandwidth-h1-ns1': 'fail wrong-value' },
  },
]
