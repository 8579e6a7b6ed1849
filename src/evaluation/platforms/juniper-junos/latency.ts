import { latency, latencyPings } from '../../command-modules/latency.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { bsdReplyTime, readBsdPing } from '../readings/bsd-ping.ts'
import { latencyReader, replyTimes } from '../readings/latency.ts'
import { linesOf } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

export const latencies: readonly BoundReader[] = [
  reads(
    latency,
    latencyReader(async (context, to) => {
      const answer = await askJunos(context, `ping ${to} no-resolve count ${latencyPings} wait 1`, {
        timeoutMs: latencyPings * 3_000 + 15_000,
      })
      if (isUnreadable(answer)) return answer
      const text = readBsdPing(answer, to, latencyPings)
      return isUnreadable(text) ? text : { sent: text.sent, times: replyTimes(linesOf(answer), bsdReplyTime, to) }
    }),
    'transcript',
  ),
]
