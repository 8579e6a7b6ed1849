import type { Clock } from '../../../../src/lib/clock.ts'
import type { Random } from './random.ts'

/** What a device does with a line: text to print at once, or the lines of a command that runs for a while. */
export type Reaction =
  | { readonly kind: 'say'; readonly text: string }
  | {
      readonly kind: 'run'
      readonly lines: readonly string[]
      readonly afterInterrupt: readonly string[] | undefined
      readonly then?: string
    }

/** How a kind of console treats its line. */
export interface Discipline {
  /** What is typed while a command runs shows at once (the kernel's echo; VPCS does the same). */
  readonly echoesWhileRunning: () => boolean
  /** What is typed at the prompt shows. */
  readonly echoes: () => boolean
  readonly interruptKeys: string
  /** The interrupt key itself shows as `^C`. */
  readonly showsInterrupt: boolean
  /** Lines typed while a command runs are run after it, not lost. */
  readonly keepsTypedAhead: boolean
  /** Column at which the line editor of a narrow terminal wraps: `c CR c`. */
  readonly wrapsAt: number | undefined
}

export interface LineDevice {
  /** Keys from the session or from anybody else: the device cannot tell them apart. */
  type(text: string): void
  /** Something the device says by itself. */
  say(text: string): void
}

interface LineDeviceOptions extends Discipline {
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
  readonly print: (text: string) => void
  readonly prompt: () => string
  readonly react: (line: string) => Reaction
  /** Milliseconds between two lines of a running command. */
  readonly lineMs: () => number
  /** Called as a command starts to run. */
  readonly onRun: (line: string) => void
  readonly halfTyped: string
}

/** A console's line discipline around whatever answers its commands. */
export function createLineDevice(options: LineDeviceOptions): LineDevice {
  const { clock, signal } = options
  let held: string | undefined
  const print = (text: string) => {
    if (held === undefined) options.print(text)
    else held += text
  }
  let line = options.halfTyped
  let ahead: string[] = []
  let running: { end: () => void } | undefined

  const echo = (char: string) => {
    if (running ? !options.echoesWhileRunning() : !options.echoes()) return
    const column = options.prompt().replace(/^[\r\n]*/u, '').length + line.length
    const isAtEdge = options.wrapsAt !== undefined && !running && column > 0 && column % options.wrapsAt === 0
    print(isAtEdge ? `${char}\r${char}` : char)
  }
  const showPrompt = () => {
    print(options.prompt())
    const [next, ...rest] = ahead
    ahead = rest
    if (next === undefined) return
    if (options.echoes()) print(next)
    enter(next)
  }
  const enter = (typed: string) => {
    if (options.echoes()) print('\r\n')
    const reaction = options.react(typed)
    if (reaction.kind === 'say') {
      print(reaction.text)
      return showPrompt()
    }
    options.onRun(typed)
    runLines(reaction).catch(() => undefined) // ended by the seed's signal
  }
  const runLines = async ({ lines, afterInterrupt, then = '' }: Extract<Reaction, { kind: 'run' }>) => {
    let isEnded = false
    const stopped = new AbortController()
    // not AbortSignal.any for each line: every one of them stays with the seed's signal until it is collected
    const stop = () => stopped.abort()
    signal.addEventListener('abort', stop, { once: true })
    running = {
      end: () => {
        isEnded = true
        stopped.abort()
      },
    }
    for (const text of lines) {
      await clock.sleep(Math.max(1, options.lineMs()), stopped.signal).catch(() => signal.throwIfAborted())
      if (isEnded) break
      print(`${text}\r\n`)
    }
    if (afterInterrupt !== undefined && !isEnded) await clock.sleep(600_000, stopped.signal).catch(() => signal.throwIfAborted())
    for (const text of isEnded ? (afterInterrupt ?? []) : []) print(`${text}\r\n`)
    signal.removeEventListener('abort', stop)
    running = undefined
    if (!isEnded || afterInterrupt !== undefined) print(then)
    if (!options.keepsTypedAhead) ahead = []
    showPrompt()
  }
  const interrupt = () => {
    if (options.showsInterrupt) print('^C')
    if (options.showsInterrupt || !running) print('\r\n')
    line = ''
    ahead = []
    if (running) return running.end()
    print(options.prompt())
  }
  const key = (char: string) => {
    if (options.interruptKeys.includes(char)) return interrupt()
    if (char === '\x15') {
      if (!running && options.echoes()) print('\b \b'.repeat(line.length))
      line = ''
      return
    }
    if (char !== '\r') {
      if (char < ' ') return
      echo(char)
      line += char
      return
    }
    const typed = line
    line = ''
    if (!running) return enter(typed)
    if (options.echoesWhileRunning()) print('\r\n')
    ahead.push(typed)
  }
  return {
    type: (text) => {
      held = ''
      for (const char of text) key(char)
      const echoed = held
      held = undefined
      if (echoed !== '') options.print(echoed)
    },
    say: print,
  }
}
