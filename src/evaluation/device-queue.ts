/** When and in which place a criterion lines up for a device. */
export interface Place {
  /** Milliseconds of the run's clock. */
  readonly atMs: number
  /** In the order of criteria: decides between those that line up in the same instant. */
  readonly order: number
}

/**
 * One device is asked for one criterion at a time. First come, first served, so that every criterion has its turn after at most one
 * round of each other one, however long those poll; of those that come in the same instant, as at the start, the one that comes first
 * in the order of criteria. Polls of several criteria interleave: while one waits for its next round, the next one asks.
 */
export interface DeviceQueue {
  run<T>(device: string, place: Place, work: () => Promise<T>): Promise<T>
}

interface Waiter extends Place {
  readonly start: () => void
}

const isBefore = (one: Place, other: Place): number => one.atMs - other.atMs || one.order - other.order

export function createDeviceQueue(): DeviceQueue {
  const busy = new Set<string>()
  const waiting = new Map<string, Waiter[]>()

  const take = async (device: string, place: Place): Promise<void> => {
    // everything that is ready in this turn lines up before the first one is chosen
    await Promise.resolve()
    if (!busy.has(device)) {
      busy.add(device)
      return
    }
    await new Promise<void>((resolve) => {
      const waiters = waiting.get(device) ?? []
      waiters.push({ ...place, start: resolve })
      waiters.sort(isBefore)
      waiting.set(device, waiters)
    })
  }

  const release = (device: string): void => {
    const next = waiting.get(device)?.shift()
    if (next === undefined) busy.delete(device)
    else next.start()
  }

  return {
    run: async (device, place, work) => {
      await take(device, place)
      try {
        return await work()
      } finally {
        release(device)
      }
    },
  }
}
