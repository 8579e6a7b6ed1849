import { isIPv6 } from 'node:net'
import { latency, latencyPings } from '../../command-modules/latency.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { linuxReplyTime, readPing } from '../linux/ping-text.ts'
import { latencyReader, replyTimes } from '../readings/latency.ts'
import { linesOf } from '../readings/reading.ts'
import { askEos } from './answer.ts'

/** EOS hands ping to the Linux program. */
export const latencies: readonly BoundReader[] = [
  reads(
    latency,
    latencyReader(async (context, to) => {
      const command = `ping ${isIPv6(to) ? 'ipv6 ' : ''}${to} repeat ${latencyPings} timeout 1`
      const answer = await askEos(context, command, { timeoutMs: latencyPings * 2_000 + 15_000 })
      if (isUnreadable(answer)) return answer
      const text = readPing(answer, to, latencyPings)
      return isUnreadable(text) ? text : { sent: text.sent, times: replyTimes(linesOf(answer), linuxReplyTime, to) }
    }),
    'transcript',
  ),
]
