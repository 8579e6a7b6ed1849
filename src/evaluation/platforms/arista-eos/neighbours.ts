import { z } from 'zod'
import { isUnreadable } from '../../platform.ts'
import { readJson } from '../readings/json-answer.ts'
import { arpEntry, neighbourReaders, readReplied } from '../readings/neighbour-reading.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askEos } from './answer.ts'

/** `show arp vrf all | json`: the interface of a VLAN has its port behind a comma. Fixtures: arista_eos/arp. */
const arpSchema = z.looseObject({
  vrfs: z.record(
    z.string(),
    z.looseObject({ ipV4Neighbors: z.array(z.looseObject({ address: z.string(), hwAddress: z.string(), interface: z.string() })) }),
  ),
})

/** `show ip route 0.0.0.0/0 | json`; without a route the list is empty. Fixtures: arista_eos/default_gateway. */
const routeSchema = z.looseObject({
  vrfs: z.looseObject({
    default: z.looseObject({
      routes: z.record(
        z.string(),
        z.looseObject({ vias: z.array(z.looseObject({ nexthopAddr: z.string().optional(), interface: z.string().optional() })) }),
      ),
    }),
  }),
})

/** The ARP tables of all VRFs, and the default route of the default one. */
export const neighbours = neighbourReaders({
  askArp: async (context) => {
    const answer = await askEos(context, 'show arp vrf all | json')
    if (isUnreadable(answer)) return answer
    const shown = readJson(answer, arpSchema)
    if (isUnreadable(shown)) return shown
    const entries = Object.values(shown.vrfs)
      .flatMap(({ ipV4Neighbors }) => ipV4Neighbors)
      .map(({ address, hwAddress, interface: port }) => arpEntry(address, hwAddress, port.split(',')[0] ?? port))
    return entries.includes(null) ? unknownAnswer(answer) : entries.flatMap((entry) => entry ?? [])
  },
  askGateways: async (context) => {
    const answer = await askEos(context, 'show ip route 0.0.0.0/0 | json')
    if (isUnreadable(answer)) return answer
    const shown = readJson(answer, routeSchema)
    if (isUnreadable(shown)) return shown
    const vias = shown.vrfs.default.routes['0.0.0.0/0']?.vias ?? []
    return vias.map(({ nexthopAddr, interface: port }) => ({ address: nexthopAddr ?? null, port: port ?? null }))
  },
  provoke: async (context, address) => {
    const answer = await askEos(context, `ping ${address} repeat 2 timeout 1`)
    return isUnreadable(answer) ? answer : readReplied(answer)
  },
  readsIpv6: false,
  showsAll: true,
  proof: 'transcript',
})
