import { formatIp, parseIp } from '../../network/address.ts'
import { ICMP, type Ipv4Packet, type TcpSegment } from '../../network/frame.ts'
import type { Process } from '../../network/process.ts'
import { resolveName } from './vpcs-dns.ts'
import { nextHopOf, receiveFor, resolveNeighbour, type VpcsHost } from './vpcs-host.ts'
import { icmpWords, PING_HELP } from './vpcs-texts.ts'

interface PingOptions {
  protocol: 1 | 6 | 17
  count: number
  intervalMs: number
  waitMs: number
  size: number
  ttl: number
  dontFragment: boolean
  sourcePort: number
  destinationPort: number
}

const SEQUENCE_NAMES = { 1: 'icmp_seq', 6: 'tcp_seq', 17: 'udp_seq' } as const

/** `ping HOST [OPTION ...]`: texts and times of vpcs src/command.c run_ping and of the captures. */
export function* runPing(host: VpcsHost, words: readonly string[]): Process<void> {
  const { tty } = host
  const target = words[1]
  if (target === undefined || target === '?') return tty.print(PING_HELP)
  const options = parsePingOptions(words.slice(2), host.timers.random)
  if (options === undefined) return tty.print('Invalid options\n')
  const destination = parseIp(target) ?? (yield* resolveAndSay(host, target))
  if (destination === undefined || destination === 0) return tty.print(`Cannot resolve ${target}\n`)
  tty.print('\n')
  if (destination === host.settings.ip) return yield* pingOwnAddress(host, options)
  const hop = nextHopOf(host.settings, destination)
  if (hop === undefined) return tty.print('No gateway found\n')
  if ((yield* resolveNeighbour(host, hop)) === undefined) return tty.print(`host (${formatIp(hop)}) not reachable\n`)
  if (options.protocol === 6) return yield* pingByTcp(host, destination, target, options)
  yield* pingByProbes(host, destination, target, options)
}

function* resolveAndSay(host: VpcsHost, name: string): Process<number | undefined> {
  const address = yield* resolveName(host, name)
  if (address !== undefined) host.tty.print(`${name} resolved to ${formatIp(address)}\n`)
  return address
}

function* pingOwnAddress(host: VpcsHost, options: PingOptions): Process<void> {
  for (let sequence = 1; sequence <= options.count && !host.tty.isInterrupted(); sequence += 1) {
    host.tty.print(`${formatIp(host.settings.ip)} icmp_seq=${sequence} ttl=${options.ttl} time=0.001 ms\n`)
    yield* host.tty.pause(1)
  }
}

function* pingByProbes(host: VpcsHost, destination: number, target: string, options: PingOptions): Process<void> {
  const { tty } = host
  const name = SEQUENCE_NAMES[options.protocol]
  const identifier = host.stack.nextIdentification()
  for (let sequence = 1; sequence <= options.count && !tty.isInterrupted(); sequence += 1) {
    const packet = probe(host, destination, options, identifier, sequence)
    const got = yield* receiveFor(
      host,
      options.waitMs,
      () => host.stack.send(packet),
      (answer) => readAnswer(answer, destination, options, sequence),
    )
    if (got !== undefined) tty.print(answerLine(got.value, got.tookMs, `${name}=${sequence}`, destination))
    else if (!tty.isInterrupted()) tty.print(`${target} ${name}=${sequence} timeout\n`)
    yield* tty.pause(options.intervalMs)
  }
}

function answerLine(answer: Ipv4Packet, tookMs: number, sequence: string, destination: number): string {
  const { body } = answer
  if (body.protocol === 1 && (body.type === ICMP.unreachable || body.type === ICMP.timeExceeded)) {
    const words = icmpWords(body.type, body.code)
    return `*${formatIp(answer.source)} ${sequence} ttl=${answer.ttl} time=${tookMs.toFixed(3)} ms (ICMP type:${body.type}, code:${body.code}, ${words})\n`
  }
  return `${answer.size} bytes from ${formatIp(destination)} ${sequence} ttl=${answer.ttl} time=${tookMs.toFixed(3)} ms\n`
}

/** VPCS takes any ICMP error as the answer, whatever it quotes (vpcs src/packets.c response). */
function readAnswer(answer: Ipv4Packet, destination: number, options: PingOptions, sequence: number): Ipv4Packet | undefined {
  const { body } = answer
  if (body.protocol === 1) {
    if (body.type === ICMP.unreachable || body.type === ICMP.timeExceeded) return answer
    const mine = options.protocol === 1 && body.type === ICMP.echoReply && body.sequence === sequence && answer.source === destination
    return mine ? answer : undefined
  }
  if (answer.source !== destination || body.protocol !== options.protocol) return undefined
  return body.destinationPort === options.sourcePort ? answer : undefined
}

