import { Interrupted, type Process } from '../../network/process.ts'
import type { LinuxHost } from './linux-host.ts'
import { resolveHost } from './program-ping.ts'
import { readWithEditor } from './readline.ts'
import { afterParenthesis, type Command, parseShell, type Redirection, type ShellList, ShellSyntaxError } from './shell-parser.ts'
import { connectTcp, readTcpPath } from './tcp-connect.ts'

export type ShellFlavour = 'bash' | 'dash' | 'busybox'

/** Where a program's output goes. */
export interface Streams {
  readonly input: string
  out(text: string): void
  err(text: string): void
  /** False in a pipe, a file, a substitution. */
  readonly isTerminal: boolean
}

export interface Shell {
  readonly host: LinuxHost
  readonly flavour: ShellFlavour
  readonly isInteractive: boolean
  variables: Map<string, string>
  positional: string[]
  status: number
  /** Set by `exit`. */
  exitCode: number | null
  bracketedPaste: boolean
  directory: string
  readonly depth: number
}

/** A program: its arguments without the name; answers the exit status. */
export type Program = (shell: Shell, words: readonly string[], streams: Streams) => Process<number>

/** A program that never waits. */
export const plain = (run: (shell: Shell, words: readonly string[], streams: Streams) => number): Program =>
  // biome-ignore lint/correctness/useYield: the form is that of every program
  function* (shell, words, streams) {
    return run(shell, words, streams)
  }

export type FindProgram = (name: string, shell: Shell) => Program | undefined

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export function createShell(
  host: LinuxHost,
  flavour: ShellFlavour,
  options: { isInteractive: boolean; variables?: ReadonlyMap<string, string>; depth?: number },
): Shell {
  const defaults = new Map([
    ['PATH', DEFAULT_PATH],
    ['HOME', '/root'],
    ['USER', 'root'],
    ['SHELL', '/bin/bash'],
    ['TERM', 'vt220'],
  ])
  return {
    host,
    flavour,
    isInteractive: options.isInteractive,
    variables: new Map(options.variables ?? defaults),
    positional: [],
    status: 0,
    exitCode: null,
    bracketedPaste: flavour === 'bash',
    directory: flavour === 'busybox' ? '/' : '/root',
    depth: options.depth ?? 0,
  }
}

/** A child has its own copies; what it changes is gone with it. */
export const childShell = (shell: Shell, isInteractive: boolean, flavour = shell.flavour): Shell => ({
  ...createShell(shell.host, flavour, { isInteractive, variables: shell.variables, depth: shell.depth + 1 }),
  positional: [...shell.positional],
  status: shell.status,
  directory: shell.directory,
})

/** Reads and runs lines until `exit` or Ctrl-D. */
export function* runInteractive(shell: Shell): Process<number> {
  const { tty, history } = shell.host
  const streams: Streams = { input: '', out: tty.print, err: tty.print, isTerminal: true }
  while (shell.exitCode === null) {
    try {
      const line = yield* readCommand(shell, history)
      if (line === undefined) {
        tty.print(shell.flavour === 'bash' ? 'exit\n' : '\n')
        return shell.status
      }
      if (line.trim() !== '') history.push(line)
      yield* runText(shell, line, streams)
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
      tty.print('\n')
      shell.status = 130
    }
  }
  return shell.exitCode
}

function* readCommand(shell: Shell, history: string[]): Process<string | undefined> {
  const { tty } = shell.host
  if (shell.flavour === 'dash') {
    tty.setRaw(false)
    tty.print(promptOf(shell))
    return yield* tty.readLine()
  }
  const read = yield* readWithEditor(tty, {
    prompt: promptOf(shell),
    history,
    bracketedPaste: shell.bracketedPaste,
    asksCursor: shell.flavour === 'busybox',
  })
  if (read.kind === 'interrupt') shell.status = 130
  if (read.kind === 'eof') return undefined
  return read.kind === 'line' ? read.text : ''
}

const DEFAULT_PROMPTS = { bash: '\\u@\\h:\\w\\$ ', dash: '# ', busybox: '\\w # ' } as const

function promptOf(shell: Shell): string {
  const home = shell.variables.get('HOME') ?? '/root'
  const isHome = shell.flavour === 'bash' && shell.directory === home
  return (shell.variables.get('PS1') ?? DEFAULT_PROMPTS[shell.flavour])
    .replaceAll('\\u', 'root')
    .replaceAll('\\h', shell.host.hostname())
    .replaceAll('\\w', isHome ? '~' : shell.directory)
    .replaceAll('\\$', '#')
    .replaceAll(/\\[[\]]/g, '')
}

/** Runs the text of a line or of `sh -c`. */
export function* runText(shell: Shell, text: string, streams: Streams): Process<number> {
  try {
    yield* runList(shell, parseShell(text), streams)
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error
    streams.err(`${shell.flavour === 'bash' ? 'bash' : 'sh'}: ${error.message}\n`)
    shell.status = 2
  }
  return shell.status
}

