import { untilAll } from './change.ts'
import { type Lab, startLab } from './lab.ts'
import { healthy } from './topology.ts'

/**
 * Labs side by side: asking one is mostly waiting, and two cores are enough for three. Whoever uses one has it for himself; who finds none
 * free waits in line.
 * @throws when one does not start; the others are ended then
 */
export async function startLabPool(size: number) {
  const free: Lab[] = []
  const waiting: ((lab: Lab) => void)[] = []
  const started = await Promise.allSettled(Array.from({ length: size }, () => startLab()))
  const labs = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const stop = async () => {
    await Promise.all(labs.map((lab) => lab.stop()))
  }
  try {
    for (const one of started) if (one.status === 'rejected') throw one.reason
    await Promise.all(labs.map((lab) => untilAll(lab, healthy)))
  } catch (error) {
    await stop()
    throw error
  }
  free.push(...labs)
  return {
    stop,
    use: async <Result>(work: (lab: Lab) => Promise<Result>): Promise<Result> => {
      const lab = free.shift() ?? (await new Promise<Lab>((resolve) => waiting.push(resolve)))
      try {
        return await work(lab)
      } finally {
        const next = waiting.shift()
        if (next === undefined) free.push(lab)
        else next(lab)
      }
    },
  }
}
