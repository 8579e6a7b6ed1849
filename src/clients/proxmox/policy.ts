import type { FaultClass } from './classify.ts'

/**
 * What is done about each class of error, in one place.
 * - repeat: look at the object, wait, ask again
 * - await-lock: wait until the configuration lock is gone, then as `repeat`
 * - look: it is so already; done when a read confirms it
 * - settle: find the task that may have been started, or its effect; only then as `repeat`
 * - fail: the caller gets the error
 */
export interface Policy {
  readonly reaction: 'repeat' | 'await-lock' | 'look' | 'settle' | 'fail'
  /** How often a write is asked again because of this class. */
  readonly repeats: number
}

export const policies: Readonly<Record<FaultClass, Policy>> = {
  transient: { reaction: 'repeat', repeats: 8 },
  repeat: { reaction: 'repeat', repeats: 8 },
  busy: { reaction: 'await-lock', repeats: 8 },
  unknown: { reaction: 'settle', repeats: 3 },
  'already-done': { reaction: 'look', repeats: 2 },
  // what had it may be gone again: a clone of ours that failed while its second request was answered
  'id-taken': { reaction: 'look', repeats: 2 },
  missing: { reaction: 'look', repeats: 0 },
  zombie: { reaction: 'fail', repeats: 0 },
  'agent-down': { reaction: 'fail', repeats: 0 },
  'agent-missing': { reaction: 'fail', repeats: 0 },
  permanent: { reaction: 'fail', repeats: 0 },
  auth: { reaction: 'fail', repeats: 0 },
}

/** Reads change nothing, so they are asked again (and elsewhere) after everything that may pass. */
export const readRepeats: Readonly<Partial<Record<FaultClass, number>>> = { transient: 3, repeat: 2, unknown: 2 }

/** Waiting times in milliseconds. */
export const waits = {
  /** First back-off; doubled each time up to `backOffMax`, with jitter of half. */
  backOff: 1_000,
  backOffMax: 8_000,
  /** How often a configuration lock is looked at, and how long it may last before somebody has to be told. */
  lockPoll: 1_000,
  lockPatience: 10 * 60_000,
  /** A `clone` or `create` lock on which no task works is stale after this. */
  staleLock: 30_000,
  /** Looks for a task that may have been started, with these pauses between them. */
  settle: [500, 1_000, 2_000, 4_000, 8_000],
  /** The first look at a task, then longer and longer. */
  taskPoll: 200,
  taskPollGrowth: 1.4,
  taskPollMax: 2_000,
  /** How often the log of a running task is read for its progress. */
  taskLog: 2_000,
  /** `/cluster/resources` is fed every ten seconds. */
  resourcesLag: 12_000,
} as const

/** Deadlines of tasks in milliseconds; past them the outcome is unknown, not failed. */
export const deadlines = {
  linkedClone: 15 * 60_000,
  fullClone: 3 * 3_600_000,
  template: 15 * 60_000,
  start: 6 * 60_000,
  stop: 3 * 60_000,
  /** Added to the guest's own limit. */
  shutdownSlack: 2 * 60_000,
  suspend: 15 * 60_000,
  destroy: 15 * 60_000,
  resize: 10 * 60_000,
  migrate: 60 * 60_000,
  free: 10 * 60_000,
} as const

/** Milliseconds before try number `attempt` (1 = the first repeat). `random` is 0..1. */
export function backOffMs(attempt: number, random: () => number): number {
  const full = Math.min(waits.backOffMax, waits.backOff * 2 ** (attempt - 1))
  return full / 2 + (full / 2) * random()
}
