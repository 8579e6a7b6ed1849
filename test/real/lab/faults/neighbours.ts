import { ns1Mac } from '../topology.ts'
import { below, type Fault, on } from './fault.ts'

/** Names and neighbours. */
export const neighbourFaults: readonly Fault[] = [
  {
    id: 'ns1-other-mac',
    kind: 'arp',
    title: 'Another network card answers for NS1',
    apply: on('NS1', 'ip link set eth0 address 02:00:00:00:10:99'),
    undo: on('NS1', `ip link set eth0 address ${ns1Mac}`),
    expects: { 'arp-r1-ns1': 'fail wrong-value' },
    settled: [{ on: 'NS1', ask: 'ping -n -c 1 -W 1 10.0.10.1', shows: / 1 received/ }],
    healed: [{ on: 'NS1', ask: 'ping -n -c 1 -W 1 10.0.10.1', shows: / 1 received/ }],
  },
  {
    id: 'r3-other-name',
    kind: 'hostname',
    title: 'R3 is called router3',
    // vtysh's own `hostname` holds for that one session in FRR 8.4
    apply: below('R3', 'hostname router3'),
    undo: below('R3', 'hostname R3'),
    expects: { 'hostname-r3': 'fail wrong-value' },
  },
  {
    id: 'srv-other-name',
    kind: 'hostname',
    title: 'SRV is called debian',
    apply: on('SRV', 'hostname debian'),
    undo: on('SRV', 'hostname SRV'),
    expects: { 'hostname-srv': 'fail wrong-value' },
  },
  {
    id: 'pc2-other-name',
    kind: 'hostname',
    title: 'PC2 is called PC1',
    apply: on('PC2', 'set pcname PC1'),
    undo: on('PC2', 'set pcname PC2'),
    expects: { 'hostname-pc2': 'fail wrong-value' },
  },
]
