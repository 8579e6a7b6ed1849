import { Document, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import type { FieldProblem } from '../errors.ts'
import { schemaProblems } from '../lib/schema-problems.ts'
import { quote, type Sentence, say } from '../lib/sentence.ts'
import { checkExercise, type ExerciseProblem } from './exercise-check.ts'
import { type Exercise, exerciseSchema } from './exercise-definition.ts'

/** A file of 500 criteria has about 100 kB. */
export const maxFileBytes = 512 * 1024
const maxDepth = 20
const tooLarge: FieldProblem = { field: 'file', problem: say('exerciseProblems.fileTooLarge', { limit: maxFileBytes / 1024 }), line: 1 }

export type ExerciseReading =
  | { readonly exercise: Exercise; readonly problems?: undefined }
  | { readonly exercise?: undefined; readonly problems: readonly FieldProblem[] }

const toCamel = (key: string): string => key.replace(/_([a-z0-9])/g, (_whole, letter: string) => letter.toUpperCase())
export const toSnake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Keys that people choose are left as they are: device names under `devices`. */
const isOwnName = (path: readonly (string | number)[]): boolean => path.length === 1 && path[0] === 'devices'

function translateKeys(value: unknown, rename: (key: string) => string, path: readonly (string | number)[] = []): unknown {
  if (Array.isArray(value)) return value.map((item, index) => translateKeys(item, rename, [...path, index]))
  if (typeof value !== 'object' || value === null) return value
  const keep = isOwnName(path)
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      keep ? key : rename(key),
      translateKeys(item, rename, [...path, keep ? key : toCamel(key)]),
    ]),
  )
}

/**
 * Reads an exercise from YAML or JSON, keys in snake_case or camelCase.
 * @returns the exercise with every default written out, or all problems with their lines (from 1) at once
 */
export function readExercise(text: string): ExerciseReading {
  if (Buffer.byteLength(text) > maxFileBytes) return { problems: [tooLarge] }
  const { document, lines, problems } = parseText(text)
  if (problems.length > 0) return { problems }
  const raw = translateKeys(document.toJS({ maxAliasCount: 0 }), toCamel)
  const reading = readExerciseModel(raw)
  if (reading.exercise !== undefined) return reading
  return { problems: sorted(reading.found.map((problem) => locate(problem, document, lines))) }
}

/** The YAML as a document, with everything that makes it unreadable. */
function parseText(text: string): { readonly document: Document; readonly lines: LineCounter; readonly problems: readonly FieldProblem[] } {
  const lines = new LineCounter()
  // JSON is YAML; one document, no duplicate keys; anchors are refused below, so nothing can multiply
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, version: '1.2', merge: false })
  const broken = [...document.errors, ...document.warnings].map((problem) => ({
    field: 'file',
    problem: quote(problem.message),
    line: lines.linePos(problem.pos[0]).line,
  }))
  const refused = broken.length > 0 ? [] : refuse(document, lines)
  return { document, lines, problems: sorted([...broken, ...refused]) }
}

/** The same for a value that is already JSON in camelCase (the form, a stored revision). */
export function readExerciseModel(
  raw: unknown,
): { readonly exercise: Exercise } | { readonly exercise?: undefined; readonly found: readonly ExerciseProblem[] } {
  const parsed = exerciseSchema.safeParse(raw, { reportInput: true })
  if (!parsed.success) return { found: [...schemaProblems(parsed.error.issues), ...findFurther(raw, parsed.error.issues)] }
  const { exercise, problems } = checkExercise(parsed.data)
  return problems.length > 0 ? { found: problems } : { exercise }
}

/** What else is wrong with a file whose only formal fault is unknown keys: told at once, not at the next try. */
function findFurther(raw: unknown, issues: readonly z.core.$ZodIssue[]): readonly ExerciseProblem[] {
  const unknownKeys = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? [issue] : []))
  if (unknownKeys.length < issues.length) return []
  const copy: unknown = structuredClone(raw)
  for (const { path, keys } of unknownKeys) {
    const holder = path.reduce<unknown>(
      (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
      copy,
    )
    if (typeof holder === 'object' && holder !== null) for (const key of keys) Reflect.deleteProperty(holder, key)
  }
  const parsed = exerciseSchema.safeParse(copy)
  return parsed.success ? checkExercise(parsed.data).problems : []
}

