import { z } from 'zod'
import type { Gateway } from '../../command-modules/default-gateway.ts'
import { isUnreadable } from '../../platform.ts'
import { readJson } from '../readings/json-answer.ts'
import { arpEntry, neighbourReaders, type ReadArpLine, readArpTable, readReplied } from '../readings/neighbour-reading.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askFrr } from './answer.ts'

const header = /^Interface\s+Neighbor\s+MAC\s+#Rules(?:\s+State)?$/

/**
 * `eth0   10.1.1.10   72:11:ea:0f:b1:00  0`, and behind it the kernel's word from 10.5 on (zebra/zebra_neigh.c): those that nobody
 * answers are not shown, or by that word. Fixtures: frr/arp.
 */
const readLine: ReadArpLine = (line) => {
  if (header.test(line)) return undefined
  const [, port, address, mac, state = ''] = /^(\S+)\s+(\S+)\s+(\S+)\s+\d+((?: +[A-Z]+)*)$/.exec(line) ?? []
  if (port === undefined || address === undefined || mac === undefined) return null
  return arpEntry(address, /\b(?:INCOMPLETE|FAILED)\b/.test(state) ? 'incomplete' : mac, port)
}

/** `show ip route 0.0.0.0/0 json`; `{}` = none. Fixtures: frr/default_gateway. */
const routeSchema = z.record(
  z.string(),
  z.array(
    z.looseObject({
      selected: z.boolean().default(false),
      nexthops: z.array(
        z.looseObject({
          ip: z.string().optional(),
          interfaceName: z.string().optional(),
          active: z.boolean().default(false),
          fib: z.boolean().default(false),
          /** What the next hop above is resolved to. */
          resolver: z.boolean().default(false),
        }),
      ),
    }),
  ),
)

type Hop = z.infer<typeof routeSchema>[string][number]['nexthops'][number]

function gatewaysOf(hops: readonly Hop[]): Gateway[] {
  const found: Gateway[] = []
  for (const { ip, interfaceName, active, fib, resolver } of hops) {
    const last = found.at(-1)
    if (resolver && last !== undefined) found[found.length - 1] = { ...last, through: [...(last.through ?? []), ip ?? []].flat() }
    else if (active || fib) found.push({ address: ip ?? null, port: interfaceName ?? null })
  }
  return found
}

const runMs = 1_500

/**
 * Neighbours that zebra knows (from 8.0 on), and the selected default route. A zebra that was started later than the neighbour was met
 * knows it only from its next change of state on (seen on 8.4.4).
 */
export const neighbours = neighbourReaders({
  askArp: async (context) => {
    const answer = await askFrr(context, 'show ip neigh')
    if (isUnreadable(answer)) return answer
    return /^Interface\s+Neighbor\b/m.test(answer.text) ? readArpTable(answer, readLine) : unknownAnswer(answer)
  },
  askGateways: async (context) => {
    const answer = await askFrr(context, 'show ip route 0.0.0.0/0 json')
    if (isUnreadable(answer)) return answer
    const shown = readJson(answer, routeSchema)
    if (isUnreadable(shown)) return shown
    const hops = (shown['0.0.0.0/0'] ?? []).filter(({ selected }) => selected).flatMap(({ nexthops }) => nexthops)
    return gatewaysOf(hops)
  },
  provoke: async (context, address) => {
    const answer = await askFrr(context, `ping ${address}`, { interruptAfterMs: runMs, timeoutMs: runMs + 10_000 })
    return isUnreadable(answer) ? answer : readReplied(answer)
  },
  readsIpv6: false,
  showsAll: false,
  proof: 'device',
})
