import { latency, latencyPings } from '../../command-modules/latency.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { latencyReader, replyTimes } from '../readings/latency.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askVpcs } from './answer.ts'

const replyLine = /^(?:\d+ bytes from )?(\d+\.\d+\.\d+\.\d+) icmp_seq=(\d+) ttl=\d+ time=([\d.]+) ms$/
/** What is no reply, but accounts for a probe, or for all of them. */
const otherLine = /icmp_seq=\d+ (?:timeout|ttl=)/
const noneLine = /^(?:host \(\S+\) not reachable|No gateway found)$/

export const latencies: readonly BoundReader[] = [
  reads(
    latency,
    latencyReader(async (context, to) => {
      const answer = await askVpcs(context, `ping ${to} -c ${latencyPings} -i 100 -w 1000`, { timeoutMs: latencyPings * 1_100 + 10_000 })
      if (isUnreadable(answer)) return answer
      const lines = linesOf(answer)
      if (lines.some((line) => noneLine.test(line))) return { sent: latencyPings, times: [] }
      const counted = lines.filter((line) => otherLine.test(line)).length
      return counted === latencyPings ? { sent: latencyPings, times: replyTimes(lines, replyLine, to) } : unknownAnswer(answer)
    }),
    'device',
  ),
]
