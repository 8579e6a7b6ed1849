import { isNoise } from './situation.ts'
import type { Work } from './work.ts'

/** The prompt alone on a line, or with a log line printed right behind it. */
export function isPromptLine(work: Work, line: string, prompt = work.prompt): boolean {
  const wanted = prompt.trimEnd()
  if (wanted === '' || !line.startsWith(wanted)) return false
  const rest = line.slice(wanted.length).trim()
  return rest === '' || isNoise(work.platform, rest)
}

/** The prompt of any mode: a command such as `end` or `hostname` is answered by another prompt than the one it was typed at. */
export function isAnyPromptLine(work: Work, line: string): boolean {
  const isPrompt = (text: string) => work.platform.modes.some(({ prompt }) => prompt.test(text))
  return isPromptLine(work, line) || isPrompt(line) || isPrompt(beforeLogLine(work, line))
}

/** What stands on a line in front of a log line that was printed right behind it: `R1#*Mar  1 00:03:22.075: %SYS-5-...` */
function beforeLogLine(work: Work, line: string): string {
  const starts = work.platform.noise.map(({ pattern }) => line.search(pattern)).filter((start) => start > 0)
  if (starts.length === 0) return line
  return line.slice(0, Math.min(...starts)).replace(/\*?(?:[A-Z][a-z]{2} +)?[\d :.]*$/u, '')
}

/** A line on which something stands behind the prompt: nobody but a person at the same console types there while we do not. */
export function isTypedAtPrompt(work: Work, line: string, prompt = work.prompt): boolean {
  if (prompt.trim().length < 2) return false
  return line.startsWith(prompt) && line.trimEnd().length > prompt.length && !isPromptLine(work, line, prompt)
}

/** What the device may say between an answer and the prompt that answers our confirmation. */
export const isSilent = (work: Work, line: string): boolean => line.trim() === '' || isNoise(work.platform, line)

/** True when our own line is on its way: it stands on the first line, behind the prompt. */
export const isOurs = (tail: string, typed: string, lines: readonly string[]): boolean =>
  lines.length === 0 && tail.includes(typed.slice(0, 20))

/** The console stands at the learnt prompt; a shell without echo prints it again on the same line for every empty line that somebody enters. */
export function isAtPrompt({ stream, prompt, ownPrompt }: Work): boolean {
  const tail = stream.tail()
  return tail === prompt || (prompt === ownPrompt && prompt !== '' && tail.endsWith(prompt) && tail.replaceAll(prompt, '') === '')
}
