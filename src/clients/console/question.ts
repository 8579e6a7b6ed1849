import { confirmPrompt } from './confirm.ts'
import type { AnswerEnd, LeaveStep } from './contract.ts'
import { findEchoLine, isEchoed, isEchoedAmongNoise } from './echo.ts'
import { type Leaving, leaveStep, mayBeOver } from './leave.ts'
import { isAnyPromptLine, isAtPrompt, isOurs, isPromptLine, isSilent, isTypedAtPrompt } from './prompt-lines.ts'
import { isNoise } from './situation.ts'
import { heavyBytes, ownTurn } from './turns.ts'
import { addNote, settleMs, situationOf, type Work } from './work.ts'

/** The lines between which a shell's answer stands. */
export interface Marker {
  readonly start: RegExp
  /** First group: what stood before it on its line; second: the exit status. */
  readonly end: RegExp
}

export interface Question {
  /** What is typed, without the CR. */
  readonly typed: string
  /** For shells. */
  readonly marker?: Marker
  readonly timeoutMs: number
  readonly interruptAfterMs?: number | undefined
  readonly leave?: readonly LeaveStep[] | undefined
  readonly signal?: AbortSignal | undefined
}

export interface RawAnswer {
  readonly ended: AnswerEnd
  readonly exitCode: number | undefined
  readonly raw: Buffer
  /** Lines after the echo and before the prompt. */
  readonly lines: readonly string[]
  /** Somebody else typed while this was answered: what of it was seen. The answer is not to be believed. */
  readonly disturbance: string | undefined
}

/** How often the conditions that need silence are looked at. */
const lookMs = 200
/** Silence after which a prompt without an echo before it is judged. */
const noEchoMs = 1_500
/** The echo must be among the first bytes; a flood is not searched again and again. */
const echoWindowBytes = 16 * 1024
const interruptAgainMs = 2_000

type Turn = 'done' | 'pager' | 'dialog' | 'candidate' | undefined

interface Progress extends Leaving {
  echoed: boolean
  interruptAt: number
  hasInterrupted: boolean
  repeated: boolean
  redrawn: number
  disturbance: string | undefined
  readonly deadline: number
  readonly bytesAtStart: number
}

/**
 * Types one line at the prompt and reads until the answer is over: echo, then the prompt alone on the last line, which the device must
 * confirm (confirm.ts); a shell's answer stands between markers instead. No silence is awaited when the prompt is the learnt one; a new
 * prompt (another mode or name) must settle.
 */
export async function askQuestion(work: Work, question: Question): Promise<RawAnswer> {
  const { stream, clock } = work
  await stream.begin(work.prompt)
  const state = startProgress(work, question)
  stream.send(`${question.typed}\r`)
  for (;;) {
    let turn: Turn
    const isSomething = () => {
      turn = takeTurn(work, question, state)
      return turn !== undefined && turn !== 'candidate'
    }
    const until = Math.min(state.deadline, state.interruptAt, clock.now() + lookMs)
    const end = await stream.until(isSomething, { timeoutMs: Math.max(1, until - clock.now()), signal: question.signal })
    if (end === 'closed' || end === 'cut') return finish(work, question, { state, ended: end })
    const isOver = (end === 'met' && turn === 'done') || (await isOverInSilence(work, question, { state, turn }))
    const answer = isOver ? await closeAnswer(work, question, state) : undefined
    if (answer) return answer
    if (clock.now() >= state.deadline) return finish(work, question, { state, ended: 'timeout' })
    if (end === 'met' && !isOver) await goOn(work, turn)
    if (clock.now() >= state.interruptAt) interrupt(work, state)
  }
}

function startProgress({ stream, clock }: Work, question: Question): Progress {
  const startedAt = clock.now()
  return {
    echoed: false,
    interruptAt: question.interruptAfterMs === undefined ? Number.POSITIVE_INFINITY : startedAt + question.interruptAfterMs,
    hasInterrupted: false,
    repeated: false,
    redrawn: 0,
    disturbance: undefined,
    left: 0,
    leftAtLine: 0,
    leftFor: undefined,
    deadline: startedAt + question.timeoutMs,
    bytesAtStart: stream.receivedBytes,
  }
}

function interrupt({ stream, clock, platform }: Work, state: Progress): void {
  state.interruptAt = clock.now() + interruptAgainMs
  state.hasInterrupted = true
  stream.send(platform.keys.interrupt[0] ?? '\x03')
}

