import { z } from 'zod'
import { isUnreadable } from '../../platform.ts'
import { readJson } from '../readings/json-answer.ts'
import { arpEntry, neighbourReaders, type ReadArpLine, readArpTable, readReplied } from '../readings/neighbour-reading.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askFrr } from './answer.ts'

const header = /^Interface\s+Neighbor\s+MAC\s+#Rules$/

/** `eth0   10.1.1.10   72:11:ea:0f:b1:00  0`: those that nobody answers are not shown. Fixtures: frr/arp. */
const readLine: ReadArpLine = (line) => {
  if (header.test(line)) return undefined
  const [, port, address, mac] = /^(\S+)\s+(\S+)\s+(\S+)\s+\d+$/.exec(line) ?? []
  return port === undefined || address === undefined || mac === undefined ? null : arpEntry(address, mac, port)
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
        }),
      ),
    }),
  ),
)

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
    return hops
      .filter(({ active, fib }) => active || fib)
      .map(({ ip, interfaceName }) => ({ address: ip ?? null, port: interfaceName ?? null }))
  },
  provoke: async (context, address) => {
    const answer = await askFrr(context, `ping ${address}`, { interruptAfterMs: runMs, timeoutMs: runMs + 10_000 })
    return isUnreadable(answer) ? answer : readReplied(answer)
  },
  readsIpv6: false,
  showsAll: false,
  proof: 'device',
})
