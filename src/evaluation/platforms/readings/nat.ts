import { isNatPrefix, type NatEntry, type NatFacts, type NatParams } from '../../command-modules/nat.ts'
import { isUnreadable, type ReadContext, type Reader, type Unreadable, unreadable } from '../../platform.ts'
import { deviceOfTarget } from '../../target.ts'
import { addressesOfTarget, incomplete, linesOf, unknownAnswer } from './reading.ts'

/** How a platform shows its translations. */
export type ReadTable = (context: ReadContext) => Promise<readonly NatEntry[] | Unreadable>

const pingMs = 15_000

async function optional(context: ReadContext, target: string | undefined): Promise<readonly string[] | Unreadable> {
  return target === undefined ? [] : addressesOfTarget(context, target)
}

/** `-c` is known to Linux and VPCS; a router as inside host refuses it, and then somebody else must have made the traffic. */
async function makeTraffic({ askOn }: ReadContext, inside: string, outside: string): Promise<void> {
  await askOn(inside, `ping ${outside} -c 3`, { timeoutMs: pingMs })
}

/** `IP 10.5.2.1 > 10.5.2.20: ICMP echo request, …`: fixtures linux/nat. */
async function watch({ askOn }: ReadContext, witness: string, outside: string): Promise<readonly string[] | Unreadable> {
  const answer = await askOn(witness, `timeout 6 tcpdump -n -l -i any -c 3 'icmp[icmptype] = icmp-echo' and dst host ${outside}`, {
    timeoutMs: pingMs,
  })
  const problem = incomplete(answer)
  if (problem !== null) return problem
  if (!/^listening on any\b/m.test(answer.text)) return unknownAnswer(answer)
  return [...new Set(linesOf(answer).flatMap((line) => /\bIP ([\d.]+) > [\d.]+: ICMP echo request,/.exec(line)?.[1] ?? []))]
}

async function behaviour(
  context: ReadContext,
  params: NatParams,
  outside: readonly string[],
): Promise<readonly string[] | null | Unreadable> {
  const inside = deviceOfTarget(params.inside)?.device
  const [to] = outside
  if (inside === undefined || to === undefined) return null
  if (params.witness === undefined) {
    await makeTraffic(context, inside, to)
    return null
  }
  const [seen] = await Promise.all([watch(context, params.witness, to), makeTraffic(context, inside, to)])
  return seen
}

/** A platform's reader of nat: makes traffic, looks outside where there is a witness, and reads the table else. */
export const natReader = (readTable: ReadTable): Reader<NatParams, NatFacts> => ({
  observe: async (context, params) => {
    const inside = await addressesOfTarget(context, params.inside)
    if (isUnreadable(inside)) return inside
    const global = params.global === undefined || isNatPrefix(params.global) ? [] : await addressesOfTarget(context, params.global)
    if (isUnreadable(global)) return global
    const outside = await optional(context, params.outside ?? params.witness)
    if (isUnreadable(outside)) return outside
    if (outside.length === 0 && params.witness !== undefined) return unreadable('TARGET_WITHOUT_ADDRESS', 'lab', { target: params.witness })
    const seen = await behaviour(context, params, outside)
    if (seen !== null && isUnreadable(seen)) return seen
    const entries = seen === null ? await readTable(context) : []
    if (isUnreadable(entries)) return entries
    return { inside, global, outside: params.outside === undefined ? [] : outside, entries, seen }
  },
})

interface Flow {
  readonly source: { readonly address: string; readonly port: number | null }
  readonly destination: { readonly address: string; readonly port: number | null }
}

/** A connection as it was begun, and as it is answered: what differs was translated. */
export function entryOfFlows(protocol: string, begun: Flow, answered: Flow): NatEntry {
  const isForward = begun.destination.address !== answered.source.address || begun.destination.port !== answered.source.port
  const isSource = begun.source.address !== answered.destination.address
  if (isForward && !isSource) {
    return { protocol, insideLocal: answered.source, insideGlobal: begun.destination, outside: begun.source }
  }
  return { protocol, insideLocal: begun.source, insideGlobal: answered.destination, outside: begun.destination }
}
