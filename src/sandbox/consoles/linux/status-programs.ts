import { parseIp } from '../../network/address.ts'
import { sleep } from '../../network/process.ts'
import { resolveHost } from './program-ping.ts'
import { type Program, plain, type Shell } from './shell.ts'
import { connectTcp } from './tcp-connect.ts'

/** Programs that tell what runs, what listens, what a name means; forms as recorded (test/fixtures/console/linux). */

interface Row {
  readonly pid: number
  readonly state: string
  readonly name: string
  readonly line: string
}

/** A container's first process is its shell; nothing else runs on these hosts but what is being asked with. */
function running({ flavour }: Shell, asked: string): readonly Row[] {
  const login = flavour === 'busybox' ? { name: 'sh', line: '/bin/sh' } : { name: 'bash', line: '/bin/bash' }
  return [
    { pid: 1, state: 'Ss', ...login },
    { pid: 731, state: 'S+', name: 'sh', line: '/bin/sh' },
    { pid: 740, state: 'R+', name: 'ps', line: asked },
  ]
}

/** Columns pid, user, stat, comm, args: those that are asked for by `-o` here. */
const ps = plain((shell, words, streams) => {
  const isBusybox = shell.flavour === 'busybox'
  if (isBusybox && words.some((word) => word === '-ww' || word === '-w')) {
    streams.err(
      "ps: invalid option -- 'w'\nBusyBox v1.35.0 (Debian 1:1.35.0-4+b3) multi-call binary.\n\nUsage: ps [-o COL1,COL2=HEADER] [-T]\n",
    )
    return 1
  }
  const rows = running(shell, ['ps', ...words].join(' '))
  const [pidWidth, userWidth, nameWidth] = isBusybox ? [5, 8, 16] : [7, 32, 15]
  const pid = (value: string): string => (isBusybox ? value.padEnd(pidWidth) : value.padStart(pidWidth))
  const row = (...[id, user, state, name, line]: readonly [string, string, string, string, string]): string =>
    `${pid(id)} ${user.padEnd(userWidth)} ${state.padEnd(4)} ${name.padEnd(nameWidth)} ${line}\n`
  streams.out(row('PID', 'USER', 'STAT', 'COMMAND', 'COMMAND'))
  streams.out(rows.map(({ pid: id, state, name, line }) => row(String(id), 'root', state, name, line)).join(''))
  return 0
})

const pgrep = plain((shell, words, streams) => {
  const [pattern = ''] = words.filter((word) => !word.startsWith('-'))
  const isExact = words.includes('-x')
  const found = running(shell, '').filter(({ name }) => name !== 'ps' && (isExact ? name === pattern : name.includes(pattern)))
  streams.out(found.map(({ pid }) => `${pid}\n`).join(''))
  return found.length > 0 ? 0 : 1
})

const ssHead = 'State      Recv-Q     Send-Q         Local Address:Port         Peer Address:Port     Process\n'

/** Nothing listens. */
const ss = plain((_shell, words, streams) => {
  if (!words.includes('-H')) streams.out(ssHead)
  return 0
})

const netstat = plain((shell, words, streams) => {
  if (shell.flavour === 'busybox' && words.includes('-W')) {
    streams.err(
      "netstat: invalid option -- 'W'\nBusyBox v1.35.0 (Debian 1:1.35.0-4+b3) multi-call binary.\n\nUsage: netstat [-ral] [-tuwx] [-en]\n",
    )
    return 1
  }
  const what = words.some((word) => /^-\w*l/.test(word)) ? 'only servers' : 'w/o servers'
  streams.out(`Active Internet connections (${what})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       \n`)
  return 0
})

/** busybox: `nc -w SECONDS ADDRESS PORT`. */
const nc: Program = function* (shell, words, streams) {
  const unknown = words.find((word) => /^-[zvn]/.test(word))
  if (unknown !== undefined) {
    streams.err(
      `nc: invalid option -- '${unknown[1]}'\nBusyBox v1.35.0 (Debian 1:1.35.0-4+b3) multi-call binary.\n\nUsage: nc [IPADDR PORT]\n`,
    )
    return 1
  }
  const [name = '', port = ''] = words.filter((word, index) => !word.startsWith('-') && words[index - 1] !== '-w')
  const address = resolveHost(shell.host, name)
  if (address === undefined) {
    streams.err(`nc: bad address '${name}'\n`)
    return 1
  }
  const result = yield* connectTcp(shell.host, address, Number(port))
  if (result === 'open') return 0
  streams.err(`nc: can't connect to remote host (${name}): ${result}\n`)
  return 1
}

/** How long the resolver asks a server that is not there: twice 5 s. */
const resolverMs = 10_000
const serverOf = ({ host }: Shell): string | undefined => /^nameserver\s+(\S+)/m.exec(host.readFile('/etc/resolv.conf') ?? '')?.[1]

/** `getent -s dns ahostsv4 NAME`: exit status 2 where nothing is found; there is no DNS in the simulation. */
const getent: Program = function* (shell, words, streams) {
  const isDnsOnly = words.includes('-s')
  const name = words.at(-1) ?? ''
  const known = isDnsOnly ? undefined : resolveHost(shell.host, name)
  if (known !== undefined && parseIp(name) === undefined) {
    const line = (shell.host.readFile('/etc/hosts') ?? '').split('\n').find((one) => one.split(/\s+/).includes(name))
    streams.out(`${(line ?? '').split(/\s+/)[0]?.padEnd(15)} STREAM ${name}\n`)
    return 0
  }
  if (serverOf(shell) !== undefined) yield* sleep(shell.host.timers, resolverMs)
  return 2
}

/** Without a server in resolv.conf it asks this host, where nothing listens. */
const nslookup: Program = function* (shell, _words, streams) {
  if (serverOf(shell) === undefined) streams.err("nslookup: write to '127.0.0.1': Connection refused\n")
  else yield* sleep(shell.host.timers, resolverMs)
  streams.out(';; connection timed out; no servers could be reached\n\n')
  return 1
}

/** Of every Linux host. */
export const statusPrograms: Readonly<Record<string, Program>> = { ps, pgrep, netstat }
/** Of those with GNU's programs, and of those with busybox alone. */
export const gnuStatusPrograms: Readonly<Record<string, Program>> = { ss, getent }
export const busyboxStatusPrograms: Readonly<Record<string, Program>> = { nc, nslookup }
