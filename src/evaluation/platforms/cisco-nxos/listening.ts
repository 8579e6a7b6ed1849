import { canonicalAddress, isAddress } from '../../addresses.ts'
import { type ListeningFacts, type ListeningParams, type ListeningSocket, listening } from '../../command-modules/listening.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askNxos } from './answer.ts'

/** `[host]: tcp(4/6) LISTEN       0         *(22)`; the line below shows the context and who is at the other end. UDP has no state. */
const row = /^(?:\[\w+\]: ?)?(tcp|udp)(6|\(4\/6\))?\s+(?:([A-Z][A-Z_0-9]+)\s+)?\d+\s+(\S+)\((\d+|\*)\)$/

function readSocket(line: string): ListeningSocket | 'connected' | null {
  const [, protocol, family, state, host = '', port = ''] = row.exec(line) ?? []
  if ((protocol !== 'tcp' && protocol !== 'udp') || (protocol === 'tcp' && state === undefined)) return null
  if ((protocol === 'tcp' && state !== 'LISTEN') || port === '*') return 'connected'
  if (host !== '*' && !isAddress(host)) return null
  const all = { '6': '::', '(4/6)': '*' }[family ?? ''] ?? '0.0.0.0'
  return { protocol, address: host === '*' ? all : canonicalAddress(host), port: Number(port), processes: [] }
}

/** Fixtures: cisco_nxos/listening, the form of Cisco's guide for forensic responders. */
async function observe(context: ReadContext, { protocol }: ListeningParams): Promise<ListeningFacts | Unreadable> {
  const answer = await askNxos(context, `show sockets connection ${protocol}`)
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer).map((line) => line.trim())
  if (!lines.some((line) => /^Active connections \(including servers\)$/.test(line))) return unknownAnswer(answer)
  const sockets = lines.filter((line) => /^(?:\[\w+\]: ?)?(?:tcp|udp|raw)/.test(line)).map(readSocket)
  if (sockets.includes(null)) return unknownAnswer(answer)
  return { sockets: sockets.flatMap((one) => (one === null || one === 'connected' || one.protocol !== protocol ? [] : one)) }
}

export const listeners: readonly BoundReader[] = [
  reads(listening, { observe, unsupported: ({ process }) => (process === undefined ? null : 'process') }, 'transcript'),
]
