import { z } from 'zod'
import { isInNetwork } from '../addresses.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { devicesOfTargets, targetSchema } from '../target.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'
import type { Met } from './arp.ts'

/** What a router or the device itself answered instead of the target. */
export const icmpErrorKinds = [
  'net-unreachable',
  'host-unreachable',
  'port-unreachable',
  'fragmentation-needed',
  'filtered',
  'ttl-exceeded',
  'unreachable',
] as const

export interface IcmpError {
  /** Null where the platform shows only that it happened. */
  readonly from: string | null
  readonly kind: (typeof icmpErrorKinds)[number]
  readonly count: number
}

/** What kept the device from sending at all. */
export type LocalFault =
  | { readonly kind: 'no-gateway' }
  | { readonly kind: 'no-route' }
  /** The device threw the packets away: by a route or a rule of its own, or because it takes the target for a broadcast address. */
  | { readonly kind: 'discarded' }
  | { readonly kind: 'arp-failed'; readonly address: string }
  /** The target is a device or interface that has no address: there was nothing to ask for. */
  | { readonly kind: 'target-without-address' }

/** Addresses of the asking device, read when something is to be explained. */
export interface PingSource {
  readonly addresses: readonly { readonly address: string; readonly prefixLength: number | null; readonly up: boolean | null }[]
  /** Null when none is set; undefined when the platform did not say. */
  readonly gateway?: string | null
}

/** One ping: every probe is accounted for, and only the target itself counts as a reply. */
export interface PingAnswer {
  readonly to: string
  readonly sent: number
  readonly received: number
  /** The device itself has the target's address: its replies say nothing about the network. */
  readonly own: boolean
  readonly errors: readonly IcmpError[]
  readonly fault: LocalFault | null
  readonly source: PingSource | null
  /** The gateway that the replies came by, where it does not answer for its own address: the way may be one that is only remembered. */
  readonly doubtfulGateway?: DoubtfulGateway
}

export interface DoubtfulGateway {
  readonly address: string
  readonly met: Exclude<Met, 'answers'>
}

export interface PingFacts {
  readonly target: PingAnswer
  /** The declared control of a negative check. */
  readonly control: PingAnswer | null
}

const sourceSchema = z.string().regex(/^[A-Za-z0-9][\w.:/-]{0,63}$/, { error: 'exerciseProblems.addressOrInterface' })

export const pingParams = z
  .strictObject({
    to: targetSchema,
    count: z.int().min(1).max(20).default(5),
    /** Probes that may be lost, and the check still passes. */
    maxDrop: z.int().min(0).max(19).default(1),
    expect: z.enum(['success', 'failure']).default('success'),
    /** Must answer in every round, or a negative check says nothing. */
    control: targetSchema.optional(),
    /** Bytes of the whole IP packet. */
    size: z.int().min(36).max(9000).optional(),
    /** Address or interface the probes leave from. */
    source: sourceSchema.optional(),
    /** Forbids fragmentation. */
    df: z.boolean().default(false),
    /** Pings that may be asked again when the first probes went into ARP. */
    warmup: z.int().min(0).max(3).default(1),
  })
  .refine((params) => params.maxDrop < params.count || params.expect === 'failure', {
    error: 'exerciseProblems.lessThanCount',
    path: ['maxDrop'],
  })
  .refine((params) => params.control === undefined || params.expect === 'failure', {
    error: 'exerciseProblems.onlyForFailure',
    path: ['control'],
  })
export type PingParams = z.infer<typeof pingParams>

const hasReply = (answer: PingAnswer): boolean => answer.received > 0

const asCidr = ({ address, prefixLength }: PingSource['addresses'][number]): string =>
  prefixLength === null ? address : `${address}/${prefixLength}`

/** The likeliest cause that the asking device itself shows, nearest to the device first. */
function explainLoss(answer: PingAnswer): Judgement {
  const data: ReasonData = { to: answer.to, sent: answer.sent, received: answer.received }
  if (hasReply(answer)) return fail('PING_PARTIAL', 'unreachable', data)
  return explainSource(answer, data) ?? explainFault(answer, data) ?? explainErrors(answer, data) ?? fail('PING_LOST', 'unreachable', data)
}

function explainSource({ source }: PingAnswer, data: ReasonData): Judgement | undefined {
  if (source === null) return undefined
  if (source.addresses.length === 0) return fail('PING_NO_ADDRESS', 'absent', data)
  if (source.addresses.every(({ up }) => up === false)) {
    return fail('PING_INTERFACES_DOWN', 'forbidden-state', { ...data, addresses: source.addresses.map(asCidr) })
  }
  return undefined
}

function explainFault(answer: PingAnswer, data: ReasonData): Judgement | undefined {
  const { fault, source } = answer
  if (fault === null) return undefined
  const known = source?.addresses.map(asCidr) ?? []
  const addresses = known.length > 0 ? known : ['?']
  if (fault.kind === 'target-without-address') return fail('TARGET_WITHOUT_ADDRESS', 'absent', { target: answer.to })
  if (fault.kind === 'no-gateway') return fail('PING_NO_GATEWAY', 'absent', { ...data, addresses })
  if (fault.kind === 'no-route') return fail('PING_NO_ROUTE', 'absent', { ...data, addresses })
  if (fault.kind === 'discarded') return fail('PING_DISCARDED', 'unreachable', data)
  if (fault.address === answer.to) return fail('PING_NEIGHBOUR_SILENT', 'unreachable', { ...data, addresses })
  return explainGateway(fault.address, source, { ...data, addresses, gateway: fault.address })
}

