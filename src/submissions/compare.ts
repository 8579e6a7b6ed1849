import { redactConfiguration } from '../lib/redact-configuration.ts'
import { type DiffHunk, unifiedDiff } from '../lib/unified-diff.ts'
import { isVolatile } from '../lib/volatile-lines.ts'
import type { ConfigurationReport } from './submission-report.ts'

/** What can be said of one device's configuration in two submissions. */
export type ConfigurationChange = 'same' | 'changed' | 'too-different' | 'only-before' | 'only-after' | 'unknown'

export interface ConfigurationComparison {
  readonly device: string
  readonly kind: 'running' | 'saved'
  readonly change: ConfigurationChange
  readonly hunks: readonly DiffHunk[]
}

/** What is compared: without secrets, and without what a device prints anew each time although nothing was configured. */
const settled = (text: string): string =>
  redactConfiguration(text)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => !isVolatile(line.trim()))
    .join('\n')
    .trim()
    .concat('\n')

const keyOf = ({ device, kind }: ConfigurationReport): string => JSON.stringify([device, kind])

/** One that could not be captured, on either side, says nothing about what changed. */
function compareOne(
  before: ConfigurationReport | undefined,
  after: ConfigurationReport | undefined,
): Omit<ConfigurationComparison, 'device' | 'kind'> {
  if (!before || !after) return { change: before ? 'only-before' : 'only-after', hunks: [] }
  if (before.text === null || after.text === null) return { change: 'unknown', hunks: [] }
  const hunks = unifiedDiff(settled(before.text), settled(after.text))
  if (hunks === null) return { change: 'too-different', hunks: [] }
  return { change: hunks.length === 0 ? 'same' : 'changed', hunks }
}

/** Every device's configuration of one submission beside that of another, by device and kind. */
export function compareConfigurations(
  before: readonly ConfigurationReport[],
  after: readonly ConfigurationReport[],
): ConfigurationComparison[] {
  const [left, right] = [before, after].map((list) => new Map(list.map((one) => [keyOf(one), one])))
  const all = new Map([...before, ...after].map((one) => [keyOf(one), one]))
  return [...all]
    .map(([key, { device, kind }]) => ({ device, kind, ...compareOne(left?.get(key), right?.get(key)) }))
    .sort((one, other) => one.device.localeCompare(other.device, undefined, { numeric: true }) || one.kind.localeCompare(other.kind))
}

/** What a criterion came to in one submission. */
export interface Outcome {
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'skipped'
  readonly points: number
}

export interface CriterionComparison {
  readonly id: string
  readonly title: string
  readonly before: Outcome | null
  readonly after: Outcome | null
}

/** The criteria whose verdict or points changed; one that only one of the two was checked by is a change too. */
export function compareCriteria(
  before: readonly ({ readonly id: string; readonly title: string } & Outcome)[],
  after: readonly ({ readonly id: string; readonly title: string } & Outcome)[],
): { readonly changed: CriterionComparison[]; readonly unchanged: number } {
  const outcome = (one: Outcome | undefined): Outcome | null => (one ? { verdict: one.verdict, points: one.points } : null)
  const left = new Map(before.map((one) => [one.id, one]))
  const right = new Map(after.map((one) => [one.id, one]))
  const all = [...after, ...before.filter(({ id }) => !right.has(id))].map(({ id, title }) => ({
    id,
    title,
    before: outcome(left.get(id)),
    after: outcome(right.get(id)),
  }))
  const isSame = (one: CriterionComparison) => one.before?.verdict === one.after?.verdict && one.before?.points === one.after?.points
  return { changed: all.filter((one) => !isSame(one)), unchanged: all.filter(isSame).length }
}
