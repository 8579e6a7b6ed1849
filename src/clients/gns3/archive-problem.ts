import type { archive } from '../../strings/en/archive.ts'
import type { MessageValues } from '../../strings/index.ts'

export type ArchiveProblemCode = keyof typeof archive

/** Why an archive is refused; becomes PROJECT_ARCHIVE_INVALID where it leaves this folder. */
export class ArchiveProblem extends Error {
  readonly problem: ArchiveProblemCode
  readonly values: MessageValues

  constructor(problem: ArchiveProblemCode, values: MessageValues, cause?: unknown) {
    super(`${problem} ${JSON.stringify(values)}`, { cause })
    this.name = 'ArchiveProblem'
    this.problem = problem
    this.values = values
  }
}

export const refuse = (problem: ArchiveProblemCode, values: MessageValues = {}, cause?: unknown): ArchiveProblem =>
  new ArchiveProblem(problem, values, cause)
