import { broadcastOf, contains, formatIp, isMulticast, lengthOf, linkLocalOf, networkOf, parseIp } from '../../network/address.ts'
import type { Process } from '../../network/process.ts'
import { describeAddress, resolveNeighbour, type VpcsHost } from './vpcs-host.ts'
import { runPing } from './vpcs-ping.ts'
import { HELP, IP_HELP, SHOW_HELP, WELCOME } from './vpcs-texts.ts'
import { runTrace } from './vpcs-trace.ts'

type Command = (host: VpcsHost, words: readonly string[], line: string) => Process<void>

/** A command without waits. */
const plain = (run: (host: VpcsHost, words: readonly string[], line: string) => void): Command =>
  // biome-ignore lint/correctness/useYield: it is a process like the others, one that never waits
  function* (host, words, line) {
    run(host, words, line)
  }

/** In the program's order; a word means the command it is the beginning of (vpcs src/vpcs.c cmd_entry). */
const COMMANDS: readonly (readonly [string, Command])[] = [
  ['?', plain((host) => host.tty.print(HELP))],
  ['arp', plain((host) => showArp(host))],
  ['clear', plain(clear)],
  ['dhcp', (host) => runDhcp(host)],
  ['disconnect', plain(() => undefined)],
  ['echo', plain(echo)],
  ['help', plain((host) => host.tty.print(HELP))],
  ['history', plain((host) => host.tty.print(host.history.lines.map((each) => `${each}\n`).join('')))],
  ['ip', runIp],
  ['load', runLoad],
  ['ping', runPing],
  ['quit', plain((host) => host.quit())],
  ['tracer', runTrace],
  ['save', plain(save)],
  ['write', plain(save)],
  ['set', plain(set)],
  ['show', plain(show)],
  ['version', plain((host) => host.tty.print(WELCOME))],
  ['sleep', runSleep],
]

/** Runs one line as typed or read from the startup file. */
export function* runVpcsLine(host: VpcsHost, line: string): Process<void> {
  if (line.startsWith('#') || line.startsWith(';')) return
  const words = line
    .split(/[=/ \t]+/)
    .filter((word) => word !== '')
    .map((word) => word.replaceAll('"', ''))
  const name = words[0]
  if (name === undefined) return
  host.tty.beginCommand()
  host.tty.print('\n')
  const matching = COMMANDS.filter(([command]) => command.startsWith(name))
  const [first] = matching
  if (first === undefined) return host.tty.print(`Bad command: "${line}". Use ? for help.\n`)
  const exact = matching.find(([command]) => command === name) ?? matching.find(([command]) => command === 'echo')
  if (matching.length > 1 && exact === undefined) return host.tty.print(matching.map(([command]) => `${command}\n`).join(''))
  const [, command] = exact ?? first
  yield* command(host, words, line)
}

function echo(host: VpcsHost, _words: readonly string[], line: string): void {
  const space = line.search(/[ \t]/)
  host.tty.print(space === -1 ? '' : line.slice(space + 1))
}

function clear(host: VpcsHost, words: readonly string[]): void {
  const { settings, tty } = host
  const what = words[1] ?? '?'
  if (what === 'ip') {
    Object.assign(settings, { ip: 0, length: 0, gateway: 0, dns: 0, domain: '' })
    tty.print('IPv4 address/mask, gateway, DNS, and DHCP cleared\n')
  } else if ('ipv6'.startsWith(what)) tty.print('IPv6 address/mask and router link-layer address cleared\n')
  else if ('arp'.startsWith(what)) host.stack.arp.clear()
  else if ('hist'.startsWith(what)) host.history.lines.length = 0
  else if (!'neighbor'.startsWith(what)) tty.print('Invalid options\n')
}

function set(host: VpcsHost, words: readonly string[]): void {
  const { tty, settings } = host
  const [, what, value] = words
  if (what === undefined || what === '?') {
    tty.print(SHOW_HELP.replaceAll('show', 'set'))
    return
  }
  if ('pcname'.startsWith(what)) {
    if (value === undefined) {
      tty.print('Incomplete command.\n')
      return
    }
    if (value.length > 6 && value.length > 64) {
      tty.print('Hostname is too long. (Maximum 64 characters)\n')
      return
    }
    settings.name = value
    return
  }
  if ('mtu'.startsWith(what)) {
    const mtu = Number(value)
    if (!(mtu >= 576)) {
      tty.print('Invalid MTU, should bigger than 576\n')
      return
    }
    settings.mtu = mtu
    return
  }
  if (!['echo', 'dump', 'lport', 'rport', 'rhost'].some((known) => known.startsWith(what))) tty.print('Invalid command.\n')
}

