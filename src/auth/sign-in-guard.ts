import { isIPv6 } from 'node:net'
import type { Clock } from '../lib/clock.ts'

/** Who tries to sign in, and from where. */
export interface Attempt {
  readonly username: string
  readonly address: string
  /** The browser has signed in to this very account before (device-token.ts). */
  readonly device: string | null
}

interface Rule {
  /** Failures that cost nothing. */
  readonly free: number
  /** The longest pause, in seconds. */
  readonly longestS: number
}

/**
 * A class behind one address types many wrong passwords in its first minutes, so a network may fail often and waits but briefly.
 * Whoever fails on a device that the account knows is counted on that device alone: nobody locks a teacher out from elsewhere.
 */
const rules = {
  device: { free: 5, longestS: 300 },
  account: { free: 5, longestS: 900 },
  network: { free: 60, longestS: 60 },
} as const satisfies Record<string, Rule>
type Kind = keyof typeof rules

/** Failures are forgotten after so long without another. */
const forgetMs = 3_600_000
/** More than this is a flood of names; the oldest are dropped, their networks still count. */
const mostEntries = 50_000

/** IPv6 networks are /64: one machine has as many addresses there as it likes. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address
  const [head = '', tail] = address.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - groups(head).length - groups(tail).length) }, () => '0')
  const network = [...groups(head), ...zeros, ...groups(tail ?? '')].slice(0, 4)
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

function keysOf({ username, address, device }: Attempt): [Kind, string][] {
  if (device !== null) return [['device', `device ${device}`]]
  return [
    ['account', `account ${username.toLowerCase()}`],
    ['network', `network ${networkOf(address)}`],
  ]
}

/**
 * Slows down whoever guesses passwords: after some failures each further one doubles the pause before the next try counts. Held in
 * memory; nothing sleeps here, the caller refuses.
 */
export function createSignInGuard(clock: Clock) {
  const failures = new Map<string, { count: number; lastMs: number }>()

  function pauseOf(kind: Kind, key: string): number {
    const { free, longestS } = rules[kind]
    const known = failures.get(key)
    if (known === undefined || known.count < free) return 0
    const pauseMs = Math.min(longestS, 2 ** (known.count - free)) * 1_000
    return Math.max(0, known.lastMs + pauseMs - clock.now())
  }

  function sweep(): void {
    for (const [key, { lastMs }] of failures) {
      if (failures.size <= mostEntries && clock.now() - lastMs < forgetMs) return
      failures.delete(key)
    }
  }

  function takeBack(attempt: Attempt): void {
    for (const [, key] of keysOf(attempt)) {
      const known = failures.get(key)
      if (known !== undefined) failures.set(key, { ...known, count: known.count - 1 })
    }
  }

  return {
    /** Seconds until a try counts again; 0 when it may go on. */
    secondsToWait: (attempt: Attempt): number => Math.ceil(Math.max(...keysOf(attempt).map(([kind, key]) => pauseOf(kind, key))) / 1_000),

    /** Counts a try as failed until it turns out otherwise: a hundred tries at once are a hundred. */
    began(attempt: Attempt): void {
      for (const [, key] of keysOf(attempt)) {
        const before = failures.get(key)
        const count = before === undefined || clock.now() - before.lastMs >= forgetMs ? 1 : before.count + 1
        // the oldest failure stands first
        failures.delete(key)
        failures.set(key, { count, lastMs: clock.now() })
      }
      sweep()
    },

    /** The account's and the device's failures are forgotten; the network may be full of guessers all the same. */
    succeeded(attempt: Attempt): void {
      takeBack(attempt)
      for (const [kind, key] of keysOf(attempt)) if (kind !== 'network') failures.delete(key)
    },

    /** Nobody could say whether the password was right (the directory is down): the try does not count. */
    undecided: takeBack,
  }
}

export type SignInGuard = ReturnType<typeof createSignInGuard>
