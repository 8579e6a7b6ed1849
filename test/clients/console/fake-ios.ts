import { createFakeDevice, type FakeDevice } from './fake-transport.ts'

export interface FakeIosOptions {
  readonly mode?: 'user' | 'privileged' | 'configuration' | 'tcl' | 'login' | 'setup'
  readonly halfTyped?: string
  readonly running?: boolean
  readonly pager?: boolean
  readonly enableSecret?: string
  readonly login?: { readonly username: string; readonly password: string }
  readonly echo?: boolean
  readonly knowsDo?: boolean
  /** By name; IOS does not look for one behind a blank. */
  readonly aliases?: Readonly<Record<string, string>>
  readonly sizes?: readonly number[]
  /** Printed behind the prompt that answers `end`. */
  readonly logsBehindEnd?: string
  /** What the host says that `telnet` reaches, and whether it hangs up at once. */
  readonly telnet?: { readonly says: string; readonly hangsUp?: boolean }
  /** Answers by command; `undefined` means an invalid command. A function may say things by itself. */
  readonly answers?: Readonly<Record<string, string | ((device: FakeDevice, prompt: () => void) => void)>>
}

/** As much of IOS's line discipline as the session touches: modes, Ctrl-U, Ctrl-^, pager, dialog, enable, login. Only what devices.md section 5 states. */
export function createFakeIos(options: FakeIosOptions = {}) {
  let mode: string = options.mode ?? 'privileged'
  let line = options.halfTyped ?? ''
  let isRunning = options.running ?? false
  let isPaging = options.pager ?? false
  let asks: 'enable' | 'username' | 'password' | 'setup' | undefined
  let user = ''
  /** Of a telnet to another host: `escaped` is behind the first key of Ctrl-^ x. */
  let connection: 'none' | 'open' | 'escaped' | 'suspended' | 'closing' = 'none'
  const executed: string[] = []
  if (mode === 'login') asks = 'username'
  if (mode === 'setup') asks = 'setup'

  const promptText = () => {
    if (asks === 'username') return 'Username: '
    if (asks === 'password' || asks === 'enable') return 'Password: '
    if (asks === 'setup') return 'Would you like to enter the initial configuration dialog? [yes/no]: '
    if (mode === 'user') return 'R1>'
    if (mode === 'tcl') return 'R1(tcl)#'
    return mode === 'configuration' ? 'R1(config-if)#' : 'R1#'
  }
  const prompt = (device: FakeDevice) => device.say(promptText())

  const invalid = (device: FakeDevice) => device.say("          ^\r\n% Invalid input detected at '^' marker.\r\n\r\n")

  const talk = (device: FakeDevice, char: string) => {
    if (connection === 'escaped' && char === 'x') {
      connection = 'suspended'
      device.say('\r\n')
      return prompt(device)
    }
    if (char === '\x1e') connection = 'escaped'
    else device.say(char === '\r' ? '\r\n' : char)
  }
  const telnet = (device: FakeDevice, { says, hangsUp }: NonNullable<FakeIosOptions['telnet']>) => {
    device.say(`Trying 10.5.2.20, 80 ... Open\r\n${says}`)
    if (hangsUp !== true) {
      connection = 'open'
      return
    }
    device.say('\r\n[Connection to 10.5.2.20 closed by foreign host]\r\n')
    prompt(device)
  }
  const disconnect = (device: FakeDevice) => {
    if (connection === 'suspended') {
      connection = 'closing'
      return device.say('Closing connection to 10.5.2.20 [confirm]')
    }
    device.say('% No connections open\r\n')
    prompt(device)
  }

  const run = (device: FakeDevice, typed: string) => {
    executed.push(typed)
    if (typed === '' && connection === 'suspended') {
      connection = 'open'
      return device.say('[Resuming connection 1 to 10.5.2.20 ... ]\r\n')
    }
    if (typed.startsWith('telnet ') && options.telnet !== undefined) return telnet(device, options.telnet)
    if (typed === 'disconnect') return disconnect(device)
    if (typed === '') return prompt(device)
    if (typed === 'enable' && mode === 'user') {
      if (options.enableSecret !== undefined) asks = 'enable'
      else mode = 'privileged'
      return prompt(device)
    }
    if (typed === 'tclsh') mode = 'tcl'
    else if (mode === 'tcl') {
      // a procedure of the student's own answers whatever it is named after
      if (typed === 'tclquit') mode = 'privileged'
      else device.say('Success rate is 100 percent (5/5)\r\n')
    } else if (typed === 'disable') mode = 'user'
    else if (typed === 'end') {
      mode = 'privileged'
      if (options.logsBehindEnd !== undefined) {
        prompt(device)
        return device.say(options.logsBehindEnd)
      }
    } else if (typed === 'configure terminal') mode = 'configuration'
    else if (typed === 'exit' && options.login) {
      mode = 'login'
      asks = 'username'
      return device.say('\r\nR1 con0 is now available\r\n\r\nPress RETURN to get started.\r\n')
    } else if (mode === 'configuration' && typed.startsWith('do ') && options.knowsDo !== false) return show(device, typed.slice(3))
    else if (mode === 'configuration') invalid(device)
    else return show(device, typed)
    prompt(device)
  }
  const show = (device: FakeDevice, typed: string) => {
    if (typed.startsWith('terminal ')) return prompt(device)
    const answer = options.answers?.[typed]
    if (typeof answer === 'function') return answer(device, () => prompt(device))
    if (answer === undefined) invalid(device)
    else device.say(answer)
    prompt(device)
  }
  const answerQuestion = (device: FakeDevice, typed: string) => {
    if (asks === 'setup') {
      if (typed !== 'no') return prompt(device)
      asks = undefined
      mode = 'user'
      return device.say('\r\n\r\nPress RETURN to get started!\r\n\r\n')
    }
    if (asks === 'username') {
      if (typed !== '') {
        user = typed
        asks = 'password'
      }
      return prompt(device)
    }
    const isRight =
      asks === 'enable' ? typed === options.enableSecret : user === options.login?.username && typed === options.login.password
    if (asks === 'enable') {
      asks = undefined
      if (isRight) mode = 'privileged'
      else device.say('% Bad secrets\r\n\r\n')
    } else {
      asks = isRight ? undefined : 'username'
      if (isRight) mode = 'user'
      else device.say('% Login invalid\r\n\r\n')
    }
    prompt(device)
  }

  const key = (device: FakeDevice, char: string) => {
    if (connection === 'open' || connection === 'escaped') return talk(device, char)
    if (connection === 'closing') {
      connection = 'none'
      device.say('\r\n')
      return prompt(device)
    }
    if (isRunning) {
      if (char !== '\x1e') return
      isRunning = false
      device.say('\r\nSuccess rate is 0 percent (0/3)\r\n')
      return prompt(device)
    }
    if (isPaging) {
      isPaging = false
      device.say(`\b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b\r\n`)
      return prompt(device)
    }
    if (char === '\x15') {
      device.say('\b \b'.repeat(line.length))
      line = ''
      return
    }
    if (char === '\x03' || char === '\x1e') return
    if (char !== '\r') {
      line += char
      const isHidden = asks === 'password' || asks === 'enable' || options.echo === false
      if (!isHidden) device.say(char)
      return
    }
    const [word = ''] = line.split(' ')
    const typed = (word === '' ? line : line.replace(word, options.aliases?.[word] ?? word)).trim()
    line = ''
    device.say('\r\n')
    if (asks !== undefined) answerQuestion(device, typed)
    else run(device, typed)
  }

  const device = createFakeDevice((text, self) => {
    for (const char of text) key(self, char)
  }, options.sizes)
  return { device, executed, mode: () => mode, connection: () => connection }
}
