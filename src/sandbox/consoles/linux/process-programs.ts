import { sleep, startProcess } from '../../network/process.ts'
import { absolute, childShell, type Program, runInteractive, runText, runWords } from './shell.ts'

const sleepProgram: Program = function* (shell, words) {
  const seconds = Number((words[0] ?? '0').replace(/s$/, ''))
  yield* sleep(shell.host.timers, Number.isFinite(seconds) ? seconds * 1_000 : 0)
  return 0
}

/** `env [-i] [NAME=VALUE ...] [COMMAND ...]`. */
const env: Program = function* (shell, words, streams) {
  const child = childShell(shell, shell.isInteractive)
  let index = 0
  for (; index < words.length; index += 1) {
    const word = words[index] ?? ''
    const at = word.indexOf('=')
    if (word === '-i' || word === '-') child.variables.clear()
    else if (word === '-u') child.variables.delete(words[++index] ?? '')
    else if (at > 0) child.variables.set(word.slice(0, at), word.slice(at + 1))
    else break
  }
  if (index === words.length) {
    streams.out([...child.variables].map(([name, value]) => `${name}=${value}\n`).join(''))
    return 0
  }
  return yield* runWords(child, words.slice(index), streams)
}

/** `sh`, `sh -c TEXT`, `bash`: an interactive one takes over the terminal until `exit`. */
const shellProgram = (flavour: 'bash' | 'dash'): Program =>
  function* (shell, words, streams) {
    const own = shell.flavour === 'busybox' ? 'busybox' : flavour
    const at = words.findIndex((word) => /^-\w*c$/.test(word))
    const child = childShell(shell, at === -1, own)
    if (at !== -1) {
      child.positional = words.slice(at + 3)
      const status = yield* runText(child, words[at + 1] ?? '', streams)
      return child.exitCode ?? status
    }
    const file = words.find((word) => !word.startsWith('-'))
    if (file === undefined && streams.isTerminal) {
      const history = [...shell.host.history]
      const status = yield* runInteractive(child)
      shell.host.history.splice(0, shell.host.history.length, ...history)
      return status
    }
    const text = file === undefined ? streams.input : shell.host.readFile(absolute(shell, file))
    if (text === undefined) {
      streams.err(`sh: 0: cannot open ${file}: No such file\n`)
      return 127
    }
    return yield* runText(child, text, streams)
  }

/** `timeout SECONDS COMMAND`: 124 when the time was over. */
const timeout: Program = function* (shell, words, streams) {
  const rest = words.filter((word, index) => !(word.startsWith('-') && index < 2))
  const seconds = Number(rest[0])
  let status: number | undefined
  yield (resume) => {
    // a command that never waits has ended before startProcess returns
    let cancel = (): void => undefined
    const running = startProcess(runWords(shell, rest.slice(1), streams), (result) => {
      status = 'value' in result ? result.value : 124
      cancel()
      resume()
    })
    if (status === undefined) cancel = shell.host.timers.after(seconds * 1_000, () => running.interrupt())
    return () => {
      cancel()
      running.kill()
    }
  }
  return status ?? 124
}

const busybox: Program = function* (shell, words, streams) {
  return yield* runWords(shell, words, streams)
}

/** What runs other programs, or waits. */
export const processPrograms: Readonly<Record<string, Program>> = {
  sleep: sleepProgram,
  env,
  sh: shellProgram('dash'),
  bash: shellProgram('bash'),
  timeout,
  busybox,
}
