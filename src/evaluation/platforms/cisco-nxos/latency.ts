import { isIPv6 } from 'node:net'
import { latency, latencyPings } from '../../command-modules/latency.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { bsdReplyTime, readBsdPing } from '../readings/bsd-ping.ts'
import { latencyReader, replyTimes } from '../readings/latency.ts'
import { linesOf } from '../readings/reading.ts'
import { askNxos } from './answer.ts'

export const latencies: readonly BoundReader[] = [
  reads(
    latency,
    latencyReader(async (context, to) => {
      const answer = await askNxos(context, `${isIPv6(to) ? 'ping6' : 'ping'} ${to} count ${latencyPings} timeout 2`, {
        timeoutMs: latencyPings * 3_000 + 15_000,
      })
      if (isUnreadable(answer)) return answer
      const text = readBsdPing(answer, to, latencyPings)
      return isUnreadable(text) ? text : { sent: text.sent, times: replyTimes(linesOf(answer), bsdReplyTime, to) }
    }),
    'transcript',
  ),
]
