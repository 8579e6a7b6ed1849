import { formatIp, parseIp } from '../../network/address.ts'
import { ICMP, type Ipv4Packet, UNREACHABLE } from '../../network/frame.ts'
import type { Process } from '../../network/process.ts'
import type { IosRouter } from './ios-router.ts'

/** How a running command prints and is broken (Ctrl-Shift-6). */
export interface ProbeScreen {
  print(text: string): void
  isBroken(): boolean
  /** A command begins: what broke the one before is over. */
  begin(): void
  /** Waits until `start` calls back or the break key comes. */
  await(start: (resume: () => void) => () => void): Process<void>
}

export interface PingOptions {
  count: number
  timeoutMs: number
  size: number
  source: number | null
  dontFragment: boolean
}

export const pingDefaults = (): PingOptions => ({ count: 5, timeoutMs: 2_000, size: 100, source: null, dontFragment: false })

/** `repeat N timeout N size N source X df-bit`, in any order; the word that does not fit otherwise. */
export function readPingOptions(router: IosRouter, words: readonly string[]): PingOptions | { badWord: number } {
  const options = pingDefaults()
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    const keyword = ['repeat', 'timeout', 'size', 'source', 'df-bit', 'validate', 'verbose'].find((each) => each.startsWith(word))
    if (keyword === undefined) return { badWord: index }
    if (keyword === 'df-bit') options.dontFragment = true
    if (!['repeat', 'timeout', 'size', 'source'].includes(keyword)) continue
    index += 1
    const given = words[index] ?? ''
    if (keyword === 'source') {
      const source = sourceAddress(router, given)
      if (source === undefined) return { badWord: index }
      options.source = source
      continue
    }
    if (!/^\d+$/.test(given)) return { badWord: index }
    if (keyword === 'repeat') options.count = Number(given)
    if (keyword === 'timeout') options.timeoutMs = Number(given) * 1_000
    if (keyword === 'size') options.size = Math.max(36, Number(given))
  }
  return options
}

/** An own address or the name of an interface that has one. */
export function sourceAddress(router: IosRouter, word: string): number | undefined {
  const ip = parseIp(word)
  const own = router
    .interfaces()
    .find((each) => (ip === undefined ? each.name.toLowerCase() === word.toLowerCase() : each.addresses.some((one) => one.address === ip)))
  return ip === undefined ? own?.addresses[0]?.address : own && ip
}

/** A round of echo requests with IOS's symbols and summary. */
export function* runPing(router: IosRouter, screen: ProbeScreen, destination: number, options: PingOptions): Process<void> {
  screen.begin()
  screen.print('\r\nType escape sequence to abort.\r\n')
  screen.print(
    `Sending ${options.count}, ${options.size}-byte ICMP Echos to ${formatIp(destination)}, timeout is ${options.timeoutMs / 1_000} seconds:\r\n`,
  )
  if (options.source !== null) screen.print(`Packet sent with a source address of ${formatIp(options.source)} \r\n`)
  if (options.dontFragment) screen.print('Packet sent with the DF bit set\r\n')
  const identifier = router.stack.nextIdentification()
  const times: number[] = []
  let sent = 0
  for (let sequence = 0; sequence < options.count && !screen.isBroken(); sequence += 1) {
    const answer = yield* probeOnce(router, screen, options.timeoutMs, echo(router, destination, options, identifier, sequence), (packet) =>
      isAnswerTo(packet, destination, identifier, sequence),
    )
    if (screen.isBroken()) break
    sent += 1
    const symbol = symbolFor(answer?.packet)
    if (symbol === '!' && answer !== undefined) times.push(answer.tookMs)
    screen.print(symbol + (sent % 70 === 0 && sent < options.count ? '\r\n' : ''))
  }
  screen.print(`\r\n${summary(sent, times)}\r\n`)
}

function summary(sent: number, times: readonly number[]): string {
  const received = times.length
  const percent = sent === 0 ? 0 : Math.floor((received * 100) / sent)
  const head = `Success rate is ${percent} percent (${received}/${sent})`
  if (received === 0) return head
  // IOS's clock ticks in 4 ms on these platforms.
  const ticks = times.map((ms) => Math.max(1, Math.round(ms / 4) * 4))
  const average = Math.round(ticks.reduce((sum, each) => sum + each, 0) / received)
  return `${head}, round-trip min/avg/max = ${Math.min(...ticks)}/${average}/${Math.max(...ticks)} ms`
}

function symbolFor(answer: Ipv4Packet | undefined): string {
  if (answer === undefined || answer.body.protocol !== 1) return '.'
  const { type, code } = answer.body
  if (type === ICMP.echoReply) return '!'
  if (type === ICMP.timeExceeded) return '&'
  if (type !== ICMP.unreachable) return '?'
  return code === UNREACHABLE.needFragmentation ? 'M' : 'U'
}

function isAnswerTo(packet: Ipv4Packet, destination: number, identifier: number, sequence: number): boolean {
  const { body } = packet
  if (body.protocol !== 1) return false
  const message = body.type === ICMP.echoReply ? body : body.original?.body
  if (body.type === ICMP.echoReply && packet.source !== destination) return false
  return message?.protocol === 1 && message.identifier === identifier && message.sequence === sequence
}

