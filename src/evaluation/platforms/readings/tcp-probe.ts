import { isIPv6 } from 'node:net'
import type { TcpAnswer, TcpPortFacts, TcpPortParams } from '../../command-modules/tcp-port.ts'
import { isUnreadable, type ReadContext, type Reader, type Unreadable } from '../../platform.ts'
import { holds, knownOwnAddresses, resolveTarget } from './reading.ts'

/** How a platform tries one address and port. */
export type ProbeOne = (context: ReadContext, to: string, port: number) => Promise<Pick<TcpAnswer, 'result' | 'by' | 'from'> | Unreadable>

/** Names and own addresses. */
const aroundSeconds = 5

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

async function probeTarget(probe: ProbeOne, context: ReadContext, target: string, port: number): Promise<TcpAnswer | Unreadable> {
  const to = await resolveTarget(context, target)
  const none = { port, result: 'unsent' as const, by: null, from: null, own: false }
  if (to === null) return { to: target, ...none, isAddressless: true }
  if (typeof to !== 'string') return to
  const seen = await probe(context, to, port)
  if (isUnreadable(seen)) return seen
  const mayBeOwn = !isLoopback(to) && (seen.result === 'open' || seen.result === 'refused')
  const own = mayBeOwn ? await knownOwnAddresses(context, to) : null
  return { to, port, ...seen, own: own !== null && holds(own, to), isAddressless: false }
}

/**
 * A platform's reader of tcp_port: resolves names, and tries the declared control unless the target is open.
 * @param seconds what one address takes that never answers
 */
export const tcpReader = (
  probe: ProbeOne,
  seconds: number,
  unsupported: (params: TcpPortParams) => string | null = () => null,
): Reader<TcpPortParams, TcpPortFacts> => ({
  unsupported,
  roundSeconds: ({ control }) => seconds * (control === undefined ? 1 : 2) + aroundSeconds,
  observe: async (context, params) => {
    const target = await probeTarget(probe, context, params.to, params.port)
    if (isUnreadable(target)) return target
    if (params.control === undefined || target.result === 'open') return { target, control: null }
    const control = await probeTarget(probe, context, params.control, params.controlPort ?? params.port)
    return isUnreadable(control) ? control : { target, control }
  },
})

export const withoutIpv6 = ({ to, control }: TcpPortParams): string | null => (isIPv6(to) || isIPv6(control ?? '') ? 'IPv6' : null)
