import { schemaProblems } from '../lib/schema-problems.ts'
import { type Sentence, say } from '../lib/sentence.ts'
import { commandModules, findCommandModule } from './command-modules/index.ts'
import type { Criterion, Exercise } from './exercise-definition.ts'
import { findReader } from './platform.ts'
import { findPlatform, hasConsole, platforms } from './platforms/index.ts'

type Path = readonly (string | number)[]

/** One thing wrong with an exercise: where (camelCase path) and what. */
export interface ExerciseProblem {
  readonly path: Path
  readonly problem: Sentence
}

/**
 * Checks what spans several places, and fills in what the kinds of check default: parameters and `within`.
 * @returns the exercise with every default written out, and all problems at once
 */
export function checkExercise(exercise: Exercise): { readonly exercise: Exercise; readonly problems: readonly ExerciseProblem[] } {
  const problems: ExerciseProblem[] = []
  const report: Report = (path, problem) => {
    problems.push({ path, problem })
  }
  if (Object.keys(exercise.devices).length === 0) report(['devices'], say('exerciseProblems.noDevices'))
  for (const [name, { platform }] of Object.entries(exercise.devices)) {
    if (findPlatform(platform) !== undefined) continue
    report(['devices', name, 'platform'], say('exerciseProblems.noPlatform', { platform, known: platforms.map(({ id }) => id) }))
  }
  for (const [index, { device }] of exercise.preconfigure.entries())
    checkPreconfigured(exercise, device, ['preconfigure', index, 'device'], report)
  const criteria = exercise.criteria.map((criterion, index) => checkCriterion({ exercise, criterion, index, report }))
  checkRequires(exercise.criteria, report)
  return { exercise: { ...exercise, criteria }, problems }
}

type Report = (path: Path, problem: Sentence) => void

function checkDevice(exercise: Exercise, device: string, path: Path, report: Report): boolean {
  if (Object.hasOwn(exercise.devices, device)) return true
  report(path, say('exerciseProblems.noDevice', { device }))
  return false
}

function checkPreconfigured(exercise: Exercise, device: string, path: Path, report: Report): void {
  const platform = exercise.devices[device]?.platform ?? ''
  if (checkDevice(exercise, device, path, report) && !hasConsole(platform)) report(path, say('exerciseProblems.noCommandLine'))
}

interface CriterionCheck {
  readonly exercise: Exercise
  readonly criterion: Criterion
  readonly index: number
  readonly report: Report
}

function checkCriterion({ exercise, criterion, index, report }: CriterionCheck): Criterion {
  const at: Path = ['criteria', index]
  const module = findCommandModule(criterion.module)
  const known = criterion.device === undefined || checkDevice(exercise, criterion.device, [...at, 'device'], report)
  if (module === undefined) {
    report([...at, 'module'], say('exerciseProblems.noModule', { module: criterion.module, known: commandModules.map(({ name }) => name) }))
    return criterion
  }
  if (module.needsDevice && criterion.device === undefined) report(at, say('exerciseProblems.deviceNeeded', { module: module.name }))
  const read = module.readParams(criterion.params)
  if ('issues' in read) {
    for (const { path, problem } of schemaProblems(read.issues)) report([...at, 'params', ...path], problem)
    return criterion
  }
  for (const device of read.reading.devices) checkDevice(exercise, device, [...at, 'params'], report)
  if (known) checkPair({ exercise, criterion, index, report })
  return { ...criterion, params: { ...read.reading.params }, within: criterion.within ?? module.defaultWithinSeconds }
}

/** A pair that cannot be asked is told here, to the teacher, never to the student at grading. */
function checkPair({ exercise, criterion, index, report }: CriterionCheck): void {
  const device = criterion.device === undefined ? undefined : exercise.devices[criterion.device]
  const platform = device === undefined ? undefined : findPlatform(device.platform)
  if (platform === undefined) return
  const reader = findReader(platform, criterion.module)
  if (reader === undefined) {
    report(['criteria', index, 'module'], say('exerciseProblems.unaskable', { module: criterion.module, platform: platform.id }))
    return
  }
  const unsupported = reader.unsupported(criterion.params)
  if (unsupported === null) return
  report(
    ['criteria', index, 'params'],
    say('exerciseProblems.unsupported', { module: criterion.module, platform: platform.id, option: unsupported }),
  )
}

function checkRequires(criteria: readonly Criterion[], report: Report): void {
  const first = new Map<string, number>()
  for (const [index, { id }] of criteria.entries()) {
    if (first.has(id)) report(['criteria', index, 'id'], say('exerciseProblems.idTwice', { id }))
    else first.set(id, index)
  }
  for (const [index, { requires }] of criteria.entries()) {
    for (const [at, id] of requires.entries()) {
      if (!first.has(id)) report(['criteria', index, 'requires', at], say('exerciseProblems.noCriterion', { id }))
    }
  }
  for (const [index, { id }] of criteria.entries()) {
    if (first.get(id) === index && requiresItself(criteria, id))
      report(['criteria', index, 'requires'], say('exerciseProblems.circle', { id }))
  }
}

function requiresItself(criteria: readonly Criterion[], id: string): boolean {
  const byId = new Map(criteria.map((criterion) => [criterion.id, criterion]))
  const seen = new Set<string>()
  const visit = (current: string): boolean =>
    (byId.get(current)?.requires ?? []).some((next) => {
      if (next === id) return true
      if (seen.has(next)) return false
      seen.add(next)
      return visit(next)
    })
  return visit(id)
}
