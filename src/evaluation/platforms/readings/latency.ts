import { sameAddress } from '../../addresses.ts'
import type { LatencyFacts, LatencyParams } from '../../command-modules/latency.ts'
import { isUnreadable, type ReadContext, type Reader, type Unreadable } from '../../platform.ts'
import { holds, knownOwnAddresses, resolveTarget } from './reading.ts'

type Measured = Pick<LatencyFacts, 'sent' | 'times'>

/** A platform's reader of latency. */
export const latencyReader = (
  measure: (context: ReadContext, to: string) => Promise<Measured | Unreadable>,
): Reader<LatencyParams, LatencyFacts> => ({
  observe: async (context, params) => {
    const to = await resolveTarget(context, params.to)
    if (to === null) return { to: params.to, isAddressless: true, own: false, sent: 0, times: [] }
    if (typeof to !== 'string') return to
    const measured = await measure(context, to)
    if (isUnreadable(measured)) return measured
    const own = measured.times.length > 0 ? holds(await knownOwnAddresses(context, to), to) : false
    return { to, isAddressless: false, own, ...measured }
  },
})

/** Times of the replies of the target itself, each number of the sequence once. */
export function replyTimes(lines: readonly string[], pattern: RegExp, to: string): number[] {
  const times = new Map<number, number>()
  for (const line of lines) {
    const [, address = '', sequence, time] = pattern.exec(line) ?? []
    if (sameAddress(address, to) && !times.has(Number(sequence))) times.set(Number(sequence), Number(time))
  }
  return [...times.values()]
}
