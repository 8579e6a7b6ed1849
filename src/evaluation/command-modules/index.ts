import type { AnyCommandModule } from '../command-module.ts'
import { arp } from './arp.ts'
import { bandwidth } from './bandwidth.ts'
import { bgpPeer } from './bgp-peer.ts'
import { bgpPrefix } from './bgp-prefix.ts'
import { command } from './command.ts'
import { configuration } from './configuration.ts'
import { defaultGateway } from './default-gateway.ts'
import { dhcpLease } from './dhcp-lease.ts'
import { dns } from './dns.ts'
import { file } from './file.ts'
import { hostname } from './hostname.ts'
import { http } from './http.ts'
import { interfaceAddress } from './interface-address.ts'
import { interfaceState } from './interface-state.ts'
import { isisNeighbour } from './isis-neighbour.ts'
import { latency } from './latency.ts'
import { listening } from './listening.ts'
import { macTable } from './mac-table.ts'
import { nat } from './nat.ts'
import { ospfNeighbour } from './ospf-neighbour.ts'
import { ospfRoute } from './ospf-route.ts'
import { ping } from './ping.ts'
import { process } from './process.ts'
import { route } from './route.ts'
import { sysctl } from './sysctl.ts'
import { tcpPort } from './tcp-port.ts'
import { topology } from './topology.ts'
import { traceroute } from './traceroute.ts'
import { trunk } from './trunk.ts'
import { vlan } from './vlan.ts'

/** Everything a teacher can check: one line per kind. */
export const commandModules: readonly AnyCommandModule[] = [
  arp,
  bandwidth,
  bgpPeer,
  bgpPrefix,
  command,
  configuration,
  defaultGateway,
  dhcpLease,
  dns,
  file,
  hostname,
  http,
  interfaceAddress,
  interfaceState,
  isisNeighbour,
  latency,
  listening,
  macTable,
  nat,
  ospfNeighbour,
  ospfRoute,
  ping,
  process,
  route,
  sysctl,
  tcpPort,
  topology,
  traceroute,
  trunk,
  vlan,
]

/** The module of that name; undefined when there is none. */
export const findCommandModule = (name: string): AnyCommandModule | undefined => commandModules.find((module) => module.name === name)