/** `ip ADDRESS [MASK] [GATEWAY]`, `ip dhcp`, `ip dns A`, `ip domain N`; checks and their order as in vpcs src/command.c run_ipconfig. */
function* runIp(host: VpcsHost, words: readonly string[]): Process<void> {
  const { settings, tty } = host
  const what = words[1]
  if (what === undefined || what === '?') return tty.print(IP_HELP)
  if ('dhcp'.startsWith(what)) return yield* runDhcp(host)
  if ('domain'.startsWith(what)) {
    if (words[2] === undefined) tty.print('Incomplete command.\n')
    else settings.domain = words[2]
    return
  }
  if ('dns'.startsWith(what)) return setDns(host, words[2])
  const wanted = parseAddressWords(words.slice(1))
  if (typeof wanted === 'string') return tty.print(wanted)
  settings.ip = wanted.ip // asked for with itself as the sender
  tty.print('Checking for duplicate address...\n')
  const holder = yield* resolveNeighbour(host, wanted.ip)
  if (holder !== undefined && holder !== host.mac) {
    tty.print(`${formatIp(wanted.ip)} is being used by MAC ${holder}\nAddress not changed\n`)
    host.stack.arp.clear()
    Object.assign(settings, { ip: 0, length: 0, gateway: 0 })
    return
  }
  Object.assign(settings, wanted, { mtu: 1500 })
  tty.print(`${settings.name} : ${describeAddress(settings)}\n`)
}

function setDns(host: VpcsHost, value: string | undefined): void {
  if (value === undefined) return
  const address = value === '0' ? 0 : parseIp(value)
  if (address === undefined) host.tty.print('Invalid address\n')
  else host.settings.dns = address
}

/** The message when the words are wrong. A mask over 30 silently becomes 24 (recorded: gns3_vpcs/vpcs-15). */
function parseAddressWords(words: readonly string[]): { ip: number; length: number; gateway: number } | string {
  const ip = parseIp(words[0] ?? '') ?? 0
  let length = 24
  let gateway: number | undefined = 0
  let hasGateway = false
  for (const word of words.slice(1)) {
    if (/^\d{1,2}$/.test(word)) length = Number(word)
    else if (word.length > 8 && word.startsWith('255.')) length = lengthOf(parseIp(word) ?? 1) ?? length
    else if (word.length > 6 && word.length < 16) {
      hasGateway = true
      gateway = parseIp(word)
    } else return 'Invalid options\n'
  }
  if (length < 1 || length > 30) length = 24
  if (gateway === undefined || ip === gateway || ip === 0 || ip >>> 24 === 127 || isMulticast(ip)) return 'Invalid address\n'
  if (isEdge(ip, length)) return 'Invalid host address\n'
  if (hasGateway && isEdge(gateway, length)) return 'Invalid gateway address\n'
  if (hasGateway && !contains(ip, length, gateway)) return 'not same subnet\n'
  return { ip, length, gateway }
}

const isEdge = (ip: number, length: number): boolean => ip === networkOf(ip, length) || ip === broadcastOf(ip, length)

/** No simulated device serves DHCP: three discovers, then 13 s are over (recorded: vpcs/dhcp_fail). */
function* runDhcp(host: VpcsHost): Process<void> {
  for (const seconds of [1, 3, 9]) {
    host.tty.print('D')
    yield (resume) => host.timers.after(seconds * 1_000, resume) // Ctrl-C does not end it
  }
  host.tty.print("\nCan't find dhcp server\n")
}

function show(host: VpcsHost, words: readonly string[]): void {
  const what = words[1]
  const { tty } = host
  if (what === undefined) {
    tty.print(showTable(host))
    return
  }
  if (what === '?') {
    tty.print(SHOW_HELP)
    return
  }
  if (what === 'ip') {
    tty.print(words[2] === 'all' ? showAll(host) : showIp(host))
    return
  }
  if ('arp'.startsWith(what)) {
    showArp(host)
    return
  }
  if ('ipv6'.startsWith(what)) {
    tty.print(showIpv6(host))
    return
  }
  if ('echo'.startsWith(what)) {
    tty.print('Echo off\n')
    return
  }
  if ('version'.startsWith(what)) {
    tty.print(WELCOME)
    return
  }
  if ('history'.startsWith(what)) {
    tty.print(host.history.lines.map((each) => `${each}\n`).join(''))
    return
  }
  tty.print('Invalid arguments\n')
}

const tableName = (name: string) => (name === 'VPCS' ? 'VPCS1' : name).padEnd(7)

