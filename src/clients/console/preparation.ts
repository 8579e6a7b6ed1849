import { isAppError } from '../../errors.ts'
import { askQuestion } from './question.ts'
import { findErrorLine } from './situation.ts'
import { synchronise } from './synchronise.ts'
import type { Work } from './work.ts'

/** Time to bring a console back after an answer that did not end. */
export const recoverMs = 6_000

/** Paging off, width: a refused one does not matter, what it should prevent is handled while reading. @returns whether one was accepted */
export async function prepare(work: Work, prefix: string): Promise<boolean> {
  let isAccepted = false
  for (const command of work.platform.prepare) {
    await work.stream.pause(work.platform.timing.beforeCommandMs)
    const answer = await askQuestion(work, {
      typed: `${work.platform.keys.unaliased}${prefix}${command}`,
      timeoutMs: work.platform.timing.commandMs,
    })
    if (answer.ended === 'prompt' && answer.disturbance === undefined) relearn(work)
    else await bringBack(work)
    isAccepted ||= answer.ended === 'prompt' && findErrorLine(work.platform, answer.lines.join('\n')) === undefined
  }
  return isAccepted
}

/** Takes the prompt that an answer ended at for the console's own. */
export function relearn(work: Work): void {
  const tail = work.stream.tail()
  if (tail === work.prompt || work.isLost) return
  const mode = work.platform.modes.find(({ prompt }) => prompt.test(tail))
  work.isLost = mode === undefined
  if (mode) Object.assign(work, { prompt: tail, mode: mode.name })
}

/** After an answer without an end: interrupt, forget what still comes, find the prompt again. What fails here is said by the next question. */
export async function bringBack(work: Work): Promise<void> {
  work.isLost = true
  if (work.stream.isClosed) return
  for (const key of work.platform.keys.interrupt) {
    work.stream.send(key)
    await work.stream.pause(100)
  }
  try {
    await synchronise(work, recoverMs)
  } catch (error) {
    if (!isAppError(error)) throw error
    work.log.warn({ device: work.device, code: error.code }, 'console did not come back after an answer without an end')
  }
}
