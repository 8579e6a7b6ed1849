import { formatIp, parseIp } from '../../network/address.ts'
import { ICMP, type Ipv4Packet, UNREACHABLE } from '../../network/frame.ts'
import { Interrupted, type Process } from '../../network/process.ts'
import type { LinuxHost } from './linux-host.ts'
import type { Program, Streams } from './shell.ts'

interface PingOptions {
  target: string
  count: number
  intervalMs: number
  waitMs: number
  size: number
  ttl: number
  isQuiet: boolean
  dontFragment: boolean
  source: string | null
  deadlineMs: number
}

const WITH_VALUE: ReadonlySet<string> = new Set(['c', 'i', 'W', 's', 't', 'M', 'I', 'w', 'l', 'p', 'Q', 'S'])

function readOptions(words: readonly string[]): PingOptions | string {
  const options: PingOptions = {
    target: '',
    count: Number.POSITIVE_INFINITY,
    intervalMs: 1_000,
    waitMs: 10_000,
    size: 56,
    ttl: 64,
    isQuiet: false,
    dontFragment: false,
    source: null,
    deadlineMs: Number.POSITIVE_INFINITY,
  }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (!word.startsWith('-') || word === '-') {
      options.target = word
      continue
    }
    const letter = word[1] ?? ''
    if (!WITH_VALUE.has(letter)) {
      if (letter === 'q') options.isQuiet = true
      if (!'nqvbDOUAfr4LRd6'.includes(letter)) return `ping: invalid option -- '${letter}'\n`
      continue
    }
    const value = word.length > 2 ? word.slice(2) : (words[++index] ?? '')
    const number = Number(value)
    if ('ciWstwl'.includes(letter) && !Number.isFinite(number)) return `ping: invalid argument: '${value}'\n`
    if (letter === 'c') options.count = number
    if (letter === 'i') options.intervalMs = number * 1_000
    if (letter === 'W') options.waitMs = number * 1_000
    if (letter === 's') options.size = number
    if (letter === 't') options.ttl = number
    if (letter === 'w') options.deadlineMs = number * 1_000
    if (letter === 'M') options.dontFragment = value === 'do'
    if (letter === 'I') options.source = value
  }
  return options.target === '' ? 'ping: usage error: Destination address required\n' : options
}

/** The names a host knows: localhost, its own, /etc/hosts. There is no DNS in the simulation. */
export function resolveHost(host: LinuxHost, name: string): number | undefined {
  const ip = parseIp(name)
  if (ip !== undefined) return ip
  if (name === 'localhost') return 0x7f000001
  for (const line of (host.readFile('/etc/hosts') ?? '').split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (names.includes(name)) return parseIp(address)
  }
  return undefined
}

/** iputils ping: texts, counters and exit status as recorded (linux/ping_*); busybox's form on busybox systems. */
export const pingProgram: Program = function* (shell, words, streams) {
  const { host } = shell
  const options = readOptions(words)
  if (typeof options === 'string') {
    streams.err(options)
    return 2
  }
  const destination = resolveHost(host, options.target)
  if (destination === undefined) {
    const hasServer = /^nameserver/m.test(host.readFile('/etc/resolv.conf') ?? '')
    if (shell.flavour === 'busybox') streams.err(`ping: bad address '${options.target}'\n`)
    else streams.err(`ping: ${options.target}: ${hasServer ? 'Temporary failure in name resolution' : 'Name or service not known'}\n`)
    return shell.flavour === 'busybox' ? 1 : 2
  }
  const source = sourceOf(host, options, destination)
  if (source === undefined) {
    streams.err(shell.flavour === 'busybox' ? 'ping: sendto: Network is unreachable\n' : 'ping: connect: Network is unreachable\n')
    return shell.flavour === 'busybox' ? 1 : 2
  }
  return yield* runProbes({ host, options, destination, source, streams, isBusybox: shell.flavour === 'busybox' })
}

function sourceOf(host: LinuxHost, options: PingOptions, destination: number): number | undefined {
  const given = options.source
  if (given === null) return host.stack.sourceFor(destination)
  return parseIp(given) ?? host.interfaces.find((each) => each.name === given)?.addresses[0]?.address
}

