import { formatIp, parseIp } from '../../network/address.ts'
import { ICMP, type Ipv4Packet } from '../../network/frame.ts'
import type { Process } from '../../network/process.ts'
import { resolveName } from './vpcs-dns.ts'
import { nextHopOf, receiveFor, resolveNeighbour, type VpcsHost } from './vpcs-host.ts'
import { icmpWords, TRACE_HELP } from './vpcs-texts.ts'

interface TraceOptions {
  protocol: 1 | 6 | 17
  hops: number
}

const PROBES = 3
const WAIT_MS = 1_000

/** `trace HOST [-P 1|6|17] [-m TTL]`: UDP unless told else, arrival is then a "port unreachable" (vpcs/trace_ok). */
export function* runTrace(host: VpcsHost, words: readonly string[]): Process<void> {
  const { tty, settings } = host
  const target = words[1]
  if (target === undefined || target === '?') return tty.print(TRACE_HELP)
  const options = parseTraceOptions(words.slice(2))
  if (typeof options === 'string') return tty.print(options)
  const destination = parseIp(target) ?? (yield* resolveName(host, target))
  if (destination === undefined || destination === 0) return tty.print(`Cannot resolve ${target}\n`)
  if (destination === settings.ip) return tty.print(`traceroute to ${target}, ${options.hops} hops max\n 1 ${target}     0.001 ms\n`)
  const mode = { 1: ' (ICMP)', 6: ' (TCP)', 17: '' }[options.protocol]
  tty.print(`trace to ${target}, ${options.hops} hops max${mode}, press Ctrl+C to stop\n`)
  const hop = nextHopOf(settings, destination)
  if (hop === undefined) return tty.print('No gateway found\n')
  if ((yield* resolveNeighbour(host, hop)) === undefined) return tty.print(`host (${formatIp(hop)}) not reachable\n`)
  yield* traceHops(host, destination, options)
}

function* traceHops(host: VpcsHost, destination: number, options: TraceOptions): Process<void> {
  const sourcePort = 1024 + Math.floor(host.timers.random() * 60_000)
  for (let ttl = 1; ttl <= options.hops && !host.tty.isInterrupted(); ttl += 1) {
    const { line, arrived } = yield* probeHop(host, destination, options, ttl, sourcePort)
    host.tty.print(`${line}\n`)
    if (arrived) return
  }
}

function* probeHop(
  host: VpcsHost,
  destination: number,
  options: TraceOptions,
  ttl: number,
  sourcePort: number,
): Process<{ line: string; arrived: boolean }> {
  let line = `${String(ttl).padStart(2)}   `
  let arrived = false
  let named = false
  for (let probe = 0; probe < PROBES && !host.tty.isInterrupted(); probe += 1) {
    const packet = traceProbe(host, destination, options, ttl, sourcePort, probe)
    const got = yield* receiveFor(
      host,
      WAIT_MS,
      () => host.stack.send(packet),
      (answer) => (isAnswer(answer, destination) ? answer : undefined),
    )
    if (got === undefined) {
      if (!host.tty.isInterrupted()) line += '  *'
      continue
    }
    const { body, source } = got.value
    const unreachable = body.protocol === 1 && body.type === ICMP.unreachable
    if (unreachable && !named) {
      line += `*${formatIp(source)}   ${got.tookMs.toFixed(3)} ms (ICMP type:${body.type}, code:${body.code}, ${icmpWords(body.type, body.code)})`
    } else if (!unreachable) {
      line += `${named ? '' : `${formatIp(source)} `}  ${got.tookMs.toFixed(3)} ms`
    }
    named = true
    if (!(body.protocol === 1 && body.type === ICMP.timeExceeded)) arrived = true
  }
  return { line, arrived }
}

function isAnswer(answer: Ipv4Packet, destination: number): boolean {
  if (answer.body.protocol !== 1) return answer.source === destination
  const { type } = answer.body
  return type === ICMP.timeExceeded || type === ICMP.unreachable || (type === ICMP.echoReply && answer.source === destination)
}

function traceProbe(
  host: VpcsHost,
  destination: number,
  options: TraceOptions,
  ttl: number,
  sourcePort: number,
  sequence: number,
): Ipv4Packet {
  const ports = { sourcePort, destinationPort: sourcePort + 1, data: 'trace' }
  const bodies = {
    1: { protocol: 1 as const, type: ICMP.echo, code: 0, identifier: sourcePort, sequence },
    17: { protocol: 17 as const, ...ports },
    6: { protocol: 6 as const, ...ports, flags: { syn: true } },
  }
  return {
    kind: 'ipv4',
    source: host.settings.ip,
    destination,
    ttl,
    identification: host.stack.nextIdentification(),
    dontFragment: false,
    size: 92,
    body: bodies[options.protocol],
  }
}

/** The message to print when an option is wrong. */
function parseTraceOptions(words: readonly string[]): TraceOptions | string {
  const options: TraceOptions = { protocol: 17, hops: 8 }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (word !== '-P' && word !== '-m' && !/^\d+$/.test(word)) return TRACE_HELP
    const isProtocol = word === '-P'
    const noun = isProtocol ? 'protocol' : 'TTL'
    const text = word.startsWith('-') ? words[++index] : word
    if (text === undefined) return `Missing ${noun}\n`
    const value = Number(text)
    if (!/^\d+$/.test(text)) return `Invalid ${noun}\n`
    if (isProtocol) {
      if (value !== 1 && value !== 6 && value !== 17) return 'Invalid protocol\n'
      options.protocol = value
    } else {
      if (value < 1 || value > 64) return 'Invalid TTL\n'
      options.hops = value
    }
  }
  return options
}
