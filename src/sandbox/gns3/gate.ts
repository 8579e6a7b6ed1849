/** Where everything waits while the VM is suspended. */
export interface Gate {
  close(): void
  open(): void
  /** Resolves at once while the gate is open, else when it opens. */
  passed(): Promise<void>
}

export function createGate(): Gate {
  let waiting: (() => void)[] = []
  let closed = false
  return {
    close: () => {
      closed = true
    },
    open: () => {
      closed = false
      const released = waiting
      waiting = []
      for (const release of released) release()
    },
    passed: () => (closed ? new Promise<void>((resolve) => waiting.push(resolve)) : Promise.resolve()),
  }
}