function* runList(shell: Shell, list: ShellList, streams: Streams): Process<void> {
  for (const item of list) {
    if (shell.exitCode !== null) return
    if (item.joint === '&&' && shell.status !== 0) continue
    if (item.joint === '||' && shell.status === 0) continue
    const status = yield* runPipeline(shell, item.commands, streams)
    shell.status = item.isNegated ? Number(status === 0) : status
  }
}

/** Stages run one after the other: each gets all that the one before printed. */
function* runPipeline(shell: Shell, commands: readonly Command[], streams: Streams): Process<number> {
  let input = streams.input
  let status = 0
  for (const [index, command] of commands.entries()) {
    const isLast = index === commands.length - 1
    let collected = ''
    const stage: Streams = isLast
      ? { ...streams, input }
      : {
          input,
          out: (text) => {
            collected += text
          },
          err: streams.err,
          isTerminal: false,
        }
    status = yield* runCommand(shell, command, stage)
    input = collected
  }
  return status
}

function* runCommand(shell: Shell, command: Command, streams: Streams): Process<number> {
  const files: { path: string; text: string; append: boolean }[] = []
  const redirected = yield* redirect(shell, command.redirections, streams, files)
  let status: number
  if (redirected === undefined) status = 1
  else if (command.kind === 'subshell') {
    const child = childShell(shell, false)
    yield* runList(child, command.list, redirected)
    status = child.exitCode ?? child.status
  } else status = yield* runSimple(shell, command.words, redirected)
  for (const file of files) shell.host.writeFile(file.path, file.append ? (shell.host.readFile(file.path) ?? '') + file.text : file.text)
  return status
}

function* redirect(
  shell: Shell,
  redirections: readonly Redirection[],
  streams: Streams,
  files: { path: string; text: string; append: boolean }[],
): Process<Streams | undefined> {
  let result = streams
  for (const { descriptor, mode, target } of redirections) {
    const path = absolute(shell, (yield* expandWord(shell, target)).join(' '))
    if (mode === 'to-out') result = { ...result, err: result.out }
    else if (mode === 'to-err') result = { ...result, out: result.err }
    else if (mode === 'open') {
      const problem = yield* openBoth(shell, path)
      if (problem !== null) {
        streams.err(problem)
        return undefined
      }
    } else if (mode === 'read') {
      const text = path === '/dev/null' ? '' : shell.host.readFile(path)
      if (text === undefined) {
        streams.err(`${shell.flavour === 'bash' ? 'bash' : 'sh'}: ${target}: No such file or directory\n`)
        return undefined
      }
      result = { ...result, input: text }
    } else {
      const file = { path, text: '', append: mode === 'append' }
      if (path !== '/dev/null') files.push(file)
      const write = (text: string) => {
        file.text += text
      }
      result = descriptor === 2 ? { ...result, err: write } : { ...result, out: write, isTerminal: false }
    }
  }
  return result
}

/** `3<>PATH`: a file, or a connection where bash is asked for `/dev/tcp/...`. @returns what is printed when it fails */
function* openBoth(shell: Shell, path: string): Process<string | null> {
  const endpoint = shell.flavour === 'bash' ? readTcpPath(path) : undefined
  if (endpoint === undefined)
    return shell.host.readFile(path) === undefined ? `${speaker(shell)}${path}: No such file or directory\n` : null
  const address = resolveHost(shell.host, endpoint.name)
  if (address === undefined) return `${speaker(shell)}${endpoint.name}: Name or service not known\n`
  const result = yield* connectTcp(shell.host, address, endpoint.port)
  return result === 'open' ? null : `bash: connect: ${result}\n${speaker(shell)}${path}: ${result}\n`
}

