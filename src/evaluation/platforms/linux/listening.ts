import { canonicalAddress, isAddress } from '../../addresses.ts'
import { type ListeningFacts, type ListeningParams, type ListeningSocket, listening } from '../../command-modules/listening.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askFirst } from './programs.ts'

/** `0.0.0.0:22`, `[::]:22`, `:::22` (netstat), `*:22`, `127.0.0.53%lo:53`, `[fe80::1]%eth0:53`. */
export function readEndpoint(text: string): { readonly address: string; readonly port: number } | undefined {
  const [, host = '', port] = /^(.*):(\d+|\*)$/.exec(text) ?? []
  if (port === undefined || port === '*') return undefined
  const bare = host.replace(/%[\w.-]+/, '').replace(/^\[|\]$/g, '')
  if (bare === '*') return { address: '*', port: Number(port) }
  return isAddress(bare) ? { address: canonicalAddress(bare), port: Number(port) } : undefined
}

/** `LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))` of `ss -H -l -n -p`. Fixtures: linux/listening. */
function readSs(answer: Observation, protocol: ListeningParams['protocol']): ListeningFacts | Unreadable {
  const sockets: ListeningSocket[] = []
  for (const line of linesOf(answer).filter((one) => one !== '')) {
    const [, local = '', users = ''] = /^(?:LISTEN|UNCONN)\s+\d+\s+\d+\s+(\S+)\s+\S+\s*(.*)$/.exec(line) ?? []
    const endpoint = readEndpoint(local)
    if (endpoint === undefined) return unknownAnswer(answer)
    const processes = [...users.matchAll(/\("((?:[^"\\]|\\.)*)",pid=\d+/g)].flatMap((match) => match[1] ?? [])
    sockets.push({ protocol, ...endpoint, processes: [...new Set(processes)] })
  }
  return { sockets }
}

/** `tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 812/sshd` of net-tools and busybox; `-` where the process is hidden. */
function readNetstat(answer: Observation, protocol: ListeningParams['protocol']): ListeningFacts | Unreadable {
  if (!/^Active Internet connections/m.test(answer.text)) return unknownAnswer(answer)
  const sockets: ListeningSocket[] = []
  for (const line of linesOf(answer).filter((one) => /^(?:tcp|udp)/.test(one))) {
    const match = /^(?:tcp|udp)6?\s+\d+\s+\d+\s+(\S+)\s+\S+(?:\s+LISTEN)?(?:\s+(-|\d+\/.*))?$/.exec(line)
    const endpoint = readEndpoint(match?.[1] ?? '')
    if (match === null || endpoint === undefined) return unknownAnswer(answer)
    const name = /^\d+\/(.*?)(?::.*)?$/.exec(match[2]?.trim() ?? '')?.[1]
    sockets.push({ protocol, ...endpoint, processes: name === undefined ? [] : [name] })
  }
  return { sockets }
}

/** The kernel writes words of 32 bits, each in the byte order of the machine (little-endian on all that GNS3 runs on). */
export function readHexAddress(hex: string): string | undefined {
  if (!/^(?:[0-9A-F]{8}){1,4}$/.test(hex)) return undefined
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)))
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, index) => (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16))
  return canonicalAddress(groups.join(':'))
}

/** `/proc/net/tcp`: state 0A listens; of UDP, 07 waits for anybody. Processes are not shown. */
function readProc(answer: Observation, protocol: ListeningParams['protocol']): ListeningFacts | Unreadable {
  if (!/^\s*sl\s+local_address/m.test(answer.text)) return unknownAnswer(answer)
  const wanted = protocol === 'tcp' ? '0A' : '07'
  const sockets = linesOf(answer).flatMap((line): ListeningSocket[] => {
    const [, hex = '', port = '', state] =
      /^\s*\d+: ([0-9A-F]{8,32}):([0-9A-F]{4}) [0-9A-F]{8,32}:[0-9A-F]{4} ([0-9A-F]{2}) /.exec(line) ?? []
    const address = readHexAddress(hex)
    if (address === undefined || state !== wanted) return []
    return [{ protocol, address, port: Number.parseInt(port, 16), processes: [] }]
  })
  return { sockets }
}

async function observe(context: ReadContext, { protocol }: ListeningParams): Promise<ListeningFacts | Unreadable> {
  const letter = protocol === 'tcp' ? 't' : 'u'
  const facts = await askFirst<ListeningFacts>(context, [
    { command: `ss -H -l -n -p -${letter}`, read: (answer) => readSs(answer, protocol) },
    { command: `netstat -W -l -n -p -${letter}`, read: (answer) => readNetstat(answer, protocol) },
    { command: `netstat -l -n -${letter}`, read: (answer) => readNetstat(answer, protocol) },
    { command: `cat /proc/net/${protocol} /proc/net/${protocol}6`, read: (answer) => readProc(answer, protocol) },
  ])
  return isUnreadable(facts) ? facts : { sockets: facts.sockets }
}

export const listeners: readonly BoundReader[] = [reads(listening, { observe }, 'device')]
