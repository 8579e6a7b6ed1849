import type { Fault } from '../../src/sandbox/proxmox/index.ts'
import { createRandom } from '../../src/sandbox/proxmox/random.ts'
import type { Point } from './orders.ts'

/** One class with its troubles, made from its number alone. */
export interface Plan {
  readonly seed: number
  /** 1 to 5. */
  readonly students: number
  readonly faults: readonly Fault[]
  /** Where the application dies, once; in every third run nowhere. */
  readonly death: Point | null
  /** How the labs are switched off. */
  readonly off: 'stop' | 'shutdown' | 'hibernate'
}

type Pick = (most: number) => number

/** How each fault is set up; `pick(n)` is 1 to n. The same for every run, so that its counters may be compared. */
const kinds: Readonly<Record<string, (pick: Pick) => Fault>> = {
  '595 refused': (pick) => ({ fault: 'refused', nth: pick(20), times: pick(4) }),
  '596, done all the same': (pick) => ({ fault: 'timed-out', ...someWrite(pick), nth: pick(2), completes: true }),
  '596, not done': (pick) => ({ fault: 'timed-out', ...someWrite(pick), nth: pick(2), completes: false }),
  '599, done all the same': (pick) => ({ fault: 'unknown-outcome', ...someWrite(pick), nth: pick(2), completes: true }),
  '599, not done': (pick) => ({ fault: 'unknown-outcome', ...someWrite(pick), nth: pick(2), completes: false }),
  'connection cut before the request': (pick) => ({ fault: 'reset-before', ...someWrite(pick), nth: pick(2) }),
  'connection cut before the answer': (pick) => ({ fault: 'reset-after', ...someWrite(pick), nth: pick(2) }),
  'got no worker upid': (pick) => ({ fault: 'start-worker-failed', ...someWrite(pick), nth: pick(2) }),
  'started, answered 500': (pick) => ({ fault: 'active-lock', ...someWrite(pick), nth: pick(2) }),
  'slow answer': (pick) => ({ fault: 'slow', nth: pick(20), times: pick(3), ms: 10_000 * pick(2) }),
  '401': (pick) => ({ fault: 'expired-ticket', nth: 10 + pick(40) }),
  'node down': () => ({ fault: 'node-down', node: 'pve2' }),
  'quorum lost': (pick) => ({ fault: 'quorum-lost', nth: pick(4), times: pick(3) }),
  'lock time-out in a clone': (pick) => ({ fault: 'storage-lock-timeout', operation: 'clone', nth: pick(3) }),
  'disk leaked under OK': (pick) => ({ fault: 'storage-lock-timeout', operation: 'free', nth: pick(2), ending: 'ok' }),
  'disk leaked under WARNINGS': (pick) => ({ fault: 'storage-lock-timeout', operation: 'free', nth: pick(2), ending: 'warnings' }),
  'half-destroyed VM': () => ({ fault: 'user-config-timeout', operation: 'destroy', nth: 1 }),
  'half-made VM': () => ({ fault: 'worker-killed', task: 'qmclone', nth: 1 }),
  'deletion killed': () => ({ fault: 'worker-killed', task: 'qmdestroy', nth: 1 }),
  'start failed': () => ({ fault: 'start-failed', nth: 1 }),
  'agent late': (pick) => ({ fault: 'agent-never', nth: 1, times: pick(3) }),
  'agent without addresses': (pick) => ({ fault: 'agent-no-addresses', nth: 1, times: pick(3) }),
  'agent with IPv6 first': (pick) => ({ fault: 'agent-ipv6-first', nth: 1, times: pick(3) }),
  'guest ignores shutdown': () => ({ fault: 'guest-ignores-shutdown' }),
  'storage full': (pick) => ({ fault: 'storage-full', operation: 'clone', nth: pick(2) }),
  'stale list': (pick) => ({ fault: 'stale-resources', nth: 1, times: 5 * pick(4) }),
  'slow storage': (pick) => ({ fault: 'slow-storage', nth: 1, times: pick(6), ms: 1_000 * pick(4) }),
}
export const faultNames = Object.keys(kinds)

/** Each of the requests that become tasks; a class has several of each. */
function someWrite(pick: Pick): Partial<Fault> {
  const writes: Partial<Fault>[] = [
    { method: 'POST', path: '/clone$' },
    { method: 'POST', path: '/status/start$' },
    { method: 'DELETE', path: '/qemu/\\d+$' },
  ]
  return writes[pick(writes.length) - 1] ?? {}
}

const faultsPerRun = 3
const offs = ['stop', 'shutdown', 'hibernate'] as const

/** In every third run nowhere; in the others each point in its turn. */
function deathOf(seed: number, points: readonly Point[]): Point | null {
  if (seed % 3 === 0) return null
  const ordinal = seed - 1 - Math.floor(seed / 3)
  return points[ordinal % points.length] ?? null
}

/** A job undoes only what failed for good, as a clone does whose worker was killed. */
const failing = (death: Point | null): string[] => (death?.step === 'compensate' ? ['half-made VM'] : [])

/** Kinds and points take turns, so that all have occurred alike after some runs; the rest is chance. */
export function makePlan(seed: number, points: readonly Point[]): Plan {
  const random = createRandom(seed)
  const pick: Pick = (most) => 1 + Math.floor(random() * most)
  const round = Math.floor(seed / faultNames.length)
  const death = deathOf(seed, points)
  const turn = (index: number): string => faultNames[(seed + index * (round + 7)) % faultNames.length] ?? ''
  const names = [...new Set([...failing(death), ...Array.from({ length: faultsPerRun }, (_, index) => turn(index))])].slice(0, faultsPerRun)
  const off = names.includes('guest ignores shutdown') ? 'shutdown' : offs[pick(offs.length) - 1]
  return {
    seed,
    students: pick(5),
    faults: names.flatMap((name) => kinds[name]?.(pick) ?? []),
    death,
    off: off ?? 'stop',
  }
}

/** Under which name a fault of the plan is counted. */
export function nameOf(fault: Fault): string {
  const { completes, ending, operation, task } = fault
  const same = (name: string): boolean => {
    const other = kinds[name]?.(() => 1)
    if (other?.fault !== fault.fault) return false
    return other.completes === completes && other.ending === ending && other.operation === operation && other.task === task
  }
  return faultNames.find(same) ?? fault.fault
}
