import { isDeepStrictEqual } from 'node:util'
import type { CapturedState, StateConfiguration, StateCriterion } from './captured-state.ts'
import { diffLines, type LineChange } from './line-diff.ts'

export interface ConfigurationDifference {
  readonly kind: 'running' | 'saved'
  readonly source: string
  readonly changes: readonly LineChange[]
}

/** One value that was read; null where that side has none. */
export interface FactDifference {
  /** Where in the facts: `target.received`, `addresses.0.prefixLength`. */
  readonly path: string
  readonly left: unknown
  readonly right: unknown
}

export interface CriterionDifference {
  readonly id: string
  readonly title: string
  readonly verdict: { readonly left: string | null; readonly right: string | null }
  readonly reason: { readonly left: string | null; readonly right: string | null }
  readonly facts: readonly FactDifference[]
}

/** Something that one of the two states does not tell, so that nothing can be said of it. */
export interface NotCompared {
  readonly device: string | null
  readonly what: string
  /** The side that does not have it, and why, where that is known. */
  readonly missing: 'left' | 'right' | 'both'
  readonly problem: string | null
}

export interface DeviceDifference {
  /** Null for checks that belong to no device. */
  readonly device: string | null
  readonly configurations: readonly ConfigurationDifference[]
  readonly criteria: readonly CriterionDifference[]
}

export interface Comparison {
  readonly same: boolean
  /** Devices that differ, by name. */
  readonly devices: readonly DeviceDifference[]
  readonly notCompared: readonly NotCompared[]
}

type Side = 'left' | 'right'

/** What differs between two captured states, device by device: lines of configurations, verdicts, and the facts behind them. */
export function compareStates(left: CapturedState, right: CapturedState): Comparison {
  const notCompared: NotCompared[] = []
  const names = [...left.configurations, ...right.configurations, ...left.criteria, ...right.criteria].map(({ device }) => device)
  const devices = [...new Set(names)]
    .sort((one, other) => (one ?? '\uffff').localeCompare(other ?? '\uffff', 'en', { numeric: true }))
    .map((device) => ({
      device,
      configurations: compareConfigurations(own(left.configurations, device), own(right.configurations, device), notCompared),
      criteria: compareCriteria(own(left.criteria, device), own(right.criteria, device), notCompared),
    }))
    .filter(({ configurations, criteria }) => configurations.length + criteria.length > 0)
  return { same: devices.length === 0, devices, notCompared }
}

const own = <Item extends { readonly device: string | null }>(items: readonly Item[], device: string | null): Item[] =>
  items.filter((item) => item.device === device)

/** Pairs by key, in the order of the left side, then what only the right side has. */
function pairs<Item>(left: readonly Item[], right: readonly Item[], keyOf: (item: Item) => string) {
  const keys = [...new Set([...left, ...right].map(keyOf))]
  const by = (items: readonly Item[], key: string) => items.find((item) => keyOf(item) === key)
  return keys.map((key) => ({ left: by(left, key), right: by(right, key) }))
}

function missingSide(left: unknown, right: unknown): NotCompared['missing'] {
  if (left === undefined && right === undefined) return 'both'
  return left === undefined ? 'left' : 'right'
}

function compareConfigurations(
  left: readonly StateConfiguration[],
  right: readonly StateConfiguration[],
  notCompared: NotCompared[],
): ConfigurationDifference[] {
  return pairs(left, right, ({ kind, source }) => `${kind} ${source}`).flatMap(({ left: one, right: other }) => {
    const about = one ?? other
    if (about === undefined) return []
    // a file that neither device has is no difference
    if (one?.problem === 'FILE_MISSING' && other?.problem === 'FILE_MISSING') return []
    const { kind, source, device } = about
    const texts = [textOf(one), textOf(other)] as const
    if (texts[0] === undefined || texts[1] === undefined) {
      const problem = one?.problem ?? other?.problem ?? null
      notCompared.push({ device, what: `${kind}: ${source}`, missing: missingSide(...texts), problem })
      return []
    }
    const changes = diffLines(texts[0], texts[1])
    return changes.length === 0 ? [] : [{ kind, source, changes }]
  })
}

/** A file that is not there is an empty one; what could not be captured is not known. */
function textOf(configuration: StateConfiguration | undefined): string | undefined {
  if (configuration === undefined) return undefined
  return configuration.problem === 'FILE_MISSING' ? '' : (configuration.text ?? undefined)
}

function compareCriteria(
  left: readonly StateCriterion[],
  right: readonly StateCriterion[],
  notCompared: NotCompared[],
): CriterionDifference[] {
  return pairs(left, right, ({ id }) => id).flatMap(({ left: one, right: other }) => {
    if (one === undefined || other === undefined) {
      const only = one ?? other
      if (only !== undefined) notCompared.push({ device: only.device, what: only.title, missing: missingSide(one, other), problem: null })
      return []
    }
    const facts = compareFacts(one, other)
    const isSame = one.verdict === other.verdict && one.reason.code === other.reason.code && facts.length === 0
    if (isSame) return []
    const { id, title } = other
    const verdict = { left: one.verdict, right: other.verdict }
    return [{ id, title, verdict, reason: { left: one.reason.code, right: other.reason.code }, facts }]
  })
}

/** The last round is what a state is judged by. Where a side keeps no facts, the data of its reason stand for them. */
function compareFacts(left: StateCriterion, right: StateCriterion): FactDifference[] {
  const hasFacts = left.facts.length > 0 && right.facts.length > 0
  const of = (criterion: StateCriterion): unknown => (hasFacts ? criterion.facts.at(-1) : criterion.reason.data)
  if (!hasFacts && left.reason.code !== right.reason.code) return []
  const values = { left: flatten(of(left)), right: flatten(of(right)) }
  const paths = [...new Set([...values.left.keys(), ...values.right.keys()])]
  const valueAt = (side: Side, path: string): unknown => values[side].get(path) ?? null
  return paths
    .map((path) => ({ path, left: valueAt('left', path), right: valueAt('right', path) }))
    .filter((fact) => !isDeepStrictEqual(fact.left, fact.right))
}

/** `{ a: { b: [1] } }` → `a.b.0` = 1; an empty list or object is a value of its own. */
function flatten(value: unknown, path = ''): Map<string, unknown> {
  const isHolder = typeof value === 'object' && value !== null && Object.keys(value).length > 0
  if (!isHolder) return new Map([[path, value]])
  const entries = Object.entries(value).flatMap(([key, item]) => [...flatten(item, path === '' ? key : `${path}.${key}`)])
  return new Map(entries)
}
