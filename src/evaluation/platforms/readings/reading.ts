import { isIPv6 } from 'node:net'
import { sameAddress } from '../../addresses.ts'
import type { PingAnswer, PingFacts, PingParams } from '../../command-modules/ping.ts'
import type { TracerouteFacts, TracerouteParams, WayPoint } from '../../command-modules/traceroute.ts'
import { type AskOptions, CannotAsk, type Observation } from '../../observation.ts'
import { type DeviceAddress, isUnreadable, type ReadContext, type Reader, type Unreadable, unreadable } from '../../platform.ts'
import { deviceOfTarget, samePort } from '../../target.ts'
import { maskToLength } from '../../values.ts'
import { torn } from './torn-answer.ts'

/** An answer that did not end at its prompt says nothing certain: why, or null when it is complete. */
export function unfinished({ device, ended, command, tookMs }: Observation): Unreadable | null {
  // the device that was asked need not be the criterion's
  const about = { device, command }
  if (ended === 'prompt') return null
  if (ended === 'cut') return unreadable('CONSOLE_FLOODED', 'lab', about)
  if (ended === 'closed') return unreadable('CONSOLE_CLOSED', 'infrastructure', about)
  return unreadable('ANSWER_TIMEOUT', 'infrastructure', { ...about, seconds: Math.round(tookMs / 1000) })
}

/** The same, and why a complete one must not be believed (torn-answer.ts): for what a device prints in its own form. */
export const incomplete = (answer: Observation): Unreadable | null => unfinished(answer) ?? torn(answer)

const longestQuote = 120

/** The device did not take the command: it does not know it, or not in this form. @param said the line by which it says so */
export const refusedCommand = ({ device, command }: Observation, said: string): Unreadable =>
  unreadable('COMMAND_REFUSED', 'exercise', { device, command, answer: said.trim().slice(0, longestQuote) })

/** The account that is used may not do it. */
export const forbiddenCommand = ({ device, command }: Observation, said: string): Unreadable =>
  unreadable('COMMAND_NOT_PERMITTED', 'exercise', { device, command, answer: said.trim().slice(0, longestQuote) })

/** How a platform asks one command: an answer is given back only when it came whole and was not refused. */
export type AskComplete = (context: Pick<ReadContext, 'ask'>, command: string, options?: AskOptions) => Promise<Observation | Unreadable>

/**
 * @param refused why the platform did not take a command, or null when it did
 * @param spoilt why an answer cannot be read; a shell's stands between marks that nobody else knows, so it needs only to be finished
 */
export const askComplete =
  (refused: (answer: Observation) => Unreadable | null, spoilt: (answer: Observation) => Unreadable | null = incomplete): AskComplete =>
  async ({ ask }, command, options) => {
    const answer = await ask(command, options)
    return spoilt(answer) ?? refused(answer) ?? answer
  }

/** The answer came, but says something this reader does not know. */
export const unknownAnswer = ({ device, command }: Observation): Unreadable =>
  unreadable('ANSWER_UNREADABLE', 'infrastructure', { device, command })

/** The lines of an answer without trailing blanks. */
export const linesOf = (observation: Observation): string[] => observation.text.split('\n').map((line) => line.trimEnd())

/** The address a target stands for: itself, or what the named device says it has; null when it has none. */
export async function resolveTarget(context: ReadContext, target: string): Promise<string | null | Unreadable> {
  const named = deviceOfTarget(target)
  if (named === undefined) return target
  const found = await addressesOfTarget(context, target)
  if (isUnreadable(found)) return found
  return found[0] ?? null
}

/** All addresses a target stands for. */
export async function addressesOfTarget(context: ReadContext, target: string): Promise<readonly string[] | Unreadable> {
  const named = deviceOfTarget(target)
  if (named === undefined) return [target]
  const all = await context.addressesOf(named.device)
  if (isUnreadable(all)) return all
  const wanted = all.filter(({ port }) => named.port === null || (port !== null && samePort(port, named.port)))
  return wanted.map(({ address }) => address)
}

/** How a platform pings one address, names already resolved. */
export type PingOne = (context: ReadContext, params: PingParams) => Promise<PingAnswer | Unreadable>

