let last: Promise<void> = Promise.resolve()

/**
 * Resolves in a round of the event loop of its own, first come, first served: for work of some milliseconds that dozens of consoles may
 * have to do at the same moment (64 answers of a megabyte that end together).
 */
export function ownTurn(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setImmediate(resolve)))
  return last
}

/** What one round of the event loop takes of all consoles together: some two milliseconds. */
const slicesInARound = 8
const queue: (() => void)[] = []

function nextRound(): void {
  for (const begin of queue.splice(0, slicesInARound)) begin()
  if (queue.length > 0) setImmediate(nextRound)
}

/** Resolves when a slice of a flood may be taken, first come, first served: dozens of consoles may pour at once, and none may keep the others waiting. */
export function sliceTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (queue.push(resolve) === 1) setImmediate(nextRound)
  })
}

/** Answers of more bytes than this wait for a turn. */
export const heavyBytes = 64 * 1024
