import { type AnyCommandModule, layers, type Statement } from './command-module.ts'
import { findCommandModule } from './command-modules/index.ts'
import type { Criterion, Exercise } from './exercise-definition.ts'
import { type BoundReader, findReader } from './platform.ts'
import { findPlatform } from './platforms/index.ts'

/** A criterion with everything that is needed to ask it. */
export interface PlannedCriterion {
  readonly criterion: Criterion
  /** In the file, from 0. */
  readonly position: number
  /** In the order of asking, from 0. */
  readonly order: number
  readonly selected: boolean
  readonly module: AnyCommandModule
  /** Undefined where the platform cannot do it: the exercise was not checked. */
  readonly reader: BoundReader | undefined
  readonly negative: boolean
  /** Devices that the parameters name. */
  readonly devices: readonly string[]
  readonly expected: Statement
  readonly withinMs: number
}

/** Ids, and what they require, and so on. */
function withRequired(criteria: readonly Criterion[], only: readonly string[]): Set<string> {
  const wanted = new Set(only)
  // a Set visits what is added while it is walked
  for (const id of wanted) for (const required of criteria.find((one) => one.id === id)?.requires ?? []) wanted.add(required)
  return wanted
}

/**
 * Criteria in the order of asking: by layer, then as in the file.
 * @throws Error for a kind that does not exist or parameters that do not fit: the exercise was not checked
 */
export function planCriteria(exercise: Exercise, only?: readonly string[]): PlannedCriterion[] {
  const wanted = only === undefined ? undefined : withRequired(exercise.criteria, only)
  return exercise.criteria
    .map((criterion, position) => ({ criterion, position }))
    .filter(({ criterion }) => wanted === undefined || wanted.has(criterion.id))
    .map(({ criterion, position }) => plan(exercise, criterion, { position, selected: only === undefined || only.includes(criterion.id) }))
    .sort((one, other) => layers.indexOf(one.module.layer) - layers.indexOf(other.module.layer) || one.position - other.position)
    .map((planned, order) => ({ ...planned, order }))
}

function plan(
  exercise: Exercise,
  criterion: Criterion,
  { position, selected }: { readonly position: number; readonly selected: boolean },
): Omit<PlannedCriterion, 'order'> {
  const module = findCommandModule(criterion.module)
  if (module === undefined) throw new Error(`no command module ${criterion.module}`)
  const read = module.readParams(criterion.params)
  if ('issues' in read) throw new Error(`parameters of ${criterion.id} do not fit ${module.name}`)
  const { negative, devices, expected } = read.reading
  const platform = findPlatform(exercise.devices[criterion.device ?? '']?.platform ?? '')
  const reader = platform === undefined ? undefined : findReader(platform, module.name)
  const withinMs = (criterion.within ?? module.defaultWithinSeconds) * 1_000
  return { criterion, position, selected, module, reader, negative, devices, expected, withinMs }
}

/** What a criterion that changes the lab waits for: everything that does not wait for it. */
export function mutatesAfter(all: readonly PlannedCriterion[], planned: PlannedCriterion): PlannedCriterion[] {
  const waitsForIt = (one: PlannedCriterion, seen = new Set<string>()): boolean =>
    one.criterion.requires.some((id) => {
      if (id === planned.criterion.id) return true
      const next = all.find(({ criterion }) => criterion.id === id)
      if (next === undefined || seen.has(id)) return false
      seen.add(id)
      return waitsForIt(next, seen)
    })
  return all.filter((one) => one !== planned && !waitsForIt(one) && (!one.module.mutates || one.order < planned.order))
}
