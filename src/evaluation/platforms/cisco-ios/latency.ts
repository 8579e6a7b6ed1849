import { latency, latencyPings } from '../../command-modules/latency.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { latencyReader } from '../readings/latency.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askIos } from './answer.ts'

const summaryLine = /^Success rate is \d+ percent \(([01])\/1\)(?:, round-trip min\/avg\/max = (\d+)\/\d+\/\d+ ms)?$/m
/** Of twenty, so many may be lost before there are too few. */
const mostLost = 6

/** IOS shows least, mean and most of a series; of one probe all three are its time. Fixtures: cisco_ios/latency. */
async function measure(context: ReadContext, to: string): Promise<{ sent: number; times: number[] } | Unreadable> {
  const times: number[] = []
  let sent = 0
  while (sent < latencyPings && sent - times.length < mostLost) {
    const answer = await askIos(context, `ping ${to} repeat 1 timeout 2`, { timeoutMs: 20_000 })
    if (isUnreadable(answer)) return answer
    const [, received, time] = summaryLine.exec(answer.text) ?? []
    if (received === undefined || (received === '1' && time === undefined)) return unknownAnswer(answer)
    sent += 1
    if (received === '1') times.push(Number(time))
  }
  return { sent, times }
}

export const latencies: readonly BoundReader[] = [reads(latency, latencyReader(measure), 'transcript')]
