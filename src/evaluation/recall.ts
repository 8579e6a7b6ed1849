import type { Observation } from './observation.ts'
import type { ReadContext } from './platform.ts'

/** Answers that settle something for the rest of a run, by device and command; one per run. */
export type Settled = Map<string, Observation>

export interface RecallOptions extends Pick<ReadContext, 'device' | 'ask'> {
  readonly settled: Settled
  /** Told of a remembered answer, each time it is used: it is evidence of who relies on it. */
  readonly reuse: (observation: Observation) => void
}

/** Ten quick pings of one device need not show its address ten times. */
export function createRecall({ device, ask, settled, reuse }: RecallOptions): ReadContext['recall'] {
  return async (command, settles) => {
    const key = `${device}\n${command}`
    const known = settled.get(key)
    if (known !== undefined) {
      reuse(known)
      return known
    }
    const answer = await ask(command)
    if (settles(answer)) settled.set(key, answer)
    return answer
  }
}
