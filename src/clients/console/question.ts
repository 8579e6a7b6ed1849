import type { AnswerEnd } from './contract.ts'
import { findEchoLine, isEchoed, isEchoedAmongNoise } from './echo.ts'
import { isNoise } from './situation.ts'
import { addNote, settleMs, situationOf, type Work } from './work.ts'

export interface Question {
  /** What is typed, without the CR. */
  readonly typed: string
  /** For shells: the line that ends the answer; its first group is what stood before it, its second the exit status. */
  readonly marker?: RegExp
  readonly timeoutMs: number
  readonly interruptAfterMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface RawAnswer {
  readonly ended: AnswerEnd
  readonly exitCode: number | undefined
  readonly raw: Buffer
  /** Lines after the echo and before the prompt. */
  readonly lines: readonly string[]
}

/** How often the conditions that need silence are looked at. */
const lookMs = 200
/** Silence after which a prompt without an echo before it is judged. */
const noEchoMs = 1_500
/** The echo must be among the first bytes; a flood is not searched again and again. */
const echoWindowBytes = 16 * 1024

type Turn = 'done' | 'pager' | 'dialog' | 'candidate' | undefined

/**
 * Types one line at the prompt and reads until the answer is over: echo, then the prompt alone on the last line (and the marker before it,
 * where there is one). No silence is awaited when the prompt is the learnt one; a new prompt (another mode or name) must settle.
 */
export async function askQuestion(work: Work, question: Question): Promise<RawAnswer> {
  const { stream, clock, platform } = work
  await stream.begin(work.prompt)
  const startedAt = clock.now()
  const deadline = startedAt + question.timeoutMs
  const state: Progress = {
    echoed: false,
    interruptAt: interruptTime(question, startedAt),
    repeated: false,
    redrawn: 0,
    bytesAtStart: stream.receivedBytes,
  }
  stream.send(`${question.typed}\r`)
  for (;;) {
    let turn: Turn
    const isSomething = () => {
      turn = takeTurn(work, question, state)
      return turn !== undefined && turn !== 'candidate'
    }
    const until = Math.min(deadline, state.interruptAt, clock.now() + lookMs)
    const end = await stream.until(isSomething, { timeoutMs: Math.max(1, until - clock.now()), signal: question.signal })
    if (end === 'met' && turn === 'done') return finish(work, question, 'prompt')
    if (end === 'met') {
      await goOn(work, turn)
      continue
    }
    if (turn === 'candidate' && clock.now() - stream.lastDataAt >= settleMs) return finish(work, question, 'prompt')
    if (end === 'closed' || end === 'cut') return finish(work, question, end)
    if (clock.now() >= deadline) return finish(work, question, 'timeout')
    if (clock.now() >= state.interruptAt) {
      state.interruptAt = clock.now() + 2_000
      stream.send(platform.keys.interrupt[0] ?? '\x03')
    }
    if (await lookInSilence(work, question, state)) return finish(work, question, 'prompt')
  }
}

interface Progress {
  echoed: boolean
  interruptAt: number
  repeated: boolean
  redrawn: number
  readonly bytesAtStart: number
}

function interruptTime(question: Question, now: number): number {
  return question.interruptAfterMs === undefined ? Number.POSITIVE_INFINITY : now + question.interruptAfterMs
}

function takeTurn(work: Work, question: Question, state: Progress): Turn {
  const { stream } = work
  if (stream.receivedBytes === state.bytesAtStart) return undefined
  const tail = stream.tail()
  if (question.marker) return tail === work.prompt && findMarker(stream.lines(), question.marker) ? 'done' : undefined
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

/** True when the answer is over although its prompt is not alone on the last line, or came without an echo. */
async function lookInSilence(work: Work, question: Question, state: Progress): Promise<boolean> {
  const { stream, platform, clock } = work
  const silentMs = clock.now() - stream.lastDataAt
  if (silentMs < lookMs || stream.receivedBytes === state.bytesAtStart || question.marker) return false
  if (state.redrawn < 5 && isPromptUnderNoise(work, question)) {
    state.redrawn += 1
    stream.send('\r')
    return false
  }
  const tail = stream.tail()
  if (silentMs >= noEchoMs && isTypedByAnother(work, question, tail)) {
    addNote(work, 'other-typist', tail)
    stream.send(platform.keys.clearLine)
    work.isLost = true
    return true
  }
  const patienceMs = work.notes.some(({ kind }) => kind === 'no-echo') ? lookMs : noEchoMs
  if (silentMs < patienceMs || situationOf(work).kind !== 'prompt') return false
  if (state.repeated || !isOnlyPrompts(work)) {
    addNote(work, 'no-echo', question.typed)
    return true
  }
  state.repeated = true
  addNote(work, 'command-repeated', question.typed)
  stream.send(`${question.typed}\r`)
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

function isPromptLine(work: Work, line: string): boolean {
  const prompt = work.prompt.trimEnd()
  if (prompt === '' || !line.startsWith(prompt)) return false
  const rest = line.slice(prompt.length).trim()
  return rest === '' || isNoise(work.platform, rest)
}

/** The prompt of any mode: a command such as `end` or `hostname` is answered by another prompt than the one it was typed at. */
function isAnyPromptLine(work: Work, line: string): boolean {
  const isPrompt = (text: string) => work.platform.modes.some(({ prompt }) => prompt.test(text))
  return isPromptLine(work, line) || isPrompt(line) || isPrompt(beforeLogLine(work, line))
}

/** What stands on a line in front of a log line that was printed right behind it: `R1#*Mar  1 00:03:22.075: %SYS-5-...` */
function beforeLogLine(work: Work, line: string): string {
  const starts = work.platform.noise.map(({ pattern }) => line.search(pattern)).filter((start) => start > 0)
  if (starts.length === 0) return line
  return line.slice(0, Math.min(...starts)).replace(/\*?(?:[A-Z][a-z]{2} +)?[\d :.]*$/u, '')
}

function isTypedByAnother(work: Work, question: Question, tail: string): boolean {
  const isBehindPrompt = tail.startsWith(work.prompt) && tail.length > work.prompt.length
  const isOurs = tail.includes(question.typed.slice(0, 20)) && work.stream.lines().length === 0
  return isBehindPrompt && !isOurs && isEchoed(work.stream.rawHead(echoWindowBytes), question.typed)
}

function isOnlyPrompts(work: Work): boolean {
  return work.stream.lines().every((line) => line.trim() === '' || isPromptLine(work, line) || isNoise(work.platform, line))
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

function finish(work: Work, question: Question, ended: AnswerEnd): RawAnswer {
  const { stream } = work
  const lines = stream.lines()
  const marked = question.marker ? findMarker(lines, question.marker) : undefined
  const echo = findEchoLine(lines, question.typed)
  // Readline's wrap on a narrow terminal garbles the echo's own line, which then is the first.
  const isGarbled = echo < 0 && lines.length > 0 && isEchoed(stream.rawHead(echoWindowBytes), question.typed)
  const from = isGarbled ? 1 : echo + 1
  const body = marked ? [...lines.slice(from, marked.index), ...(marked.before === '' ? [] : [marked.before])] : lines.slice(from)
  if (ended !== 'prompt') body.push(stream.tail())
  return { ended, exitCode: marked?.exitCode, raw: stream.raw(), lines: withoutForeign(work, body) }
}

/** What stands behind a prompt with a command that is not ours is another typist's: it is cut off and said. */
function withoutForeign(work: Work, lines: readonly string[]): readonly string[] {
  if (work.prompt.trim().length < 2) return lines
  const foreign = lines.findIndex((line) => line.startsWith(work.prompt) && line.length > work.prompt.length && !isPromptLine(work, line))
  const own = lines.filter(
    (line, index) => (foreign < 0 || index < foreign) && !(line.trim() !== '' && line.trimEnd() === work.prompt.trimEnd()),
  )
  if (foreign >= 0) addNote(work, 'other-typist', lines[foreign] ?? '')
  return own
}
