import { UsageError } from './command-io.ts'

export interface ProblemCollector {
  /** The result, or undefined when it was wrong use: what is wrong is kept, so that all of it can be told at once. */
  try<Result>(work: () => Result | Promise<Result>): Promise<Result | undefined>
  readonly found: readonly string[]
}

/** Gathers wrong use from several places. Other errors go through, unless wrong use was found before: that is to be mended first. */
export function collectProblems(): ProblemCollector {
  const found: string[] = []
  return {
    found,
    try: async (work) => {
      try {
        return await work()
      } catch (error) {
        if (error instanceof UsageError) found.push(...error.lines)
        else if (found.length === 0) throw error
        return undefined
      }
    },
  }
}
