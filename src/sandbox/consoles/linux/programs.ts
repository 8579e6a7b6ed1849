import { formatIp, maskOf, parseIp, parsePrefix } from '../../network/address.ts'
import { sleep, startProcess } from '../../network/process.ts'
import { filePrograms } from './file-programs.ts'
import { ipProgram } from './program-ip.ts'
import { pingProgram } from './program-ping.ts'
import { tracerouteProgram } from './program-traceroute.ts'
import { absolute, childShell, type FindProgram, type Program, plain, runInteractive, runText, runWords } from './shell.ts'
import { busyboxStatusPrograms, gnuStatusPrograms, statusPrograms } from './status-programs.ts'
import { readSystemFile } from './system-files.ts'

const ok = plain(() => 0)

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', a: '\x07', '0': '\0', e: '\x1b' }
const readEscapes = (text: string): string =>
  text.replace(/\\(?:x([0-9a-fA-F]{2})|0([0-7]{1,3})|([\s\S]))/g, (all, hex, octal, letter) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    return ESCAPES[letter] ?? all
  })

const echo = plain((shell, words, streams) => {
  let rest = [...words]
  let newline = '\n'
  let interprets = shell.flavour === 'dash'
  while (/^-[neE]+$/.test(rest[0] ?? '')) {
    const flag = rest.shift() ?? ''
    if (flag.includes('n')) newline = ''
    if (flag.includes('e')) interprets = true
  }
  if (rest.length === 0) rest = ['']
  const text = rest.join(' ')
  streams.out((interprets ? readEscapes(text) : text) + newline)
  return 0
})

const printf = plain((_shell, words, streams) => {
  const [format = '', ...values] = words
  let index = 0
  do {
    streams.out(
      readEscapes(format).replace(/%(-?\d*)([sd%])/g, (_all, width: string, kind: string) => {
        if (kind === '%') return '%'
        const value = values[index++] ?? (kind === 'd' ? '0' : '')
        const size = Math.abs(Number(width))
        return width.startsWith('-') ? value.padEnd(size) : value.padStart(size)
      }),
    )
  } while (index > 0 && index < values.length)
  return 0
})

const cat: Program = plain((shell, words, streams) => {
  const files = words.filter((word) => !word.startsWith('-'))
  if (files.length === 0) streams.out(streams.input)
  let status = 0
  for (const name of files) {
    const text = readSystemFile(shell, absolute(shell, name))
    if (text === undefined) {
      streams.err(`cat: ${name}: No such file or directory\n`)
      status = 1
    } else streams.out(text)
  }
  return status
})

const grep = plain((shell, words, streams) => {
  const flags = words.filter((word) => word.startsWith('-')).join('')
  const [pattern = '', ...names] = words.filter((word) => !word.startsWith('-'))
  const expression = makePattern(pattern, flags)
  const isNamed = flags.includes('H') || (names.length > 1 && !flags.includes('h'))
  const texts =
    names.length === 0
      ? [{ prefix: '', text: streams.input }]
      : names.flatMap((name) => {
          const text = readSystemFile(shell, absolute(shell, name))
          if (text === undefined) streams.err(`grep: ${name}: No such file or directory\n`)
          return text === undefined ? [] : [{ prefix: isNamed ? `${name}:` : '', text }]
        })
  const found = texts.flatMap(({ prefix, text }) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .filter((line) => text !== '' && expression.test(line) !== flags.includes('v'))
      .map((line) => `${prefix}${line}`),
  )
  if (flags.includes('c')) streams.out(`${found.length}\n`)
  else if (flags.includes('o')) streams.out(found.map((line) => `${expression.exec(line)?.[0] ?? ''}\n`).join(''))
  else if (!flags.includes('q')) streams.out(found.map((line) => `${line}\n`).join(''))
  return found.length > 0 ? 0 : 1
})

function makePattern(pattern: string, flags: string): RegExp {
  const options = flags.includes('i') ? 'i' : ''
  const literal = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  if (flags.includes('F')) return new RegExp(literal, options)
  const body = flags.includes('w') ? `\\b(?:${pattern})\\b` : pattern
  try {
    return new RegExp(body, options)
  } catch {
    return new RegExp(literal, options)
  }
}

