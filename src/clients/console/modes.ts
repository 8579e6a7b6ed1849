import { typeSecret } from './login.ts'
import type { PlatformTransition } from './platform-definition.ts'
import { synchronise } from './synchronise.ts'
import { addNote, consoleError, learn, sendLine, settleMs, situationOf, type Work } from './work.ts'

/** Shortest way between two modes by the platform's transitions; undefined when there is none. */
export function findPath(transitions: readonly PlatformTransition[], from: string, to: string): readonly PlatformTransition[] | undefined {
  let paths: { at: string; steps: PlatformTransition[] }[] = [{ at: from, steps: [] }]
  const seen = new Set([from])
  while (paths.length > 0) {
    const done = paths.find((path) => path.at === to)
    if (done) return done.steps
    paths = paths.flatMap((path) =>
      transitions
        .filter((step) => step.from === path.at && !seen.has(step.to))
        .map((step) => ({ at: step.to, steps: [...path.steps, step] })),
    )
    for (const path of paths) seen.add(path.at)
  }
  return undefined
}

/**
 * Goes from the mode the console is in to another, step by step; the way is looked up anew after each step, for the device decides where it lands.
 * @throws AppError CONSOLE_BLOCKED when the mode cannot be reached; CONSOLE_LOGIN_REFUSED, CONSOLE_CREDENTIALS_MISSING
 */
export async function enterMode(work: Work, mode: string, timeoutMs: number): Promise<void> {
  const deadline = work.clock.now() + timeoutMs
  const left = () => Math.max(1, deadline - work.clock.now())
  for (let steps = 0; work.mode !== mode; steps += 1) {
    const next = findPath(work.platform.transitions, work.mode, mode)?.[0]
    if (!next || steps > 8) throw consoleError(work, 'CONSOLE_BLOCKED', { mode: work.mode })
    const before = work.mode
    await takeStep(work, next, left())
    if (work.mode === before) throw consoleError(work, 'CONSOLE_BLOCKED', { mode: work.mode })
  }
}

async function takeStep(work: Work, step: PlatformTransition, timeoutMs: number): Promise<void> {
  await work.stream.pause(work.platform.timing.beforeCommandMs)
  let situation = await sendLine(work, step.send, timeoutMs)
  if (situation?.kind === 'password') situation = await answerPassword(work, step, timeoutMs)
  if (situation?.kind === 'prompt') return learn(work, situation)
  work.isLost = true
  await synchronise(work, timeoutMs)
}

async function answerPassword(work: Work, step: PlatformTransition, timeoutMs: number) {
  const secret = step.secret === 'enable_password' ? 'enablePassword' : 'password'
  try {
    await typeSecret(work, secret, timeoutMs)
    const end = await work.stream.until(() => situationOf(work).kind !== 'unknown', { timeoutMs, quietMs: settleMs })
    const after = end === 'met' ? situationOf(work) : undefined
    if (after?.kind === 'password') throw consoleError(work, 'CONSOLE_LOGIN_REFUSED')
    return after
  } catch (error) {
    await leavePasswordPrompt(work)
    throw error
  }
}

/** IOS asks up to three times; empty answers lead back to the prompt, so that the console is not left waiting for a secret. */
async function leavePasswordPrompt(work: Work): Promise<void> {
  work.isLost = true
  for (let tries = 0; tries < 3 && !work.stream.isClosed; tries += 1) {
    const situation = situationOf(work)
    if (situation.kind === 'prompt') return learn(work, situation)
    await sendLine(work, '', work.platform.timing.wakeMs)
  }
}

/** Says in the notes which mode the student left, when it is not the one we ask in. */
export function noteFoundMode(work: Work): void {
  if (work.mode === work.platform.defaultMode) return
  const kind = work.platform.configurationModes.includes(work.mode) ? 'configuration-mode' : 'other-mode'
  addNote(work, kind, work.prompt)
}
