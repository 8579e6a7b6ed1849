import { isIPv6 } from 'node:net'
import { sameAddress } from '../../addresses.ts'
import { type ArpEntry, type ArpFacts, type ArpParams, arp, type Met } from '../../command-modules/arp.ts'
import {
  addressesOfGateway,
  type DefaultGatewayFacts,
  type DefaultGatewayParams,
  defaultGateway,
  type Gateway,
} from '../../command-modules/default-gateway.ts'
import type { DoubtfulGateway } from '../../command-modules/ping.ts'
import type { Observation } from '../../observation.ts'
import {
  type BoundReader,
  isUnreadable,
  type Proof,
  type ReadContext,
  type Reader,
  reads,
  type Unreadable,
  unreadable,
} from '../../platform.ts'
import { canonicalMac } from '../../values.ts'
import { addressesOfTarget, ifAsked, incomplete, linesOf, unknownAnswer } from './reading.ts'
import { allDiffer } from './torn-answer.ts'

/** What one line of a table of neighbours says; undefined = no entry (a heading), null = not understood. */
export type ReadArpLine = (line: string) => ArpEntry | undefined | null

/** Every line must be understood: an entry that is missed could turn a verdict. */
export function readArpTable(answer: Observation, readLine: ReadArpLine): ArpEntry[] | Unreadable {
  const read = linesOf(answer)
    .filter((line) => line.trim() !== '')
    .map(readLine)
  const entries = read.flatMap((entry) => entry ?? [])
  const isWhole = !read.includes(null) && allDiffer(entries.map(({ address, port }) => `${address} ${port ?? ''}`))
  return isWhole ? entries : unknownAnswer(answer)
}

/** One that nobody has answered says so in the place of the MAC address. @returns null when neither stands there */
export function arpEntry(address: string, mac: string, port: string | null): ArpEntry | null {
  const canonical = canonicalMac(mac) ?? null
  return canonical === null && !/^incomplete$/i.test(mac) ? null : { address, mac: canonical, port }
}

export type AskArp = (context: ReadContext) => Promise<ArpEntry[] | Unreadable>

/** What of a platform tells whether a neighbour is there now. */
export interface MeetingPlatform {
  readonly askArp: AskArp
  /** Makes the device ask for an address. @returns true when it replied */
  readonly provoke: (context: ReadContext, address: string) => Promise<boolean | Unreadable>
  /**
   * Of a neighbour that stands in the table and does not reply: whether it answers ARP at this moment; null where the device cannot tell.
   * A platform without it never can.
   */
  readonly answersArp?: (context: ReadContext, entry: ArpEntry) => Promise<boolean | null | Unreadable>
}

/** Hosts, which send everything by a gateway. */
export interface HostPlatform extends MeetingPlatform {
  /** Of the answer to what `provoke` asks: it shows a reply. */
  readonly showsReply: (answer: Observation) => boolean
}

interface NeighbourPlatform extends MeetingPlatform {
  /** The default routes in use. */
  readonly askGateways: (context: ReadContext) => Promise<Gateway[] | Unreadable>
  readonly readsIpv6: boolean
  /** False where the table may lack neighbours that the device knows: what is not in it is asked for, and nothing is ever absent. */
  readonly showsAll: boolean
  readonly proof: Proof
}

const arpReader = (platform: NeighbourPlatform): Reader<ArpParams, ArpFacts> => ({
  unsupported: ({ address, state }) => {
    if (state === 'absent' && !platform.showsAll) return 'state: absent'
    return isIPv6(address) && !platform.readsIpv6 ? 'IPv6' : null
  },
  observe: async (context, params) => {
    const addresses = await addressesOfTarget(context, params.address)
    if (isUnreadable(addresses)) return addresses
    const entries = platform.showsAll ? await platform.askArp(context) : await askProvoked(platform, context, addresses)
    return isUnreadable(entries) ? entries : withMeeting(platform, context, { params, facts: { addresses, entries } })
  },
})

/** A neighbour that replies and is still not in the table shows that the table does not tell. */
async function askProvoked(
  { askArp, provoke }: NeighbourPlatform,
  context: ReadContext,
  addresses: readonly string[],
): Promise<ArpEntry[] | Unreadable> {
  const before = await askArp(context)
  const [address] = addresses
  if (isUnreadable(before) || address === undefined || lists(before, addresses)) return before
  const replied = await provoke(context, address)
  if (typeof replied !== 'boolean') return replied
  const after = await askArp(context)
  if (isUnreadable(after) || lists(after, addresses) || !replied) return after
  return unreadable('ARP_TABLE_INCOMPLETE', 'infrastructure', { address })
}

const lists = (entries: readonly ArpEntry[], addresses: readonly string[]): boolean =>
  entries.some((entry) => addresses.some((address) => sameAddress(address, entry.address)))