const slice = (fromEnd: boolean): Program =>
  plain((shell, words, streams) => {
    const bytes = words.indexOf('-c')
    if (bytes !== -1) {
      const name = words[bytes + 2]
      const all = Buffer.from(name === undefined ? streams.input : (readSystemFile(shell, absolute(shell, name)) ?? ''))
      const size = Number(words[bytes + 1])
      streams.out((fromEnd ? all.subarray(-size) : all.subarray(0, size)).toString())
      return 0
    }
    const at = words.findIndex((word) => /^-n?\d*$/.test(word))
    const flag = at === -1 ? '' : (words[at] ?? '')
    const count = Number(/\d+/.exec(flag)?.[0] ?? (at === -1 ? 10 : (words[at + 1] ?? 10)))
    const name = words.find((word, index) => !word.startsWith('-') && !(index === at + 1 && flag === '-n'))
    const text = name === undefined ? streams.input : (readSystemFile(shell, absolute(shell, name)) ?? '')
    const lines = text.replace(/\n$/, '').split('\n')
    streams.out((fromEnd ? lines.slice(-count) : lines.slice(0, count)).map((line) => `${line}\n`).join(''))
    return 0
  })

const wordCount = plain((_shell, words, streams) => {
  const lines = streams.input.split('\n').length - 1
  streams.out(
    words.includes('-l')
      ? `${lines}\n`
      : `${String(lines).padStart(7)} ${String(streams.input.split(/\s+/).filter((word) => word !== '').length).padStart(7)} ${String(streams.input.length).padStart(7)}\n`,
  )
  return 0
})

const DIRECTORIES = [
  'bin',
  'boot',
  'dev',
  'etc',
  'home',
  'lib',
  'media',
  'mnt',
  'opt',
  'proc',
  'root',
  'run',
  'sbin',
  'srv',
  'sys',
  'tmp',
  'usr',
  'var',
]

const list = plain((shell, words, streams) => {
  const name = words.find((word) => !word.startsWith('-')) ?? '.'
  const path = absolute(shell, name)
  const inside = path === '/' ? '/' : `${path}/`
  const files = shell.host.listFiles()
  if (files.includes(path)) {
    streams.out(`${name}\n`)
    return 0
  }
  const children = new Set(files.filter((file) => file.startsWith(inside)).map((file) => file.slice(inside.length).split('/')[0] ?? ''))
  if (path === '/') for (const directory of DIRECTORIES) children.add(directory)
  if (children.size === 0 && !DIRECTORIES.includes(path.slice(1)) && path !== '/root') {
    streams.err(`ls: cannot access '${name}': No such file or directory\n`)
    return 2
  }
  const sorted = [...children].sort()
  if (sorted.length === 0) return 0
  streams.out(streams.isTerminal ? `${sorted.join('  ')}\n` : sorted.map((each) => `${each}\n`).join(''))
  return 0
})

const changeDirectory = plain((shell, words) => {
  shell.directory = absolute(shell, words[0] ?? shell.variables.get('HOME') ?? '/root')
  return 0
})

const sleepProgram: Program = function* (shell, words) {
  const seconds = Number((words[0] ?? '0').replace(/s$/, ''))
  yield* sleep(shell.host.timers, Number.isFinite(seconds) ? seconds * 1_000 : 0)
  return 0
}

const sysctl = plain((shell, words, streams) => {
  const name = words.find((word) => !word.startsWith('-')) ?? ''
  const isBare = words.some((word) => word.startsWith('-') && word.includes('n'))
  const isQuiet = words.some((word) => word.startsWith('-') && word.includes('q'))
  const [key = '', value] = name.split('=').map((part) => part.trim().replaceAll('/', '.'))
  if (words.includes('-p')) return 0
  if (key !== 'net.ipv4.ip_forward' && !/^net\.ipv4\.(conf|icmp|ip_default_ttl)/.test(key)) {
    streams.err(`sysctl: cannot stat /proc/sys/${key.replaceAll('.', '/')}: No such file or directory\n`)
    return 255
  }
  if (value !== undefined && key === 'net.ipv4.ip_forward') shell.host.isForwarding = value === '1'
  const shown = key === 'net.ipv4.ip_forward' ? Number(shell.host.isForwarding) : (value ?? 1)
  if (!isQuiet) streams.out(isBare ? `${shown}\n` : `${key} = ${shown}\n`)
  return 0
})

const hostname = plain((shell, words, streams) => {
  const name = words.find((word) => !word.startsWith('-'))
  if (name === undefined) streams.out(`${shell.host.hostname()}\n`)
  else shell.host.setHostname(name)
  return 0
})

