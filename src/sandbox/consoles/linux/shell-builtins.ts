import { absolute, type Program, plain, runWords } from './shell.ts'
import { readSystemFile } from './system-files.ts'

const ok = plain(() => 0)

const changeDirectory = plain((shell, words) => {
  shell.directory = absolute(shell, words[0] ?? shell.variables.get('HOME') ?? '/root')
  return 0
})

const bind = plain((shell, words) => {
  const setting = /enable-bracketed-paste\s+(on|off)/.exec(words.join(' '))
  if (setting !== null) shell.bracketedPaste = setting[1] === 'on'
  return 0
})

const exportProgram = plain((shell, words, streams) => {
  for (const word of words.filter((each) => !each.startsWith('-'))) {
    const at = word.indexOf('=')
    if (at > 0) shell.variables.set(word.slice(0, at), word.slice(at + 1))
  }
  if (words.length === 0) streams.out([...shell.variables].map(([name, value]) => `declare -x ${name}="${value}"\n`).join(''))
  return 0
})

const unset = plain((shell, words) => {
  for (const name of words) shell.variables.delete(name)
  return 0
})

const set = plain((shell, words) => {
  const at = words.indexOf('--')
  if (at !== -1) shell.positional = words.slice(at + 1)
  return 0
})

const exit = plain((shell, words) => {
  shell.exitCode = words[0] === undefined ? shell.status : Number(words[0]) & 255
  return shell.exitCode
})

const test = plain((shell, words) => {
  const args = words.at(-1) === ']' ? words.slice(0, -1) : words
  const [a = '', operator = '', b = ''] = args
  if (a === '-f' || a === '-e' || a === '-r') return readSystemFile(shell, absolute(shell, operator)) === undefined ? 1 : 0
  if (a === '-n') return operator === '' ? 1 : 0
  if (a === '-z') return operator === '' ? 0 : 1
  const [left, right] = [Number(a), Number(b)]
  const results: Readonly<Record<string, boolean>> = {
    '=': a === b,
    '==': a === b,
    '!=': a !== b,
    '-eq': left === right,
    '-ne': left !== right,
    '-gt': left > right,
    '-lt': left < right,
    '-ge': left >= right,
    '-le': left <= right,
  }
  return (results[operator] ?? a !== '') ? 0 : 1
})

const history = plain((shell, _words, streams) => {
  streams.out(shell.host.history.map((line, index) => `${String(index + 1).padStart(5)}  ${line}\n`).join(''))
  return 0
})

const BUILTINS: ReadonlySet<string> = new Set([
  'echo',
  'cd',
  'export',
  'unset',
  'set',
  'exit',
  'exec',
  'true',
  'false',
  'test',
  '[',
  'printf',
  'bind',
  'command',
  'alias',
  'unalias',
  'type',
  'history',
  ':',
  'pwd',
  'umask',
  'shopt',
  'wait',
  'jobs',
])

const which = plain((shell, words, streams) => {
  const names = words.filter((word) => !word.startsWith('-'))
  const found = names.filter((name) => shell.host.findProgram(name, shell) !== undefined)
  streams.out(found.map((name) => `${BUILTINS.has(name) ? name : `/usr/bin/${name}`}\n`).join(''))
  return found.length === names.length ? 0 : 1
})

const command: Program = function* (shell, words, streams) {
  if (words[0] !== '-v' && words[0] !== '-V') return yield* runWords(shell, words, streams)
  return yield* which(shell, words.slice(1), streams)
}

/** With words it becomes that program; without, it only redirects. */
const exec: Program = function* (shell, words, streams) {
  if (words.length === 0) return 0
  shell.exitCode = yield* runWords(shell, words, streams)
  return shell.exitCode
}

/** What a shell does itself. */
export const shellBuiltins: Readonly<Record<string, Program>> = {
  cd: changeDirectory,
  pwd: plain((shell, _words, streams) => {
    streams.out(`${shell.directory}\n`)
    return 0
  }),
  true: ok,
  ':': ok,
  false: plain(() => 1),
  bind,
  export: exportProgram,
  unset,
  set,
  exit,
  logout: exit,
  which,
  type: which,
  command,
  exec,
  test,
  '[': test,
  history,
  shopt: ok,
  alias: ok,
  unalias: ok,
  umask: ok,
  wait: ok,
  jobs: ok,
}
