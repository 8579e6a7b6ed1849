import type { Clock } from '../../../../src/lib/clock.ts'
import { createLineDevice, type Discipline, type LineDevice, type Reaction } from './line-device.ts'
import type { Random } from './random.ts'

/** What a recorded device answers to a command, or undefined for one that it refuses. */
export type AnswerBook = (command: string) => { readonly lines: readonly string[]; readonly exitCode: number } | undefined

export interface SimulatedDeviceOptions {
  readonly platform: string
  readonly answers: AnswerBook
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
  readonly print: (text: string) => void
  readonly onRun: (command: string) => void
  readonly halfTyped: string
  readonly wrapsAt: number | undefined
  /** Control sequences that the prompt is dressed in (colours, a window title). */
  readonly dressed: boolean
}

export interface SimulatedDevice extends LineDevice {
  /** The prompt as it stands on the line. */
  readonly promptText: () => string
}

interface Kind {
  readonly prompt: string
  /** What stands between an answer and the prompt. */
  readonly lead: string
  readonly refusal: string
  readonly quiet: RegExp
  readonly discipline: Partial<Discipline>
}

const router: Omit<Kind, 'prompt'> = {
  lead: '',
  refusal: "          ^\r\n% Invalid input detected at '^' marker.\r\n\r\n",
  quiet: /^(?:terminal |set cli |no terminal paginate$)/u,
  discipline: { interruptKeys: '\x1e', showsInterrupt: false, echoesWhileRunning: () => false },
}

const kinds: Readonly<Record<string, Kind>> = {
  vpcs: {
    prompt: 'PC1> ',
    lead: '\r\n\r',
    refusal: 'Bad command: "?". Use ? for help.\r\n',
    quiet: /^$/u,
    discipline: {},
  },
  frr: { ...router, prompt: 'R1# ', refusal: '% Unknown command: ?\r\n', discipline: {} },
  cisco_ios: { ...router, prompt: 'R1#' },
  arista_eos: { ...router, prompt: 'sw1#', discipline: {} },
  cisco_nxos: { ...router, prompt: 'SW1# ', discipline: {} },
  juniper_junos: { ...router, prompt: 'student@R1> ', lead: '\r\n', refusal: 'unknown command.\r\n', discipline: {} },
}

/** A device of one platform that plays recorded answers at its prompt. */
export function createSimulatedDevice(options: SimulatedDeviceOptions): SimulatedDevice {
  return options.platform === 'linux'
    ? createShell(options)
    : createRouter(options, kinds[options.platform] ?? { ...router, prompt: 'R1#' })
}

const dress = (prompt: string) => `\x1b]0;title\x07\x1b[?2004h\x1b[1;32m${prompt}\x1b[0m`

function base({ clock, random, signal, print, onRun, halfTyped, wrapsAt }: SimulatedDeviceOptions) {
  return {
    clock,
    random,
    signal,
    print,
    onRun,
    halfTyped,
    wrapsAt,
    lineMs: () => random.between(1, 120),
    interruptKeys: '\x03',
    showsInterrupt: true,
    keepsTypedAhead: true,
    echoes: () => true,
    echoesWhileRunning: () => true,
  }
}

function createRouter(options: SimulatedDeviceOptions, kind: Kind): SimulatedDevice {
  const text = options.dressed ? dress(kind.prompt) : kind.prompt
  const react = (line: string): Reaction => {
    const command = line.trim()
    if (command === '') return { kind: 'say', text: kind.lead }
    if (kind.quiet.test(command)) return { kind: 'say', text: '' }
    const answer = options.answers(command)
    if (answer === undefined) return { kind: 'say', text: kind.refusal.replace('?', command) + kind.lead }
    return runAnswer(answer.lines, kind.lead)
  }
  // VPCS alone loses some of what is typed while it works; elsewhere the terminal keeps it
  const keepsTypedAhead = options.platform !== 'vpcs' || options.random.chance(0.5)
  const device = createLineDevice({ ...base(options), keepsTypedAhead, ...kind.discipline, prompt: () => text, react })
  return { ...device, promptText: () => kind.prompt }
}

/** What stands behind `^C` in a recording is printed only when the command is interrupted. */
function runAnswer(answer: readonly string[], then: string): Reaction {
  const at = answer.indexOf('^C')
  if (at < 0) return { kind: 'run', lines: answer, afterInterrupt: undefined, then }
  return { kind: 'run', lines: answer.slice(0, at), afterInterrupt: answer.slice(at + 1), then }
}

const startsShell = /^ \(.*\\exec \S*env(?:\x20env)? -i HOME=.* PS1='(@np)''(.*)' \/bin\/sh\)$/u
const marked = /^echo "(@@S@[0-9a-f]+)"; (.*); echo "@@\$\?@([0-9a-f]+)"$/u

/** A host's own shell, with the evaluator's clean one inside it when it asks for that. */
function createShell(options: SimulatedDeviceOptions): SimulatedDevice {
  const outer = 'root@h1:~# '
  let inner: string | undefined
  let hasEcho = true
  const promptText = () => inner ?? outer
  const react = (line: string): Reaction => {
    const started = startsShell.exec(line)
    if (started) {
      inner = `${started[1]}${started[2]}`
      return { kind: 'say', text: '' }
    }
    if (/stty -echo/u.test(line)) hasEcho = false
    if (/; echo; exit$/u.test(line)) {
      inner = undefined
      hasEcho = true
      return { kind: 'say', text: '\r\n' }
    }
    if (line.includes('stty') || line.trim() === '') return { kind: 'say', text: '' }
    const question = marked.exec(line)
    return question ? answerMarked(options.answers, question) : { kind: 'say', text: sayShell(line) }
  }
  const device = createLineDevice({
    ...base(options),
    prompt: () => (options.dressed && inner === undefined ? dress(outer) : promptText()),
    react,
    // the outer shell's line editor echoes by itself
    echoes: () => inner === undefined || hasEcho,
    echoesWhileRunning: () => hasEcho,
    wrapsAt: inner === undefined ? options.wrapsAt : undefined,
  })
  return { ...device, promptText }
}

function answerMarked(answers: AnswerBook, [, start = '', command = '', nonce = '']: RegExpExecArray): Reaction {
  const missing = { lines: [`sh: 1: ${command.split(' ')[0]}: not found`], exitCode: 127 }
  const { lines, exitCode } = command === 'true' ? { lines: [], exitCode: 0 } : (answers(command) ?? missing)
  return { kind: 'run', lines: [start, ...lines, `@@${exitCode}@${nonce}`], afterInterrupt: undefined }
}

/** Another person's line in the shell: `echo` says what it is told, the rest is not found. */
function sayShell(line: string): string {
  const said = /^echo '(.*)'$/u.exec(line)?.[1]
  return said === undefined ? `sh: 1: ${line.split(' ')[0]}: not found\r\n` : `${said}\r\n`
}
