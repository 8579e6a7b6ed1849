import { isAppError } from '../../errors.ts'
import type { Answer, AskConsoleOptions, ConsoleSession, OpenConsoleOptions } from './contract.ts'
import { enterMode, noteFoundMode } from './modes.ts'
import { closeCleanShell, openCleanShell, withMarker } from './posix-shell.ts'
import { bringBack, prepare, recoverMs, relearn } from './preparation.ts'
import { isAtPrompt } from './prompt-lines.ts'
import { askQuestion, type RawAnswer } from './question.ts'
import { synchronise } from './synchronise.ts'
import { linesToText } from './text.ts'
import { heavyBytes, ownTurn } from './turns.ts'
import { addNote, consoleError, sendLine, type Work } from './work.ts'

const restoreMs = 8_000
/** Time for a shell to show that it is one. */
const probeMs = 2_000
/** A console that was left says so or not; nothing depends on it. */
const logoutMs = 1_500
/** Command line, shell, and one to spare. */
const maxLevels = 3
/** A command that somebody typed into is asked so often. */
const maxAttempts = 3

/** Prepares a connected console and hands out the session. */
export async function startSession(work: Work, options: OpenConsoleOptions): Promise<ConsoleSession> {
  const { platform, stream, clock } = work
  const readyMs = options.readyTimeoutMs ?? platform.timing.readyMs
  await synchronise(work, readyMs)
  noteFoundMode(work)
  const found = { mode: work.mode, prompt: work.prompt }
  let shellBelow = work.prompt
  let tail: Promise<unknown> = Promise.resolve()
  let isPrepared = false
  let isPrefixRefused = false

  const inTurn = <Result>(action: () => Promise<Result>): Promise<Result> => {
    const turn = tail.then(action, action)
    tail = turn.catch(() => undefined)
    return turn
  }

  const recover = async (timeoutMs: number) => {
    await stream.applied()
    if (stream.isClosed) throw consoleError(work, 'CONSOLE_CLOSED')
    if (!work.isLost && !isAtPrompt(work)) {
      addNote(work, 'other-typist', stream.tail())
      work.isLost = true
    }
    if (work.isLost) await synchronise(work, timeoutMs)
  }

  /** Brings the console to where commands of a mode are asked; an own prefix of the mode it is in spares leaving it. */
  const makeReady = async (mode: string, timeoutMs: number) => {
    await recover(timeoutMs)
    if (mode === platform.defaultMode && prefix() !== '') {
      isPrepared ||= await prepare(work, prefix())
      isPrefixRefused = !isPrepared
      if (isPrepared) return
    }
    const isOwnShell = work.ownPrompt !== undefined && work.prompt === work.ownPrompt
    if (isOwnShell && mode === platform.defaultMode) return
    if (isOwnShell && mode !== work.mode) await closeCleanShell(work, shellBelow, timeoutMs)
    // A shell's prompt may look like another mode's: whether it is one is asked before anything is left by `exit`.
    if (mode === platform.defaultMode && work.mode !== mode && platform.shell === 'posix' && (await cleanShell(timeoutMs)))
      found.mode = mode
    await enterMode(work, mode, timeoutMs)
    if (mode !== platform.defaultMode) return
    if (platform.shell === 'posix' && work.ownPrompt !== work.prompt) await insistOnShell(timeoutMs)
    if (!isPrepared) await prepare(work, '')
    isPrepared = true
  }

  const cleanShell = async (timeoutMs: number) => {
    const below = work.prompt
    const isOpen = await openCleanShell(work, timeoutMs)
    if (isOpen) {
      shellBelow = below
      work.mode = platform.defaultMode
    }
    return isOpen
  }

  /**
   * An unknown prompt may be a program's (an interpreter): it is ended as end of input; what then knows no shell language is not asked. Nor
   * is a shell that lets ours not be started: its owner's functions would answer.
   */
  const insistOnShell = async (timeoutMs: number) => {
    if (await cleanShell(timeoutMs)) return
    const probe = await askQuestion(work, { ...withMarker('true'), timeoutMs: probeMs })
    if (probe.ended === 'prompt') {
      addNote(work, 'unclean-shell', work.prompt)
      throw consoleError(work, 'CONSOLE_BLOCKED')
    }
    addNote(work, 'running-command', work.prompt)
    stream.send('\x04')
    await stream.pause(probeMs / 4)
    work.isLost = true
    await synchronise(work, timeoutMs)
    if (!(await cleanShell(timeoutMs))) throw consoleError(work, 'CONSOLE_BLOCKED')
  }

  /** `do ` in a configuration mode: its sub-mode (which interface) is not in the prompt and could not be brought back once left. */
  const prefix = () => (isPrefixRefused ? '' : (platform.modes.find(({ name }) => name === work.mode)?.asks ?? ''))

  const askOnce = async (command: string, asked: AskConsoleOptions, timeoutMs: number) => {
    const startedAt = clock.now()
    if (asked.mode === 'current') await recover(recoverMs)
    else await makeReady(asked.mode ?? platform.defaultMode, Math.max(timeoutMs, recoverMs))
    await stream.pause(platform.timing.beforeCommandMs)
    const isShell = work.ownPrompt !== undefined || (platform.shell === 'posix' && work.mode === platform.defaultMode)
    const prefixed = asked.mode === 'current' || asked.mode === work.mode ? '' : prefix()
    const form = isShell
      ? withMarker(command)
      : { typed: `${asked.mode === 'current' ? '' : platform.keys.unaliased}${prefixed}${command}` }
    const askedAt = clock.now()
    const raw = await askQuestion(work, {
      ...form,
      timeoutMs,
      interruptAfterMs: asked.interruptAfterMs,
      leave: asked.leave,
      signal: asked.signal,
    })
    if (raw.ended === 'prompt' && raw.disturbance === undefined) relearn(work)
    else await bringBack(work)
    if (raw.raw.length > heavyBytes) await ownTurn()
    const tookMs = (raw.ended === 'prompt' ? clock.now() : askedAt + timeoutMs) - askedAt
    const answer = toAnswer(work, command, { raw, startedAt, tookMs })
    // a console that waits for its next question does not keep the last megabyte
    if (raw.raw.length > heavyBytes) await stream.begin(stream.tail())
    return { answer, disturbance: raw.disturbance }
  }

  /** What somebody else typed into is asked again; not where the mode is the caller's, for a configuration line may have been obeyed. */
  const ask = async (command: string, asked: AskConsoleOptions): Promise<Answer> => {
    const timeoutMs = asked.timeoutMs ?? platform.timing.commandMs
    for (let left = timeoutMs, attempt = 1; ; attempt += 1) {
      const { answer, disturbance } = await askOnce(command, asked, left)
      if (disturbance === undefined) return answer
      left -= answer.tookMs
      if (asked.mode !== undefined || attempt === maxAttempts || left < answer.tookMs) throw disturbed(work, disturbance)
      addNote(work, 'command-repeated', command)
    }
  }

  const restore = async () => {
    try {
      await recover(restoreMs)
      if (work.ownPrompt !== undefined) await closeCleanShell(work, shellBelow, restoreMs)
      if (work.isLost) await synchronise(work, restoreMs)
      if (work.hasLoggedIn && platform.login) await logOut(work, platform.login.logout)
      else await enterMode(work, found.mode, restoreMs)
    } catch (error) {
      if (!isAppError(error)) throw error
      addNote(work, 'restore-failed', `${error.code} ${found.mode}`)
    }
  }

  await inTurn(() => makeReady(platform.defaultMode, readyMs))
  return {
    device: work.device,
    platform,
    ask: (command, asked = {}) => inTurn(() => ask(command, asked)),
    enter: (mode) => inTurn(() => makeReady(mode, platform.timing.commandMs)),
    restore: () => inTurn(restore),
    close: async () => stream.close(),
    notes: work.notes,
    get prompt() {
      return work.prompt
    },
    get mode() {
      return work.mode
    },
  }
}

/** From every level: on Junos root's command line stands on a shell, which has to be left too. */
async function logOut(work: Work, logout: string): Promise<void> {
  for (let level = 0; level < maxLevels; level += 1) {
    const after = await sendLine(work, logout, logoutMs)
    if (after?.kind !== 'prompt') return
  }
}

function toAnswer(work: Work, command: string, { raw, startedAt, tookMs }: { raw: RawAnswer; startedAt: number; tookMs: number }): Answer {
  return {
    command: work.redactor.text(command),
    startedAt: new Date(startedAt).toISOString(),
    tookMs,
    ended: raw.ended,
    ...(raw.exitCode === undefined ? {} : { exitCode: raw.exitCode }),
    raw: work.redactor.bytes(raw.raw),
    text: work.redactor.text(linesToText(raw.lines)),
  }
}

const disturbed = (work: Work, typed: string) =>
  consoleError(work, 'CONSOLE_DISTURBED', { typed: work.redactor.text(typed.trim()).slice(0, 120) })
