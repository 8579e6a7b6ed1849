import type { checks as original } from '../../en/checks/index.ts'
import { gatherWords } from '../../gather-words.ts'
import type { Translated } from '../../translated.ts'
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

const checks: Translated<typeof original> = {
  arp,
  bandwidth,
  bgp_peer: bgpPeer,
  bgp_prefix: bgpPrefix,
  command,
  configuration,
  default_gateway: defaultGateway,
  dhcp_lease: dhcpLease,
  dns,
  file,
  hostname,
  http,
  interface_address: interfaceAddress,
  interface_state: interfaceState,
  isis_neighbour: isisNeighbour,
  latency,
  listening,
  mac_table: macTable,
  nat,
  ospf_neighbour: ospfNeighbour,
  ospf_route: ospfRoute,
  ping,
  process,
  route,
  sysctl,
  tcp_port: tcpPort,
  topology,
  traceroute,
  trunk,
  vlan,
}

export const { reasons: reasonsOfChecks, expected: expectedOfChecks, forms } = gatherWords(checks)
