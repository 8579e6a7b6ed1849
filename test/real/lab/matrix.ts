import { type Change, change, untilAll } from './change.ts'
import { criteria, type LabCriterion } from './criteria.ts'
import type { Outcome } from './evaluate-lab.ts'
import type { Expected, Fault } from './faults/fault.ts'
import type { Lab } from './lab.ts'
import { healthy } from './topology.ts'

/** One square: what one criterion was expected to come to under one fault, and what it came to. */
export interface Cell {
  readonly criterion: string
  readonly expected: Expected
  /** Null where another fault of the same round decides it. */
  readonly obtained: Outcome | null
}

export interface Row {
  readonly fault: Fault
  readonly cells: readonly Cell[]
}

/** What each criterion must come to under a fault. */
export function expectationsOf(fault: Fault): ReadonlyMap<string, Expected> {
  const breaks = new Set(fault.breaks ?? [])
  const crosses = (criterion: LabCriterion) => criterion.crosses?.some((segment) => breaks.has(segment)) === true
  return new Map(
    criteria.map((criterion) => [criterion.id, fault.expects[criterion.id] ?? (crosses(criterion) ? 'fail unreachable' : 'pass')]),
  )
}

const affected = (fault: Fault): string[] => [...expectationsOf(fault)].flatMap(([id, expected]) => (expected === 'pass' ? [] : [id]))

/** What a fault occupies: the criteria that see it, and the devices that it changes. */
const claimsOf = (fault: Fault): string[] => [...affected(fault), ...[...fault.apply, ...fault.undo].map(({ on }) => on)]

/**
 * Faults of different devices that no criterion sees together share a round: the whole exercise is asked once for all of them. Each comes
 * into the first round that has room, so the order of the table is nearly kept.
 */
export function planRounds(faults: readonly Fault[]): readonly (readonly Fault[])[] {
  const rounds: { readonly faults: Fault[]; readonly taken: Set<string> }[] = []
  for (const fault of faults) {
    const seen = claimsOf(fault)
    const free = rounds.find(({ taken }) => !seen.some((id) => taken.has(id)))
    const round = free ?? { faults: [], taken: new Set<string>() }
    if (free === undefined) rounds.push(round)
    round.faults.push(fault)
    for (const id of seen) round.taken.add(id)
  }
  return rounds.map((round) => round.faults)
}

/** Applies all faults of a round, asks everything once, and makes the lab right again whatever came of it. */
export async function runRound(
  lab: Lab,
  faults: readonly Fault[],
  ask: () => Promise<ReadonlyMap<string, Outcome>>,
): Promise<readonly Row[]> {
  try {
    await changeAll(
      lab,
      faults.map(({ apply }) => apply),
    )
    await untilAll(
      lab,
      faults.flatMap(({ settled = [] }) => settled),
    )
    return readRows(faults, await ask())
  } finally {
    await changeAll(
      lab,
      faults.map(({ undo }) => undo),
    )
    await untilAll(lab, [...healthy, ...faults.flatMap(({ healed = [] }) => healed)])
  }
}

/** Faults in parallel (those of a round have no device in common), the changes of one fault in order. */
async function changeAll(lab: Lab, lists: readonly (readonly Change[])[]): Promise<void> {
  await Promise.all(
    lists.map(async (changes) => {
      for (const one of changes) await change(lab, one)
    }),
  )
}

function readRows(faults: readonly Fault[], outcomes: ReadonlyMap<string, Outcome>): readonly Row[] {
  return faults.map((fault) => {
    const others = new Set(faults.filter((one) => one !== fault).flatMap(affected))
    const cells = [...expectationsOf(fault)].map(([criterion, expected]) => ({
      criterion,
      expected,
      obtained: others.has(criterion) ? null : (outcomes.get(criterion) ?? null),
    }))
    return { fault, cells }
  })
}

/** The squares that are not as expected, in words. */
export const findWrong = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ fault, cells }) =>
    cells.flatMap(({ criterion, expected, obtained }) =>
      obtained === null || obtained.summary === expected
        ? []
        : [`${fault.id}: ${criterion} is ${obtained.summary} (${obtained.code}), not ${expected}: ${obtained.why}`],
    ),
  )