export function absolute(shell: Shell, path: string): string {
  const joined = path.startsWith('/') ? path : `${shell.directory}/${path}`
  const parts: string[] = []
  for (const part of joined.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=([\s\S]*)$/

function* runSimple(shell: Shell, raw: readonly string[], streams: Streams): Process<number> {
  let start = 0
  const assigned: [string, string][] = []
  shell.host.lastSubstitution = 0
  for (; start < raw.length; start += 1) {
    const match = ASSIGNMENT.exec(raw[start] ?? '')
    if (match === null) break
    assigned.push([match[1] ?? '', (yield* expandWord(shell, match[2] ?? '', false)).join(' ')])
  }
  const words: string[] = []
  for (const word of raw.slice(start)) words.push(...(globbed(shell, word) ?? (yield* expandWord(shell, word))))
  if (words.length === 0) {
    for (const [name, value] of assigned) shell.variables.set(name, value)
    return shell.host.lastSubstitution
  }
  const before = assigned.map(([name]) => [name, shell.variables.get(name)] as const)
  for (const [name, value] of assigned) shell.variables.set(name, value)
  const status = yield* runWords(shell, words, streams)
  for (const [name, value] of before) {
    if (value === undefined) shell.variables.delete(name)
    else shell.variables.set(name, value)
  }
  return status
}

/** A word of plain characters and `*` that stands for files; undefined where it stands for none. */
function globbed(shell: Shell, word: string): string[] | undefined {
  if (!/^\/[\w./*-]*\*[\w./*-]*$/.test(word)) return undefined
  const pattern = new RegExp(`^${word.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`)
  const files = shell.host.listFiles().filter((file) => pattern.test(file))
  return files.length === 0 ? undefined : files.sort()
}

/** A command by its words. */
export function* runWords(shell: Shell, words: readonly string[], streams: Streams): Process<number> {
  const [name = '', ...rest] = words
  const program = shell.host.findProgram(name, shell)
  if (program === undefined) {
    const isPath = name.includes('/')
    const reason = isPath ? 'No such file or directory' : notFoundText(shell)
    streams.err(`${speaker(shell)}${name}: ${reason}\n`)
    return 127
  }
  return yield* program(shell, rest, streams)
}

const notFoundText = (shell: Shell): string => (shell.flavour === 'bash' ? 'command not found' : 'not found')

/** Who complains: `bash: x`, dash's `sh: 1: x`, busybox's `-sh: x`. */
function speaker(shell: Shell): string {
  if (shell.flavour === 'bash') return shell.isInteractive ? 'bash: ' : 'bash: line 1: '
  return shell.flavour === 'dash' ? '/bin/sh: 1: ' : '-sh: '
}

/** Quotes, variables and substitutions; unquoted results are split at blanks. */
export function* expandWord(shell: Shell, raw: string, splits = true): Process<string[]> {
  const fields: string[] = []
  let current = ''
  let hasQuotes = false
  const addExpanded = (value: string, isQuoted: boolean): void => {
    if (isQuoted || !splits) {
      current += value
      return
    }
    const parts = value.split(/[ \t\n]+/)
    parts.forEach((part, index) => {
      if (index > 0) {
        if (current !== '' || hasQuotes) fields.push(current)
        current = ''
      }
      current += part
    })
  }
  let isQuoted = false
  for (let index = 0; index < raw.length; ) {
    const char = raw[index] ?? ''
    if (char === "'" && !isQuoted) {
      const end = raw.indexOf("'", index + 1)
      current += raw.slice(index + 1, end)
      hasQuotes = true
      index = end + 1
    } else if (char === '"') {
      isQuoted = !isQuoted
      hasQuotes = true
      index += 1
    } else if (char === '\\') {
      const next = raw[index + 1] ?? ''
      current += isQuoted && !'$`"\\\n'.includes(next) ? `\\${next}` : next
      index += 2
    } else if (char === '~' && index === 0 && (raw.length === 1 || raw[1] === '/')) {
      current += shell.variables.get('HOME') ?? '/root'
      index += 1
    } else if (char === '$') {
      const { value, next } = yield* expandDollar(shell, raw, index)
      addExpanded(value, isQuoted)
      index = next
    } else {
      current += char
      index += 1
    }
  }
  if (current !== '' || hasQuotes || raw === '') fields.push(current)
  return fields
}

function* expandDollar(shell: Shell, raw: string, index: number): Process<{ value: string; next: number }> {
  if (raw.startsWith('$(', index)) {
    const next = afterParenthesis(raw, index + 2)
    return { value: yield* substitute(shell, raw.slice(index + 2, next - 1)), next }
  }
  const special = /^\$([?#@*$0-9])/.exec(raw.slice(index))
  if (special !== null) return { value: specialValue(shell, special[1] ?? ''), next: index + 2 }
  const named = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/.exec(raw.slice(index))
  if (named === null) return { value: '$', next: index + 1 }
  return { value: shell.variables.get(named[1] ?? named[2] ?? '') ?? '', next: index + named[0].length }
}

function specialValue(shell: Shell, name: string): string {
  if (name === '?') return String(shell.status)
  if (name === '#') return String(shell.positional.length)
  if (name === '@' || name === '*') return shell.positional.join(' ')
  if (name === '$') return '731'
  return name === '0' ? shell.flavour : (shell.positional[Number(name) - 1] ?? '')
}

function* substitute(shell: Shell, text: string): Process<string> {
  const child = childShell(shell, false)
  let collected = ''
  yield* runText(child, text, {
    input: '',
    out: (part) => {
      collected += part
    },
    err: shell.host.tty.print,
    isTerminal: false,
  })
  shell.host.lastSubstitution = child.exitCode ?? child.status
  return collected.replace(/\n+$/, '')
}