function takeTurn(work: Work, question: Question, state: Progress): Turn {
  const { stream } = work
  if (stream.receivedBytes === state.bytesAtStart) return undefined
  const tail = stream.tail()
  if (question.leave !== undefined && !leaveStep(stream, question.leave, state)) return undefined
  if (question.marker) return isAtPrompt(work) && findMarker(stream.lines(), question.marker.end) ? 'done' : undefined
  const situation = situationOf(work)
  if (situation.kind === 'pager' || situation.kind === 'dialog') return situation.kind
  if (situation.kind !== 'prompt' && tail !== work.prompt) return undefined
  state.echoed ||=
    isEchoed(stream.rawHead(echoWindowBytes), question.typed) || isEchoedAmongNoise(work.platform, stream.lines(), question.typed)
  if (!state.echoed) return undefined
  return tail === work.prompt ? 'done' : 'candidate'
}

async function goOn(work: Work, turn: Turn): Promise<void> {
  const situation = situationOf(work)
  const before = work.stream.receivedBytes
  if (turn === 'pager') work.stream.send(' ')
  if (situation.kind === 'dialog') work.stream.send(`${situation.send}\r`)
  await work.stream.until(() => work.stream.receivedBytes > before, { timeoutMs: 1_000 })
}

/** The answer, when the device confirms its prompt; undefined when more of it came instead. */
async function closeAnswer(work: Work, question: Question, state: Progress): Promise<RawAnswer | undefined> {
  if (work.stream.receivedBytes - state.bytesAtStart > heavyBytes) await ownTurn()
  const answer = finish(work, question, { state, ended: 'prompt' })
  if (question.marker || answer.disturbance !== undefined) return answer
  const left = Math.max(1, state.deadline - work.clock.now())
  const confirmation = await confirmPrompt(work, { timeoutMs: left, signal: question.signal })
  if (confirmation === 'prompt') return answer
  if (confirmation === 'output') return undefined
  if (typeof confirmation === 'object') return { ...answer, disturbance: noteTypist(work, confirmation.typed) }
  return { ...answer, ended: confirmation }
}

interface Look {
  readonly state: Progress
  readonly turn: Turn
}

/** True when the answer is over although its prompt is new, is not alone on the last line, or came without an echo. */
async function isOverInSilence(work: Work, question: Question, { state, turn }: Look): Promise<boolean> {
  const { stream, platform, clock } = work
  const silentMs = clock.now() - stream.lastDataAt
  if (turn === 'candidate' && silentMs >= settleMs) return true
  if (turn !== undefined && turn !== 'candidate') return false
  if (silentMs < lookMs || stream.receivedBytes === state.bytesAtStart) return false
  if (!mayBeOver(stream, question.leave ?? [], state)) return false
  const isUnderNoise = question.marker ? findMarker(stream.lines(), question.marker.end) !== undefined : isPromptUnderNoise(work, question)
  if (state.redrawn < 5 && isUnderNoise) {
    state.redrawn += 1
    stream.send('\r')
    return false
  }
  if (question.marker) return false
  const tail = stream.tail()
  if (silentMs >= noEchoMs && isTypedByAnother(work, question, tail)) {
    state.disturbance = noteTypist(work, tail)
    stream.send(platform.keys.clearLine)
    return true
  }
  const patienceMs = work.notes.some(({ kind }) => kind === 'no-echo') ? lookMs : noEchoMs
  if (silentMs < patienceMs || situationOf(work).kind !== 'prompt') return false
  return isAnsweredWithoutEcho(work, question, state)
}

/** Nothing but prompts came: the command was lost and is typed once more. */
function isAnsweredWithoutEcho(work: Work, question: Question, state: Progress): boolean {
  if (state.repeated || !work.stream.lines().every((line) => isSilent(work, line) || isPromptLine(work, line))) {
    addNote(work, 'no-echo', question.typed)
    return true
  }
  state.repeated = true
  addNote(work, 'command-repeated', question.typed)
  work.stream.send(`${question.typed}\r`)
  return false
}

/** A log line came after the prompt: it stands alone on an earlier line, with only such lines behind it. */
function isPromptUnderNoise(work: Work, question: Question): boolean {
  if (work.platform.noise.length === 0) return false
  const lines = [...work.stream.lines(), work.stream.tail()]
  const from = findEchoLine(lines, question.typed) + 1
  const behind = lines.findIndex((line, index) => index >= from && isAnyPromptLine(work, line))
  if (from === 0 || behind < 0) return false
  return lines.slice(behind + 1).every((line) => line.trim() === '' || isNoise(work.platform, line))
}

function isTypedByAnother(work: Work, question: Question, tail: string): boolean {
  if (!isTypedAtPrompt(work, tail) || isOurs(tail, question.typed, work.stream.lines())) return false
  return isEchoed(work.stream.rawHead(echoWindowBytes), question.typed)
}

function noteTypist(work: Work, typed: string): string {
  addNote(work, 'other-typist', typed)
  work.isLost = true
  return typed
}

