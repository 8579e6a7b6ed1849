import { confirmPrompt } from './confirm.ts'
import { logIn, typeSecret } from './login.ts'
import { readSituation, type Situation } from './situation.ts'
import { addNote, consoleError, learn, settleMs, situationOf, type Work } from './work.ts'

/** Most silence-seeking that a chattering console gets before it is spoken to. */
const backlogMs = 1_500
/** Reactions to pagers, dialogs and login prompts in one synchronisation. */
const maxReactions = 40
/** More than this while a prompt is looked for is no device that had something to say. */
const floodBytes = 1024 * 1024
/** By this step the console was interrupted and its pager left: what pours on then is not waited for to the end. */
const interruptedSteps = 4
const keyPauseMs = 250
/** Time for the redraw of an erased line. */
const eraseMs = 60
/** Silence after which an unknown last line may be a shell's own prompt. */
const unknownPromptMs = 250
/** A redraw of an erased line: readline and IOS answer Ctrl-U on a typed line with backspaces or an erase sequence. */
const erased = /\x08|\x1b\[[0-9;]*[JKP]/u

/**
 * Brings the console from any state it was left in to a prompt, and learns that prompt. What had to be ended becomes a note.
 * What was printed before is read and forgotten first, so that an old prompt is never taken for the answer.
 * @throws AppError CONSOLE_SILENT, CONSOLE_BLOCKED, CONSOLE_CLOSED, CONSOLE_FLOODED, CONSOLE_LOGIN_REFUSED, CONSOLE_CREDENTIALS_MISSING
 */
export async function synchronise(work: Work, timeoutMs: number): Promise<void> {
  const { stream, clock, platform } = work
  const deadline = clock.now() + timeoutMs
  const left = () => Math.max(1, deadline - clock.now())
  const bytesBefore = stream.receivedBytes
  await stream.quiet(platform.timing.quietMs, Math.min(backlogMs, left()))
  if (situationOf(work).kind === 'unknown') await redraw(work, left())
  const found = situationHere(work)
  const climb: Climb = { step: 0, reactions: 0, tailBefore: undefined, isFresh: false, left }
  if (found.kind === 'pager' || found.kind === 'dialog' || found.kind === 'continuation') await react(work, found, climb)
  while (clock.now() < deadline) {
    if (climb.step > interruptedSteps && stream.receivedBytes - bytesBefore > 4 * floodBytes) throw consoleError(work, 'CONSOLE_FLOODED')
    if (stream.isClosed) throw consoleError(work, 'CONSOLE_CLOSED')
    const situation = climb.isFresh ? recognise(work, climb) : ({ kind: 'unknown' } as const)
    if (situation.kind === 'prompt') {
      learn(work, situation)
      return
    }
    const reacted = await react(work, situation, climb)
    if (!reacted) await climbOn(work, climb)
  }
  if (stream.receivedBytes - bytesBefore > floodBytes) throw consoleError(work, 'CONSOLE_FLOODED')
  throw consoleError(work, stream.receivedBytes === bytesBefore ? 'CONSOLE_SILENT' : 'CONSOLE_BLOCKED')
}

/**
 * A question may be a log line, which ends with a line feed (POAP of NX-OS): it stands above the cursor's empty line. Looked for only
 * here: in an answer such a line may be anything.
 */
function situationHere(work: Work): Situation {
  const situation = situationOf(work)
  if (situation.kind !== 'unknown' || work.stream.tail().trim() !== '') return situation
  const above = work.stream.lines().findLast((line) => line.trim() !== '')
  const asked = above === undefined ? situation : readSituation(work.platform, above)
  return asked.kind === 'dialog' && asked.send !== '' ? asked : situation
}

interface Climb {
  step: number
  reactions: number
  tailBefore: string | undefined
  /** What stands on the screen came after our own key. */
  isFresh: boolean
  readonly left: () => number
}

/** A shell may have any prompt: two wake-ups that end at the same unknown text are believed. */
function recognise(work: Work, climb: Climb): Situation {
  const situation = situationHere(work)
  const tail = work.stream.tail()
  if (situation.kind !== 'unknown' || work.platform.shell !== 'posix' || tail.trim() === '') return situation
  const isSame = climb.tailBefore === tail
  climb.tailBefore = tail
  return isSame ? { kind: 'prompt', mode: work.platform.defaultMode, prompt: tail } : situation
}

async function react(work: Work, situation: Situation, climb: Climb): Promise<boolean> {
  if (situation.kind === 'unknown' || situation.kind === 'prompt') return false
  climb.reactions += 1
  if (climb.reactions > maxReactions) throw consoleError(work, 'CONSOLE_BLOCKED')
  if (situation.kind === 'username') await logIn(work, climb.left())
  if (situation.kind === 'password') await leaveOrAnswerPassword(work, climb)
  if (situation.kind === 'pager' || situation.kind === 'dialog') {
    addNote(work, situation.kind, situation.text)
    await press(work, situation.kind === 'dialog' ? `${situation.send}\r` : situation.send, climb)
  }
  if (situation.kind === 'continuation') {
    addNote(work, 'half-typed-line', work.stream.tail())
    await press(work, '\x03', climb)
  }
  climb.isFresh = true
  return true
}

/** A password prompt that nothing of ours led to: once left by CR; where it comes back without asking for a name, it is the line's own. */
async function leaveOrAnswerPassword(work: Work, climb: Climb): Promise<void> {
  const needsName = work.credentials.username !== undefined && !work.typedSecrets.has('username')
  if (climb.reactions === 1 || (needsName && climb.reactions <= 4)) {
    await press(work, '\r', climb, { timeoutMs: Math.min(5_000, climb.left()) })
    return
  }
  await typeSecret(work, 'password', climb.left())
  work.hasLoggedIn = true
}

/** A question that was asked before we came is not on our screen, and the CR that wakes a console would answer it. */
async function redraw({ stream, platform }: Work, leftMs: number): Promise<void> {
  if (platform.keys.redraw === undefined || stream.isClosed) return
  const before = stream.receivedBytes
  stream.send(platform.keys.redraw)
  await stream.until(() => stream.receivedBytes > before, { timeoutMs: Math.min(keyPauseMs, leftMs), quietMs: settleMs })
}

/** The device says itself that its prompt is one, which takes less time than silence would: a millisecond or two on a VPCS. */
async function settle(work: Work, climb: Climb): Promise<void> {
  const timeoutMs = Math.min(settleMs, climb.left())
  if (situationOf(work).kind === 'prompt' && (await confirmPrompt(work, { timeoutMs })) === 'prompt') return
  await work.stream.quiet(settleMs, Math.min(keyPauseMs * 2, climb.left()))
}

interface Patience {
  readonly timeoutMs?: number
  /** Silence after which what stands on the last line is believed. */
  readonly quietMs?: number
}

async function press(work: Work, keys: string, climb: Climb, patience: Patience = {}): Promise<void> {
  const { timeoutMs = keyPauseMs * 2, quietMs = settleMs } = patience
  const { stream } = work
  await stream.begin('')
  const before = stream.receivedBytes
  stream.send(keys)
  const mayBeAnyPrompt = () => work.platform.shell === 'posix' && stream.tail().trim() !== ''
  const isAnswered = () => stream.receivedBytes > before && (situationOf(work).kind !== 'unknown' || mayBeAnyPrompt())
  await stream.until(isAnswered, { timeoutMs: Math.min(timeoutMs, climb.left()), quietMs })
  if (situationOf(work).kind === 'unknown' && mayBeAnyPrompt()) await stream.quiet(unknownPromptMs, Math.min(timeoutMs, climb.left()))
}

/** The ladder: wake; interrupt and wake; leave a pager and wake; and again. Interrupts become rarer, for a device may be booting. */
async function climbOn(work: Work, climb: Climb): Promise<void> {
  const step = climb.step
  climb.step += 1
  if (step === 0 || step % 2 === 0) return wake(work, climb)
  if (step === 1 || step === 5 || step === 13 || step % 20 === 0) return interrupt(work, climb)
  if (step === 3) {
    await press(work, 'q', climb, { timeoutMs: keyPauseMs })
    return wake(work, climb)
  }
  return wake(work, climb)
}

async function wake(work: Work, climb: Climb): Promise<void> {
  const { stream, platform } = work
  const { clearLine, confirm } = platform.keys
  if (clearLine === '\x03') {
    // in one piece: a lone key keeps a VPCS waiting for a tenth of a second
    await press(work, `${clearLine}${confirm}`, climb, { timeoutMs: platform.timing.wakeMs, quietMs: 0 })
    await settle(work, climb)
    climb.isFresh = true
    return
  }
  const hadBytes = stream.receivedBytes
  const typed = stream.tail()
  await stream.begin('')
  stream.send(clearLine)
  await stream.pause(Math.min(eraseMs, climb.left()))
  await stream.quiet(eraseMs, Math.min(keyPauseMs, climb.left()))
  const answered = stream.receivedBytes > hadBytes
  if (answered && erased.test(stream.raw().toString('latin1'))) addNote(work, 'half-typed-line', typed)
  await stream.pause(Math.min(platform.timing.beforeCommandMs, climb.left()))
  await press(work, '\r', climb, { timeoutMs: platform.timing.wakeMs })
  climb.isFresh = true
}

async function interrupt(work: Work, climb: Climb): Promise<void> {
  const hadBytes = work.stream.receivedBytes
  for (const key of work.platform.keys.interrupt) await press(work, key, climb, { timeoutMs: keyPauseMs })
  const isEnded = work.stream.receivedBytes > hadBytes
  await wake(work, climb)
  if (isEnded && situationOf(work).kind === 'prompt') addNote(work, 'running-command', 'ended by the interrupt key')
}
