import { type Process, sleep } from '../../network/process.ts'
import { applyConfigLine, type ConfigOutcome, treesFor } from './ios-config-commands.ts'
import type { ConfigContext } from './ios-config-kinds.ts'
import { execTrees } from './ios-exec-commands.ts'
import { filterOutput, splitFilter } from './ios-filter.ts'
import { type IosSession, isConfigMode, leaveConfig, lookUpHost } from './ios-session.ts'

/** `R1>`, `R1#`, `R1(config-if)#`; long names are cut in configuration modes. */
export function promptOf(session: IosSession): string {
  const name = session.router.config.hostname
  if (session.mode === 'exec') return `${name}>`
  if (session.mode === 'enable') return `${name}#`
  return `${name.slice(0, 20)}(${session.mode.mode})#`
}

/** Reads and runs lines until the user leaves. */
export function* runSession(session: IosSession): Process<void> {
  const { terminal } = session
  session.ending = 'none'
  while (session.ending === 'none') {
    const prompt = promptOf(session)
    const entered = yield* terminal.readLine({
      prompt,
      history: session.history,
      help: (line) => helpFor(session, line),
      complete: (line) => completeFor(session, line),
    })
    if (entered.kind === 'ctrl-c') {
      if (isConfigMode(session.mode)) leaveConfig(session)
      continue
    }
    const text = entered.text.trim()
    if (text !== '') {
      session.history.push(text)
      if (session.history.length > 20) session.history.shift()
      yield* sleep(session.router.timers, 4)
      yield* runLine(session, text, prompt.length + (entered.text.length - entered.text.trimStart().length))
    }
    if (entered.kind === 'ctrl-z' && isConfigMode(session.mode)) leaveConfig(session)
  }
}

function* runLine(session: IosSession, line: string, column: number): Process<void> {
  const { mode } = session
  if (line.startsWith('!')) return
  if (!isConfigMode(mode)) {
    yield* runExec(session, line, column)
    return
  }
  if (/^do\s/.test(line)) {
    yield* runExec(session, line.replace(/^do\s+/, ''), column + 3)
    return
  }
  if (isPrefix(line, 'end', 2)) leaveConfig(session)
  else if (isPrefix(line, 'exit', 2)) {
    if (mode.mode === 'config') leaveConfig(session)
    else session.mode = { mode: 'config' }
  } else applyLine(session, mode, line, column)
}

const isPrefix = (line: string, word: string, least: number): boolean => line.length >= least && word.startsWith(line.toLowerCase())

function applyLine(session: IosSession, mode: ConfigContext, line: string, column: number): void {
  const outcome = applyConfigLine(session.router.config, mode, line)
  if (outcome.kind === 'done') {
    session.isModified = true
    session.terminal.print(outcome.text ?? '')
    session.mode = outcome.context ?? session.mode
    session.terminal.settings.synchronous = session.router.config.lines.get('con 0')?.loggingSynchronous ?? false
    session.router.refresh()
  } else session.terminal.print(errorText(outcome, line, column))
}

/** The caret stands under the word that does not fit. */
export function errorText(outcome: Exclude<ConfigOutcome, { kind: 'done' }>, line: string, column: number): string {
  if (outcome.kind !== 'invalid')
    return outcome.kind === 'incomplete' ? '% Incomplete command.\r\n\r\n' : `% Ambiguous command:  "${line}"\r\n`
  return `${' '.repeat(column + outcome.at)}^\r\n% Invalid input detected at '^' marker.\r\n\r\n`
}

/** Runs an exec command, with `| include X` and paging. */
function* runExec(session: IosSession, line: string, column: number): Process<void> {
  const { command, filter } = splitFilter(line)
  const parsed = execTrees[session.mode === 'exec' ? 'user' : 'privileged'].parse(command)
  if (parsed.kind === 'empty') return
  if (parsed.kind !== 'command') {
    if (parsed.kind === 'invalid' && parsed.word === 0 && !/\s/.test(command)) {
      yield* lookUpHost(session, command)
      session.terminal.print('% Unknown command or computer name, or unable to find computer address\r\n')
    } else session.terminal.print(errorText(parsed, command, column))
    return
  }
  const output = yield* parsed.run(session, parsed.match)
  yield* session.terminal.page(filter === null ? output : filterOutput(output, filter))
}

function helpFor(session: IosSession, line: string): string {
  const words = nextWords(session, line)
  if (words.length === 0) return '% Unrecognized command'
  return /\s$|^$/.test(line) ? words.map((word) => `  ${word}\r\n`).join('') : `${words.join('  ')}\r\n`
}

function completeFor(session: IosSession, line: string): string {
  const partial = /\S+$/.exec(line)?.[0] ?? ''
  const words = nextWords(session, line)
  const [only] = words
  return partial === '' || words.length !== 1 || only === undefined ? line : `${line.slice(0, line.length - partial.length)}${only} `
}

function nextWords(session: IosSession, line: string): string[] {
  if (!isConfigMode(session.mode)) return execTrees[session.mode === 'exec' ? 'user' : 'privileged'].next(line)
  const own = ['do', 'end', 'exit'].filter((word) => !/\s/.test(line) && word.startsWith(line))
  return [...new Set([...treesFor(session.mode).flatMap((tree) => tree.next(line)), ...own])].sort()
}