/** What is never read: anchors and aliases (they make bombs), tags, `{ env: … }` (a secret is named, not fetched), bottomless nesting. */
function refuse(document: Document, lines: LineCounter): FieldProblem[] {
  const problems: FieldProblem[] = []
  const report = (node: unknown, field: string, problem: Sentence) => problems.push({ field, problem, line: lineOf(node, lines) })
  visit(document, {
    Alias: (_key, node) => report(node, 'file', say('exerciseProblems.alias')),
    Node: (_key, node, path) => {
      if ('anchor' in node && node.anchor !== undefined) report(node, 'file', say('exerciseProblems.anchor'))
      if (path.length > maxDepth * 2) {
        report(node, 'file', say('exerciseProblems.tooDeep'))
        return visit.BREAK
      }
      return undefined
    },
    Pair: (_key, pair) => {
      const name = isScalar(pair.key) ? pair.key.value : undefined
      if (name === 'env' && !isUnderDevicesRoot(document, pair)) {
        report(pair.key, 'env', say('exerciseProblems.environment', { example: '{ secret: NAME }' }))
      }
      if (!isScalar(pair.key)) report(pair.key, 'file', say('exerciseProblems.keyNoWord'))
    },
  })
  return problems
}

/** A device may be called env. */
function isUnderDevicesRoot(document: Document, pair: unknown): boolean {
  const devices = isMap(document.contents) ? document.contents.get('devices', true) : undefined
  return isMap(devices) && devices.items.some((item) => item === pair)
}

function lineOf(node: unknown, lines: LineCounter): number {
  const range = isNode(node) ? node.range : undefined
  return range === undefined || range === null ? 1 : lines.linePos(range[0]).line
}

/** The line of the deepest place on the path that the file has; for a key, the key's own line. */
function locate({ path, problem }: ExerciseProblem, document: Document, lines: LineCounter): FieldProblem {
  let node: unknown = document.contents
  let line = lineOf(node, lines)
  const names: string[] = []
  for (const part of path) {
    names.push(typeof part === 'string' && names.at(-1) !== 'devices' ? toSnake(part) : String(part))
    const next = childOf(node, part)
    if (next === undefined) continue
    line = lineOf(next.key ?? next.value, lines)
    node = next.value
  }
  return { field: names.join('.') || 'file', problem, line }
}

function childOf(node: unknown, part: string | number): { readonly key: Node | null; readonly value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && (key.value === part || toCamel(String(key.value)) === part))
    return isPair(pair) ? { key: isNode(pair.key) ? pair.key : null, value: pair.value } : undefined
  }
  if (typeof part === 'number' && isNode(node) && 'items' in node && Array.isArray(node.items)) {
    const value: unknown = node.items[part]
    return value === undefined ? undefined : { key: null, value }
  }
  return undefined
}

const sorted = (problems: readonly FieldProblem[]): FieldProblem[] =>
  [...problems].sort((one, other) => (one.line ?? 0) - (other.line ?? 0))

/** Writes an exercise for people: YAML in snake_case. Secrets by name only, as the model has them. */
export function writeExercise(exercise: Exercise): string {
  const document = new Document(translateKeys(exercise, toSnake), { aliasDuplicateObjects: false })
  return document.toString({ lineWidth: 0, flowCollectionPadding: true })
}

/** A part of an exercise file, the list under `criteria`, in the same YAML. */
export function writeCriteria(criteria: readonly unknown[]): string {
  if (criteria.length === 0) return ''
  const document = new Document(translateKeys(criteria, toSnake), { aliasDuplicateObjects: false })
  return document.toString({ lineWidth: 0, flowCollectionPadding: true })
}

/** Any value of an exercise file in the same YAML: a parameter with a structure of its own, for a form. */
export function writeFragment(value: unknown): string {
  const document = new Document(translateKeys(value, toSnake), { aliasDuplicateObjects: false })
  return document.toString({ lineWidth: 0, flowCollectionPadding: true })
}

/** Reads what `writeFragment` writes, keys in camelCase. @returns the value, or what makes it unreadable with its line */
export function readFragment(text: string): { readonly value: unknown } | { readonly problems: readonly FieldProblem[] } {
  if (Buffer.byteLength(text) > maxFileBytes) return { problems: [tooLarge] }
  const { document, problems } = parseText(text)
  if (problems.length > 0) return { problems }
  return { value: translateKeys(document.toJS({ maxAliasCount: 0 }), toCamel) }
}

/**
 * Reads the list under `criteria` alone, with or without its key, for a form whose other parts come from elsewhere. Nothing but the
 * YAML itself is judged.
 * @returns the raw criteria in camelCase, or what is wrong with its line
 */
export function readCriteria(
  text: string,
): { readonly criteria: readonly Record<string, unknown>[] } | { readonly problems: readonly FieldProblem[] } {
  if (Buffer.byteLength(text) > maxFileBytes) return { problems: [tooLarge] }
  const { document, problems } = parseText(text)
  if (problems.length > 0) return { problems }
  const raw: unknown = document.toJS({ maxAliasCount: 0 })
  const list = isRecord(raw) && Object.keys(raw).join() === 'criteria' ? raw.criteria : raw
  const translated = translateKeys(list ?? [], toCamel)
  if (!Array.isArray(translated) || !translated.every(isRecord)) {
    return { problems: [{ field: 'criteria', problem: say('exerciseProblems.criteriaList'), line: 1 }] }
  }
  return { criteria: translated }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
