import { type AnyCommandModule, layers, type Statement } from './command-module.ts'
import { findCommandModule } from './command-modules/index.ts'
import type { Criterion, Exercise } from './exercise-definition.ts'
import { type BoundReader, findReader } from './platform.ts'
import { gns3Readers } from './platforms/gns3/topology.ts'
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
  /** How long one round may take on a device that answers. */
  readonly roundMs: number
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

/** How a kind of check is read on a platform, or by GNS3 where it needs no device; undefined when it cannot be. */
export function findReaderOf(
  module: Pick<AnyCommandModule, 'name' | 'needsDevice'>,
  platformId: string | undefined,
): BoundReader | undefined {
  if (!module.needsDevice) return findReader({ readers: gns3Readers }, module.name)
  const platform = findPlatform(platformId ?? '')
  return platform && findReader(platform, module.name)
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
  const { negative, devices, expected, roundSeconds } = read.reading
  const reader = findReaderOf(module, exercise.devices[criterion.device ?? '']?.platform)
  const withinMs = (criterion.within ?? module.defaultWithinSeconds) * 1_000
  const roundMs = (reader?.roundSeconds(criterion.params) ?? roundSeconds) * 1_000
  return { criterion, position, selected, module, reader, negative, devices, expected, withinMs, roundMs }
}

const requiredBy = (all: readonly PlannedCriterion[], { criterion }: PlannedCriterion): PlannedCriterion[] =>
  all.filter((one) => criterion.requires.includes(one.criterion.id))

/** Criteria that change the lab in the order in which they do: as asked, but never before one that they require. */
function mutatingInOrder(all: readonly PlannedCriterion[]): PlannedCriterion[] {
  const inOrder = new Set<PlannedCriterion>()
  const seen = new Set<PlannedCriterion>()
  const visit = (one: PlannedCriterion): void => {
    if (seen.has(one)) return
    seen.add(one)
    for (const required of requiredBy(all, one)) visit(required)
    if (one.module.mutates) inOrder.add(one)
  }
  for (const one of all) visit(one)
  return [...inOrder]
}

/** All that a criterion waits for, directly or in the end: what it requires, and, where it changes the lab, others that do so before it. */
function waitsForInTheEnd(
  all: readonly PlannedCriterion[],
  mutating: readonly PlannedCriterion[],
  planned: PlannedCriterion,
): Set<PlannedCriterion> {
  const found = new Set<PlannedCriterion>()
  const visit = (one: PlannedCriterion): void => {
    const before = one.module.mutates ? mutating.slice(0, mutating.indexOf(one)) : []
    for (const next of [...requiredBy(all, one), ...before]) {
      if (found.has(next)) continue
      found.add(next)
      visit(next)
    }
  }
  visit(planned)
  return found
}

/**
 * What a criterion waits for before its turn: what it requires; and one that changes the lab for everything that does not wait for it,
 * so that it comes last and alone. Never a circle, unless `requires` has one.
 */
export function waitsFor(all: readonly PlannedCriterion[], planned: PlannedCriterion): PlannedCriterion[] {
  if (!planned.module.mutates) return requiredBy(all, planned)
  const mutating = mutatingInOrder(all)
  const before = waitsForInTheEnd(all, mutating, planned)
  const isFree = (one: PlannedCriterion) => !one.module.mutates && !waitsForInTheEnd(all, mutating, one).has(planned)
  return all.filter((one) => one !== planned && (before.has(one) || isFree(one)))
}
