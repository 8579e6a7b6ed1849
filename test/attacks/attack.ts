import { afterAll, beforeAll, describe, it } from 'vitest'
import type { AttackBench } from './attack-bench.ts'
import type { Tampering } from './hostile-machine.ts'

/** Every class of attack that must be tried in at least four ways (test/attacks/coverage.test.ts). */
export const attackClasses = [
  ...(['filters', 'sql', 'headers', 'templates', 'paths', 'archives'] as const),
  ...(['other-peoples-ids', 'tokens', 'csrf', 'websockets', 'server-side-requests'] as const),
  ...(['submitting', 'withheld-results', 'mass-assignment', 'sign-in-floods', 'floods'] as const),
  ...(['huge-bodies', 'slow-bodies', 'full-disk'] as const),
  ...(['lab-swapping', 'foreign-markers', 'lying-devices', 'hostile-files'] as const),
] as const
export type AttackClass = (typeof attackClasses)[number]

/** What of an answer an attack needs. */
export interface Refusal {
  readonly statusCode: number
  readonly body: string
}

/** A request that must be refused with a status, change nothing and leave a line of the security log. */
export interface RequestAttack {
  readonly class: AttackClass
  readonly what: string
  readonly status: number
  /** The code of the refusal, or why a token was refused, as the security log says it. */
  readonly mark: string
  /** Prepares what it needs and gives the request itself. */
  readonly prepare: (on: AttackBench) => Promise<() => Promise<Refusal>>
  /** What the answer must not say or do besides. */
  readonly check?: (answer: Refusal, on: AttackBench) => unknown
}

/** A work VM that its student tampered with: what his submission comes to, and what the security log says of it. */
export interface LabAttack {
  readonly class: AttackClass
  readonly what: string
  readonly tampering: Tampering
  readonly ends: 'not-judged' | 'no-pass'
  readonly mark: string
}

/** One test for each attack, each class at a server of its own: no flood of one is in the way of another. */
export function runAttacks(attacks: readonly RequestAttack[], open: () => Promise<AttackBench>): void {
  for (const name of attackClasses) {
    const own = attacks.filter((attack) => attack.class === name)
    if (own.length > 0) describe(name, () => runClass(own, open))
  }
}

function runClass(attacks: readonly RequestAttack[], open: () => Promise<AttackBench>): void {
  let on: AttackBench
  beforeAll(async () => {
    on = await open()
  })
  afterAll(async () => {
    await on?.services.terminals.close()
    await on?.close()
  })
  for (const { what, status, mark, prepare, check } of attacks)
    it(`is refused, noticed and without effect: ${what}`, async () => {
      const answer = await on.expectRefused(await prepare(on), status, mark)
      await check?.(answer, on)
    })
}
