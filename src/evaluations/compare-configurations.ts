import { redactConfiguration } from '../lib/redact-configuration.ts'
import { type DiffHunk, unifiedDiff } from '../lib/unified-diff.ts'
import { isVolatile } from '../lib/volatile-lines.ts'

/** A device's configuration as it was read once. */
export interface ConfigurationReport {
  readonly device: string
  readonly kind: 'running' | 'saved'
  readonly source: string
  readonly capturedAt: string
  /** null when it could not be captured; then `problem` is the reason's code. */
  readonly text: string | null
  readonly problem: string | null
}

/** What can be said of one device's configuration in two of its states. */
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
  return compareTexts(before.text, after.text)
}

/** Two configurations, as they were read. */
export function compareTexts(before: string, after: string): Omit<ConfigurationComparison, 'device' | 'kind'> {
  const hunks = unifiedDiff(settled(before), settled(after))
  if (hunks === null) return { change: 'too-different', hunks: [] }
  return { change: hunks.length === 0 ? 'same' : 'changed', hunks }
}

/** Every device's configuration of one time beside that of another, by device and kind. */
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