function findMarker(
  lines: readonly string[],
  marker: RegExp,
): { readonly index: number; readonly before: string; readonly exitCode: number } | undefined {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const found = marker.exec(lines[index] ?? '')
    if (found) return { index, before: found[1] ?? '', exitCode: Number(found[2]) }
  }
  return undefined
}

interface End {
  readonly state: Progress
  readonly ended: AnswerEnd
}

function finish(work: Work, question: Question, { state, ended }: End): RawAnswer {
  const { stream } = work
  const lines = stream.lines().slice(0, state.leftFor === undefined ? undefined : state.leftFor + 1)
  const body = question.marker ? markedBody(lines, question.marker) : bodyBehindEcho(work, question, lines)
  if (ended !== 'prompt') body.lines.push(stream.tail())
  const disturbance = state.disturbance ?? body.disturbance ?? foreignIn(work, state, body.lines)
  return { ended, exitCode: body.exitCode, raw: stream.raw(), lines: ownLines(work, question, body.lines), disturbance }
}

interface Body {
  readonly lines: string[]
  readonly exitCode: number | undefined
  readonly disturbance: string | undefined
}

/** A missing start means that something stood on the line that ours was typed behind. */
function markedBody(lines: readonly string[], marker: Marker): Body {
  const start = lines.findIndex((line) => marker.start.test(line))
  const end = findMarker(lines, marker.end)
  const disturbance = end && start < 0 ? (lines[0] ?? '') : undefined
  if (!end) return { lines: lines.slice(start + 1), exitCode: undefined, disturbance }
  const body = [...lines.slice(start + 1, end.index), ...(end.before === '' ? [] : [end.before])]
  return { lines: body, exitCode: end.exitCode, disturbance }
}

function bodyBehindEcho(work: Work, question: Question, lines: readonly string[]): Body {
  const echo = findEchoLine(lines, question.typed)
  // Readline's wrap on a narrow terminal garbles the echo's own line, which then is the first.
  const isGarbled = echo < 0 && lines.length > 0 && isEchoed(work.stream.rawHead(echoWindowBytes), question.typed)
  const hasEcho = echo >= 0 || isGarbled
  // Without an echo the prompt that the command was typed at stands alone.
  const start = hasEcho ? Math.max(1, echo + 1) : lines.findIndex((line) => !isSilent(work, line) && !isPromptLine(work, line))
  return { lines: start < 0 ? [] : lines.slice(start), exitCode: undefined, disturbance: undefined }
}

/** Asked of every line of an answer, so the beginning is compared first. */
function isBarePrompt({ prompt }: Work, line: string): boolean {
  const wanted = prompt.trimEnd()
  return line.startsWith(wanted) && wanted.trim().length > 1 && line.trimEnd() === wanted
}

/** Questions whose answer may consist of log lines. */
const asksForLogs = /log|dmesg|journal/iu

/** What the device answered: without prompts that were drawn again, and without what it said by itself. */
function ownLines(work: Work, question: Question, lines: readonly string[]): readonly string[] {
  const isLog = (line: string) => work.platform.logLines.some(({ pattern }) => pattern.test(line))
  const keepsLogs = asksForLogs.test(question.typed)
  const own = lines.filter((line) => !isBarePrompt(work, line) && (keepsLogs || !isLog(line)))
  const end = own.findLastIndex((line) => line.trim() !== '' && !isAbovePrompt(work, line))
  return own.slice(0, end + 1)
}

const isAbovePrompt = (work: Work, line: string): boolean => work.platform.abovePrompt.some(({ pattern }) => pattern.test(line.trimEnd()))

/** Output behind a prompt that stood alone: a line that somebody had begun, which our empty line then ran. */
function behindPrompt(work: Work, lines: readonly string[]): string | undefined {
  const prompt = lines.findIndex((line) => isBarePrompt(work, line))
  return prompt < 0 ? undefined : lines.slice(prompt).find((line) => !isSilent(work, line) && !isPromptLine(work, line))
}

/** Signs in an answer that another person typed: a command behind the prompt, or an interrupt that was not ours. */
function foreignIn(work: Work, state: Progress, lines: readonly string[]): string | undefined {
  const typed = lines.find((line) => isTypedAtPrompt(work, line)) ?? behindPrompt(work, lines)
  if (typed !== undefined) return noteTypist(work, typed)
  // On IOS `^C` is what a banner is enclosed in, and no echo of a key.
  const showsInterrupts = work.platform.keys.interrupt[0] === '\x03'
  const isCut = showsInterrupts && !state.hasInterrupted && lines.some((line) => line.trim() === '^C')
  return isCut ? noteTypist(work, '^C') : undefined
}
