import { ICMP, type Ipv4Packet } from '../../network/frame.ts'
import type { Process } from '../../network/process.ts'
import type { LinuxHost } from './linux-host.ts'

/** How connect(2) ended, in the C library's words. */
export type ConnectResult = 'open' | 'Connection refused' | 'No route to host' | 'Network is unreachable' | 'Connection timed out'

/** Linux sends its SYN seven times (net.ipv4.tcp_syn_retries = 6), each pause twice the one before: over after 127 s. */
const connectMs = 127_000
const repeatMs: readonly number[] = [1_000, 3_000, 7_000, 15_000, 31_000, 63_000]
/** ICMP codes of type 3 that mean the network is unreachable (net/ipv4/icmp.c icmp_err_convert); port is refused, the others no route. */
const networkCodes: ReadonlySet<number> = new Set([0, 6, 9, 11])

/** Opens a connection and ends it at once. */
export function* connectTcp(host: LinuxHost, destination: number, port: number): Process<ConnectResult> {
  const source = host.stack.sourceFor(destination)
  const isOwn = destination >>> 24 === 127 || host.interfaces.some((each) => each.addresses.some((own) => own.address === destination))
  if (isOwn) return 'Connection refused' // nothing listens on these hosts
  if (source === undefined) return 'Network is unreachable'
  const sourcePort = 32_768 + Math.floor(host.timers.random() * 28_000)
  let result: ConnectResult = 'Connection timed out'
  yield (resume) => {
    const end = (how: ConnectResult): void => {
      result = how
      stop()
      for (const cancel of timers) cancel()
      resume()
    }
    const stop = host.stack.listen((packet) => {
      const how = readAnswer(packet, { destination, port, sourcePort })
      if (how !== undefined) end(how)
    })
    const send = () => {
      const packet = synTo({ source, destination, port, sourcePort, identification: host.stack.nextIdentification() })
      return host.stack.send(packet, () => end('No route to host'))
    }
    const timers = [host.timers.after(connectMs, () => end('Connection timed out')), ...repeatMs.map((ms) => host.timers.after(ms, send))]
    if (send() === 'no-route') end('Network is unreachable')
    return () => {
      stop()
      for (const cancel of timers) cancel()
    }
  }
  return result
}

interface Connection {
  readonly destination: number
  readonly port: number
  readonly sourcePort: number
}

function readAnswer({ source, body }: Ipv4Packet, { destination, port, sourcePort }: Connection): ConnectResult | undefined {
  if (body.protocol === 1 && body.type === ICMP.unreachable) {
    if (body.code === 3) return 'Connection refused'
    return networkCodes.has(body.code) ? 'Network is unreachable' : 'No route to host'
  }
  if (body.protocol !== 6 || source !== destination || body.sourcePort !== port || body.destinationPort !== sourcePort) return undefined
  return body.flags.rst ? 'Connection refused' : 'open'
}

const synTo = ({
  source,
  destination,
  port,
  sourcePort,
  identification,
}: Connection & { source: number; identification: number }): Ipv4Packet => ({
  kind: 'ipv4',
  source,
  destination,
  ttl: 64,
  identification,
  dontFragment: true,
  size: 60,
  body: { protocol: 6, sourcePort, destinationPort: port, flags: { syn: true }, data: '' },
})

/** `/dev/tcp/ADDRESS/PORT`, which bash makes of a redirection. */
export function readTcpPath(path: string): { readonly name: string; readonly port: number } | undefined {
  const [, name, port] = /^\/dev\/tcp\/([^/]+)\/(\d+)$/.exec(path) ?? []
  return name === undefined ? undefined : { name, port: Number(port) }
}
