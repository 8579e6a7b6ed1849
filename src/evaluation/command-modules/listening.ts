import { z } from 'zod'
import { sameAddress } from '../addresses.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { addressSchema } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'
import { processNameSchema } from './process.ts'
import { portSchema } from './tcp-port.ts'

export interface ListeningSocket {
  readonly protocol: 'tcp' | 'udp'
  /** `0.0.0.0` or `::` = all of the family, `*` = all of both. */
  readonly address: string
  readonly port: number
  /** Empty where the device does not say whose it is. */
  readonly processes: readonly string[]
}

export interface ListeningFacts {
  /** Of the protocol that was asked for, whatever the port. */
  readonly sockets: readonly ListeningSocket[]
}

export const listeningParams = z.strictObject({
  port: portSchema,
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
  /** The service must be there for this address; for more than the device itself where absent. */
  address: addressSchema.optional(),
  /** Exact name of the process that listens. */
  process: processNameSchema.optional(),
  state: z.enum(['present', 'absent']).default('present'),
})
export type ListeningParams = z.infer<typeof listeningParams>

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

/** A socket on all addresses serves each of them. */
function serves({ address }: ListeningSocket, wanted: string | undefined): boolean {
  if (wanted === undefined) return !isLoopback(address)
  if (address === '*') return true
  if (address === '0.0.0.0') return !wanted.includes(':')
  // without the option IPV6_V6ONLY, and no system sets it by itself, such a socket serves IPv4 too
  return address === '::' || sameAddress(address, wanted)
}

const show = ({ address, processes }: ListeningSocket): string =>
  processes.length === 0 ? address : `${address} (${processes.join(', ')})`

function judgePresent({ sockets }: ListeningFacts, params: ListeningParams): Judgement {
  const { port, protocol, address, process } = params
  const data: ReasonData = { port, protocol }
  const own = sockets.filter((socket) => socket.port === port)
  const ports = [...new Set(sockets.map((socket) => socket.port))].sort((one, other) => one - other).slice(0, 20)
  if (own.length === 0) return fail('LISTENING_ABSENT', 'absent', { ...data, ports: ports.length === 0 ? ['–'] : ports })
  const serving = own.filter((socket) => serves(socket, address))
  const seen = { ...data, sockets: own.map(show) }
  if (serving.length === 0) {
    return address === undefined
      ? fail('LISTENING_LOOPBACK_ONLY', 'wrong-value', seen)
      : fail('LISTENING_OTHER_ADDRESS', 'wrong-value', { ...seen, address })
  }
  if (process === undefined || serving.some(({ processes }) => processes.includes(process))) return pass('LISTENING', seen)
  if (serving.some(({ processes }) => processes.length === 0))
    return inconclusive('LISTENING_PROCESS_HIDDEN', 'exercise', { ...seen, process })
  return fail('LISTENING_OTHER_PROCESS', 'wrong-value', { ...seen, process })
}

/** Any socket on the port is one too many, also on the loopback address: the service runs. */
function judgeAbsent(rounds: readonly Round<ListeningFacts>[], { port, protocol, address }: ListeningParams): Judgement {
  const isForbidden = (socket: ListeningSocket) => socket.port === port && (address === undefined || serves(socket, address))
  const found = rounds.flatMap(({ facts }) => facts.sockets.filter(isForbidden))
  if (found.length === 0) return pass('LISTENING_NOTHING', { port, protocol })
  return fail('LISTENING_FORBIDDEN', 'forbidden-state', { port, protocol, sockets: [...new Set(found.map(show))] })
}

/** A service that waits for connections: on which port, for which addresses, and which process it is. */
export const listening = defineCommandModule<ListeningFacts>()({
  name: 'listening',
  layer: 'service',
  params: listeningParams,
  defaultWithinSeconds: 10,
  isNegative: ({ state }) => state === 'absent',
  expected: ({ port, protocol, address, process, state }) => {
    if (state === 'absent') return { code: 'LISTENING_STATE_ABSENT', data: { port, protocol } }
    if (process !== undefined) return { code: 'LISTENING_BY_PROCESS', data: { port, protocol, process } }
    if (address !== undefined) return { code: 'LISTENING_ON_ADDRESS', data: { port, protocol, address } }
    return { code: 'LISTENING_STATE_PRESENT', data: { port, protocol } }
  },
  judge: (rounds, params) => (params.state === 'absent' ? judgeAbsent(rounds, params) : judgePresent(lastRound(rounds), params)),
})
