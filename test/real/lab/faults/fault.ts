import type { FailureClass } from '../../../../src/evaluation/verdict.ts'
import type { Change, Condition } from '../change.ts'
import type { Segment } from '../criteria.ts'

/** What a criterion must come to under a fault. */
export type Expected = 'pass' | `fail ${FailureClass}`

/** A mistake as students make it, on one real device. */
export interface Fault {
  readonly id: string
  /** The kind of check that it is there for. */
  readonly kind: string
  /** As the document shows it. */
  readonly title: string
  readonly apply: readonly Change[]
  readonly undo: readonly Change[]
  /** Criteria that must not pass, by id; also the exceptions (`pass`) from what `breaks` says. */
  readonly expects: Readonly<Record<string, Expected>>
  /** Every criterion that crosses one of these is unreachable. */
  readonly breaks?: readonly Segment[]
  /** What the lab shows once the fault has taken effect. */
  readonly settled?: readonly Condition[]
  /** What it shows once the fault is undone. */
  readonly healed?: readonly Condition[]
}

/** Done on one device. */
export const on = (device: string, ...run: readonly string[]): readonly Change[] => [{ on: device, run }]

/** Done in the shell below a router's vtysh. */
export const below = (device: string, ...run: readonly string[]): readonly Change[] => [{ on: device, run, shell: true }]

/** What PC2 knows of its neighbours would outlive a change by two minutes. */
export const forgets = on('PC2', 'clear arp')