/** The terminal's settings; `-g` prints a form that is taken back later. */
const stty = plain((shell, words, streams) => {
  const { tty } = shell.host
  if (words.includes('-g')) {
    streams.out(`np1:${tty.echo ? 1 : 0}:${tty.columns}:${tty.rows}\n`)
    return 0
  }
  if (words.includes('size')) {
    streams.out(`${tty.rows} ${tty.columns}\n`)
    return 0
  }
  words.forEach((word, index) => {
    const saved = /^np1:(\d):(\d+):(\d+)$/.exec(word)
    if (saved !== null) {
      tty.echo = saved[1] === '1'
      tty.columns = Number(saved[2])
      tty.rows = Number(saved[3])
    }
    if (word === 'echo') tty.echo = true
    if (word === '-echo') tty.echo = false
    if (word === 'sane') tty.echo = true
    const number = Number(words[index + 1])
    if ((word === 'cols' || word === 'columns') && number > 0) tty.columns = number
    if (word === 'rows' && number > 0) tty.rows = number
  })
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

const which = plain((shell, words, streams) => {
  const names = words.filter((word) => !word.startsWith('-'))
  const found = names.filter((name) => findProgram(name, shell) !== undefined)
  streams.out(found.map((name) => `${BUILTINS.has(name) ? name : `/usr/bin/${name}`}\n`).join(''))
  return found.length === names.length ? 0 : 1
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

const touch = plain((shell, words) => {
  for (const name of words) {
    const path = absolute(shell, name)
    shell.host.writeFile(path, shell.host.readFile(path) ?? '')
  }
  return 0
})

const remove = plain((shell, words, streams) => {
  let status = 0
  for (const name of words.filter((word) => !word.startsWith('-'))) {
    if (shell.host.removeFile(absolute(shell, name)) || words.includes('-f')) continue
    streams.err(`rm: cannot remove '${name}': No such file or directory\n`)
    status = 1
  }
  return status
})

const tee = plain((shell, words, streams) => {
  for (const name of words.filter((word) => !word.startsWith('-'))) {
    const path = absolute(shell, name)
    shell.host.writeFile(path, words.includes('-a') ? (shell.host.readFile(path) ?? '') + streams.input : streams.input)
  }
  streams.out(streams.input)
  return 0
})

/** `ifconfig`, `ifconfig eth0`, `ifconfig eth0 A netmask M up`. */
const ifconfig: Program = function* (shell, words, streams) {
  const { host } = shell
  const [name, ...rest] = words.filter((word) => word !== '-a')
  if (name === undefined || rest.length === 0) {
    const wanted = host.interfaces.filter((each) => (name === undefined ? each.isUp || words.includes('-a') : each.name === name))
    if (wanted.length === 0) {
      streams.err(`${name}: error fetching interface information: Device not found\n`)
      return 1
    }
    streams.out(wanted.map((each) => describeOld(each)).join('\n'))
    return 0
  }
  const device = host.interfaces.find((each) => each.name === name)
  if (device === undefined) {
    streams.err('SIOCSIFADDR: No such device\n')
    return 255
  }
  const address = parseIp(rest[0] ?? '') ?? parsePrefix(rest[0] ?? '')?.address
  if (address !== undefined) {
    const given = parsePrefix(rest[0] ?? '')?.length
    const mask = parseIp(rest[rest.indexOf('netmask') + 1] ?? '')
    const length = given ?? (rest.includes('netmask') && mask !== undefined ? 32 - Math.round(Math.log2(2 ** 32 - mask)) : 24)
    for (const own of [...device.addresses]) host.removeAddress(device, own)
    host.setUp(device, true)
    host.addAddress(device, { address, length })
  }
  if (rest.includes('down')) host.setUp(device, false)
  if (rest.includes('up')) host.setUp(device, true)
  return 0
}

function describeOld(device: {
  name: string
  isUp: boolean
  mtu: number
  mac: string
  addresses: readonly { address: number; length: number }[]
}): string {
  const [first] = device.addresses
  const inet =
    first === undefined
      ? ''
      : `        inet ${formatIp(first.address)}  netmask ${formatIp(maskOf(first.length))}  broadcast ${formatIp((first.address | ~maskOf(first.length)) >>> 0)}\n`
  return `${device.name}: flags=${device.isUp ? '4163<UP,BROADCAST,RUNNING,MULTICAST>' : '4098<BROADCAST,MULTICAST>'}  mtu ${device.mtu}\n${inet}        ether ${device.mac}  txqueuelen 1000  (Ethernet)\n`
}

const route: Program = function* (shell, words, streams) {
  if (words[0] === 'add' || words[0] === 'del') {
    const rest = words
      .slice(1)
      .filter((word) => word !== '-net' && word !== '-host')
      .map((word) => (word === 'gw' ? 'via' : word))
    const at = rest.indexOf('netmask')
    const mask = at === -1 ? undefined : parseIp(rest[at + 1] ?? '')
    if (mask !== undefined) rest.splice(at, 2)
    if (mask !== undefined && rest[0] !== undefined) rest[0] = `${rest[0]}/${32 - Math.round(Math.log2(2 ** 32 - mask))}`
    return yield* ipProgram(shell, ['route', words[0], ...rest], streams)
  }
  const rows = shell.host.routes.map((each) => {
    const gateway = each.gateway === null ? '0.0.0.0' : formatIp(each.gateway)
    const flags = each.gateway === null ? 'U' : 'UG'
    return `${formatIp(each.network).padEnd(15)} ${gateway.padEnd(15)} ${formatIp(maskOf(each.length)).padEnd(15)} ${flags.padEnd(5)} ${String(each.metric).padEnd(6)} 0        0 ${each.device ?? '*'}\n`
  })
  streams.out(`Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n${rows.join('')}`)
  return 0
}

const say = (text: string, status = 0): Program =>
  plain((_shell, _words, streams) => {
    streams.out(text)
    return status
  })

const UNAME: Readonly<Record<string, (name: string) => string>> = {
  '-a': (name) => `Linux ${name} 6.1.0-56-amd64 #1 SMP x86_64 GNU/Linux`,
  '-n': (name) => name,
  '-r': () => '6.1.0-56-amd64',
}

const uname = plain((shell, words, streams) => {
  streams.out(`${UNAME[words[0] ?? '']?.(shell.host.hostname()) ?? 'Linux'}\n`)
  return 0
})

const history = plain((shell, _words, streams) => {
  streams.out(shell.host.history.map((line, index) => `${String(index + 1).padStart(5)}  ${line}\n`).join(''))
  return 0
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

const busybox: Program = function* (shell, words, streams) {
  return yield* runWords(shell, words, streams)
}

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

const PROGRAMS: Readonly<Record<string, Program>> = {
  ...filePrograms,
  ...statusPrograms,
  ...gnuStatusPrograms,
  ...busyboxStatusPrograms,
  ip: ipProgram,
  ping: pingProgram,
  traceroute: tracerouteProgram,
  echo,
  printf,
  cat,
  grep,
  ls: list,
  head: slice(false),
  tail: slice(true),
  wc: wordCount,
  cd: changeDirectory,
  pwd: plain((shell, _words, streams) => {
    streams.out(`${shell.directory}\n`)
    return 0
  }),
  true: ok,
  ':': ok,
  false: plain(() => 1),
  sleep: sleepProgram,
  sysctl,
  hostname,
  stty,
  bind,
  export: exportProgram,
  unset,
  set,
  exit,
  logout: exit,
  env,
  sh: shellProgram('dash'),
  bash: shellProgram('bash'),
  timeout,
  which,
  type: which,
  command,
  exec,
  test,
  '[': test,
  touch,
  rm: remove,
  tee,
  ifconfig,
  route,
  arp: function* (shell, _words, streams) {
    return yield* ipProgram(shell, ['neigh'], streams)
  },
  uname,
  history,
  busybox,
  id: say('uid=0(root) gid=0(root) groups=0(root)\n'),
  whoami: say('root\n'),
  tty: say('/dev/console\n'),
  clear: say('\x1b[H\x1b[2J\x1b[3J'),
  mkdir: ok,
  sync: ok,
  shopt: ok,
  alias: ok,
  unalias: ok,
  umask: ok,
  wait: ok,
  jobs: ok,
}

/** Programs busybox systems do not have. */
const NOT_IN_BUSYBOX: ReadonlySet<string> = new Set(['bash', 'bind', 'shopt', ...Object.keys(gnuStatusPrograms)])

/** Programs that only busybox systems have here. */
const ONLY_IN_BUSYBOX: ReadonlySet<string> = new Set(['busybox', ...Object.keys(busyboxStatusPrograms)])

/** By name or by the path of a directory where programs live. */
export const findProgram: FindProgram = (name, shell) => {
  const short = /^(?:\/usr)?(?:\/local)?\/s?bin\/([^/]+)$/.exec(name)?.[1]
  const base = short ?? name
  if (name.includes('/') && short === undefined) return undefined
  if (shell.flavour === 'busybox' && NOT_IN_BUSYBOX.has(base)) return undefined
  if (shell.flavour !== 'busybox' && ONLY_IN_BUSYBOX.has(base)) return undefined
  return Object.hasOwn(PROGRAMS, base) ? PROGRAMS[base] : undefined
}
