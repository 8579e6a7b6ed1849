import type { LeaveStep, Observation } from '../../observation.ts'
import { isUnreadable, type ReadContext, type Unreadable } from '../../platform.ts'
import { type AskComplete, linesOf, unknownAnswer } from './reading.ts'
import type { ProbeOne } from './tcp-probe.ts'

type Seen = Exclude<Awaited<ReturnType<ProbeOne>>, Unreadable>
const plain = (result: Seen['result']): Seen => ({ result, by: null, from: null })

/**
 * IOS: Ctrl-^ x leads back to the prompt, where an empty line would resume the connection: so it is closed before anything else is typed.
 * A host that hung up meanwhile leaves the x at the prompt, which Ctrl-U removes, and nothing to confirm.
 */
export const leaveIosTelnet: readonly LeaveStep[] = [
  { when: /^Trying \S+(?:, \d+)? \.\.\. ?Open$/, send: '\x1ex' },
  { when: /[>#]x?$/, send: '\x15disconnect\r' },
  { when: /\[confirm\] ?$/, send: '\r', optional: true },
]

/** BSD's and Linux's program: Ctrl-] leads to its own prompt. */
export const leaveTelnet: readonly LeaveStep[] = [
  { when: /^Escape character is '\^\]'\.$/, send: '\x1d' },
  { when: /^telnet> ?$/, send: 'quit\r', optional: true },
]

/** After the words that IOS says by itself, there is no telling what else a host may print: what stands first counts. */
const iosResults: readonly (readonly [RegExp, Seen])[] = [
  [/^Trying \S+(?:, \d+)? \.\.\. ?Open$/, plain('open')],
  [/^% Connection refused by remote host$/, plain('refused')],
  [/^% Connection timed out; remote host not responding$/, plain('silent')],
  // said of an ICMP error as of a route or neighbour that the router has not
  [/^% Destination unreachable; gateway or host down$/, { result: 'rejected', by: 'unknown', from: null }],
]

const bsdResults: readonly (readonly [RegExp, Seen])[] = [
  [/^Connected to \S+$/, plain('open')],
  [/^telnet: .*Connection refused$/, plain('refused')],
  [/^telnet: .*(?:Connection timed out|Operation timed out)$/, plain('silent')],
  [/^telnet: .*(?:No route to host|Network is unreachable|Host is down)$/, { result: 'rejected', by: 'unknown', from: null }],
]

/** The first line that says how it went; IOS may print `Trying … ` and its verdict on one line. */
function firstOf(answer: Observation, results: typeof iosResults): Seen | undefined {
  for (const line of linesOf(answer)) {
    const bare = line.replace(/^Trying \S+(?:, \d+)? \.\.\. ?(?=% )/, '')
    const found = results.find(([pattern]) => pattern.test(bare))
    if (found !== undefined) return found[1]
  }
  return undefined
}

/** IOS gives up by itself after so long. */
export const iosTelnetSeconds = 30
const iosMs = iosTelnetSeconds * 2_000

/** Tries by IOS's telnet. Fixtures: cisco_ios/tcp_port. */
export const probeByIosTelnet =
  (ask: AskComplete): ProbeOne =>
  async (context, to, port) => {
    const answer = await ask(context, `telnet ${to} ${port}`, { timeoutMs: iosMs, leave: leaveIosTelnet })
    if (isUnreadable(answer)) return answer
    if (!/^Trying /m.test(answer.text)) return firstOf(answer, iosResults.slice(1)) ?? unknownAnswer(answer)
    return firstOf(answer, iosResults) ?? unknownAnswer(answer)
  }

/** A telnet that nobody answers is ended after so long. */
export const telnetSeconds = 10
const patienceMs = telnetSeconds * 1_000

/**
 * Tries by the telnet program of BSD or Linux, which alone would wait for a minute and more: it is interrupted, and has then said nothing
 * but `Trying`.
 */
export const probeByTelnet =
  (ask: AskComplete, commandOf: (to: string, port: number) => string): ProbeOne =>
  async (context: Pick<ReadContext, 'ask'>, to, port) => {
    const answer = await ask(context, commandOf(to, port), { timeoutMs: patienceMs * 3, interruptAfterMs: patienceMs, leave: leaveTelnet })
    if (isUnreadable(answer)) return answer
    const found = firstOf(answer, bsdResults)
    if (found !== undefined) return found
    const said = linesOf(answer).filter((line) => line !== '' && line !== '^C')
    const isWaiting = said.length === 1 && (said[0] === `Trying ${to}...` || said[0] === `Trying ${to}...^C`)
    return isWaiting && answer.tookMs >= patienceMs ? plain('silent') : unknownAnswer(answer)
  }
