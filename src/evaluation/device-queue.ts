/**
 * One device is asked for one criterion at a time; among those that wait, the one that comes first in the order of criteria goes
 * first. Polls of several criteria interleave: while one waits for its next round, the next one asks.
 */
export interface DeviceQueue {
  run<T>(device: string, order: number, work: () => Promise<T>): Promise<T>
}

interface Waiter {
  readonly order: number
  readonly start: () => void
}

export function createDeviceQueue(): DeviceQueue {
  const busy = new Set<string>()
  const waiting = new Map<string, Waiter[]>()

  const take = async (device: string, order: number): Promise<void> => {
    // everything that is ready in this turn lines up before the first one is chosen
    await Promise.resolve()
    if (!busy.has(device)) {
      busy.add(device)
      return
    }
    await new Promise<void>((resolve) => {
      const waiters = waiting.get(device) ?? []
      waiters.push({ order, start: resolve })
      waiters.sort((one, other) => one.order - other.order)
      waiting.set(device, waiters)
    })
  }

  const release = (device: string): void => {
    const next = waiting.get(device)?.shift()
    if (next === undefined) busy.delete(device)
    else next.start()
  }

  return {
    run: async (device, order, work) => {
      await take(device, order)
      try {
        return await work()
      } finally {
        release(device)
      }
    },
  }
}