function probe(host: VpcsHost, destination: number, options: PingOptions, identifier: number, sequence: number): Ipv4Packet {
  const ports = { sourcePort: options.sourcePort, destinationPort: options.destinationPort, data: 'ping' }
  const body: Ipv4Packet['body'] =
    options.protocol === 1 ? { protocol: 1, type: ICMP.echo, code: 0, identifier, sequence } : { protocol: 17, ...ports }
  return {
    kind: 'ipv4',
    source: host.settings.ip,
    destination,
    ttl: options.ttl,
    identification: host.stack.nextIdentification(),
    dontFragment: options.dontFragment,
    size: options.size + 28,
    body,
  }
}

function* pingByTcp(host: VpcsHost, destination: number, target: string, options: PingOptions): Process<void> {
  const { tty } = host
  const where = `${options.destinationPort}@${target}`
  for (let sequence = 1; sequence <= options.count && !tty.isInterrupted(); sequence += 1) {
    if (sequence > 1) yield* tty.pause(options.waitMs)
    const opened = yield* exchange(host, destination, options, { syn: true }, 4_000)
    if (tty.isInterrupted()) return
    if (opened === undefined) {
      tty.print(`Connect   ${where} timeout\n`)
      continue
    }
    const { value: answer, tookMs } = opened
    if (answer.body.protocol === 1) {
      tty.print(answerLine(answer, tookMs, `tcp_seq=${sequence}`, destination))
      continue
    }
    if (answer.body.protocol === 6 && answer.body.flags.rst) {
      tty.print(`Connect   ${where} RST returned\n`)
      continue
    }
    tty.print(`Connect   ${where} seq=${sequence} ttl=${answer.ttl} time=${tookMs.toFixed(3)} ms\n`)
    yield* talkAndClose(host, destination, options, where, sequence)
  }
}

function* talkAndClose(host: VpcsHost, destination: number, options: PingOptions, where: string, sequence: number): Process<void> {
  const steps: readonly [string, TcpSegment['flags']][] = [
    ['SendData ', { push: true, ack: true }],
    ['Close    ', { fin: true, ack: true }],
  ]
  for (const [word, flags] of steps) {
    const got = yield* exchange(host, destination, options, flags, 2_000)
    if (host.tty.isInterrupted()) return
    if (got === undefined) return host.tty.print(`${word} ${where} timeout\n`)
    host.tty.print(`${word} ${where} seq=${sequence} ttl=${got.value.ttl} time=${got.tookMs.toFixed(3)} ms\n`)
  }
}

function exchange(host: VpcsHost, destination: number, options: PingOptions, flags: TcpSegment['flags'], ms: number) {
  const { sourcePort, destinationPort } = options
  const packet: Ipv4Packet = {
    kind: 'ipv4',
    source: host.settings.ip,
    destination,
    ttl: options.ttl,
    identification: host.stack.nextIdentification(),
    dontFragment: false,
    size: 60,
    body: { protocol: 6, sourcePort, destinationPort, flags, data: '' },
  }
  return receiveFor(
    host,
    ms,
    () => host.stack.send(packet),
    (answer) => readAnswer(answer, destination, options, 0),
  )
}

/** Undefined for an unknown option. Words that are no option are skipped, as the program does. */
function parsePingOptions(words: readonly string[], random: () => number): PingOptions | undefined {
  const options: PingOptions = {
    protocol: 1,
    count: 5,
    intervalMs: 1_000,
    waitMs: 1_000,
    size: 56,
    ttl: 64,
    dontFragment: false,
    sourcePort: 1024 + Math.floor(random() * 60_000),
    destinationPort: 7,
  }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (!word.startsWith('-')) continue
    const letter = word[1] ?? ''
    const value = Number.parseInt(words[index + 1] ?? '', 10)
    if (!applyOption(options, letter, Number.isNaN(value) ? 0 : value)) return undefined
    if ('cliwTPspuaf'.includes(letter)) index += 1
  }
  return options
}

function applyOption(options: PingOptions, letter: string, value: number): boolean {
  switch (letter) {
    case 'D':
      options.dontFragment = true
      return true
    case '1':
    case '2':
    case '3':
      options.protocol = ({ 1: 1, 2: 17, 3: 6 } as const)[letter]
      return true
    case 'P':
      if (value === 1 || value === 6 || value === 17) options.protocol = value
      return true
    case 'c':
      options.count = value === -1 ? Number.POSITIVE_INFINITY : value
      return true
    case 't':
      options.count = Number.POSITIVE_INFINITY
      return true
    case 'l':
      options.size = value
      return true
    case 'T':
      options.ttl = value
      return true
    case 's':
      options.sourcePort = value
      return true
    case 'p':
      options.destinationPort = value
      return true
    case 'i':
      options.intervalMs = value < 1 ? 1_000 : value
      return true
    case 'w':
      options.waitMs = value < 1 ? 1_000 : value
      return true
    default:
      return 'uaf'.includes(letter) && letter !== ''
  }
}
