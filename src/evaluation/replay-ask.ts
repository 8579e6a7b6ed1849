import { type Ask, CannotAsk, type Observation } from './observation.ts'

export interface Replay {
  readonly ask: Ask
  /** Answers that were not asked for yet. */
  remaining(): number
}

/**
 * Answers from stored observations: each question gets the answers it got then, in their order.
 * @throws CannotAsk NOT_IN_EVIDENCE for what was not asked then, never a guess
 */
export function createReplay(observations: readonly Observation[]): Replay {
  const left = [...observations].sort((one, other) => one.seq - other.seq)
  const ask: Ask = async (device, command) => {
    const at = left.findIndex((observation) => observation.device === device && observation.command === command)
    const [found] = at === -1 ? [] : left.splice(at, 1)
    if (found === undefined) throw new CannotAsk('NOT_IN_EVIDENCE', 'exercise', { device, command })
    return found
  }
  return { ask, remaining: () => left.length }
}