function showTable(host: VpcsHost): string {
  const { settings, mac, localPort } = host
  const address = `${formatIp(settings.ip)}/${settings.length}`.padEnd(21)
  const row = `${tableName(settings.name)}${address}${formatIp(settings.gateway).padEnd(18)}${mac}  ${String(localPort).padEnd(7)}127.0.0.1:${localPort + 1}`
  return `\nNAME   IP/MASK              GATEWAY           MAC                LPORT  RHOST:PORT\n${row}\n       ${linkLocalOf(mac)}/64\n`
}

function showAll(host: VpcsHost): string {
  const { settings, mac } = host
  const address = `${formatIp(settings.ip)}/${settings.length}`.padEnd(21)
  const row = `${tableName(settings.name)}${address}${formatIp(settings.gateway).padEnd(18)}${mac}  ${settings.dns === 0 ? '' : formatIp(settings.dns)}`
  return `\nNAME   IP/MASK              GATEWAY           MAC                DNS\n${row}\n`
}

function showIp(host: VpcsHost): string {
  const { settings } = host
  return [
    '',
    `NAME        : ${settings.name}[1]`,
    `IP/MASK     : ${formatIp(settings.ip)}/${settings.length}`,
    `GATEWAY     : ${formatIp(settings.gateway)}`,
    `DNS         : ${settings.dns === 0 ? '' : `${formatIp(settings.dns)}  `}`,
    ...(settings.domain === '' ? [] : [`DOMAIN NAME : ${settings.domain}`]),
    `MAC         : ${host.mac}`,
    `LPORT       : ${host.localPort}`,
    `RHOST:PORT  : 127.0.0.1:${host.localPort + 1}`,
    `MTU         : ${settings.mtu}`,
    '',
  ].join('\n')
}

function showIpv6(host: VpcsHost): string {
  return [
    '',
    `NAME              : ${host.settings.name}[1]`,
    `LINK-LOCAL SCOPE  : ${linkLocalOf(host.mac)}/64`,
    'GLOBAL SCOPE      : ',
    'DNS               : ',
    'ROUTER LINK-LAYER : ',
    `MAC               : ${host.mac}`,
    `LPORT             : ${host.localPort}`,
    `RHOST:PORT        : 127.0.0.1:${host.localPort + 1}`,
    `MTU:              : ${host.settings.mtu}`,
    '',
  ].join('\n')
}

function showArp(host: VpcsHost): void {
  const rows = host.stack.arp.entries().map((entry) => {
    const left = 120 - Math.floor((host.timers.now() - entry.learnedAt) / 1_000)
    return `${entry.mac}  ${formatIp(entry.ip)} expires in ${left} seconds \n`
  })
  host.tty.print(`\n${rows.length === 0 ? 'arp table is empty\n' : rows.join('')}`)
}

/** What `save` writes and the next start executes. */
function save(host: VpcsHost, words: readonly string[]): void {
  const { settings } = host
  const given = words[1] ?? 'startup.vpc'
  const name = given.includes('.') ? given : `${given}.vpc`
  const gateway = settings.gateway === 0 ? '' : ` ${formatIp(settings.gateway)}`
  const lines = [
    `set pcname ${settings.name}`,
    ...(settings.ip === 0 ? [] : [`ip ${formatIp(settings.ip)}${gateway} ${settings.length}`]),
    ...(settings.domain === '' ? [] : [`ip domain ${settings.domain}`]),
    ...(settings.dns === 0 ? [] : [`ip dns ${formatIp(settings.dns)}`]),
    ...(settings.mtu === 1500 ? [] : [`set mtu ${settings.mtu}`]),
  ]
  host.files.write(name, Buffer.from(`${lines.join('\n')}\n`))
  host.tty.print(`Saving startup configuration to ${name}\n.  done\n`)
}

function* runLoad(host: VpcsHost, words: readonly string[]): Process<void> {
  const given = words[1] ?? 'startup.vpc'
  const text = host.files.read(given) ?? host.files.read(`${given}.vpc`)
  if (text === undefined) return host.tty.print(`Can't open "${given}"\n`)
  yield* runScript(host, text)
}

/** The lines of a saved file, one after the other. */
export function* runScript(host: VpcsHost, text: Uint8Array): Process<void> {
  for (const line of Buffer.from(text).toString('utf8').split(/\r?\n/)) yield* runVpcsLine(host, line.trim())
}

function* runSleep(host: VpcsHost, words: readonly string[], line: string): Process<void> {
  const seconds = Number(words[1])
  host.tty.print(`${line.split(/\s+/).slice(2).join(' ')}\n`)
  yield* host.tty.pause((Number.isFinite(seconds) ? seconds : 0) * 1_000)
}
