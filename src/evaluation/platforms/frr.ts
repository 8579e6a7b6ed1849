import { ping } from '../command-modules/ping.ts'
import { traceroute } from '../command-modules/traceroute.ts'
import type { Observation } from '../observation.ts'
import { type DeviceAddress, definePlatform, isUnreadable, reads, type Unreadable, unreadable } from '../platform.ts'
import { ownOf, pingAnswer, readHops, readPing } from './linux-network.ts'
import {
  holds,
  incomplete,
  linesOf,
  ownAddresses,
  type PingOne,
  pingReader,
  readConfiguredAddresses,
  type TraceOne,
  traceReader,
} from './reading.ts'

const slackMs = 10_000

/** `% Unknown command: ...`: fixture frr/ping/refused.txt. */
function refused(observation: Observation): Unreadable | null {
  const line = linesOf(observation).find((one) =>
    /^% (?:Unknown command|Command incomplete|Ambiguous command|There is no matched)/.test(one),
  )
  return line === undefined ? null : unreadable('COMMAND_REFUSED', 'exercise', { command: observation.command, answer: line.slice(0, 120) })
}

/** `show interface brief`: Interface, Status, VRF, Addresses; continued addresses stand alone on their line. Fixture: frr/ping/own-address.txt. */
function readAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  const found: DeviceAddress[] = []
  let port: string | null = null
  let up: boolean | null = null
  for (const line of linesOf(answer)) {
    const row = /^(\S+)\s+(up|down)\b/.exec(line)
    if (row?.[1] !== undefined) {
      port = row[1]
      up = row[2] === 'up'
    }
    const cidr = /\s(\d+\.\d+\.\d+\.\d+)\/(\d+)\s*\+?$/.exec(line)
    if (cidr?.[1] !== undefined) found.push({ port, address: cidr[1], prefixLength: Number(cidr[2]), up })
  }
  return found
}

/** vtysh hands ping to the system without a count: it runs until it is interrupted, one probe a second. */
const pingOne: PingOne = async (context, params) => {
  const runMs = params.count * 1_000 - 500
  const answer = await context.ask(`ping ${params.to}`, { interruptAfterMs: runMs, timeoutMs: runMs + slackMs })
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  const text = readPing(answer, params.to, null)
  if (isUnreadable(text)) return text
  return pingAnswer(text, params.to, { own: await ownOf(context, text, params), gateway: undefined, silentNeighbour: undefined })
}

const traceOne: TraceOne = async (context, { to, maxHops }) => {
  const answer = await context.ask(`traceroute ${to}`, { interruptAfterMs: maxHops * 5_000, timeoutMs: maxHops * 5_000 + slackMs })
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  const { hops, reached } = readHops(linesOf(answer), to)
  const local = linesOf(answer).some((line) => /Network is unreachable|No route to host/.test(line))
  if (hops.length === 0 && !local) return unreadable('TRACE_UNREADABLE', 'infrastructure', { command: answer.command })
  const own = reached && hops.length === 1 ? await ownAddresses(context) : null
  return { to, own: own !== null && holds(own, to), hops, reached }
}

/** FRRouting's vtysh. */
export const frr = definePlatform('frr', {
  addresses: [
    { command: 'show interface brief', read: readAddresses },
    { command: 'show running-config', read: readConfiguredAddresses },
  ],
  readers: [
    reads(
      ping,
      pingReader(pingOne, ({ size, df, source }) => {
        if (size !== undefined) return 'size'
        if (df) return 'df'
        return source === undefined ? null : 'source'
      }),
    ),
    reads(traceroute, traceReader(traceOne)),
  ],
  configuration: {
    running: [{ kind: 'command', command: 'show running-config' }],
    saved: [{ kind: 'command', command: 'show startup-config' }],
  },
})
