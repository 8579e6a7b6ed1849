let last: Promise<void> = Promise.resolve()

/**
 * Resolves in a round of the event loop of its own, first come, first served: for work of some milliseconds that dozens of consoles may
 * have to do at the same moment (64 answers of a megabyte that end together).
 */
export function ownTurn(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setImmediate(resolve)))
  return last
}

/** Answers of more bytes than this wait for a turn. */
export const heavyBytes = 64 * 1024
