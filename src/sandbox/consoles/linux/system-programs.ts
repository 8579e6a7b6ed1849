import { type Program, plain } from './shell.ts'

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

/** What tells of the system, or sets it. */
export const systemPrograms: Readonly<Record<string, Program>> = {
  sysctl,
  hostname,
  stty,
  uname,
  id: say('uid=0(root) gid=0(root) groups=0(root)\n'),
  whoami: say('root\n'),
  tty: say('/dev/console\n'),
  clear: say('\x1b[H\x1b[2J\x1b[3J'),
  sync: say(''),
}
