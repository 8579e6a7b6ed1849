import { type CommandFacts, command, outputCap } from '../../command-modules/command.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, type Proof, reads, type Unreadable } from '../../platform.ts'
import { unfinished } from './reading.ts'

/**
 * The reader of the teacher's own command.
 * @param refused why the platform did not take the command, or null when it did
 */
export const customCommand = (refused: (answer: Observation) => Unreadable | null, proof: Proof): readonly BoundReader[] => [
  reads(
    command,
    {
      observe: async ({ ask }, { command: line, timeoutSeconds, exitCode }): Promise<CommandFacts | Unreadable> => {
        const answer = await ask(line, { timeoutMs: timeoutSeconds * 1_000 })
        const problem = unfinished(answer)
        if (problem !== null) return problem
        // a refusal that the teacher waits for is an answer
        const isAwaited = exitCode !== undefined && exitCode === answer.exitCode
        return (isAwaited ? null : refused(answer)) ?? factsOf(answer)
      },
    },
    proof,
  ),
]

const factsOf = ({ exitCode, text }: Observation): CommandFacts => ({
  exitCode: exitCode ?? null,
  output: text.slice(0, outputCap),
  isCut: text.length > outputCap,
})