/** Losses at the beginning may be ARP: asked again, as often as `warmup` allows. */
async function pingWarm(pingOne: PingOne, context: ReadContext, params: PingParams): Promise<PingAnswer | Unreadable> {
  let answer = await pingOne(context, params)
  for (let repeat = 0; repeat < params.warmup && !isUnreadable(answer) && isLossy(answer); repeat += 1) {
    answer = await pingOne(context, params)
  }
  return answer
}

const isLossy = ({ sent, received, own }: PingAnswer): boolean => !own && received < sent && (received > 0 || sent <= 2)

async function pingTarget(pingOne: PingOne, context: ReadContext, params: PingParams, target: string): Promise<PingAnswer | Unreadable> {
  const to = await resolveTarget(context, target)
  if (to === null) return addressless(target)
  if (typeof to !== 'string') return to
  // a reply is already the answer to "must not reach": no second try there
  return params.expect === 'failure' ? pingOne(context, { ...params, to }) : pingWarm(pingOne, context, { ...params, to })
}

const addressless = (target: string): PingAnswer => ({
  to: target,
  sent: 0,
  received: 0,
  own: false,
  errors: [],
  fault: { kind: 'target-without-address' },
  source: null,
})

/** A platform's ping reader: resolves names, warms up, and asks the declared control of a negative check. */
export const pingReader = (pingOne: PingOne, unsupported?: (params: PingParams) => string | null): Reader<PingParams, PingFacts> => ({
  ...(unsupported === undefined ? {} : { unsupported }),
  observe: async (context, params) => {
    const target = await pingTarget(pingOne, context, params, params.to)
    if (isUnreadable(target) || params.control === undefined || target.received > 0) return withControl(target, null)
    return withControl(target, await pingTarget(pingOne, context, params, params.control))
  },
})

function withControl(target: PingAnswer | Unreadable, control: PingAnswer | Unreadable | null): PingFacts | Unreadable {
  if (isUnreadable(target)) return target
  if (control !== null && isUnreadable(control)) return control
  return { target, control }
}

/** Names, own addresses, and why nothing was sent. */
const aroundTraceSeconds = 5

/** What a platform sees of a way. */
export type TraceOne = (
  context: ReadContext,
  params: TracerouteParams,
) => Promise<Pick<TracerouteFacts, 'to' | 'own' | 'isUnnumbered' | 'fault' | 'hops' | 'reached' | 'doubtfulGateway'> | Unreadable>

/**
 * A platform's traceroute reader: resolves the names of target and way points.
 * @param seconds what a trace takes of so many hops that all are silent
 */
export const traceReader = (traceOne: TraceOne, seconds: (hops: number) => number): Reader<TracerouteParams, TracerouteFacts> => ({
  roundSeconds: ({ maxHops }) => seconds(maxHops) + aroundTraceSeconds,
  observe: async (context, params) => {
    const to = await resolveTarget(context, params.to)
    if (to === null) return { to: params.to, isAddressless: true, own: false, hops: [], reached: false, via: [], notVia: [] }
    if (typeof to !== 'string') return to
    const via = await wayPoints(context, params.via)
    if (isUnreadable(via)) return via
    const notVia = await wayPoints(context, params.notVia)
    if (isUnreadable(notVia)) return notVia
    const seen = await traceOne(context, { ...params, to })
    return isUnreadable(seen) ? seen : { ...seen, isAddressless: false, via, notVia }
  },
})

interface SeenTrace extends Pick<TracerouteFacts, 'to' | 'hops' | 'reached'> {
  /** Why nothing was sent, where the device says so. */
  readonly fault: Exclude<TracerouteFacts['fault'], undefined> | null
}

/** The facts of one trace. An answer without a hop must say why; a single hop that is reached may be the device itself. */
export async function traceFacts(
  context: ReadContext,
  answer: Observation,
  { fault, ...seen }: SeenTrace,
): Promise<Awaited<ReturnType<TraceOne>>> {
  const { to, hops, reached } = seen
  if (hops.length === 0 && fault === null) return unreadable('TRACE_UNREADABLE', 'infrastructure', { command: answer.command })
  const own = reached && hops.length === 1 ? holds(await knownOwnAddresses(context, to), to) : false
  const isSilent = hops.every(({ addresses }) => addresses.length === 0)
  return { ...seen, own, ...(fault !== null && isSilent ? { fault } : {}) }
}

