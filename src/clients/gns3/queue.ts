/**
 * One mutating call at a time per server, in the order asked. GNS3 has no lock of its own: close and open at once leave a closed
 * project, stop-all and start-all at once leave whatever the timing gives.
 */
export interface Queue {
  /** Waits for its turn, then runs. An aborted wait is left without running. */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** The client no longer needs it. */
  release(): void
}

interface Lane {
  users: number
  tail: Promise<void>
}

/** Two clients of one server (two jobs of one lab) must share the lane, so it is kept by the server's address. */
const lanes = new Map<string, Lane>()

export function acquireQueue(server: string): Queue {
  const lane = lanes.get(server) ?? { users: 0, tail: Promise.resolve() }
  lane.users += 1
  lanes.set(server, lane)
  let isReleased = false

  return {
    run: async (task, signal) => {
      const before = lane.tail
      let leave = (): void => undefined
      lane.tail = new Promise((resolve) => {
        leave = resolve
      })
      // Whoever gives up still holds its place until its turn comes, so the order of the others stays.
      const turn = before.then(() => undefined)
      try {
        await abortable(turn, signal)
      } catch (error) {
        void turn.then(leave)
        throw error
      }
      try {
        return await task()
      } finally {
        leave()
      }
    },
    release: () => {
      if (isReleased) return
      isReleased = true
      lane.users -= 1
      if (lane.users === 0 && lanes.get(server) === lane) lanes.delete(server)
    },
  }
}

async function abortable(promise: Promise<void>, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  if (!signal) return promise
  let abort = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