/** One run with its counters, shared by its parts. */
function runProbes(run: {
  host: LinuxHost
  options: PingOptions
  destination: number
  source: number
  streams: Streams
  isBusybox: boolean
}): Process<number> {
  const { host, options, destination, source, streams, isBusybox } = run
  const identifier = host.stack.nextIdentification()
  const sentAt = new Map<number, number>()
  const answered = new Set<number>()
  const times: number[] = []
  const startedAt = host.timers.now()
  let errors = 0
  let lastSentAt = startedAt
  let wake: (() => void) | null = null

  function* main(): Process<number> {
    const text = formatIp(destination)
    streams.out(
      isBusybox
        ? `PING ${options.target} (${text}): ${options.size} data bytes\n`
        : `PING ${options.target} (${text}) ${options.size}(${options.size + 28}) bytes of data.\n`,
    )
    const stop = host.stack.listen((packet) => onPacket(packet))
    try {
      yield* sendAll()
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error // Ctrl-C: the statistics follow
    } finally {
      stop()
    }
    return summary()
  }

  function* sendAll(): Process<void> {
    for (let sequence = 1; sequence <= options.count; sequence += 1) {
      sentAt.set(sequence, host.timers.now())
      lastSentAt = host.timers.now()
      host.stack.send(packet(sequence), () => onUnresolved(sequence))
      const isLast = sequence === options.count
      const deadline = startedAt + options.deadlineMs
      const until = Math.min(deadline, host.timers.now() + (isLast ? lastWait() : options.intervalMs))
      while (host.timers.now() < until && !(isLast && isSettled())) yield* waitUntil(until)
      if (host.timers.now() >= deadline) return
    }
  }

  /** After the last request: -W, or twice the longest round trip when something has been answered (iputils). */
  function lastWait(): number {
    return options.waitMs
  }

  function isSettled(): boolean {
    return answered.size >= sentAt.size || answered.size + errors >= sentAt.size
  }

  function* waitUntil(time: number): Process<void> {
    yield (resume) => {
      const finish = () => {
        wake = null
        cancel()
        resume()
      }
      wake = finish
      const cancel = host.timers.after(time - host.timers.now(), finish)
      return () => {
        wake = null
        cancel()
      }
    }
  }

  function packet(sequence: number): Ipv4Packet {
    return {
      kind: 'ipv4',
      source: source,
      destination: destination,
      ttl: options.ttl,
      identification: host.stack.nextIdentification(),
      dontFragment: options.dontFragment,
      size: options.size + 28,
      body: { protocol: 1, type: ICMP.echo, code: 0, identifier: identifier, sequence },
    }
  }

  function onPacket(packet: Ipv4Packet): void {
    const { body } = packet
    if (body.protocol !== 1) return
    if (body.type === ICMP.echoReply) {
      if (body.identifier === identifier) onReply(packet, body.sequence)
      return
    }
    const original = body.original?.body
    if (original?.protocol === 1 && original.identifier === identifier)
      onError(formatIp(packet.source), original.sequence, errorWords(body.type, body.code))
  }

  function onReply(packet: Ipv4Packet, sequence: number): void {
    const startOf = sentAt.get(sequence)
    if (startOf === undefined) return
    const took = host.timers.now() - startOf
    const isDuplicate = answered.has(sequence)
    answered.add(sequence)
    times.push(took)
    if (!options.isQuiet) {
      const label = isBusybox ? `seq=${sequence - 1}` : `icmp_seq=${sequence}`
      const time = isBusybox ? took.toFixed(3) : roundTime(took)
      streams.out(
        `${options.size + 8} bytes from ${formatIp(packet.source)}: ${label} ttl=${packet.ttl} time=${time} ms${isDuplicate ? ' (DUP!)' : ''}\n`,
      )
    }
    wake?.()
  }

  function onUnresolved(sequence: number): void {
    onError(formatIp(source), sequence, 'Destination Host Unreachable')
  }

  function onError(from: string, sequence: number, words: string): void {
    if (isBusybox) return
    errors += 1
    if (!options.isQuiet) streams.out(`From ${from} icmp_seq=${sequence} ${words}\n`)
    wake?.()
  }

  function summary(): number {
    const [sent, received] = [sentAt.size, answered.size]
    const loss = sent === 0 ? 0 : ((sent - received) * 100) / sent
    const percent = Number.isInteger(loss) ? String(loss) : loss.toFixed(4).replace(/0+$/, '')
    streams.out(`\n--- ${options.target} ping statistics ---\n`)
    if (isBusybox) {
      streams.out(`${sent} packets transmitted, ${received} packets received, ${Math.floor(loss)}% packet loss\n`)
      if (received > 0) streams.out(`round-trip min/avg/max = ${statistics().slice(0, 3).join('/')} ms\n`)
      return received > 0 ? 0 : 1
    }
    const failures = errors > 0 ? `, +${errors} errors` : ''
    const elapsed = Math.round(lastSentAt - startedAt)
    streams.out(`${sent} packets transmitted, ${received} received${failures}, ${percent}% packet loss, time ${elapsed}ms\n`)
    streams.out(received > 0 ? `rtt min/avg/max/mdev = ${statistics().join('/')} ms\n` : '\n')
    return received > 0 ? 0 : 1
  }

  function statistics(): string[] {
    const average = times.reduce((sum, each) => sum + each, 0) / times.length
    const deviation = Math.sqrt(times.reduce((sum, each) => sum + (each - average) ** 2, 0) / times.length)
    return [Math.min(...times), average, Math.max(...times), deviation].map((each) => each.toFixed(3))
  }

  return main()
}

/** Three significant digits below 100 ms, as iputils prints. */
function roundTime(ms: number): string {
  if (ms < 1) return ms.toFixed(3)
  if (ms < 10) return ms.toFixed(2)
  return ms < 100 ? ms.toFixed(1) : ms.toFixed(0)
}

function errorWords(type: number, code: number): string {
  if (type === ICMP.timeExceeded) return 'Time to live exceeded'
  if (type !== ICMP.unreachable) return `Bad ICMP type: ${type}`
  const words: Readonly<Record<number, string>> = {
    [UNREACHABLE.net]: 'Destination Net Unreachable',
    [UNREACHABLE.host]: 'Destination Host Unreachable',
    [UNREACHABLE.port]: 'Destination Port Unreachable',
    [UNREACHABLE.needFragmentation]: 'Frag needed and DF set (mtu = 1500)',
    [UNREACHABLE.admin]: 'Packet filtered',
  }
  return words[code] ?? `Destination Unreachable, Bad Code: ${code}`
}
