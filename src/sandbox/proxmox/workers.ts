import { proxyError } from './api-error.ts'
import { type Timing, withDeadline } from './timing.ts'

/**
 * The pvedaemon workers of each node: they serve one protected call at a time. A call that is not answered within 30 s, its time in
 * the queue included, is given up by the proxy with 596 while its handler runs on.
 */
export function createWorkers(timing: Timing, perNode: number) {
  const busy = new Map<string, number>()
  const queues = new Map<string, (() => void)[]>()

  async function enter(node: string): Promise<void> {
    const count = busy.get(node) ?? 0
    if (count >= perNode) {
      const queue = queues.get(node) ?? []
      queues.set(node, queue)
      await new Promise<void>((resolve) => queue.push(resolve))
      return
    }
    busy.set(node, count + 1)
  }

  function leave(node: string): void {
    const next = queues.get(node)?.shift()
    if (next) next()
    else busy.set(node, (busy.get(node) ?? 1) - 1)
  }

  async function occupy<T>(node: string, handler: () => Promise<T>): Promise<T> {
    await enter(node)
    try {
      return await handler()
    } finally {
      leave(node)
    }
  }

  return {
    /** Runs a protected call on a worker of the node. @throws ApiError 596 when it takes 30 s or more; the handler completes all the same */
    async run<T>(node: string, handler: () => Promise<T>): Promise<T> {
      const work = occupy(node, handler)
      const answered = await withDeadline(timing, timing.durations.proxyTimeout, work)
      if (answered) return answered.value
      // nobody listens to its end any more
      work.catch(() => undefined)
      throw proxyError(596, 'Connection timed out')
    },
  }
}
export type Workers = ReturnType<typeof createWorkers>
