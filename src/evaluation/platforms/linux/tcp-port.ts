import { tcpPort } from '../../command-modules/tcp-port.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable } from '../../platform.ts'
import { holds, linesOf, ownAddresses, unfinished, unknownAnswer } from '../readings/reading.ts'
import { type ProbeOne, tcpReader } from '../readings/tcp-probe.ts'
import { readPing } from './ping-text.ts'
import { askFirst, notRunnable, type Way } from './programs.ts'

type Seen = Exclude<Awaited<ReturnType<ProbeOne>>, Unreadable>

const connectSeconds = 4
const slackMs = 10_000
const plain = (result: Seen['result']): Seen => ({ result, by: null, from: null })

/** The C library's words for the errors of connect(2), which bash, ncat, busybox and both netcats print. Fixtures: linux/tcp_port. */
const errorWords: readonly (readonly [RegExp, Seen])[] = [
  [/Connection refused\.?$/, plain('refused')],
  [/(?:timed out(?:: Operation now in progress)?|TIMEOUT\.|Connection timed out)$/, plain('silent')],
  [/(?:No route to host|Network is unreachable|Host is unreachable)\.?$/, { result: 'rejected', by: 'unknown', from: null }],
  [/(?:Operation not permitted|Permission denied)\.?$/, plain('unsent')],
]

function readError(answer: Observation): Seen | undefined {
  const lines = linesOf(answer)
  return errorWords.find(([pattern]) => lines.some((line) => pattern.test(line)))?.[1]
}

/** @param afterKill what it means that `timeout` had to end the program */
const readBy =
  (isOpen: (answer: Observation) => boolean, afterKill: Seen) =>
  (answer: Observation): Seen | Unreadable => {
    const error = readError(answer)
    if (error !== undefined) return answer.exitCode === 0 ? unknownAnswer(answer) : error
    if (isOpen(answer)) return plain('open')
    // timeout ends with 124, busybox's with 143
    return answer.exitCode === 124 || answer.exitCode === 143 ? afterKill : unknownAnswer(answer)
  }

const isSilentSuccess = (answer: Observation): boolean => answer.exitCode === 0 && answer.text.trim() === ''
const isTold = (answer: Observation): boolean =>
  answer.exitCode === 0 && /(?: succeeded!|\) open|^Ncat: Connected to \S+)$/m.test(answer.text)
const isQuietExit = (answer: Observation): boolean => answer.exitCode === 0

/** bash first, for its words are always the same; then the netcats that only look (`-z`); busybox's, which stays connected, last. */
const ways = (to: string, port: number): readonly Way<Seen>[] => {
  const options = { timeoutMs: connectSeconds * 2_000 + slackMs }
  return [
    {
      command: `timeout ${connectSeconds} bash -c 'exec 3<>/dev/tcp/${to}/${port}'`,
      options,
      read: readBy(isSilentSuccess, plain('silent')),
    },
    {
      command: `timeout ${connectSeconds + 2} nc -z -v -n -w ${connectSeconds} ${to} ${port}`,
      options,
      read: readBy(isTold, plain('silent')),
    },
    {
      command: `timeout ${connectSeconds + 2} nc -w ${connectSeconds} ${to} ${port} </dev/null`,
      options,
      read: readBy(isQuietExit, plain('open')),
    },
  ]
}

/** A bash without /dev/tcp says that there is no such file. */
const isOtherWay = (answer: Observation): boolean => notRunnable(answer) || /\/dev\/tcp\/\S+: No such file or directory$/m.test(answer.text)

/** Tries to connect; without the answer there is no telling why. */
export const probeTcp: ProbeOne = async (context, to, port) => {
  const seen = await askFirst<Seen>(context, ways(to, port), isOtherWay)
  return isUnreadable(seen) || seen.by !== 'unknown' ? seen : explainRejection(context, to)
}

/**
 * "No route to host" has three meanings: the device's own ARP or routing table, a router that cannot deliver, or a filter that says so
 * (RFC 1812, codes 9, 10 and 13). The kernel's tables tell the first, a ping the others.
 */
async function explainRejection(context: ReadContext, to: string): Promise<Seen | Unreadable> {
  const route = await context.ask(`ip route get ${to}`)
  const problem = unfinished(route)
  if (problem !== null) return problem
  if (/(?:unreachable|No route to host)/i.test(route.text)) return plain('unsent')
  const next = /^\S+ via (\S+)/m.exec(route.text)?.[1] ?? to
  const neighbours = await context.ask('ip neigh')
  const isDead = linesOf(neighbours).some((line) => line.startsWith(`${next} `) && /\b(?:FAILED|INCOMPLETE)\b/.test(line))
  return isDead ? plain('unsent') : pingRejecting(context, to)
}

async function pingRejecting(context: ReadContext, to: string): Promise<Seen> {
  const unclear: Seen = { result: 'rejected', by: 'unknown', from: null }
  const answer = await context.ask(`ping -n -c 2 -W 1 ${to}`, { timeoutMs: slackMs })
  const text = unfinished(answer) === null ? readPing(answer, to, 2) : null
  if (text === null || isUnreadable(text)) return unclear
  // who answers a ping is there: what rejected the connection was a filter
  if (text.received > 0) return { ...unclear, by: 'filter' }
  const own = await ownAddresses(context)
  const [error] = text.errors.filter(({ from }) => from !== null && !(own !== null && holds(own, from)))
  if (error === undefined) return unclear
  return { ...unclear, by: error.kind === 'filtered' ? 'filter' : 'network', from: error.from }
}

export const tcpPorts: readonly BoundReader[] = [reads(tcpPort, tcpReader(probeTcp, connectSeconds + 2), 'device')]
