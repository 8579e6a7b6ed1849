import { z } from 'zod'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { devicesOfTargets, targetSchema } from '../target.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

/**
 * What came of one attempt to connect. `rejected` is an ICMP error from the network, which `by` tells apart where the platform shows it;
 * `unsent` = the device itself could not send (no route, no address, a neighbour without an answer to ARP).
 */
export const tcpResults = ['open', 'refused', 'silent', 'rejected', 'unsent'] as const

export interface TcpAnswer {
  /** The address, or the target's name when it has none. */
  readonly to: string
  readonly port: number
  readonly result: (typeof tcpResults)[number]
  /** Of `rejected`: a filter said so, the network could not deliver, or the device does not show which. */
  readonly by: 'filter' | 'network' | 'unknown' | null
  /** Who sent the error, where it is shown. */
  readonly from: string | null
  /** The asking device has the target's address itself. */
  readonly own: boolean
  readonly isAddressless: boolean
}

export interface TcpPortFacts {
  readonly target: TcpAnswer
  readonly control: TcpAnswer | null
}

/** A TCP or UDP port. */
export const portSchema = z.int().min(1).max(65_535)

export const tcpPortParams = z
  .strictObject({
    to: targetSchema,
    port: portSchema,
    /** blocked = refused or filtered. */
    expect: z.enum(['open', 'refused', 'filtered', 'blocked']).default('open'),
    /** Must be open in every round, or silence says nothing. */
    control: targetSchema.optional(),
    /** The same port where absent. */
    controlPort: portSchema.optional(),
  })
  .refine(({ expect, control }) => control !== undefined || expect === 'open' || expect === 'refused', {
    error: 'exerciseProblems.controlNeeded',
    path: ['control'],
  })
  .refine(({ expect, control }) => control === undefined || expect !== 'open', { error: 'exerciseProblems.notForOpen', path: ['control'] })
  .refine(({ control, controlPort }) => control !== undefined || controlPort === undefined, {
    error: 'exerciseProblems.onlyWithControl',
    path: ['controlPort'],
  })
  .refine(({ to, port, control, controlPort }) => control !== to || (controlPort ?? port) !== port, {
    error: 'exerciseProblems.controlIsTarget',
    path: ['control'],
  })
export type TcpPortParams = z.infer<typeof tcpPortParams>

const dataOf = ({ to, port, from }: TcpAnswer): ReasonData => ({ to, port, ...(from === null ? {} : { from }) })

/** Why the attempt told nothing about the target, or undefined when it did. */
function uselessness(answer: TcpAnswer): { readonly code: string; readonly data: ReasonData } | undefined {
  if (answer.isAddressless) return { code: 'TARGET_WITHOUT_ADDRESS', data: { target: answer.to } }
  if (answer.own) return { code: 'TCP_OWN_ADDRESS', data: dataOf(answer) }
  return answer.result === 'unsent' ? { code: 'TCP_UNSENT', data: dataOf(answer) } : undefined
}

function judgeOpen(answer: TcpAnswer): Judgement {
  const useless = uselessness(answer)
  if (useless !== undefined) return fail(useless.code, answer.own ? 'wrong-value' : 'unreachable', useless.data)
  const data = dataOf(answer)
  if (answer.result === 'open') return pass('TCP_OPEN', data)
  if (answer.result === 'refused') return fail('TCP_REFUSED', 'absent', data)
  if (answer.result === 'silent') return fail('TCP_SILENT', 'unreachable', data)
  return answer.by === 'filter' ? fail('TCP_FILTERED', 'forbidden-state', data) : fail('TCP_REJECTED', 'unreachable', data)
}

const sameHost = ({ target, control }: TcpPortFacts): boolean => control !== null && control.to === target.to

/** A round that shows what is asked for, one that shows something else, or one that proves nothing: undefined, or the judgement. */
function judgeClosedRound(facts: TcpPortFacts, expect: TcpPortParams['expect']): Judgement | undefined {
  const { target, control } = facts
  const data = dataOf(target)
  const useless = uselessness(target)
  if (useless !== undefined) return inconclusive(useless.code, 'lab', useless.data)
  if (target.result === 'open') return fail('TCP_OPEN_FORBIDDEN', 'forbidden-state', data)
  const lost = control !== null && (uselessness(control) !== undefined || control.result !== 'open')
  if (lost) return inconclusive('TCP_CONTROL_CLOSED', 'lab', { ...data, control: control.to, controlPort: control.port })
  if (target.result === 'refused') return expect === 'filtered' ? fail('TCP_REFUSED_NOT_FILTERED', 'wrong-value', data) : undefined
  // "host unreachable" comes from a filter, or from a target that is not there: an open port of the same host tells
  const isUnclear = target.result === 'rejected' && target.by !== 'filter' && !sameHost(facts)
  if (expect !== 'refused') return isUnclear ? inconclusive('TCP_REJECTED_UNCLEAR', 'lab', data) : undefined
  return target.result === 'silent'
    ? fail('TCP_SILENT_NOT_REFUSED', 'wrong-value', data)
    : fail('TCP_REJECTED_NOT_REFUSED', 'wrong-value', data)
}

/** Closed counts only when it held in every round; an open port in any of them decides. */
function judgeClosed(rounds: readonly Round<TcpPortFacts>[], { expect }: TcpPortParams): Judgement {
  const found = rounds.flatMap(({ facts }) => judgeClosedRound(facts, expect) ?? [])
  const decided = found.find(({ verdict }) => verdict === 'fail') ?? found[0]
  if (decided !== undefined) return decided
  const { target } = lastRound(rounds)
  const codes = {
    open: 'TCP_CLOSED',
    refused: 'TCP_CLOSED_REFUSED',
    silent: 'TCP_CLOSED_SILENT',
    rejected: 'TCP_CLOSED_REJECTED',
    unsent: 'TCP_CLOSED',
  }
  return pass(codes[target.result], dataOf(target))
}

/** Whether a TCP connection can be opened: what an access list lets through and what it does not. */
export const tcpPort = defineCommandModule<TcpPortFacts>()({
  name: 'tcp_port',
  layer: 'service',
  params: tcpPortParams,
  defaultWithinSeconds: 10,
  isNegative: ({ expect }) => expect !== 'open',
  devicesIn: ({ to, control }) => devicesOfTargets(to, control),
  expected: ({ to, port, expect }) => ({ code: `TCP_PORT_${expect.toUpperCase()}`, data: { to, port } }),
  judge: (rounds, params) => (params.expect === 'open' ? judgeOpen(lastRound(rounds).target) : judgeClosed(rounds, params)),
})
