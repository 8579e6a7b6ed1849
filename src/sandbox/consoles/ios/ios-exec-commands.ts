import { parseIp } from '../../network/address.ts'
import { type Process, sleep } from '../../network/process.ts'
import { type CommandMatch, createCommandTree } from './command-tree.ts'
import { pingDefaults, readPingOptions, readTraceOptions, runPing, runTraceroute } from './ios-probe.ts'
import { type IosSession, lookUpHost, saveStartup } from './ios-session.ts'
import * as show from './ios-show.ts'
import { absentProtocols } from './ios-show-absent.ts'

/** Answers what to print at the end; what appears meanwhile it prints itself. */
export type ExecCommand = (session: IosSession, match: CommandMatch) => Process<string>

const say = (text: (session: IosSession, match: CommandMatch) => string): ExecCommand =>
  // biome-ignore lint/correctness/useYield: a command that never waits
  function* (session, match) {
    return text(session, match)
  }

const value = (match: CommandMatch, index = 0): string => match.values[index] ?? ''

const nothing = say(() => '')

function* enable(session: IosSession): Process<string> {
  const secret = session.router.config.enableSecret ?? session.router.config.enablePassword
  if (secret === null) {
    session.mode = 'enable'
    return ''
  }
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const given = yield* session.terminal.readLine({ prompt: 'Password: ', isSecret: true })
    if (given.kind === 'line' && given.text === secret) {
      session.mode = 'enable'
      return ''
    }
    if (given.kind === 'ctrl-c') return ''
  }
  return '% Bad secrets\r\n\r\n'
}

const configure = say((session) => {
  session.mode = { mode: 'config' }
  return 'Enter configuration commands, one per line.  End with CNTL/Z.\r\n'
})

function* writeMemory(session: IosSession): Process<string> {
  session.terminal.print('Building configuration...\r\n')
  yield* sleep(session.router.timers, 900)
  saveStartup(session)
  return '[OK]\r\n'
}

function* copyToStartup(session: IosSession): Process<string> {
  const answer = yield* session.terminal.readLine({ prompt: 'Destination filename [startup-config]? ' })
  if (answer.kind !== 'line') return ''
  return yield* writeMemory(session)
}

function* eraseStartup(session: IosSession): Process<string> {
  session.terminal.print('Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]')
  if (!(yield* confirmed(session))) return '\r\n'
  session.files.write(session.startupPath, new Uint8Array())
  return '[OK]\r\nErase of nvram: complete\r\n'
}

/** `[confirm]`: Enter or y; the key is not echoed. */
function* confirmed(session: IosSession): Process<boolean> {
  const key = yield* session.terminal.readKey()
  const isYes = key === 13 || key === 10 || key === 0x79 || key === 0x59
  session.terminal.print('\r\n')
  return isYes
}

function* reload(session: IosSession): Process<string> {
  const answer = !session.isModified
    ? undefined
    : yield* session.terminal.readLine({ prompt: '\r\nSystem configuration has been modified. Save? [yes/no]: ' })
  if (answer?.kind === 'line' && answer.text.toLowerCase().startsWith('y')) session.terminal.print(yield* writeMemory(session))
  session.terminal.print('Proceed with reload? [confirm]')
  if (!(yield* confirmed(session))) return ''
  session.ending = 'reload'
  return ''
}

function* ping(session: IosSession, match: CommandMatch): Process<string> {
  const [target = '', ...words] = value(match).split(/\s+/)
  const name = target === 'ip' ? (words.shift() ?? '') : target
  const destination = yield* resolve(session, name)
  if (destination === undefined) return '% Unrecognized host or address, or protocol not running.\r\n\r\n'
  const options = readPingOptions(session.router, words)
  if ('badWord' in options) return badWord(session, `ping ${value(match)}`, words, options.badWord)
  yield* runPing(session.router, session.screen, destination, options)
  return ''
}

function badWord(session: IosSession, line: string, words: readonly string[], index: number): string {
  const name = session.router.config.hostname.length + 1
  const tail = words.slice(index).join(' ')
  return `${' '.repeat(name + Math.max(0, line.length - tail.length))}^\r\n% Invalid input detected at '^' marker.\r\n\r\n`
}

function* resolve(session: IosSession, name: string): Process<number | undefined> {
  const ip = parseIp(name)
  if (ip !== undefined) return ip
  yield* lookUpHost(session, name)
  return undefined
}

