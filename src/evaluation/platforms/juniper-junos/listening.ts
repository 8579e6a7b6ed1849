import { canonicalAddress, isAddress } from '../../addresses.ts'
import { type ListeningFacts, type ListeningParams, type ListeningSocket, listening } from '../../command-modules/listening.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askJunos } from './answer.ts'

/** BSD's netstat: `tcp4       0      0  *.22                   *.*                    LISTEN`; the port stands behind the last dot. */
const row = /^(tcp|udp)(4|6|46)\s+\d+\s+\d+\s+(\S+)\.(\d+|\*)\s+(\S+)(?:\s+([A-Z][A-Z_0-9]+))?$/
const everywhere: Readonly<Record<string, string>> = { '4': '0.0.0.0', '6': '::', '46': '*' }

function readSocket(line: string): ListeningSocket | 'connected' | null {
  const [, protocol, family = '', host = '', port = '', foreign, state] = row.exec(line) ?? []
  if (protocol !== 'tcp' && protocol !== 'udp') return null
  if (protocol === 'tcp' && state === undefined) return null
  if (port === '*' || (protocol === 'tcp' ? state !== 'LISTEN' : foreign !== '*.*')) return 'connected'
  const bare = host.replace(/%[\w.-]+$/, '')
  if (host !== '*' && !isAddress(bare)) return null
  return { protocol, address: host === '*' ? (everywhere[family] ?? '*') : canonicalAddress(bare), port: Number(port), processes: [] }
}

/** Fixtures: juniper_junos/listening. */
async function observe(context: ReadContext, { protocol }: ListeningParams): Promise<ListeningFacts | Unreadable> {
  const answer = await askJunos(context, 'show system connections | no-more')
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer)
  if (!lines.some((line) => /^Active Internet connections \(including servers\)/.test(line))) return unknownAnswer(answer)
  const sockets = lines.filter((line) => /^(?:tcp|udp)/.test(line)).map(readSocket)
  if (sockets.includes(null)) return unknownAnswer(answer)
  return { sockets: sockets.flatMap((one) => (one === null || one === 'connected' || one.protocol !== protocol ? [] : one)) }
}

export const listeners: readonly BoundReader[] = [
  reads(listening, { observe, unsupported: ({ process }) => (process === undefined ? null : 'process') }, 'transcript'),
]
