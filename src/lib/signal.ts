/** A bare "look again", without data: whoever hears it reads the truth where it is kept. */
export interface Signal {
  emit(): void
  /** @returns what takes the listener away again */
  subscribe(listener: () => void): () => void
}

/** Tells its listeners at once, in the order they came; one that fails does not keep the others from hearing. */
export function createSignal(onFault: (error: unknown) => void): Signal {
  const listeners = new Set<() => void>()
  return {
    emit: () => {
      for (const listener of [...listeners]) {
        try {
          listener()
        } catch (error) {
          onFault(error)
        }
      }
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
