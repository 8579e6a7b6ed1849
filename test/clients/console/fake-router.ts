import { createFakeDevice, type FakeDevice } from './fake-transport.ts'

/** What a vendor's console does, as far as a session touches it; only what the sources named in the dialects' file state. */
export interface Dialect {
  readonly platform: string
  /** Prompt by mode. */
  readonly prompts: Readonly<Record<string, string>>
  /** Lines that stand above the prompt of a mode. */
  readonly above?: Readonly<Record<string, string>>
  /** What stands before a command of the first mode in another. */
  readonly prefixes: Readonly<Record<string, string>>
  readonly moves: readonly { readonly from: string; readonly line: string; readonly to: string; readonly asks?: boolean }[]
  /** Settings of the terminal, taken without a word. */
  readonly settings: RegExp
  readonly pager: string
  readonly refusal: string
  readonly running: string
  readonly login: { readonly prompt: string; readonly refused: string; readonly greeting: string; readonly lands: string }
  /** Questions of the device by name; an answer that is not listed repeats the question. */
  readonly questions: Readonly<
    Record<string, { readonly text: string; readonly answers: Readonly<Record<string, { readonly says: string; readonly to: string }>> }>
  >
  readonly bootLine: string
  readonly logLine: string
}

export interface FakeRouterOptions {
  /** A mode of the dialect, `login`, or the name of a question. */
  readonly mode?: string
  readonly halfTyped?: string
  readonly left?: 'running' | 'pager'
  readonly account?: { readonly username: string; readonly password?: string }
  readonly enableSecret?: string
  readonly echo?: boolean
  readonly knowsPrefix?: boolean
  readonly answers: Readonly<Record<string, string | ((device: FakeDevice, prompt: () => void) => void)>>
}

/** A console of one dialect: its modes, line editing, pager, running command, questions and login. */
export function createFakeRouter(dialect: Dialect, options: FakeRouterOptions) {
  const first = Object.keys(dialect.prompts)[0] ?? ''
  let mode = options.mode ?? first
  let line = options.halfTyped ?? ''
  let left = options.left
  let secretFor: 'login' | 'enable' | undefined
  let user = ''
  const executed: string[] = []
  const answered: string[] = []

  const promptText = () => {
    if (secretFor) return 'Password: '
    if (mode === 'login') return dialect.login.prompt
    const question = dialect.questions[mode]
    return question ? question.text : `${dialect.above?.[mode] ?? ''}${dialect.prompts[mode] ?? ''}`
  }
  const prompt = (device: FakeDevice) => device.say(promptText())

  const logIn = (device: FakeDevice, typed: string) => {
    if (secretFor === undefined) {
      if (typed === '') return prompt(device)
      user = typed
      if (options.account?.username !== user || options.account.password !== undefined) secretFor = 'login'
    } else secretFor = undefined
    if (secretFor) return prompt(device)
    const isKnown = options.account?.username === user
    const isIn = isKnown && (options.account?.password === undefined || options.account.password === typed)
    if (isIn) mode = dialect.login.lands
    device.say(isIn ? dialect.login.greeting : dialect.login.refused)
    prompt(device)
  }
  const enable = (device: FakeDevice, typed: string) => {
    secretFor = undefined
    if (typed === options.enableSecret) mode = first
    else device.say('% Bad secret\r\n')
    prompt(device)
  }
  const show = (device: FakeDevice, typed: string) => {
    if (dialect.settings.test(typed)) return prompt(device)
    const answer = options.answers[typed]
    if (typeof answer === 'function') return answer(device, () => prompt(device))
    device.say(answer ?? dialect.refusal)
    prompt(device)
  }
  const run = (device: FakeDevice, typed: string) => {
    if (typed === '') return prompt(device)
    executed.push(typed)
    const move = dialect.moves.find(({ from, line: wanted }) => from === mode && wanted === typed)
    if (move) {
      if (move.asks && options.enableSecret !== undefined) secretFor = 'enable'
      else mode = move.to
      return prompt(device)
    }
    const prefix = dialect.prefixes[mode]
    if (mode === first) return show(device, typed)
    if (prefix !== undefined && options.knowsPrefix !== false && typed.startsWith(prefix)) return show(device, typed.slice(prefix.length))
    device.say(dialect.refusal)
    prompt(device)
  }
  const enter = (device: FakeDevice, typed: string) => {
    if (secretFor === 'enable') return enable(device, typed)
    if (mode === 'login') return logIn(device, typed)
    const question = dialect.questions[mode]
    if (!question) return run(device, typed)
    answered.push(typed)
    const answer = question.answers[typed]
    if (answer) {
      mode = answer.to
      device.say(answer.says)
    }
    prompt(device)
  }

  const key = (device: FakeDevice, char: string) => {
    if (left === 'running' && char !== '\x03') return
    if (left === 'pager' && !' q\x03\r'.includes(char)) return
    if (left !== undefined) {
      device.say(left === 'running' ? `^C${dialect.running}` : `\r${' '.repeat(dialect.pager.length)}\r`)
      left = undefined
      return prompt(device)
    }
    if (char === '\x15') {
      device.say('\b \b'.repeat(line.length))
      line = ''
    } else if (char === '\x0c') {
      device.say(`\r${promptText().split('\r\n').at(-1)}${line}`)
    } else if (char === '\x03') {
      line = ''
      device.say('^C\r\n')
      prompt(device)
    } else if (char === '\r') {
      const typed = line.trim()
      line = ''
      device.say('\r\n')
      enter(device, typed)
    } else if (char >= ' ') {
      line += char
      if (secretFor === undefined && options.echo !== false) device.say(char)
    }
  }
  const device = createFakeDevice((text, self) => {
    for (const char of text) key(self, char)
  })
  return {
    device,
    /** Lines that the device ran, empty ones left out. */
    executed,
    /** What was said to its questions. */
    answered,
    mode: () => mode,
    /** Somebody else's keys. */
    type: (text: string) => {
      for (const char of text) key(device, char)
    },
  }
}