async function wayPoints(context: ReadContext, names: readonly string[]): Promise<WayPoint[] | Unreadable> {
  const points: WayPoint[] = []
  for (const name of names) {
    const addresses = name === '*' ? [] : await addressesOfTarget(context, name)
    if (isUnreadable(addresses)) return addresses
    points.push({ name, addresses })
  }
  return points
}

export const holds = (addresses: readonly DeviceAddress[], address: string): boolean =>
  addresses.some((one) => sameAddress(one.address, address))

/** What the asking device says of its own addresses; null where it could not be read (no reason to give up the ping). */
export async function ownAddresses(context: ReadContext): Promise<readonly DeviceAddress[] | null> {
  try {
    const addresses = await context.addressesOf(context.device)
    return isUnreadable(addresses) ? null : addresses
  } catch (error) {
    if (error instanceof CannotAsk) return null
    throw error
  }
}

/**
 * The same where a reply counts: a device that reaches its own address has shown nothing, so without knowing them there is no verdict.
 * @param to whose reply it is: decides whether those of IPv6 are asked for
 * @throws CannotAsk when they could not be read
 */
export async function knownOwnAddresses(context: ReadContext, to: string): Promise<readonly DeviceAddress[]> {
  const addresses = await context.addressesOf(context.device, { ipv6: isIPv6(to) })
  if (!isUnreadable(addresses)) return addresses
  const plain = Object.entries(addresses.data).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []))
  throw new CannotAsk(addresses.unreadable, addresses.cause, Object.fromEntries(plain))
}

/** ` ip address A M`, ` ip address A M secondary` (IOS), ` ip address A/L` (FRR) of a running configuration, interface by interface. */
export function readConfiguredAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const problem = incomplete(answer)
  if (problem !== null) return problem
  let port: string | null = null
  return linesOf(answer).flatMap((line) => {
    port = /^interface (\S+)/.exec(line)?.[1] ?? port
    const [, address, length, mask = ''] = /^ +ip address (\d+\.\d+\.\d+\.\d+)(?:\/(\d+)| (\d+\.\d+\.\d+\.\d+))/.exec(line) ?? []
    if (address === undefined) return []
    const prefixLength = length === undefined ? (maskToLength(mask) ?? null) : Number(length)
    return [{ port, address, prefixLength, up: null }]
  })
}

/**
 * Asks something that only explains a verdict that is known already. What cannot be asked now, or was not asked when the evidence was
 * taken, leaves the explanation shorter, never the verdict undecided.
 */
export async function askToExplain({ ask }: Pick<ReadContext, 'ask'>, command: string): Promise<Observation | null> {
  try {
    const answer = await ask(command)
    return answer.ended === 'prompt' ? answer : null
  } catch (error) {
    if (error instanceof CannotAsk) return null
    throw error
  }
}

/**
 * Questions that an evaluator of today asks besides. @returns null where they were not asked when the evidence was taken: that stands
 * as it was read then
 */
export async function ifAsked<Answered>(ask: () => Promise<Answered>): Promise<Answered | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof CannotAsk && error.reason === 'NOT_IN_EVIDENCE') return null
    throw error
  }
}

/**
 * Where a router sends a packet, from its routing table: the target itself where its network is connected, else the first next hop.
 * `  * directly connected, via Fa0/0` and `  * 10.0.12.2` (IOS), `  * directly connected, eth0` and `  * 10.0.12.2, via eth1` (FRR).
 */
export function nextHopIn(answer: Observation, to: string): string | undefined {
  for (const line of linesOf(answer)) {
    if (/^\s+(?:\* )?directly connected,/.test(line)) return to
    const via = /^\s+\* (\d+\.\d+\.\d+\.\d+)(?:,|$)/.exec(line)?.[1]
    if (via !== undefined) return via
  }
  return undefined
}
