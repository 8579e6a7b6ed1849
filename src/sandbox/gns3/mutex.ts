/** One holder at a time per key, in order of arrival. */
export interface KeyedMutex {
  run<T>(key: string, work: () => Promise<T>): Promise<T>
}

export function createKeyedMutex(): KeyedMutex {
  const tails = new Map<string, Promise<unknown>>()
  return {
    run: (key, work) => {
      const before = tails.get(key) ?? Promise.resolve()
      const mine = before.then(work, work)
      tails.set(key, mine)
      const forget = () => {
        if (tails.get(key) === mine) tails.delete(key)
      }
      mine.then(forget, forget)
      return mine
    },
  }
}

/** Runs the tasks `width` at a time; all of them run, then one of the errors is thrown (GNS3's utils/asyncio/pool.py). */
export async function runPool(tasks: readonly (() => Promise<void>)[], width = 3): Promise<void> {
  const errors: unknown[] = []
  const queue = [...tasks]
  const worker = async () => {
    for (let task = queue.shift(); task; task = queue.shift()) {
      await task().catch((error: unknown) => {
        errors.push(error)
      })
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  if (errors.length > 0) throw errors[0]
}
