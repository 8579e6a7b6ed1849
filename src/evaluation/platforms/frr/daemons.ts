import type { Observation } from '../../observation.ts'
import { isUnreadable, type ReadContext, type Unreadable, unreadable } from '../../platform.ts'
import { linesOf, unknownAnswer } from '../readings/reading.ts'
import { askFrr } from './answer.ts'

/** What a daemon calls itself towards zebra (`zebra_route_string`), for those whose configuration or state is read. */
const clientOf = {
  bgpd: 'bgp',
  eigrpd: 'eigrp',
  fabricd: 'openfabric',
  isisd: 'isis',
  ospfd: 'ospf',
  ospf6d: 'ospf6',
  ripd: 'rip',
  ripngd: 'ripng',
  staticd: 'static',
} as const
export type FrrDaemon = keyof typeof clientOf

const oldSession = (daemon: string): Unreadable => unreadable('FRR_SESSION_OLD', 'lab', { daemon })

/** The daemons that are connected to zebra now. Fixtures: frr/ospf_neighbour/daemon-off.txt, vtysh-older-than-its-daemon.txt. */
async function askClients(context: Pick<ReadContext, 'ask'>): Promise<ReadonlySet<string> | Unreadable> {
  const answer = await askFrr(context, 'show zebra client summary')
  if (isUnreadable(answer)) return answer
  const lines = linesOf(answer)
  if (lines.filter((line) => /^Name\s+Connect Time\b/.test(line)).length !== 1) return unknownAnswer(answer)
  return new Set(lines.flatMap((line) => /^(\w+) +(?:\d\d:\d\d:\d\d|\d+[dwy]\d)/.exec(line)?.[1] ?? []))
}

/**
 * Whether a daemon does not run, given what vtysh answered for it. `bgpd is not running` alone does not say so: a vtysh connects to the
 * daemons when it starts and once a connection broke, so one that is older than its daemon says the same of one that runs (seen on
 * 8.4.4). zebra tells them apart, which every daemon announces itself to.
 */
export async function isDaemonOff(
  context: Pick<ReadContext, 'ask'>,
  daemon: FrrDaemon,
  answer: Observation,
): Promise<boolean | Unreadable> {
  if (!linesOf(answer).includes(`${daemon} is not running`)) return false
  const clients = await askClients(context)
  if (isUnreadable(clients)) return clients
  return clients.has(clientOf[daemon]) ? oldSession(daemon) : true
}

/** Why this vtysh does not show what all daemons are configured with, or null when it is connected to each that runs. */
export async function findUnseenDaemon(context: Pick<ReadContext, 'ask'>): Promise<Unreadable | null> {
  const answer = await askFrr(context, 'show daemons')
  if (isUnreadable(answer)) return answer
  const connected = answer.text.trim().split(/\s+/)
  if (!connected.includes('zebra')) return unknownAnswer(answer)
  const clients = await askClients(context)
  if (isUnreadable(clients)) return clients
  const unseen = Object.entries(clientOf).find(([daemon, client]) => clients.has(client) && !connected.includes(daemon))
  return unseen === undefined ? null : oldSession(unseen[0])
}
