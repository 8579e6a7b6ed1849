import { CannotAsk, type Observation } from '../../observation.ts'
import type { BoundReader, ReadContext, Unreadable } from '../../platform.ts'
import { names } from '../linux/dns.ts'
import { files } from '../linux/file.ts'
import { listeners } from '../linux/listening.ts'
import { processes } from '../linux/process.ts'
import { unfinished, unknownAnswer } from '../readings/reading.ts'
import { refused } from './answer.ts'

/** Behind the answer; without it the answer is not known to be one of the shell. */
const statusLine = /(?:^|\n)netpraxis-status (\d{1,3})\n*$/

/** The status of the first program of a pipe, as a POSIX shell shows it of the whole: `?` is a key of the CLI, and not typed. */
const asked = (command: string): string => `bash ${command}; echo netpraxis-status \${PIPESTATUS[0]}`

function withoutStatus(answer: Observation): Observation | null {
  const status = statusLine.exec(answer.text)?.[1]
  if (status === undefined) return null
  return { ...answer, exitCode: Number(status), text: answer.text.replace(statusLine, '\n').replace(/^\n$/, '') }
}

/** Why the shell below gave no answer that can be believed. */
interface Trouble {
  problem: Unreadable | undefined
}

/** Asks the Linux below EOS; what is not an answer of its shell with a status never comes to the reader, which is told that it cannot ask. */
function throughBash(context: ReadContext, trouble: Trouble): ReadContext {
  const ask: ReadContext['ask'] = async (command, options) => {
    if (command.includes('?')) throw new CannotAsk('COMMAND_REFUSED', 'exercise', { command, answer: '' })
    const given = await context.ask(asked(command), options)
    const answer = withoutStatus(given)
    trouble.problem = unfinished(given) ?? refused(given) ?? (answer === null ? unknownAnswer(given) : undefined)
    if (answer === null || trouble.problem !== undefined) throw new CannotAsk('ANSWER_UNREADABLE', 'infrastructure', { command })
    return answer
  }
  return { ...context, ask, recall: (command) => ask(command) }
}

const below = (reader: BoundReader): BoundReader => ({
  ...reader,
  proof: 'documented',
  start: (params) => {
    const check = reader.start(params)
    const round: typeof check.round = async (context, startedAfterMs) => {
      const trouble: Trouble = { problem: undefined }
      try {
        return await check.round(throughBash(context, trouble), startedAfterMs)
      } catch (error) {
        if (error instanceof CannotAsk && trouble.problem !== undefined) return trouble.problem
        throw error
      }
    }
    return { ...check, round }
  },
})

/** EOS runs on a Linux that the privileged user may ask: sockets, processes, files and names are read as on any other. */
export const linuxBelow: readonly BoundReader[] = [...listeners, ...processes, ...files, ...names].map(below)
