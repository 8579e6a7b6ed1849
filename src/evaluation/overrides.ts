import type { CapturedConfiguration } from './configurations.ts'
import type { Exercise } from './exercise-definition.ts'
import type { IntegrityFinding } from './integrity.ts'
import { findPlatform } from './platforms/index.ts'

/**
 * A line of a configuration by which a device may answer a command of ours with something that is not the truth. With a group `command`,
 * it stands in place of that word only, and matters where we ask it.
 */
export interface OverrideLine {
  readonly pattern: RegExp
  /** What such a line may say without reaching any command of ours. */
  readonly unless?: RegExp
}

/** How a platform's configuration can be made to answer in the device's place. */
export interface Overrides {
  /** First words of all that we ask, in the modes that we ask in. */
  readonly words: readonly string[]
  readonly lines: readonly OverrideLine[]
}

const longestLine = 120

/** A name that is a plain word stands for itself; a pattern of words may stand for any. */
const isPlainWord = /^[\w.-]+$/

function isOverridden(line: string, { lines }: Overrides, words: ReadonlySet<string>): boolean {
  return lines.some(({ pattern, unless }) => {
    const found = pattern.exec(line)
    if (found === null || unless?.test(line) === true) return false
    const name = found.groups?.command?.toLowerCase()
    return name === undefined || words.has(name) || !isPlainWord.test(name)
  })
}

/** First words of commands that the exercise itself names. */
const namedWords = (exercise: Exercise, device: string): string[] =>
  exercise.criteria
    .filter((criterion) => criterion.device === device)
    .flatMap(({ params: { command } }) => (typeof command === 'string' ? [command.trim().split(/\s+/)[0] ?? ''] : []))

/**
 * What of the captured configurations could change the answers of the commands that we use: aliases of them, scripts that run when they
 * are typed, menus, a view that shows less than all. Every line counts, also one that only a banner's text has: nobody else writes there.
 */
export function findOverrides(exercise: Exercise, captured: readonly CapturedConfiguration[]): IntegrityFinding[] {
  return captured.flatMap((one) => {
    const overrides = findPlatform(one.platform)?.overrides
    if (overrides === undefined || one.kind !== 'running' || !('observation' in one)) return []
    const words = new Set([...overrides.words, ...namedWords(exercise, one.device)].map((word) => word.toLowerCase()))
    const lines = one.observation.text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '))
    return lines
      .filter((line) => isOverridden(line, overrides, words))
      .map((line) => ({ code: 'ANSWERS_OVERRIDDEN', data: { device: one.device, line: line.slice(0, longestLine) } }))
  })
}
