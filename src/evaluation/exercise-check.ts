import type { z } from 'zod'
import { createTranslator, hasMessage } from '../strings/index.ts'
import { commandModules, findCommandModule } from './command-modules/index.ts'
import type { Criterion, Exercise } from './exercise-definition.ts'
import { findReader } from './platform.ts'
import { findPlatform, platforms } from './platforms/index.ts'

type Path = readonly (string | number)[]

/** One thing wrong with an exercise: where (camelCase path) and what. */
export interface ExerciseProblem {
  readonly path: Path
  readonly message: string
}

const list = (names: readonly string[]): string => names.join(', ')

/**
 * Checks what spans several places, and fills in what the kinds of check default: parameters and `within`.
 * @returns the exercise with every default written out, and all problems at once
 */
export function checkExercise(exercise: Exercise): { readonly exercise: Exercise; readonly problems: readonly ExerciseProblem[] } {
  const problems: ExerciseProblem[] = []
  const report = (path: Path, message: string) => problems.push({ path, message })
  if (Object.keys(exercise.devices).length === 0) report(['devices'], 'needs at least one device')
  for (const [name, { platform }] of Object.entries(exercise.devices)) {
    if (findPlatform(platform) !== undefined) continue
    report(['devices', name, 'platform'], `there is no platform "${platform}"; there are ${list(platforms.map(({ id }) => id))}`)
  }
  for (const [index, { device }] of exercise.preconfigure.entries())
    checkDevice(exercise, device, ['preconfigure', index, 'device'], report)
  const criteria = exercise.criteria.map((criterion, index) => checkCriterion({ exercise, criterion, index, report }))
  checkRequires(exercise.criteria, report)
  return { exercise: { ...exercise, criteria }, problems }
}

type Report = (path: Path, message: string) => void

function checkDevice(exercise: Exercise, device: string, path: Path, report: Report): boolean {
  if (Object.hasOwn(exercise.devices, device)) return true
  report(path, `there is no device "${device}" under devices`)
  return false
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
    report([...at, 'module'], `there is no kind of check "${criterion.module}"; there are ${list(commandModules.map(({ name }) => name))}`)
    return criterion
  }
  if (module.needsDevice && criterion.device === undefined) report(at, `${module.name} needs a device`)
  const read = module.readParams(criterion.params)
  if ('issues' in read) {
    for (const issue of flattenIssues(read.issues)) report([...at, 'params', ...issue.path], issue.message)
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
    report(['criteria', index, 'module'], `${criterion.module} cannot be asked of a ${platform.id} device`)
    return
  }
  const unsupported = reader.unsupported(criterion.params)
  if (unsupported !== null) report(['criteria', index, 'params'], `${criterion.module} on ${platform.id} cannot do "${unsupported}"`)
}

function checkRequires(criteria: readonly Criterion[], report: Report): void {
  const first = new Map<string, number>()
  for (const [index, { id }] of criteria.entries()) {
    if (first.has(id)) report(['criteria', index, 'id'], `the id "${id}" is used twice`)
    else first.set(id, index)
  }
  for (const [index, { requires }] of criteria.entries()) {
    for (const [at, id] of requires.entries()) {
      if (!first.has(id)) report(['criteria', index, 'requires', at], `there is no criterion "${id}"`)
    }
  }
  for (const [index, { id }] of criteria.entries()) {
    if (first.get(id) === index && requiresItself(criteria, id))
      report(['criteria', index, 'requires'], `"${id}" requires itself in the end`)
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

const t = createTranslator()
/** A schema names its sentence by key. */
const sentence = (message: string): string => (hasMessage(message) ? t(message) : message)

/** Issues as places and sentences; an unknown key becomes a problem of its own place. */
export function flattenIssues(issues: readonly z.core.$ZodIssue[]): ExerciseProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key], message: 'is not known here' }))
    if (issue.code === 'invalid_union') {
      const inner = issue.errors.map((branch) => branch.map((one) => sentence(one.message)).join(', '))
      return [{ path, message: inner.length > 0 ? inner.join(' or ') : issue.message }]
    }
    const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    return [{ path, message: isMissing ? 'is missing' : sentence(issue.message) }]
  })
}
