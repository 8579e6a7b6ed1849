import type { AskOptions, Observation } from '../../observation.ts'
import type { ReadContext, Unreadable } from '../../platform.ts'
import { linesOf, unfinished } from '../readings/reading.ts'
import { refused } from './answer.ts'

/**
 * One word of a POSIX shell: whatever stands in it, it stays one word and begins no second command.
 * @throws RangeError for control characters, which a terminal would take for keys
 */
export function shellWord(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new RangeError('a word of a command has no control characters')
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

const missingLine = /(?:command not found|: not found|applet not found|failed to run command .*|can't execute .*)$/
const usageLine = /(?:invalid option|unrecognized option|illegal option|unknown option|Unknown option|bad -o argument)|^Usage: |^usage: /

/** True when the shell, `timeout` or busybox does not have the program: exit status 127 wherever it is known. */
export const isMissing = (answer: Observation): boolean =>
  answer.exitCode === undefined ? linesOf(answer).some((line) => missingLine.test(line)) : answer.exitCode === 127

/** True when the program does not take our options (another make of the same name). */
const isUsage = (answer: Observation): boolean => answer.exitCode !== 0 && linesOf(answer).some((line) => usageLine.test(line))

/** The command could not be run as it is: its program is missing or knows no such option. */
export const notRunnable = (answer: Observation): boolean => isMissing(answer) || isUsage(answer)

/** One way to ask, of several that tell the same. */
export interface Way<Reading> {
  readonly command: string
  readonly options?: AskOptions
  readonly read: (answer: Observation) => Reading | Unreadable
}

/** Asks in the first way whose program the device has. Refused when it has none of them. */
export async function askFirst<Reading extends object>(
  { ask }: Pick<ReadContext, 'ask'>,
  ways: readonly Way<Reading>[],
  isOther: (answer: Observation) => boolean = notRunnable,
): Promise<Reading | Unreadable> {
  let last: Unreadable | undefined
  for (const { command, options, read } of ways) {
    const answer = await ask(command, options)
    const problem = unfinished(answer)
    if (problem !== null) return problem
    if (!isOther(answer)) return read(answer)
    last = refused(answer)
  }
  if (last === undefined) throw new Error('there is no way to ask')
  return last
}

/** Asks one command whose program must be there. */
export async function askProgram(
  context: Pick<ReadContext, 'ask'>,
  command: string,
  options?: AskOptions,
): Promise<Observation | Unreadable> {
  const way = { command, read: (answer: Observation) => answer }
  return askFirst<Observation>(context, [options === undefined ? way : { ...way, options }])
}
