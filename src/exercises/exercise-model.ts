import type { FieldProblem } from '../errors.ts'
import {
  type Exercise,
  type ExerciseDevice,
  type ExerciseProblem,
  findCommandModule,
  readCriteria,
  readExercise,
  readExerciseModel,
} from '../evaluation/index.ts'
import { formSentence } from '../http/form-view.ts'
import { type Sentence, say } from '../lib/sentence.ts'
import { hasMessage, type Translate } from '../strings/index.ts'
import { readCriterion } from './criterion-form.ts'
import type { DeviceDraft, ExerciseDraft } from './exercise-draft.ts'
import type { RuleChanges } from './exercises.schemas.ts'
import { readRuleFields } from './rules-form.ts'

export interface DraftReadingOptions {
  readonly draft: ExerciseDraft
  /** What the form does not offer is taken over from here. */
  readonly existing: Exercise | null
  readonly timeZone: string
  /** Decrypts what was typed before. */
  readonly open: (sealed: string) => string
  readonly t: Translate
}

export type DraftReading =
  | {
      readonly exercise: Exercise
      readonly secrets: ReadonlyMap<string, string>
      readonly rules: RuleChanges
      readonly problems?: undefined
    }
  | { readonly exercise?: undefined; readonly problems: readonly FieldProblem[] }

type Path = readonly (string | number)[]
type Labels = (path: Path) => string

const numeral = /^\d+$/
const asNumber = (text: string): number | string => (numeral.test(text) ? Number(text) : text)
const optional = (name: string, value: string) => (value.trim() === '' ? {} : { [name]: asNumber(value.trim()) })

type CredentialKind = 'PASSWORD' | 'ENABLE' | 'LAB_VM'