function explainGateway(gateway: string, source: PingSource | null, data: ReasonData): Judgement {
  const networks =
    source?.addresses.flatMap(({ address, prefixLength }) => (prefixLength === null ? [] : [{ address, prefixLength }])) ?? []
  const outside = networks.length > 0 && !networks.some(({ address, prefixLength }) => isInNetwork(gateway, address, prefixLength))
  return outside ? fail('PING_GATEWAY_OUTSIDE', 'wrong-value', data) : fail('PING_GATEWAY_SILENT', 'unreachable', data)
}

const errorReasons: Record<IcmpError['kind'], string> = {
  'net-unreachable': 'PING_NET_UNREACHABLE',
  'host-unreachable': 'PING_HOST_UNREACHABLE',
  'port-unreachable': 'PING_PORT_UNREACHABLE',
  'fragmentation-needed': 'PING_TOO_BIG',
  filtered: 'PING_FILTERED',
  'ttl-exceeded': 'PING_TTL_EXCEEDED',
  unreachable: 'PING_UNREACHABLE',
}

function explainErrors({ errors }: PingAnswer, data: ReasonData): Judgement | undefined {
  const [commonest] = [...errors].sort((one, other) => other.count - one.count)
  if (commonest === undefined) return undefined
  if (commonest.from === null) return fail('PING_UNREACHABLE', 'unreachable', data)
  const code = errorReasons[commonest.kind]
  return fail(code, commonest.kind === 'filtered' ? 'forbidden-state' : 'unreachable', { ...data, from: commonest.from })
}

function judgeSuccess(answer: PingAnswer, params: PingParams): Judgement {
  const { to, sent, received } = answer
  if (answer.own) return fail('PING_OWN_ADDRESS', 'wrong-value', { to })
  if (received === 0 || sent - received > params.maxDrop) return explainLoss(answer)
  return judgeGateway(answer) ?? pass('PING_REPLIED', { to, sent, received })
}

/** Replies by a gateway whose address nobody has any more end when the device forgets it. */
function judgeGateway({ to, doubtfulGateway, source }: PingAnswer): Judgement | undefined {
  if (doubtfulGateway === undefined) return undefined
  const { address: gateway, met } = doubtfulGateway
  const data: ReasonData = { to, gateway, addresses: source?.addresses.map(asCidr) ?? [] }
  return met === 'silent' ? fail('PING_GATEWAY_GONE', 'unreachable', data) : inconclusive('PING_GATEWAY_OLD', 'lab', data)
}

/** Silence counts only when it held in every round, and when the control, where one is declared, answered in every round. */
function judgeSilence(rounds: readonly Round<PingFacts>[]): Judgement {
  const answers = rounds.map((round) => round.facts.target)
  const { to } = lastRound(rounds).target
  if (answers.some((answer) => answer.own)) return inconclusive('PING_OWN_ADDRESS', 'lab', { to })
  const reached = answers.find(hasReply)
  const isAddressless = answers.some(({ fault }) => fault?.kind === 'target-without-address')
  if (reached !== undefined) return fail('PING_REACHED', 'forbidden-state', { to, sent: reached.sent, received: reached.received })
  if (isAddressless) return inconclusive('TARGET_WITHOUT_ADDRESS', 'lab', { target: to })
  const lost = rounds.find(({ facts: { control } }) => control !== null && (control.own || !hasReply(control)))?.facts.control
  if (lost) return inconclusive('PING_CONTROL_SILENT', 'lab', { to, control: lost.to })
  return pass('PING_SILENT', { to, sent: answers.reduce((sum, answer) => sum + answer.sent, 0) })
}

/** Reachability by ICMP echo. Semantics and traps: one answered probe proves little, an error message is no reply, silence needs a working prober. */
export const ping = defineCommandModule<PingFacts>()({
  name: 'ping',
  layer: 'service',
  params: pingParams,
  defaultWithinSeconds: 20,
  isNegative: (params) => params.expect === 'failure',
  // two seconds for a probe that nobody answers, asked again when one was lost, and the control
  roundSeconds: ({ count, warmup, control }) => count * 2 * (1 + (count <= 2 ? warmup : 0) + (control === undefined ? 0 : 1)) + 5,
  devicesIn: (params) => devicesOfTargets(params.to, params.control),
  expected: ({ expect, to, count, maxDrop }) =>
    expect === 'failure' ? { code: 'PING_FAILURE', data: { to } } : { code: 'PING_SUCCESS', data: { to, count, least: count - maxDrop } },
  judge: (rounds, params) => (params.expect === 'failure' ? judgeSilence(rounds) : judgeSuccess(lastRound(rounds).target, params)),
})
