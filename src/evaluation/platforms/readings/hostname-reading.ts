import { type HostnameFacts, hostname } from '../../command-modules/hostname.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type Proof, reads } from '../../platform.ts'
import { type AskComplete, linesOf, unknownAnswer } from './reading.ts'

interface HostnameSource {
  readonly ask: AskComplete
  readonly command: string
  /** Names in the answer; none when it is not understood. */
  readonly namesIn: (lines: readonly string[], answer: Observation) => readonly string[]
  /** The name is that of the session that is asked: a new one may have another. */
  readonly isOfSession?: boolean
  readonly proof: Proof
}

/** The reader of one platform; the lines handed over have no empty one among them. */
export const hostnameReader = ({ ask, command, namesIn, isOfSession = false, proof }: HostnameSource): readonly BoundReader[] => [
  reads(
    hostname,
    {
      observe: async (context) => {
        const answer = await ask(context, command)
        if (isUnreadable(answer)) return answer
        const lines = linesOf(answer).filter((line) => line.trim() !== '')
        const names = [...new Set(namesIn(lines, answer))]
        const facts: HostnameFacts = isOfSession ? { names, isOfSession } : { names }
        return names.length === 0 ? unknownAnswer(answer) : facts
      },
    },
    proof,
  ),
]

/** The only line of an answer, when it is one word. */
export const onlyWord = (lines: readonly string[]): string[] => {
  const word = /^\s*(\S+)\s*$/.exec(lines[0] ?? '')?.[1]
  return lines.length === 1 && word !== undefined ? [word] : []
}

/** What one pattern finds, where it finds but one value: the members of a stack all print theirs. */
export const onlyValue = (lines: readonly string[], pattern: RegExp): string[] => {
  const found = new Set(lines.flatMap((line) => pattern.exec(line)?.[1] ?? []))
  return found.size === 1 ? [...found] : []
}

/** `sw1.example.org` is also known as `sw1`. */
export const withShortName = (names: readonly string[]): string[] => names.flatMap((name) => [name, name.split('.')[0] ?? name])
