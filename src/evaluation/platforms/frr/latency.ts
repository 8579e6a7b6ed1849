import { latency, latencyPings } from '../../command-modules/latency.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { linuxReplyTime, readPing } from '../linux/ping-text.ts'
import { latencyReader, replyTimes } from '../readings/latency.ts'
import { linesOf } from '../readings/reading.ts'
import { askFrr } from './answer.ts'

/** vtysh hands ping to the system without a count: one probe a second until it is interrupted. */
export const latencies: readonly BoundReader[] = [
  reads(
    latency,
    latencyReader(async (context, to) => {
      const runMs = latencyPings * 1_000 - 500
      const answer = await askFrr(context, `ping ${to}`, { interruptAfterMs: runMs, timeoutMs: runMs + 10_000 })
      if (isUnreadable(answer)) return answer
      const text = readPing(answer, to, null)
      return isUnreadable(text) ? text : { sent: text.sent, times: replyTimes(linesOf(answer), linuxReplyTime, to) }
    }),
    'device',
  ),
]
