import { AppError } from '../../errors.ts'
import { quote, type Sentence, say } from '../../lib/sentence.ts'
import type { Answer, ConsoleSession } from './contract.ts'
import { findErrorLine } from './situation.ts'

/** Room for a command that saves or sets an address (VPCS looks for duplicates for 3 s). */
const commandMs = 30_000

/**
 * Types configuration commands one after another, each in the mode the one before led to. Every one must bring a prompt back (which may
 * be another: mode, host name) without the platform's error indicator; `expect` must then be found in the answers or the last prompt.
 * @returns the answers, in order
 * @throws AppError PRECONFIGURE_FAILED with `index` (from 1) and `reason`; CONSOLE_* when the device cannot be asked
 */
export async function runPreconfiguration(
  session: ConsoleSession,
  commands: readonly string[],
  expect?: string,
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (const [index, command] of commands.entries()) {
    const answer = await session.ask(command, { mode: index === 0 ? session.platform.defaultMode : 'current', timeoutMs: commandMs })
    answers.push(answer)
    const reason = refusal(session, answer)
    if (reason !== undefined) throw failed(session, index + 1, reason)
  }
  if (expect === undefined) return answers
  const seen = answers.map((answer) => answer.text).join('') + (session.prompt ?? '')
  if (!seen.includes(expect)) throw failed(session, commands.length, say('details.console.notSeen', { text: expect }))
  return answers
}

/**
 * Saves what is configured, where the platform keeps running and saved configuration apart; its questions are answered from its dialogs.
 * @returns undefined where there is nothing to save (Linux, Junos)
 * @throws AppError PRECONFIGURE_FAILED with index 0 when the device did not confirm; CONSOLE_*
 */
export async function saveConfiguration(session: ConsoleSession): Promise<Answer | undefined> {
  const { save } = session.platform
  if (!save) return undefined
  const answer = await session.ask(save.command, { timeoutMs: commandMs })
  const isConfirmed = save.expect === undefined || answer.text.split('\n').some((line) => save.expect?.test(line))
  const reason = refusal(session, answer) ?? (isConfirmed ? undefined : quote(answer.text.trim()))
  if (reason !== undefined) throw failed(session, 0, reason)
  return answer
}

/** A command that a device would not take, and its own words. */
export interface RefusedCommand {
  readonly command: string
  readonly said: string
}

/**
 * Types configuration commands one after another, each in the mode the one before led to, and goes on after one that was refused.
 * @returns those that were refused
 * @throws AppError CONSOLE_* when the device cannot be asked, CONSOLE_TIMEOUT when no prompt came back
 */
export async function typeConfiguration(session: ConsoleSession, commands: readonly string[]): Promise<readonly RefusedCommand[]> {
  const refused: RefusedCommand[] = []
  for (const [index, command] of commands.entries()) {
    const answer = await session.ask(command, { mode: index === 0 ? session.platform.defaultMode : 'current', timeoutMs: commandMs })
    if (answer.ended !== 'prompt') throw new AppError('CONSOLE_TIMEOUT', { details: { device: session.device } })
    const line = findErrorLine(session.platform, answer.text)
    if (line !== undefined) refused.push({ command, said: line.trim() })
  }
  return refused
}

function refusal(session: ConsoleSession, answer: Answer): Sentence | undefined {
  if (answer.ended !== 'prompt') return say('details.console.noPrompt', { ended: answer.ended })
  const line = findErrorLine(session.platform, answer.text)
  if (line !== undefined) return quote(line.trim())
  return answer.exitCode === undefined || answer.exitCode === 0 ? undefined : say('details.console.exitStatus', { status: answer.exitCode })
}

function failed(session: ConsoleSession, index: number, reason: Sentence): AppError {
  return new AppError('PRECONFIGURE_FAILED', { details: { device: session.device, index, reason } })
}
