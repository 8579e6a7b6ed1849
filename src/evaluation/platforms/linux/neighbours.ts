import type { ArpEntry } from '../../command-modules/arp.ts'
import type { Gateway } from '../../command-modules/default-gateway.ts'
import type { Observation } from '../../observation.ts'
import { isUnreadable, type Unreadable } from '../../platform.ts'
import { canonicalMac } from '../../values.ts'
import { type HostPlatform, neighbourReaders, type ReadArpLine, readArpTable, readReplied } from '../readings/neighbour-reading.ts'
import { linesOf, unfinished, unknownAnswer } from '../readings/reading.ts'
import { askLinux } from './answer.ts'

const states = '(?:REACHABLE|STALE|DELAY|PROBE|PERMANENT|NOARP|FAILED|INCOMPLETE|NONE)'
/** `10.1.1.1 dev eth0 lladdr 96:3d:61:62:88:6d STALE`; busybox puts `used 0/0/0 probes 1` in between. Fixtures: linux/arp. */
const neighbourLine = new RegExp(`^(\\S+) dev (\\S+)(?: lladdr (\\S+))?(?: .*)? +(${states})$`)

/** What failed may still show the MAC address of before. */
const readLine: ReadArpLine = (line) => {
  const [, address, port, mac, state] = neighbourLine.exec(line) ?? []
  if (address === undefined || port === undefined) return null
  const isDead = state === 'FAILED' || state === 'INCOMPLETE'
  const canonical = mac === undefined ? null : (canonicalMac(mac) ?? null)
  if (mac !== undefined && canonical === null) return null
  return { address, mac: isDead ? null : canonical, port }
}

interface DefaultRoute extends Gateway {
  readonly metric: number
}

/** `default via A dev X metric 100`, `default dev X`; next hops of one route stand below it. Fixtures: linux/default_gateway. */
function readDefaults(answer: Observation): DefaultRoute[] | Unreadable {
  const found: DefaultRoute[] = []
  let shared: number | null = null
  for (const line of linesOf(answer)) {
    if (line === '') continue
    const address = / via (?:inet6? )?(\S+)/.exec(line)?.[1] ?? null
    const port = / dev (\S+)/.exec(line)?.[1] ?? null
    if (/^default\b/.test(line)) {
      const metric = Number(/ metric (\d+)/.exec(line)?.[1] ?? 0)
      shared = address === null && port === null ? metric : null
      if (shared === null) found.push({ address, port, metric })
    } else if (/^\s+nexthop /.test(line)) {
      if (shared !== null) found.push({ address, port, metric: shared })
    } else if (/^\S/.test(line)) {
      shared = null
    } else return unknownAnswer(answer)
  }
  return found
}

/** `Received 2 response(s)` of busybox and iputils; anything else is another program, or none that the account may use. */
function readArping(answer: Observation): boolean | null | Unreadable {
  const problem = unfinished(answer)
  if (problem !== null) return problem
  const counts = linesOf(answer).flatMap((line) => /^Received (\d+) response/.exec(line)?.[1] ?? [])
  return counts.length === 1 ? Number(counts[0]) > 0 : null
}

/** How a host meets its neighbours, of both families. */
export const meeting: HostPlatform = {
  askArp: async (context): Promise<ArpEntry[] | Unreadable> => {
    const answer = await askLinux(context, 'ip neigh')
    return isUnreadable(answer) ? answer : readArpTable(answer, readLine)
  },
  provoke: async (context, address) => {
    const answer = await askLinux(context, `ping -c 1 -W 1 ${address}`)
    return isUnreadable(answer) ? answer : readReplied(answer)
  },
  showsReply: (answer) => readReplied(answer) === true,
  // a kernel believes its entry for up to a minute, whatever comes back
  answersArp: async ({ ask }, { address, port }) =>
    port === null ? null : readArping(await ask(`arping -c 2 -w 2 -I ${port} ${address}`)),
}

/** Neighbours, and the default route with the lowest metric. */
export const neighbours = neighbourReaders({
  ...meeting,
  askGateways: async (context) => {
    const answer = await askLinux(context, 'ip route')
    if (isUnreadable(answer)) return answer
    const defaults = readDefaults(answer)
    if (isUnreadable(defaults)) return defaults
    const best = Math.min(...defaults.map(({ metric }) => metric))
    return defaults.filter(({ metric }) => metric === best).map(({ address, port }) => ({ address, port }))
  },
  readsIpv6: true,
  showsAll: true,
  proof: 'device',
})