/** A name for a secret that reads like its device and is not taken by another. */
function secretName(device: string, kind: CredentialKind, taken: ReadonlySet<string>): string {
  const base = `${device.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_${kind}`.slice(-56).replace(/^[^A-Z_]/, (first) => `_${first}`)
  let name = base
  for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`
  return name
}

interface Credential {
  readonly typed: string
  readonly kept: string
  readonly before: ExerciseDevice['password']
  readonly device: string
  readonly kind: CredentialKind
}

/** A password goes to the secrets, the model gets its name; untouched, what was there stays. */
function readCredential({ typed, kept, before, device, kind }: Credential, open: (sealed: string) => string, secrets: Map<string, string>) {
  if (typed === '' && kept === '') return before
  const value = typed === '' ? open(kept) : typed
  const name = typeof before === 'object' && !secrets.has(before.secret) ? before.secret : secretName(device, kind, new Set(secrets.keys()))
  secrets.set(name, value)
  return { secret: name }
}

function readDevice(row: DeviceDraft, before: ExerciseDevice | undefined, open: (sealed: string) => string, secrets: Map<string, string>) {
  const password = readCredential(
    { typed: row.password, kept: row.keptPassword, before: before?.password, device: row.name, kind: 'PASSWORD' },
    open,
    secrets,
  )
  const enablePassword = readCredential(
    { typed: row.enablePassword, kept: row.keptEnablePassword, before: before?.enablePassword, device: row.name, kind: 'ENABLE' },
    open,
    secrets,
  )
  return {
    platform: row.platform,
    ...(row.username.trim() === '' ? {} : { username: row.username.trim() }),
    ...(password === undefined ? {} : { password }),
    ...(enablePassword === undefined ? {} : { enablePassword }),
    ...readConnect(row, before?.connect, open, secrets),
  }
}

/** SSH through the lab's VM needs an address and an account: an empty one is a problem of the model at that input. */
function readConnect(
  { name, connect }: DeviceDraft,
  before: ExerciseDevice['connect'],
  open: (sealed: string) => string,
  secrets: Map<string, string>,
) {
  if (connect.via === 'console') return {}
  if (connect.via !== 'ssh') return before === undefined ? {} : { connect: before }
  const { jumpPassword: typed, keptJumpPassword: kept } = connect
  const jumpPassword = readCredential({ typed, kept, before: before?.jumpPassword, device: name, kind: 'LAB_VM' }, open, secrets)
  return {
    connect: {
      via: 'ssh',
      host: connect.host.trim(),
      ...optional('port', connect.port),
      jump: 'work-vm',
      ...optional('jumpPort', connect.jumpPort),
      jumpUsername: connect.jumpUsername.trim(),
      ...(jumpPassword === undefined ? {} : { jumpPassword }),
    },
  }
}

/** All but the criteria, as the model has it; unchecked. */
function readFrame({ draft, existing, open }: DraftReadingOptions, secrets: Map<string, string>): Record<string, unknown> {
  const { values } = draft
  const vm = {
    ...optional('memory', values.memory ?? ''),
    ...optional('cores', values.cores ?? ''),
    ...optional('disk', values.disk ?? ''),
    ...((values.networkRate ?? '').trim() === '' ? {} : { network: optional('rate', values.networkRate ?? '') }),
  }
  const asked = draft.devices.filter((device) => device.platform !== '')
  return {
    netpraxis: 1,
    title: values.title ?? '',
    ...(existing?.statement === undefined ? {} : { statement: existing.statement }),
    ...(existing?.project === undefined ? {} : { project: existing.project }),
    topology: values.topology ?? 'fixed',
    network: existing?.network ?? 'isolated',
    ...(values.direct === 'true' ? { direct: true } : {}),
    create: values.create ?? 'enroll',
    ...(Object.keys(vm).length === 0 ? {} : { vm }),
    devices: Object.fromEntries(asked.map((row) => [row.name, readDevice(row, existing?.devices[row.name], open, secrets)])),
    preconfigure: draft.preconfigure.map(({ device, commands, expect }) => ({
      device,
      commands: commands.split('\n').filter((line) => line.trim() !== ''),
      ...(expect.trim() === '' ? {} : { expect: expect.trim() }),
    })),
  }
}

const vmInput = (at: string | number | undefined): string => (at === 'network' ? 'networkRate' : String(at ?? 'memory'))

/** Which input of the form a place in the model is. */
export function inputOf(path: Path, devices: readonly { readonly name: string }[]): string {
  const [root = '', at, name = '', param] = path
  if (root === 'devices') {
    const index = devices.findIndex((device) => device.name === at)
    const input = name === 'connect' ? `connect.${param ?? 'via'}` : name || 'platform'
    return index === -1 ? 'project' : `devices.${index}.${input}`
  }
  if (root === 'criteria') {
    if (at === undefined) return 'newModule'
    if (name === 'params') return param === undefined ? `criteria.${at}` : `criteria.${at}.params.${param}`
    return ['title', 'id', 'points', 'device', 'hint', 'requires', 'within'].includes(String(name))
      ? `criteria.${at}.${name}`
      : `criteria.${at}`
  }
  if (root === 'preconfigure') return at === undefined ? 'preconfigure' : `preconfigure.${at}.${name || 'commands'}`
  return root === 'vm' ? vmInput(at) : String(root)
}

/** A problem behind the name of its input, so that a list of problems can be read by itself. */
const labelled = (label: string, problem: Sentence): Sentence => say('pages.problems.labelled', { label, problem })

/** What the input is called on the page, so that a list of problems can be read by itself. */
const labelsOf =
  ({ draft, t }: DraftReadingOptions): Labels =>
  ([root = '', at, name = '', param]) => {
    const word = (key: string) => (hasMessage(`pages.exerciseForm.${key}`) ? t(`pages.exerciseForm.${key}`) : key)
    const deviceLabel = (device: string | number | undefined, input: string | number | undefined) => {
      if (typeof device !== 'string') return word('devices')
      return input === undefined ? device : `${device}, ${word(`connect.${input}`)}`
    }
    if (root === 'devices') return deviceLabel(at, name === 'connect' ? param : undefined)
    if (root === 'preconfigure')
      return typeof at === 'number' ? t('pages.exerciseForm.preconfigureNumber', { number: at + 1 }) : word('preconfigure')
    if (root === 'vm') return word(vmInput(at))
    if (root !== 'criteria') return word(String(root))
    if (typeof at !== 'number') return word('criteria')
    const number = t('pages.exerciseForm.criterionNumber', { number: at + 1 })
    const module = draft.criteria[at]?.module ?? ''
    const key = `pages.modules.${module}.fields.${String(param ?? '')}`
    if (name === 'params') return hasMessage(key) ? `${number}, ${t(key)}` : number
    const words: Readonly<Record<string, string>> = {
      title: 'criterionTitle',
      id: 'criterionId',
      points: 'points',
      hint: 'hint',
      requires: 'requires',
      within: 'within',
    }
    const own = words[String(name)]
    return own ? `${number}, ${word(own)}` : number
  }

/** The problems of a paste, at its own lines. The other parts stand above it in one text, a line each. */
function readPaste(yaml: string, frame: Readonly<Record<string, unknown>>): FieldProblem[] {
  const above = Object.entries(frame).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  const head = /^\s*(#.*\n\s*)*criteria\s*:/.test(yaml) ? above : [...above, 'criteria:']
  const { problems = [] } = readExercise(`${head.join('\n')}\n${yaml}`)
  return problems
    .filter(({ line = 0, field }) => line > head.length || field.startsWith('criteria'))
    .map(({ field, problem = say('shapes.unusable'), line = 0 }) => ({
      field: 'yaml',
      problem: field === 'file' ? problem : labelled(field, problem),
      line: Math.max(1, line - head.length),
    }))
}

/** A kind that there is not stands in no row of the form, so it is told by name. */
const unknownModules = (draft: ExerciseDraft): string[] =>
  draft.criteria.flatMap(({ module = '' }) => (findCommandModule(module) ? [] : [module]))

const isFilled = (value: unknown): boolean => typeof value === 'string' && value.trim() !== ''

/**
 * The model checks shapes first, and what spans several places only when all shapes fit. For a person both belong together: what is
 * merely missing is filled in, and the rest is checked as well.
 */
function allProblems(
  found: readonly ExerciseProblem[],
  frame: Readonly<Record<string, unknown>>,
  criteria: readonly Readonly<Record<string, unknown>>[],
): readonly ExerciseProblem[] {
  const mended = criteria.map(({ within, ...criterion }, index) => ({
    ...criterion,
    title: isFilled(criterion.title) ? criterion.title : 'x',
    id: isFilled(criterion.id) ? criterion.id : `x-${index}`,
    points: typeof criterion.points === 'number' ? criterion.points : 1,
    ...(typeof within === 'number' ? { within } : {}),
  }))
  const { vm: _vm, ...rest } = frame
  const again = readExerciseModel({ ...rest, title: isFilled(frame.title) ? frame.title : 'x', criteria: mended })
  if (again.exercise) return found
  const known = new Set(found.map(({ path }) => path.join('.')))
  return [...found, ...again.found.filter(({ path }) => !known.has(path.join('.')))]
}

/**
 * The exercise that was typed, with every password taken out into `secrets`; or all problems at once, each with the input it belongs
 * to or its line in the paste.
 */
export function readExerciseDraft(options: DraftReadingOptions): DraftReading {
  const { draft } = options
  const secrets = new Map<string, string>()
  const frame = readFrame(options, secrets)
  const yaml = draft.values.yaml ?? ''
  const pasted = draft.input === 'yaml' ? readCriteria(yaml) : null
  const list = pasted ?? { criteria: draft.criteria.map(readCriterion) }
  const criteria = 'criteria' in list ? list.criteria : []
  const reading = readExerciseModel({ ...frame, criteria })
  const found = reading.exercise ? [] : allProblems(reading.found, frame, criteria)
  const label = labelsOf(options)
  const problems: FieldProblem[] = found
    .filter(({ path }) => pasted === null || path[0] !== 'criteria')
    .map(({ path, problem }) => ({ field: inputOf(path, draft.devices), problem: labelled(label(path), formSentence(problem)) }))
  if (pasted !== null) problems.push(...readPaste(yaml, frame))
  else
    problems.push(
      ...unknownModules(draft).map((module) => ({ field: 'newModule', problem: say('pages.problems.unknownModule', { module }) })),
    )
  const rules = readRuleFields(draft.values, options.timeZone)
  for (const { field, problem = say('shapes.unusable') } of rules.problems ?? [])
    problems.push({ field, problem: labelled(options.t(`pages.rules.fields.${field}`), formSentence(problem)) })
  if (problems.length > 0 || !reading.exercise || !rules.changes) return { problems }
  return { exercise: reading.exercise, secrets, rules: rules.changes }
}
