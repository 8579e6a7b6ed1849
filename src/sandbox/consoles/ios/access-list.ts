import { formatIp, parseIp } from '../../network/address.ts'
import { ICMP, type Ipv4Packet } from '../../network/frame.ts'

interface Matcher {
  readonly text: string
  matches(ip: number): boolean
}

interface Rule {
  readonly text: string
  readonly permits: boolean
  matches(packet: Ipv4Packet): boolean
}

export interface AccessList {
  readonly kind: 'standard' | 'extended'
  readonly rules: readonly Rule[]
  permits(packet: Ipv4Packet): boolean
  render(name: string): string[]
  isNamed: boolean
}

/** No list with that name permits everything; a list ends with an implicit deny. */
export function createAccessList(kind: 'standard' | 'extended', isNamed: boolean, rules: readonly Rule[] = []): AccessList {
  return {
    kind,
    isNamed,
    rules,
    permits: (packet) => rules.length === 0 || (rules.find((rule) => rule.matches(packet))?.permits ?? false),
    render: (name) =>
      isNamed
        ? [`ip access-list ${kind} ${name}`, ...rules.map((rule) => ` ${rule.text}`)]
        : rules.map((rule) => `access-list ${name} ${rule.text}`),
  }
}

export const withRule = (list: AccessList, rule: Rule): AccessList => createAccessList(list.kind, list.isNamed, [...list.rules, rule])

export const withoutRule = (list: AccessList, text: string): AccessList =>
  createAccessList(
    list.kind,
    list.isNamed,
    list.rules.filter((rule) => rule.text !== text),
  )

/** 1-99 and 1300-1999 are standard, 100-199 and 2000-2699 extended. */
export function kindOfNumber(number: number): 'standard' | 'extended' | undefined {
  if ((number >= 1 && number <= 99) || (number >= 1300 && number <= 1999)) return 'standard'
  return (number >= 100 && number <= 199) || (number >= 2000 && number <= 2699) ? 'extended' : undefined
}

/** `permit 10.0.0.0 0.0.0.255`, `deny icmp any host 10.2.2.11 echo`; undefined when it cannot be read. */
export function parseRule(kind: 'standard' | 'extended', text: string): Rule | undefined {
  const words = text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== 'log')
  const action = ['permit', 'deny'].find((each) => each.startsWith(words[0] ?? '-'))
  if (action === undefined) return undefined
  const rest = words.slice(1)
  return kind === 'standard' ? parseStandard(action, rest) : parseExtended(action, rest)
}

function parseStandard(action: string, words: readonly string[]): Rule | undefined {
  const source = takeAddress(words, true)
  if (source === undefined || source.rest.length > 0) return undefined
  return {
    text: `${action} ${source.matcher.text}`,
    permits: action === 'permit',
    matches: (packet) => source.matcher.matches(packet.source),
  }
}

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17 }
const PORT_NAMES: Readonly<Record<string, number>> = {
  www: 80,
  telnet: 23,
  ftp: 21,
  domain: 53,
  smtp: 25,
  ssh: 22,
  tftp: 69,
  bootps: 67,
  echo: 7,
}
const ICMP_NAMES: Readonly<Record<string, number>> = {
  echo: ICMP.echo,
  'echo-reply': ICMP.echoReply,
  unreachable: ICMP.unreachable,
  'time-exceeded': ICMP.timeExceeded,
}

function parseExtended(action: string, words: readonly string[]): Rule | undefined {
  const protocol = words[0] ?? ''
  if (protocol !== 'ip' && PROTOCOLS[protocol] === undefined) return undefined
  const source = takeAddress(words.slice(1), false)
  if (source === undefined) return undefined
  const sourcePort = takePort(source.rest)
  const destination = takeAddress(sourcePort.rest, false)
  if (destination === undefined) return undefined
  const destinationPort = takePort(destination.rest)
  const icmpType = protocol === 'icmp' ? ICMP_NAMES[destinationPort.rest[0] ?? ''] : undefined
  const isEstablished = destinationPort.rest[0] === 'established'
  if (destinationPort.rest.length > 0 && icmpType === undefined && !isEstablished) return undefined
  return {
    text: `${action} ${words.join(' ')}`,
    permits: action === 'permit',
    matches: (packet) => {
      const { body } = packet
      if (protocol !== 'ip' && PROTOCOLS[protocol] !== body.protocol) return false
      if (!source.matcher.matches(packet.source) || !destination.matcher.matches(packet.destination)) return false
      if (icmpType !== undefined) return body.protocol === 1 && body.type === icmpType
      if (isEstablished) return body.protocol === 6 && body.flags.syn !== true
      if (body.protocol === 1) return true
      return sourcePort.matches(body.sourcePort) && destinationPort.matches(body.destinationPort)
    },
  }
}

function takeAddress(words: readonly string[], isStandard: boolean): { matcher: Matcher; rest: readonly string[] } | undefined {
  const [first = '', second = ''] = words
  if (first === 'any') return { matcher: { text: 'any', matches: () => true }, rest: words.slice(1) }
  if (first === 'host') {
    const host = parseIp(second)
    return host === undefined
      ? undefined
      : { matcher: { text: isStandard ? second : `host ${second}`, matches: (ip) => ip === host }, rest: words.slice(2) }
  }
  const network = parseIp(first)
  if (network === undefined) return undefined
  const wildcard = parseIp(second)
  if (wildcard === undefined)
    return isStandard ? { matcher: { text: first, matches: (ip) => ip === network }, rest: words.slice(1) } : undefined
  const base = (network & ~wildcard) >>> 0
  const text = `${formatIp(base)} ${formatIp(wildcard)}`
  return { matcher: { text, matches: (ip) => (ip & ~wildcard) >>> 0 === base }, rest: words.slice(2) }
}

function takePort(words: readonly string[]): { matches(port: number): boolean; rest: readonly string[] } {
  const [operator = '', first = '', second = ''] = words
  const number = (text: string) => PORT_NAMES[text] ?? Number(text)
  const [a, b] = [number(first), number(second)]
  const tests: Readonly<Record<string, (port: number) => boolean>> = {
    eq: (port) => port === a,
    neq: (port) => port !== a,
    gt: (port) => port > a,
    lt: (port) => port < a,
    range: (port) => port >= a && port <= b,
  }
  const test = tests[operator]
  return test === undefined ? { matches: () => true, rest: words } : { matches: test, rest: words.slice(operator === 'range' ? 3 : 2) }
}
