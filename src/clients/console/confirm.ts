import { randomInt } from 'node:crypto'
import { isPromptLine, isSilent, isTypedAtPrompt } from './prompt-lines.ts'
import type { WaitEnd } from './stream.ts'
import type { Work } from './work.ts'

/** Wait for the answer to an empty line: a VPCS loses one now and then, so the first is not awaited for long. All lost: no prompt. */
const confirmMs = [300, 700, 1_500, 1_500] as const

/** `prompt`: the console stands where it seemed to; `output`: more of the answer came; `typed`: somebody else's line was run. */
export type Confirmation = 'prompt' | 'output' | { readonly typed: string } | Exclude<WaitEnd, 'met'>

/**
 * Asks the device whether the prompt on the last line is one: an empty line must be answered by the same prompt and nothing else. A
 * text that looks like the prompt (a banner cut in two by the network, the echo of what somebody types while a command runs) is not
 * answered so, and lines that somebody typed meanwhile are run first and show behind the prompt.
 */
export async function confirmPrompt(work: Work, options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined }) {
  const { stream, clock, platform } = work
  const deadline = clock.now() + options.timeoutMs
  const prompt = stream.tail()
  const from = stream.lineCount()
  let isUnproven = false
  for (const waitMs of confirmMs) {
    // Nothing but blanks and a CR: what a device loses of it costs a repetition, so the first is not held back.
    if (waitMs !== confirmMs[0]) await stream.pause(platform.timing.beforeCommandMs)
    const before = stream.receivedBytes
    const offset = stream.rawBytes()
    const blanks = blanksFor(work)
    let seen: Confirmation | undefined
    isUnproven = false
    stream.send(blanks + platform.keys.confirm)
    const isAnswered = () => {
      if (stream.receivedBytes > before) seen = read(work, prompt, from)
      isUnproven = seen === 'prompt' && !stream.rawFrom(offset).includes(blanks)
      return seen !== undefined && !isUnproven
    }
    const timeoutMs = Math.max(1, Math.min(waitMs, deadline - clock.now()))
    const end = await stream.until(isAnswered, { timeoutMs, signal: options.signal })
    if (end === 'met' && seen !== undefined) return seen
    if (end === 'closed' || end === 'cut') return end
    if (clock.now() >= deadline) return 'timeout'
    if (stream.receivedBytes > before && !isUnproven) return 'output'
  }
  // prompts came and nothing else, four times: a console that swallows blanks
  return isUnproven ? 'prompt' : 'timeout'
}

/** Nobody can know how many: a prompt that was printed before we asked, to look like our answer, does not have them. */
function blanksFor({ platform, notes }: Work): string {
  const isEchoed = platform.keys.confirmBlanks && !notes.some(({ kind }) => kind === 'no-echo')
  return isEchoed ? ' '.repeat(randomInt(fewestBlanks, mostBlanks + 1)) : ''
}

/** More than any prompt has itself. */
const fewestBlanks = 2
const mostBlanks = 9

function read(work: Work, prompt: string, from: number): Confirmation | undefined {
  const lines = work.stream.lines(from)
  const typed = lines.find((line) => isTypedAtPrompt(work, line, prompt))
  if (typed !== undefined) return { typed }
  if (lines.some((line) => !isSilent(work, line) && !isPromptLine(work, line, prompt))) return 'output'
  return lines.length > 0 && work.stream.tail() === prompt ? 'prompt' : undefined
}
