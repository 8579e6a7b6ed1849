import { isIPv6 } from 'node:net'
import { isInNetwork } from '../../addresses.ts'
import { type PingParams, ping } from '../../command-modules/ping.ts'
import { traceroute } from '../../command-modules/traceroute.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, type DeviceAddress, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { doubtGateway } from '../readings/neighbour-reading.ts'
import {
  askToExplain,
  holds,
  ifAsked,
  linesOf,
  ownAddresses,
  type PingOne,
  pingReader,
  type TraceOne,
  traceFacts,
  traceReader,
  unfinished,
} from '../readings/reading.ts'
import { refusal } from './answer.ts'
import { meeting } from './neighbours.ts'
import { type Explainer, gatewayIn, isNotFound, isUsage, ownOf, pingAnswer, readHops, readPing, traceFault } from './ping-text.ts'

/** 28 bytes of IP and ICMP header; `-s` counts without them. */
const headerBytes = 28
const slackMs = 10_000

const options = ({ size, df, source }: PingParams): string =>
  [size === undefined ? '' : ` -s ${size - headerBytes}`, df ? ' -M do' : '', source === undefined ? '' : ` -I ${source}`].join('')

/** The quick form first; old busybox knows neither `-n` nor a fraction after `-i`. */
async function askPing(context: ReadContext, params: PingParams): Promise<Observation> {
  const { to, count } = params
  const timeoutMs = count * 1_000 + slackMs
  const program = isIPv6(to) ? 'ping -6' : 'ping'
  const quick = await context.ask(`${program} -n -c ${count} -i 0.2 -W 1${options(params)} ${to}`, { timeoutMs })
  if (quick.ended !== 'prompt' || !isUsage(quick)) return quick
  return context.ask(`${program} -c ${count} -W 1${options(params)} ${to}`, { timeoutMs: timeoutMs + count * 1_000 })
}

const pingOne: PingOne = async (context, params) => {
  const answer = await askPing(context, params)
  const problem = unfinished(answer)
  if (problem !== null) return problem
  const denied = refusal(answer)
  if (denied !== null) return denied
  const text = readPing(answer, params.to, params.count)
  if (isUnreadable(text)) return text
  const own = await ownOf(context, text, params)
  const explain = text.received === 0 && params.expect === 'success'
  const read = pingAnswer(
    text,
    params.to,
    explain ? await explainSilence(context, params.to, own) : { own, gateway: undefined, silentNeighbour: undefined },
  )
  return read.received === 0 || read.own || params.expect === 'failure' ? read : byGateway(context, params.to, read)
}

/** What was reached by way of a gateway, with the doubt where the gateway does not answer. */
async function byGateway<Reached extends object>(context: ReadContext, to: string, reached: Reached): Promise<Reached | Unreadable> {
  if (isIPv6(to)) return reached
  const route = await askToExplain(context, `ip route get ${to}`)
  const gateway = route === null ? undefined : routeLine.exec(route.text)?.[1]
  if (gateway === undefined) return reached
  const doubt = await ifAsked(() => doubtGateway(meeting, context, gateway))
  return doubt !== null && isUnreadable(doubt) ? doubt : { ...reached, ...doubt }
}

/** `10.0.2.1 via 10.0.1.254 dev eth0 src 10.0.1.1`: by which neighbour. Fixtures: linux/ping/gateway-gone.txt. */
const routeLine = /^\d+\.\d+\.\d+\.\d+ (?:from \S+ )?via (\d+\.\d+\.\d+\.\d+) dev /m

/** Where the packets should go next, and whether that neighbour answers ARP. What cannot be read stays open. */
async function explainSilence(context: ReadContext, to: string, own: readonly DeviceAddress[] | null): Promise<Explainer> {
  const routes = await askToExplain(context, 'ip route')
  const gateway = routes !== null && !isNotFound(routes) && !isUsage(routes) ? gatewayIn(routes) : undefined
  const isLocal = own?.some(({ address, prefixLength }) => prefixLength !== null && isInNetwork(to, address, prefixLength)) ?? false
  const next = isLocal ? to : gateway
  if (next === undefined || next === null || (own !== null && holds(own, next))) return { own, gateway, silentNeighbour: undefined }
  const neighbours = await askToExplain(context, 'ip neigh')
  const silent =
    neighbours !== null && linesOf(neighbours).some((line) => line.startsWith(`${next} `) && /\b(?:FAILED|INCOMPLETE)\b/.test(line))
  return { own, gateway, silentNeighbour: silent ? next : undefined }
}

/** traceroute, else tracepath (Debian's iputils), which is slower but everywhere. */
async function askTrace({ ask }: ReadContext, to: string, maxHops: number): Promise<Observation> {
  const timeoutMs = maxHops * 3_000 + slackMs
  const answer = await ask(`traceroute -n -q 1 -w 1 -m ${maxHops} ${to}`, { timeoutMs })
  return isNotFound(answer) ? ask(`tracepath -n -m ${maxHops} ${to}`, { timeoutMs: timeoutMs * 3 }) : answer
}

const traceOne: TraceOne = async (context, { to, maxHops, reach }) => {
  const answer = await askTrace(context, to, maxHops)
  const problem = unfinished(answer)
  if (problem !== null) return problem
  const denied = refusal(answer)
  if (denied !== null) return denied
  const { hops, reached } = readHops(linesOf(answer), to)
  const fault = traceFault(linesOf(answer))
  const facts = await traceFacts(context, answer, { to, hops, reached, fault })
  if (isUnreadable(facts)) return facts
  if (facts.reached && !facts.own && reach) return byGateway(context, to, facts)
  if (facts.fault?.kind !== 'no-route') return facts
  const own = await ownAddresses(context)
  return own?.every(({ address }) => isOfEveryHost(address)) === true ? { ...facts, isUnnumbered: true } : facts
}

/** Loopback and link-local: nobody set these. */
const isOfEveryHost = (address: string): boolean => /^(?:127\.|::1$|fe80:)/i.test(address)

/** Ping and traceroute. */
export const reachability: readonly BoundReader[] = [
  reads(ping, pingReader(pingOne), 'device'),
  reads(
    traceroute,
    traceReader(traceOne, (hops) => hops * 3),
    'device',
  ),
]