/** `ping` alone asks for everything. */
function* extendedPing(session: IosSession): Process<string> {
  const options = pingDefaults()
  const ask = function* (question: string): Process<string | undefined> {
    const answer = yield* session.terminal.readLine({ prompt: question })
    return answer.kind === 'line' ? answer.text.trim() : undefined
  }
  if ((yield* ask('Protocol [ip]: ')) === undefined) return ''
  const target = yield* ask('Target IP address: ')
  if (target === undefined) return ''
  const destination = yield* resolve(session, target)
  if (destination === undefined) return '% Bad IP address\r\n'
  options.count = Number((yield* ask('Repeat count [5]: ')) || 5)
  options.size = Number((yield* ask('Datagram size [100]: ')) || 100)
  options.timeoutMs = Number((yield* ask('Timeout in seconds [2]: ')) || 2) * 1_000
  if (((yield* ask('Extended commands [n]: ')) ?? '').startsWith('y')) {
    const source = parseIp((yield* ask('Source address or interface: ')) ?? '')
    options.source = source ?? null
    yield* ask('Type of service [0]: ')
    options.dontFragment = ((yield* ask('Set DF bit in IP header? [no]: ')) ?? '').startsWith('y')
    yield* ask('Validate reply data? [no]: ')
    yield* ask('Data pattern [0xABCD]: ')
    yield* ask('Loose, Strict, Record, Timestamp, Verbose[none]: ')
  }
  yield* ask('Sweep range of sizes [n]: ')
  yield* runPing(session.router, session.screen, destination, options)
  return ''
}

function* traceroute(session: IosSession, match: CommandMatch): Process<string> {
  const [target = '', ...words] = value(match).split(/\s+/)
  const destination = yield* resolve(session, target)
  if (destination === undefined) return '% Unrecognized host or address.\r\n'
  const options = readTraceOptions(session.router, words)
  if ('badWord' in options) return badWord(session, `traceroute ${value(match)}`, words, options.badWord)
  yield* runTraceroute(session.router, session.screen, destination, options)
  return ''
}

const logout = say((session) => {
  session.ending = 'logout'
  return ''
})

const setLength = say((session, match) => {
  session.terminal.settings.length = Number(value(match))
  return ''
})

const setWidth = say((session, match) => {
  session.terminal.settings.width = Number(value(match))
  return ''
})

const clearArp = say((session) => {
  session.router.stack.arp.clear()
  return ''
})

const USER: readonly (readonly [string, ExecCommand])[] = [
  ['enable [<number>]', enable],
  [
    'disable',
    say((session) => {
      session.mode = 'exec'
      return ''
    }),
  ],
  ['exit', logout],
  ['logout', logout],
  ['quit', logout],
  ['ping', extendedPing],
  ['ping <line>', ping],
  ['traceroute <line>', traceroute],
  ['terminal length <number>', setLength],
  ['terminal width <number>', setWidth],
  [
    'terminal no length',
    say((session) => {
      session.terminal.settings.length = 24
      return ''
    }),
  ],
  [
    'terminal no width',
    say((session) => {
      session.terminal.settings.width = 80
      return ''
    }),
  ],
  ['terminal monitor', say(() => '% Console already monitors\r\n')],
  ['terminal no monitor', nothing],
  ['terminal no editing', nothing],
  ['terminal history [<line>]', nothing],
  ['terminal exec <line>', nothing],
  ['show version', say((session) => show.showVersion(session.router, session.platform, session.image))],
  ['show ip interface brief', say((session) => show.showIpInterfaceBrief(session.router))],
  ['show ip interface [<interface>]', say((session, match) => show.showIpInterface(session.router, match.values))],
  ['show interfaces [<interface>]', say((session, match) => show.showInterfaces(session.router, match.values))],
  ['show interfaces description', say((session) => showDescriptions(session))],
  ['show ip route', say((session) => show.showIpRoute(session.router))],
  ['show ip route static', say((session) => show.showIpRoute(session.router, 'static'))],
  ['show ip route connected', say((session) => show.showIpRoute(session.router, 'connected'))],
  ['show ip route <ip>', say((session, match) => show.showIpRouteTo(session.router, value(match)))],
  ['show ip route <ip> <mask>', say((session, match) => show.showIpRouteTo(session.router, value(match), value(match, 1)))],
  ['show arp', say((session) => show.showArp(session.router))],
  ['show ip arp', say((session) => show.showArp(session.router))],
  ['show history', say((session) => session.history.map((line) => `  ${line}\r\n`).join(''))],
  ['show privilege', say((session) => `Current privilege level is ${session.mode === 'exec' ? 1 : 15}\r\n`)],
  ['show clock', say((session) => `*${clockOf(session)} UTC Fri Mar 1 2002\r\n`)],
  [
    'show users',
    say(
      () =>
        '    Line       User       Host(s)              Idle       Location\r\n*  0 con 0                idle                 00:00:00   \r\n',
    ),
  ],
  [
    'show terminal',
    say(
      (session) =>
        `Line 0, Location: "", Type: ""\r\nLength: ${session.terminal.settings.length} lines, Width: ${session.terminal.settings.width} columns\r\n`,
    ),
  ],
  ['show ip protocols', nothing],
  ...absentProtocols.map(([pattern, text]): readonly [string, ExecCommand] => [pattern, say((session) => text(session.router))]),
  ['show ip access-lists [<name>]', say(showLists)],
  ['show access-lists [<name>]', say(showLists)],
]

