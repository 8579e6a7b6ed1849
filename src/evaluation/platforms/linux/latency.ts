import { latency, latencyPings } from '../../command-modules/latency.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { latencyReader, replyTimes } from '../readings/latency.ts'
import { linesOf } from '../readings/reading.ts'
import { linuxReplyTime, notPermitted, readPing } from './ping-text.ts'
import { askFirst, type Way } from './programs.ts'

type Measured = { readonly sent: number; readonly times: readonly number[] }

/** Short pauses where the program takes them; the summary must agree with the lines, as for every ping. */
const way = (command: string, to: string): Way<Measured> => ({
  command,
  options: { timeoutMs: latencyPings * 1_000 + 15_000 },
  read: (answer) => {
    const denied = notPermitted(answer)
    if (denied !== null) return denied
    const text = readPing(answer, to, latencyPings)
    return isUnreadable(text) ? text : { sent: text.sent, times: replyTimes(linesOf(answer), linuxReplyTime, to) }
  },
})

export const latencies: readonly BoundReader[] = [
  reads(
    latency,
    latencyReader((context, to) =>
      askFirst<Measured>(context, [way(`ping -n -c ${latencyPings} -i 0.2 -W 1 ${to}`, to), way(`ping -c ${latencyPings} -W 1 ${to}`, to)]),
    ),
    'device',
  ),
]
