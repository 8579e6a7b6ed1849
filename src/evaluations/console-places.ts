export interface ConsolePlacesOptions {
  /** How many consoles may be open at the same time. */
  readonly limit: number
  /** Closes the console of a device that gives its place away; never rejects. */
  readonly vacate: (device: string) => Promise<void>
}

/** The places that the consoles of one run share. */
export interface ConsolePlaces {
  /** Waits until the device has a place; one that has one keeps it for as long as it is in use. */
  enter(device: string): Promise<void>
  /** One use of the device's console is over. */
  leave(device: string): void
}

interface Waiter {
  readonly granted: Promise<void>
  readonly grant: () => void
  uses: number
}

function createWaiter(): Waiter {
  let grant = (): void => undefined
  const granted = new Promise<void>((resolve) => {
    grant = resolve
  })
  return { granted, grant, uses: 0 }
}

/**
 * At most so many consoles at once: where all places are taken, the console that nobody has used for longest makes room, and where all
 * are in use, the next one that is free does. First come, first served.
 */
export function createConsolePlaces({ limit, vacate }: ConsolePlacesOptions): ConsolePlaces {
  /** Uses under way, by device that has a place. */
  const uses = new Map<string, number>()
  /** Devices with a place that is not in use, the one idle for longest first. */
  const idle = new Set<string>()
  const waiting = new Map<string, Waiter>()

  const take = (device: string, count: number): void => {
    idle.delete(device)
    uses.set(device, (uses.get(device) ?? 0) + count)
  }

  const enter = async (device: string): Promise<void> => {
    if (uses.has(device) || uses.size < limit) return take(device, 1)
    const [longest] = idle
    if (longest !== undefined) return move(longest, device, 1)
    const waiter = waiting.get(device) ?? createWaiter()
    waiting.set(device, waiter)
    waiter.uses += 1
    await waiter.granted
  }

  /** The place is the next one's before it is empty: nobody else may take it meanwhile. */
  const move = async (from: string, to: string, count: number): Promise<void> => {
    idle.delete(from)
    uses.delete(from)
    take(to, count)
    await vacate(from)
  }

  const leave = (device: string): void => {
    const left = (uses.get(device) ?? 0) - 1
    uses.set(device, left)
    if (left > 0) return
    const [next] = waiting
    if (next === undefined) {
      idle.add(device)
      return
    }
    const [waitingDevice, waiter] = next
    waiting.delete(waitingDevice)
    void move(device, waitingDevice, waiter.uses).then(waiter.grant)
  }

  return { enter, leave }
}