const PRIVILEGED: readonly (readonly [string, ExecCommand])[] = [
  ...USER,
  ['configure terminal', configure],
  [
    'configure',
    function* (session, match) {
      const answer = yield* session.terminal.readLine({ prompt: 'Configuring from terminal, memory, or network [terminal]? ' })
      return answer.kind === 'line' ? yield* configure(session, match) : ''
    },
  ],
  ['write', writeMemory],
  ['write memory', writeMemory],
  ['write terminal', say((session) => show.showRunningConfig(session.router))],
  ['write erase', eraseStartup],
  ['erase startup-config', eraseStartup],
  ['copy running-config startup-config', copyToStartup],
  ['reload', reload],
  ['show running-config', say((session) => show.showRunningConfig(session.router))],
  ['show running-config interface <interface>', say((session, match) => show.showRunningConfig(session.router, value(match)))],
  ['show startup-config', say(showStartup)],
  ['show logging', say(() => 'Syslog logging: enabled\r\n')],
  ['clear arp-cache', clearArp],
  ['clear ip arp <ip>', clearArp],
  ['clear counters [<interface>]', nothing],
  ['debug <line>', nothing],
  ['undebug all', say(() => 'All possible debugging has been turned off\r\n')],
  ['no debug all', say(() => 'All possible debugging has been turned off\r\n')],
]

function showStartup(session: IosSession): string {
  const saved = session.files.read(session.startupPath)
  if (saved === undefined || saved.length === 0) return 'startup-config is not present\r\n'
  const lines = Buffer.from(saved).toString().replace(/\n$/, '').split(/\r?\n/)
  return [`Using ${saved.length} out of 57336 bytes`, ...lines].map((line) => `${line}\r\n`).join('')
}

function showDescriptions(session: IosSession): string {
  const rows = show.describeInterfaces(session.router)
  return ['Interface                      Status         Protocol Description', ...rows].map((line) => `${line}\r\n`).join('')
}

function showLists(session: IosSession, match: CommandMatch): string {
  return [...session.router.config.accessLists]
    .filter(([name]) => match.values.length === 0 || value(match) === name)
    .flatMap(([name, list]) => [
      `${list.kind === 'standard' ? 'Standard' : 'Extended'} IP access list ${name}`,
      ...list.rules.map((rule, index) => `    ${(index + 1) * 10} ${rule.text}`),
    ])
    .map((line) => `${line}\r\n`)
    .join('')
}

/** Uptime as the clock of a router that was never set. */
export function clockOf(session: { router: { timers: { now(): number }; bootedAt: number } }): string {
  const ms = Math.max(0, session.router.timers.now() - session.router.bootedAt)
  const part = (amount: number, width: number) => String(Math.floor(amount)).padStart(width, '0')
  return `${part((ms / 3_600_000) % 24, 2)}:${part((ms / 60_000) % 60, 2)}:${part((ms / 1_000) % 60, 2)}.${part(ms % 1_000, 3)}`
}

export const execTrees = { user: createCommandTree(USER), privileged: createCommandTree(PRIVILEGED) }