function echo(router: IosRouter, destination: number, options: PingOptions, identifier: number, sequence: number): Ipv4Packet | undefined {
  const source = options.source ?? router.stack.sourceFor(destination)
  if (source === undefined) return undefined
  return {
    kind: 'ipv4',
    source,
    destination,
    ttl: 255,
    identification: router.stack.nextIdentification(),
    dontFragment: options.dontFragment,
    size: options.size,
    body: { protocol: 1, type: ICMP.echo, code: 0, identifier, sequence },
  }
}

function* probeOnce(
  router: IosRouter,
  screen: ProbeScreen,
  timeoutMs: number,
  packet: Ipv4Packet | undefined,
  accept: (packet: Ipv4Packet) => boolean,
): Process<{ packet: Ipv4Packet; tookMs: number } | undefined> {
  let got: { packet: Ipv4Packet; tookMs: number } | undefined
  const sentAt = router.timers.now()
  yield* screen.await((resume) => {
    const stop = router.stack.listen((answer) => {
      if (got !== undefined || !accept(answer)) return
      got = { packet: answer, tookMs: router.timers.now() - sentAt }
      resume()
    })
    const cancel = router.timers.after(timeoutMs, resume)
    if (packet !== undefined) router.stack.send(packet)
    return () => {
      stop()
      cancel()
    }
  })
  return got
}

export interface TraceOptions {
  probes: number
  timeoutMs: number
  least: number
  most: number
  source: number | null
}

export function readTraceOptions(router: IosRouter, words: readonly string[]): TraceOptions | { badWord: number } {
  const options: TraceOptions = { probes: 3, timeoutMs: 3_000, least: 1, most: 30, source: null }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    const keyword = ['numeric', 'probe', 'timeout', 'ttl', 'source', 'port'].find((each) => each.startsWith(word))
    if (keyword === undefined) return { badWord: index }
    if (keyword === 'numeric') continue
    index += 1
    const given = words[index] ?? ''
    if (keyword === 'source') {
      const source = sourceAddress(router, given)
      if (source === undefined) return { badWord: index }
      options.source = source
      continue
    }
    if (!/^\d+$/.test(given)) return { badWord: index }
    if (keyword === 'probe') options.probes = Number(given)
    if (keyword === 'timeout') options.timeoutMs = Number(given) * 1_000
    if (keyword === 'ttl') {
      options.least = Number(given)
      index += 1
      options.most = Number(words[index] ?? options.most)
    }
  }
  return options
}

const TRACE_MARKS: Readonly<Record<number, string>> = { 0: '!N', 1: '!H', 13: '!A' }

/** UDP probes to high ports; arrival is the target's "port unreachable", which IOS targets send only twice a second: hence the `*`. */
export function* runTraceroute(router: IosRouter, screen: ProbeScreen, destination: number, options: TraceOptions): Process<void> {
  screen.begin()
  screen.print(`\r\nType escape sequence to abort.\r\nTracing the route to ${formatIp(destination)}\r\n\r\n`)
  const sourcePort = 49_152 + Math.floor(router.timers.random() * 16_000)
  let port = 33_434
  for (let ttl = options.least; ttl <= options.most && !screen.isBroken(); ttl += 1) {
    screen.print(` ${String(ttl).padStart(2)}`)
    let shown: number | undefined
    let arrived = false
    for (let probe = 0; probe < options.probes && !screen.isBroken(); probe += 1) {
      const mine = port++
      const source = options.source ?? router.stack.sourceFor(destination)
      const packet: Ipv4Packet | undefined =
        source === undefined
          ? undefined
          : {
              kind: 'ipv4',
              source,
              destination,
              ttl,
              identification: router.stack.nextIdentification(),
              dontFragment: false,
              size: 28,
              body: { protocol: 17, sourcePort, destinationPort: mine, data: 'trace' },
            }
      const answer = yield* probeOnce(router, screen, options.timeoutMs, packet, (each) => isTraceAnswer(each, sourcePort, mine))
      if (answer === undefined) {
        if (!screen.isBroken()) screen.print('  * ')
        continue
      }
      const { body, source: from } = answer.packet
      if (from !== shown) screen.print(`${shown === undefined ? ' ' : '\r\n    '}${formatIp(from)}`)
      shown = from
      const code = body.protocol === 1 ? body.code : 0
      const isUnreachable = body.protocol === 1 && body.type === ICMP.unreachable
      const mark = isUnreachable ? TRACE_MARKS[code] : undefined
      screen.print(mark === undefined ? ` ${Math.max(0, Math.round(answer.tookMs / 4) * 4)} msec` : ` ${mark} `)
      if (isUnreachable) arrived = true
    }
    screen.print('\r\n')
    if (arrived) return
  }
}

function isTraceAnswer(packet: Ipv4Packet, sourcePort: number, port: number): boolean {
  if (packet.body.protocol !== 1) return false
  const original = packet.body.original?.body
  return original?.protocol === 17 && original.sourcePort === sourcePort && original.destinationPort === port
}
