import { z } from 'zod'
import { sameAddress } from '../addresses.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { devicesOfTargets, targetSchema } from '../target.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

export interface Gateway {
  /** Null where the default route has only an interface. */
  readonly address: string | null
  readonly port: string | null
  /** What the address is resolved to, where it lies further away (a default route by BGP): either stands for the gateway. */
  readonly through?: readonly string[]
}

/** The addresses that a gateway is known by. */
export const addressesOfGateway = ({ address, through = [] }: Gateway): readonly string[] =>
  address === null ? through : [address, ...through]

export interface DefaultGatewayFacts {
  /** What the criterion's gateway stands for; none where the named device has no address. */
  readonly wanted: readonly string[]
  /** The default routes in use: of several only those with the best metric. */
  readonly gateways: readonly Gateway[]
  /** Whether the gateway answers ARP; null where that was not asked. `old` = known from before, but silent now. */
  readonly answers: 'yes' | 'no' | 'old' | null
}

const none = 'none'

export const defaultGatewayParams = z
  .strictObject({
    /** An address, a device, DEVICE:INTERFACE, or `none`. */
    gateway: z.union([z.literal(none), targetSchema]),
    /** The gateway is asked, and must answer. */
    answersArp: z.boolean().default(false),
  })
  .refine(({ gateway, answersArp }) => gateway !== none || !answersArp, {
    error: 'exerciseProblems.onlyForPresent',
    path: ['answersArp'],
  })
export type DefaultGatewayParams = z.infer<typeof defaultGatewayParams>

const nameOf = ({ address, port }: Gateway): string => address ?? port ?? '?'

const isRight = (gateway: Gateway, wanted: readonly string[]): boolean =>
  addressesOfGateway(gateway).some((address) => wanted.some((one) => sameAddress(one, address)))

function judgeGateway({ wanted, gateways, answers }: DefaultGatewayFacts, params: DefaultGatewayParams): Judgement {
  const data: ReasonData = { gateway: params.gateway, found: gateways.map(nameOf) }
  if (wanted.length === 0) return fail('TARGET_WITHOUT_ADDRESS', 'absent', { target: params.gateway })
  if (gateways.length === 0) return fail('GATEWAY_ABSENT', 'absent', { gateway: params.gateway })
  const right = gateways.filter((one) => isRight(one, wanted))
  if (right.length === 0) return fail('GATEWAY_WRONG', 'wrong-value', data)
  if (right.length < gateways.length) return fail('GATEWAY_SEVERAL', 'wrong-value', data)
  if (params.answersArp && answers === 'no') return fail('GATEWAY_SILENT', 'unreachable', data)
  if (params.answersArp && answers !== 'yes') return inconclusive('GATEWAY_ANSWER_OLD', 'lab', data)
  return pass(params.answersArp ? 'GATEWAY_ANSWERS' : 'GATEWAY_RIGHT', data)
}

/** No default route may show in any round. */
function judgeNone(rounds: readonly Round<DefaultGatewayFacts>[]): Judgement {
  const set = rounds.find(({ facts }) => facts.gateways.length > 0)?.facts
  if (set !== undefined) return fail('GATEWAY_SET', 'forbidden-state', { found: set.gateways.map(nameOf) })
  return pass('GATEWAY_NONE_AS_WANTED')
}

/** Where a device sends what is not in its own networks. */
export const defaultGateway = defineCommandModule<DefaultGatewayFacts>()({
  name: 'default_gateway',
  layer: 'address',
  params: defaultGatewayParams,
  defaultWithinSeconds: 5,
  isNegative: ({ gateway }) => gateway === none,
  devicesIn: ({ gateway }) => (gateway === none ? [] : devicesOfTargets(gateway)),
  expected: ({ gateway, answersArp }) => {
    if (gateway === none) return { code: 'GATEWAY_NONE', data: {} }
    return { code: answersArp ? 'GATEWAY_IS_AND_ANSWERS' : 'GATEWAY_IS', data: { gateway } }
  },
  judge: (rounds, params) => (params.gateway === none ? judgeNone(rounds) : judgeGateway(lastRound(rounds), params)),
})