/**
 * Whether a neighbour is there now. A reply is proof; else the table tells whether at least ARP was answered, unless that was before: an
 * entry outlives its neighbour, two minutes on VPCS, up to a minute on Linux, four hours on IOS.
 */
async function meet(platform: MeetingPlatform, context: ReadContext, address: string): Promise<Met | Unreadable> {
  const replied = await platform.provoke(context, address)
  if (typeof replied !== 'boolean') return replied
  if (replied) return 'answers'
  const entries = await platform.askArp(context)
  if (isUnreadable(entries)) return entries
  const entry = entries.find((one) => one.mac !== null && sameAddress(one.address, address))
  if (entry === undefined) return 'silent'
  const answers = (await platform.answersArp?.(context, entry)) ?? null
  if (answers === null) return 'remembered'
  if (typeof answers !== 'boolean') return answers
  return answers ? 'answers' : 'silent'
}

/** An entry that stands in the table is asked for anew. What was not asked when the evidence was taken stands as it did then. */
async function withMeeting(
  platform: MeetingPlatform,
  context: ReadContext,
  { params, facts }: { readonly params: ArpParams; readonly facts: ArpFacts },
): Promise<ArpFacts | Unreadable> {
  const known = facts.entries.find(({ address, mac }) => mac !== null && facts.addresses.some((one) => sameAddress(one, address)))
  if (params.state === 'absent' || known === undefined || isIPv6(known.address)) return facts
  const met = await ifAsked(() => meet(platform, context, known.address))
  if (met === null) return facts
  return typeof met === 'string' ? { ...facts, met } : met
}

/**
 * Asks for the gateway that replies came by, once per device and run where it answers. A frame to the hardware address of a router that
 * has changed its address is still forwarded: the way that was learnt before shows nothing.
 */
export async function doubtGateway(
  platform: HostPlatform,
  context: ReadContext,
  address: string,
): Promise<{ readonly doubtfulGateway?: DoubtfulGateway } | Unreadable> {
  const ask: ReadContext['ask'] = (command) => context.recall(command, platform.showsReply)
  const provoke: MeetingPlatform['provoke'] = (asking, to) => platform.provoke({ ...asking, ask }, to)
  const met = await meet({ ...platform, provoke }, context, address)
  if (met === 'answers') return {}
  return typeof met === 'string' ? { doubtfulGateway: { address, met } } : met
}

const meetings = { answers: 'yes', silent: 'no', remembered: 'old' } as const

async function askWhetherAnswers(
  platform: NeighbourPlatform,
  context: ReadContext,
  address: string,
): Promise<DefaultGatewayFacts['answers'] | Unreadable> {
  const met = await meet(platform, context, address)
  return typeof met === 'string' ? meetings[met] : met
}

const gatewayReader = (platform: NeighbourPlatform): Reader<DefaultGatewayParams, DefaultGatewayFacts> => ({
  unsupported: ({ gateway }) => (isIPv6(gateway) ? 'IPv6' : null),
  observe: async (context, { gateway, answersArp }) => {
    const wanted = gateway === 'none' ? [] : await addressesOfTarget(context, gateway)
    if (isUnreadable(wanted)) return wanted
    const gateways = await platform.askGateways(context)
    if (isUnreadable(gateways)) return gateways
    const address = gateways.flatMap(addressesOfGateway).find((own) => wanted.some((one) => sameAddress(one, own)))
    const answers = answersArp && address !== undefined ? await askWhetherAnswers(platform, context, address) : null
    return answers !== null && typeof answers === 'object' ? answers : { wanted, gateways, answers }
  },
})

/** Neighbours and default gateway of one platform. */
export const neighbourReaders = (platform: NeighbourPlatform): readonly BoundReader[] => [
  reads(arp, arpReader(platform), platform.proof),
  reads(defaultGateway, gatewayReader(platform), platform.proof),
]

/** `(1/2)` of IOS, `1 received` and `1 packets received` of the others: how many replies a ping got; undefined when it does not say. */
function repliesIn({ text }: Observation): number | undefined {
  const counts = [
    ...text.matchAll(/^Success rate is \d+ percent \((\d+)\/\d+\)/gm),
    ...text.matchAll(/^\d+ packets transmitted, (\d+) (?:packets )?received\b/gm),
  ].map(([, received]) => Number(received))
  return counts.length === 1 ? counts[0] : undefined
}

const unsent = /(?:Network is unreachable|No route to host)$/m

/** Whether a ping was answered, by its summary alone; one that could not be sent was not. */
export function readReplied(answer: Observation): boolean | Unreadable {
  const problem = incomplete(answer)
  if (problem !== null) return problem
  if (unsent.test(answer.text)) return false
  const replies = repliesIn(answer)
  return replies === undefined ? unknownAnswer(answer) : replies > 0
}
