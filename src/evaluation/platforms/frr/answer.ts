import type { Observation } from '../../observation.ts'
import { type DeviceAddress, isUnreadable, type Unreadable, unreadable } from '../../platform.ts'
import { type AskComplete, askComplete, incomplete, linesOf, refusedCommand } from '../readings/reading.ts'

/** Without zebra nothing of ports, addresses and routes is shown, which must not read as none. */
const zebraGone = /^(?:zebra is not running|Warning: connecting to zebra\.\.\.failed!)$/m

/** `% Unknown command: ...`: fixture frr/ping/refused.txt. */
export function refused(observation: Observation): Unreadable | null {
  if (zebraGone.test(observation.text)) return unreadable('FRR_SESSION_OLD', 'lab', { daemon: 'zebra' })
  const line = linesOf(observation).find((one) =>
    /^% (?:Unknown command|Command incomplete|Ambiguous command|There is no matched)/.test(one),
  )
  return line === undefined ? null : refusedCommand(observation, line)
}

/** `show interface brief`: Interface, Status, VRF, Addresses; continued addresses stand alone on their line. Fixture: frr/ping/own-address.txt. */
export function readAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
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

const notice = /^Warning: (?:closing connection to \w+ because of an I\/O error!|connecting to \w+\.\.\.(?:success|failed)!)$/

/**
 * A daemon that ended since the last command is told of once, above the answer or in its place; from then on vtysh says that it is not
 * running. Fixtures: frr/bgp_peer/daemon-restarted.txt, daemon-just-ended.txt.
 */
function withoutNotices(answer: Observation): Observation {
  const lines = linesOf(answer)
  const rest = lines.filter((line) => !notice.test(line)).join('\n')
  if (!lines.some((line) => notice.test(line))) return answer
  const lost = lines.flatMap((line) => /^Warning: connecting to (\w+)\.\.\.failed!$/.exec(line)?.[1] ?? [])[0]
  return { ...answer, text: rest.trim() === '' && lost !== undefined ? `${lost} is not running` : rest }
}

const askWhole = askComplete(refused)

/** Asks one command; a refused or unfinished answer is unreadable. */
export const askFrr: AskComplete = async (context, command, options) => {
  const answer = await askWhole(context, command, options)
  return isUnreadable(answer) ? answer : withoutNotices(answer)
}
