import type { AskOptions, Observation } from './observation.ts'

/** A point in the order of what happens in one run. Counted, not timed: two things in one millisecond still have an order. */
export type Tick = number

export interface SharedAnswer {
  readonly observation: Observation
  /** When it had ended: what a reader asks next must begin after it. */
  readonly endedAt: Tick
}

/**
 * Answers that may serve several criteria: ten that need `show ip route` of one router, lined up together, need it once. An answer
 * serves only who was ready to ask before the question was put, so it is never older than the criterion's turn (ADR 0013).
 */
export interface SharedAnswers {
  now(): Tick
  /** The last whole answer to this very question, if the question was put after `since`. */
  find(question: Question, since: Tick): SharedAnswer | undefined
  /** Keeps the answer to a question that was put at `askedAt`. @returns when it ended */
  keep(question: Question, observation: Observation, askedAt: Tick): Tick
}

export interface Question {
  readonly device: string
  readonly command: string
  readonly options: AskOptions | undefined
}

interface Kept extends SharedAnswer {
  readonly askedAt: Tick
}

/** What is interrupted while it runs is a measurement of its own; another time limit alone makes no other answer of a whole one. */
const keyOf = ({ device, command, options }: Question): string => JSON.stringify([device, options?.mode ?? null, command])
const isRepeatable = ({ options }: Question): boolean => options?.interruptAfterMs === undefined

export function createSharedAnswers(): SharedAnswers {
  const last = new Map<string, Kept>()
  let tick = 0
  const now = (): Tick => {
    tick += 1
    return tick
  }
  return {
    now,
    find: (question, since) => {
      const kept = isRepeatable(question) ? last.get(keyOf(question)) : undefined
      return kept !== undefined && kept.askedAt > since ? kept : undefined
    },
    keep: (question, observation, askedAt) => {
      const endedAt = now()
      // what broke off serves nobody else: it may be the doing of that one moment
      if (isRepeatable(question) && observation.ended === 'prompt') last.set(keyOf(question), { observation, askedAt, endedAt })
      return endedAt
    },
  }
}
