import { canonicalAddress, isAddress } from '../../addresses.ts'
import { type ListeningFacts, type ListeningParams, type ListeningSocket, listening } from '../../command-modules/listening.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askIos } from './answer.ts'

const openPorts = 'show control-plane host open-ports'
const header =
  /^(?:Prot\s+Local Address\s+Foreign Address\s+Service\s+State|Proto?\s+Local Address\s+Foreign Address\s+State\s+PID\/Program Name)$/
/** `tcp   *:22   *:0   SSH-Server  LISTEN` (IOS), `tcp  *:22  *:*  LISTEN  309/[IOS]SSH Process` (IOS-XE). */
const row = /^(tcp|udp)6?\s+(\S+):(\d+)\s+\S+:(?:\d+|\*)\s+(.+)$/
const states = /\b(LISTEN|ESTABLIS\w*|SYN\w*|FIN\w*|TIMEWAIT|TIME_WAIT|CLOSE\w*|LASTACK|LAST_ACK|CLOSING)\b/

function readSocket(line: string): ListeningSocket | 'connected' | null {
  const [, protocol, host = '', port, rest = ''] = row.exec(line) ?? []
  if (protocol !== 'tcp' && protocol !== 'udp') return null
  const address = host === '*' ? '*' : canonicalAddress(host)
  if (host !== '*' && !isAddress(host)) return null
  const state = states.exec(rest)?.[1]
  if (protocol === 'tcp' && state === undefined) return null
  if (protocol === 'tcp' && state !== 'LISTEN') return 'connected'
  return { protocol, address, port: Number(port), processes: [] }
}

function readPorts(answer: Observation, protocol: ListeningParams['protocol']): ListeningFacts | Unreadable {
  const lines = linesOf(answer).map((line) => line.trim())
  if (!lines.some((line) => header.test(line))) return unknownAnswer(answer)
  const sockets = lines.filter((line) => /^(?:tcp|udp)/.test(line)).map(readSocket)
  if (sockets.includes(null)) return unknownAnswer(answer)
  return { sockets: sockets.flatMap((one) => (one === null || one === 'connected' || one.protocol !== protocol ? [] : one)) }
}

/** The names of services are IOS's own, not those of processes: they are left out. Fixtures: cisco_ios/listening. */
async function observe(context: ReadContext, { protocol }: ListeningParams): Promise<ListeningFacts | Unreadable> {
  const classic = await askIos(context, openPorts)
  if (!isUnreadable(classic)) return readPorts(classic, protocol)
  if (classic.unreadable !== 'COMMAND_REFUSED') return classic
  const answer = await askIos(context, 'show ip ports all')
  return isUnreadable(answer) ? answer : readPorts(answer, protocol)
}

export const listeners: readonly BoundReader[] = [
  reads(listening, { observe, unsupported: ({ process }) => (process === undefined ? null : 'process') }, 'documented'),
]
