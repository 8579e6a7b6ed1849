import type { SentenceValues } from '../../lib/sentence.ts'
import type { archive } from '../../strings/en/archive.ts'

export type ArchiveProblemCode = keyof typeof archive

/** Why an archive is refused; becomes PROJECT_ARCHIVE_INVALID where it leaves this folder. */
export class ArchiveProblem extends Error {
  readonly problem: ArchiveProblemCode
  readonly values: SentenceValues

  constructor(problem: ArchiveProblemCode, values: SentenceValues, cause?: unknown) {
    super(`${problem} ${JSON.stringify(values)}`, { cause })
    this.name = 'ArchiveProblem'
    this.problem = problem
    this.values = values
  }
}

export const refuse = (problem: ArchiveProblemCode, values: SentenceValues = {}, cause?: unknown): ArchiveProblem =>
  new ArchiveProblem(problem, values, cause)
