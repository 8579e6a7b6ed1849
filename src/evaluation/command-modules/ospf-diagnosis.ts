import { isOnLink, type OspfInterface, type OspfRouter } from '../ospf.ts'
import { samePort } from '../target.ts'
import { isInPrefix } from '../values.ts'
import { fail, type Judgement, type ReasonData } from '../verdict.ts'

/** What both ends show, as far as they could be asked. */
export interface BothEnds {
  /** The asked device. */
  readonly own: OspfRouter
  /** The neighbour; null where the criterion does not name its device, or it could not be read. */
  readonly far: OspfRouter | null
  readonly farAddresses: readonly string[]
}

interface Place {
  /** The neighbour as the criterion names it. */
  readonly neighbour: string
  /** The interface that the criterion names, if it does. */
  readonly port: string | undefined
}

interface Comparison {
  readonly code: string
  /** Null where the platform does not show it. */
  readonly pick: (end: OspfInterface) => string | number | null
}

const inSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)

/** What must be the same on both ends, in the order in which routers look at it. */
const comparisons: readonly Comparison[] = [
  { code: 'OSPF_AREA_DIFFERS', pick: ({ area }) => area },
  { code: 'OSPF_MASK_DIFFERS', pick: ({ prefixLength }) => prefixLength },
  { code: 'OSPF_HELLO_DIFFERS', pick: ({ helloMs }) => inSeconds(helloMs) },
  { code: 'OSPF_DEAD_DIFFERS', pick: ({ deadMs }) => inSeconds(deadMs) },
  { code: 'OSPF_AUTHENTICATION_DIFFERS', pick: ({ authentication }) => authentication },
  { code: 'OSPF_NETWORK_TYPE_DIFFERS', pick: ({ networkType }) => networkType },
  { code: 'OSPF_MTU_DIFFERS', pick: ({ mtu, ignoresMtu }) => (ignoresMtu ? null : mtu) },
]

/** Masks count on shared links alone; a point-to-point link takes any. */
const isShared = ({ networkType }: OspfInterface): boolean => networkType !== 'point-to-point'

function compareEnds(own: OspfInterface, far: OspfInterface, data: ReasonData): Judgement | null {
  for (const { code, pick } of comparisons) {
    const [one, other] = [pick(own), pick(far)]
    const isSame = one === null || other === null || one === other
    if (isSame || (code === 'OSPF_MASK_DIFFERS' && !(isShared(own) && isShared(far)))) continue
    return fail(code, 'wrong-value', { ...data, own: one, other })
  }
  return null
}

function judgePair(own: OspfInterface, far: OspfInterface, data: ReasonData): Judgement | null {
  const pair = { ...data, port: own.port, otherPort: far.port }
  if (own.up === false) return fail('OSPF_INTERFACE_DOWN', 'forbidden-state', pair)
  if (far.up === false) return fail('OSPF_OTHER_INTERFACE_DOWN', 'forbidden-state', pair)
  if (own.passive === true) return fail('OSPF_PASSIVE', 'forbidden-state', pair)
  if (far.passive === true) return fail('OSPF_OTHER_PASSIVE', 'forbidden-state', pair)
  return compareEnds(own, far, pair)
}

/** One end runs OSPF on the link and the other does not. */
function judgeOneSided(own: OspfRouter, far: OspfRouter, farAddresses: readonly string[], data: ReasonData): Judgement | null {
  const facing = own.interfaces.find(
    ({ address, prefixLength }) =>
      address !== null &&
      prefixLength !== null &&
      farAddresses.some((one) => one !== address && isInPrefix(one, { address, length: prefixLength })),
  )
  if (facing !== undefined) return fail('OSPF_OTHER_NOT_ON_LINK', 'absent', { ...data, port: facing.port })
  return far.interfaces.length > 0 ? fail('OSPF_NOT_ON_LINK', 'absent', data) : null
}

/**
 * Why two routers are no neighbours, as far as what they show of themselves tells: compared in the order in which a router drops a
 * hello (RFC 2328, 10.5), the database exchange last.
 * @returns null where both ends look right
 */
export function diagnose({ own, far, farAddresses }: BothEnds, { neighbour, port }: Place): Judgement | null {
  const data: ReasonData = { neighbour }
  if (own.interfaces.length === 0) return fail('OSPF_OFF', 'absent', data)
  const ends = own.interfaces.filter((one) => port === undefined || samePort(one.port, port))
  const [only] = ends
  if (port !== undefined && only === undefined) {
    const isDown = own.downPorts.some((one) => samePort(one, port))
    return isDown
      ? fail('OSPF_INTERFACE_DOWN', 'forbidden-state', { ...data, port })
      : fail('OSPF_NOT_ON_INTERFACE', 'absent', { ...data, port })
  }
  if (far === null) return only !== undefined && port !== undefined ? judgeAlone(only, data) : null
  if (far.interfaces.length === 0) return fail('OSPF_OTHER_OFF', 'absent', data)
  if (own.routerId !== null && own.routerId === far.routerId) {
    return fail('OSPF_SAME_ROUTER_ID', 'wrong-value', { ...data, routerId: own.routerId })
  }
  const pairs = ends.flatMap((end) => far.interfaces.filter((one) => isOnLink(end, one)).map((one) => [end, one] as const))
  for (const [end, one] of pairs) {
    const judged = judgePair(end, one, data)
    if (judged !== null) return judged
  }
  return pairs.length > 0 ? null : judgeOneSided({ ...own, interfaces: ends }, far, farAddresses, data)
}

function judgeAlone(own: OspfInterface, data: ReasonData): Judgement | null {
  if (own.up === false) return fail('OSPF_INTERFACE_DOWN', 'forbidden-state', { ...data, port: own.port })
  return own.passive === true ? fail('OSPF_PASSIVE', 'forbidden-state', { ...data, port: own.port }) : null
}
