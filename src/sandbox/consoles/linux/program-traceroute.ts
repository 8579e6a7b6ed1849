import { formatIp } from '../../network/address.ts'
import { ICMP, type Ipv4Packet } from '../../network/frame.ts'
import type { Process } from '../../network/process.ts'
import type { LinuxHost } from './linux-host.ts'
import { resolveHost } from './program-ping.ts'
import type { Program } from './shell.ts'

interface TraceOptions {
  target: string
  hops: number
  probes: number
  waitMs: number
  isIcmp: boolean
}

function readOptions(words: readonly string[]): TraceOptions {
  const options: TraceOptions = { target: '', hops: 30, probes: 3, waitMs: 5_000, isIcmp: false }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    const letter = word.startsWith('-') ? (word[1] ?? '') : ''
    if (letter === '') {
      if (options.target === '') options.target = word
    } else if (letter === 'I') options.isIcmp = true
    else if ('wqmpfsNi'.includes(letter)) {
      const value = Number(word.length > 2 ? word.slice(2) : words[++index])
      if (letter === 'w') options.waitMs = value * 1_000
      if (letter === 'q') options.probes = value
      if (letter === 'm') options.hops = value
    }
  }
  return options
}

const MARKS: Readonly<Record<number, string>> = { 0: ' !N', 1: ' !H', 13: ' !X' }

/** Linux traceroute: exit 0 even when the target is not reached (recorded: linux/traceroute_fail). */
export const tracerouteProgram: Program = function* (shell, words, streams) {
  const { host } = shell
  const options = readOptions(words)
  const destination = resolveHost(host, options.target)
  if (destination === undefined) {
    streams.err(
      `${options.target}: Name or service not known\nCannot handle "host" cmdline arg \`${options.target}' on position 1 (argc ${words.length})\n`,
    )
    return 2
  }
  streams.out(`traceroute to ${options.target} (${formatIp(destination)}), ${options.hops} hops max, 60 byte packets\n`)
  if (host.stack.sourceFor(destination) === undefined) {
    streams.err('connect: Network is unreachable\n')
    return 1
  }
  let port = 33_434
  for (let ttl = 1; ttl <= options.hops; ttl += 1) {
    const hop = yield* probeHop(host, options, destination, ttl, port)
    port += options.probes
    streams.out(`${String(ttl).padStart(2)} ${hop.line}\n`)
    if (hop.isLast) break
  }
  return 0
}

/** All probes of a hop fly at once, as the real program sends them. */
function* probeHop(
  host: LinuxHost,
  options: TraceOptions,
  destination: number,
  ttl: number,
  firstPort: number,
): Process<{ line: string; isLast: boolean }> {
  const answers = new Map<number, { from: number; ms: number; mark: string; isLast: boolean }>()
  const sourcePort = 40_000 + ttl
  const sentAt = host.timers.now()
  yield (resume) => {
    const finish = () => {
      stop()
      cancel()
      resume()
    }
    const accept = (packet: Ipv4Packet, isOwnFailure: boolean): void => {
      const probe = probeNumber(packet, options, destination, firstPort, sourcePort)
      if (probe === undefined || answers.has(probe)) return
      const { body } = packet
      const isUnreachable = body.protocol === 1 && body.type === ICMP.unreachable
      const mark = isUnreachable || isOwnFailure ? (MARKS[body.protocol === 1 ? body.code : 1] ?? '') : ''
      answers.set(probe, {
        from: packet.source,
        ms: host.timers.now() - sentAt,
        mark,
        isLast: isUnreachable || (body.protocol === 1 && body.type === ICMP.echoReply),
      })
      if (answers.size === options.probes) finish()
    }
    const stop = host.stack.listen((packet) => accept(packet, false))
    const cancel = host.timers.after(options.waitMs, finish)
    for (let probe = 0; probe < options.probes; probe += 1)
      host.stack.send(probePacket(host, options, destination, ttl, firstPort + probe, sourcePort))
    return () => {
      stop()
      cancel()
    }
  }
  return describeHop(options.probes, answers)
}

function describeHop(
  probes: number,
  answers: ReadonlyMap<number, { from: number; ms: number; mark: string; isLast: boolean }>,
): { line: string; isLast: boolean } {
  let line = ''
  let shown: number | undefined
  for (let probe = 0; probe < probes; probe += 1) {
    const answer = answers.get(probe)
    if (answer === undefined) {
      line += ' *'
      continue
    }
    line += `${answer.from === shown ? '' : ` ${formatIp(answer.from)}`}  ${answer.ms.toFixed(3)} ms${answer.mark}`
    shown = answer.from
  }
  return { line, isLast: [...answers.values()].some((answer) => answer.isLast) }
}

function probePacket(
  host: LinuxHost,
  options: TraceOptions,
  destination: number,
  ttl: number,
  port: number,
  sourcePort: number,
): Ipv4Packet {
  const body: Ipv4Packet['body'] = options.isIcmp
    ? { protocol: 1, type: ICMP.echo, code: 0, identifier: sourcePort, sequence: port }
    : { protocol: 17, sourcePort, destinationPort: port, data: 'trace' }
  return {
    kind: 'ipv4',
    source: host.stack.sourceFor(destination) ?? 0,
    destination,
    ttl,
    identification: host.stack.nextIdentification(),
    dontFragment: false,
    size: 60,
    body,
  }
}

/** Which probe an answer belongs to. */
function probeNumber(
  packet: Ipv4Packet,
  options: TraceOptions,
  destination: number,
  firstPort: number,
  sourcePort: number,
): number | undefined {
  if (packet.body.protocol !== 1) return undefined
  const message = packet.body.type === ICMP.echoReply && packet.source === destination ? packet.body : packet.body.original?.body
  if (message === undefined) return undefined
  const port = portOf(message, sourcePort)
  const probe = port === undefined ? -1 : port - firstPort
  return probe >= 0 && probe < options.probes ? probe : undefined
}

function portOf(message: Ipv4Packet['body'], sourcePort: number): number | undefined {
  if (message.protocol === 1) return message.identifier === sourcePort ? message.sequence : undefined
  return message.protocol === 17 && message.sourcePort === sourcePort ? message.destinationPort : undefined
}
