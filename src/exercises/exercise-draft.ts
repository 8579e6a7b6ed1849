import { type ExerciseDevice, findCommandModule, readCriteria, writeCriteria } from '../evaluation/index.ts'
import { type CriterionValues, type FormDevice, isAskable, readCriterion } from './criterion-form.ts'
import { parametersOf, writeValue } from './criterion-parameters.ts'
import type { ExerciseRow, RevisionRow } from './exercises.repository.ts'
import { ruleValues } from './rules-form.ts'

/** The way to a device: `console`, `ssh` through the lab's VM, `file` as the file has it (the form has no inputs for it), '' as it was. */
export interface ConnectDraft {
  readonly via: string
  readonly host: string
  readonly port: string
  readonly jumpUsername: string
  readonly jumpPort: string
  /** Typed just now. */
  readonly jumpPassword: string
  /** Typed before, encrypted. */
  readonly keptJumpPassword: string
}

/** A password as the form keeps it between two presses: encrypted, so that the page never shows it. */
export interface DeviceDraft {
  readonly name: string
  readonly platform: string
  readonly username: string
  /** Typed just now. */
  readonly password: string
  readonly enablePassword: string
  /** Typed before, encrypted. */
  readonly keptPassword: string
  readonly keptEnablePassword: string
  readonly connect: ConnectDraft
}

export interface PreconfigureDraft {
  readonly device: string
  readonly commands: string
  readonly expect: string
}

/** An exercise as it is being typed. Nothing in it is checked yet. */
export interface ExerciseDraft {
  /** Plain inputs by name: title, statement, the rules (rules-form.ts), create, topology, direct, baseTemplate, memory, cores, disk, networkRate, yaml, formId, revision. */
  readonly values: Readonly<Record<string, string>>
  readonly devices: readonly DeviceDraft[]
  readonly preconfigure: readonly PreconfigureDraft[]
  readonly criteria: readonly CriterionValues[]
  readonly input: 'form' | 'yaml'
}

type Fields = Readonly<Record<string, string>>

/** `criteria.<index>.<rest>` as rows by index, in order; a row that was taken out leaves no hole. */
function rowsOf(fields: Fields, list: string): Fields[] {
  const rows = new Map<number, Record<string, string>>()
  for (const [name, value] of Object.entries(fields)) {
    const match = new RegExp(`^${list}\\.(\\d{1,4})\\.(.+)$`).exec(name)
    if (!match?.[1] || !match[2]) continue
    const index = Number(match[1])
    rows.set(index, { ...rows.get(index), [match[2]]: value })
  }
  return [...rows].sort(([one], [other]) => one - other).map(([, row]) => row)
}

/** A device's row from its inputs; what is missing is empty. */
export const deviceDraft = (row: Fields): DeviceDraft => ({
  name: row.name ?? '',
  platform: row.platform ?? '',
  username: row.username ?? '',
  password: row.password ?? '',
  enablePassword: row.enablePassword ?? '',
  keptPassword: row.keptPassword ?? '',
  keptEnablePassword: row.keptEnablePassword ?? '',
  connect: {
    via: row['connect.via'] ?? '',
    host: row['connect.host'] ?? '',
    port: row['connect.port'] ?? '',
    jumpUsername: row['connect.jumpUsername'] ?? '',
    jumpPort: row['connect.jumpPort'] ?? '',
    jumpPassword: row['connect.jumpPassword'] ?? '',
    keptJumpPassword: row['connect.keptJumpPassword'] ?? '',
  },
})

/** The inputs of a device's row, from the exercise. Passwords are not shown. */
function deviceInputs(name: string, { platform, username, connect }: ExerciseDevice): Fields {
  const ways = { 'connect.host': connect?.host, 'connect.port': connect?.port, 'connect.jumpPort': connect?.jumpPort }
  const plain = { name, platform, username, ...ways, 'connect.jumpUsername': connect?.jumpUsername }
  const texts = Object.entries(plain).map(([input, value]): [string, string] => [input, asText(value)])
  return { ...Object.fromEntries(texts), 'connect.via': wayOf(connect) }
}

function wayOf(connect: ExerciseDevice['connect']): string {
  if (connect === undefined || connect.via === 'console') return 'console'
  return connect.via === 'ssh' && connect.jump !== undefined ? 'ssh' : 'file'
}

/** What was typed, from the inputs of the form. */
export function readDraft(fields: Fields): ExerciseDraft {
  const values = Object.fromEntries(Object.entries(fields).filter(([name]) => !/^(devices|criteria|preconfigure)\./.test(name)))
  return {
    values,
    devices: rowsOf(fields, 'devices').map(deviceDraft),
    preconfigure: rowsOf(fields, 'preconfigure').map(({ device = '', commands = '', expect = '' }) => ({ device, commands, expect })),
    criteria: rowsOf(fields, 'criteria'),
    input: fields.input === 'yaml' ? 'yaml' : 'form',
  }
}

const asText = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(String).join(' ')
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A criterion of a file as the inputs of its row show it. */
export function criterionValues(criterion: Readonly<Record<string, unknown>>): CriterionValues {
  const plain = ['id', 'title', 'module', 'device', 'points', 'hint', 'requires', 'within'].map((name): [string, string] => [
    name,
    asText(criterion[name]),
  ])
  const params = isRecord(criterion.params) ? Object.entries(criterion.params) : []
  const known = knownParameters(asText(criterion.module))
  const typed = params.map(([name, value]): [string, string] => [
    `params.${name}`,
    writeValue(known.get(name) ?? { kind: 'text', hasDefault: true }, value),
  ])
  const boxes = { visible: criterion.visible === false ? 'false' : 'true', conceal: criterion.reveal === false ? 'true' : 'false' }
  return { ...Object.fromEntries([...plain, ...typed]), ...boxes }
}

function knownParameters(name: string) {
  const module = findCommandModule(name)
  return new Map(module === undefined ? [] : parametersOf(module).map((parameter) => [parameter.name, parameter]))
}

/** An exercise that exists, as the form shows it for editing. */
export function draftOf(exercise: ExerciseRow, revision: RevisionRow, timeZone: string): ExerciseDraft {
  const { definition } = revision
  return {
    values: {
      title: definition.title,
      statement: revision.statement,
      ...ruleValues(exercise.rules, timeZone),
      create: definition.create,
      topology: definition.topology,
      direct: definition.direct === true ? 'true' : '',
      baseTemplate: asText(revision.baseTemplateVmid),
      memory: asText(definition.vm?.memory),
      cores: asText(definition.vm?.cores),
      disk: asText(definition.vm?.disk),
      networkRate: asText(definition.vm?.network?.rate),
      revision: revision.id,
    },
    devices: Object.entries(definition.devices).map(([name, device]) => deviceDraft(deviceInputs(name, device))),
    preconfigure: definition.preconfigure.map(({ device, commands, expect }) => ({
      device,
      commands: commands.join('\n'),
      expect: expect ?? '',
    })),
    criteria: definition.criteria.map(criterionValues),
    input: 'form',
  }
}

/** An id that no criterion of the draft has yet. */
function freeId(criteria: readonly CriterionValues[]): string {
  const taken = new Set(criteria.map((criterion) => criterion.id))
  let number = criteria.length + 1
  while (taken.has(`check-${number}`)) number += 1
  return `check-${number}`
}

const without = <Item>(items: readonly Item[], index: number): Item[] => items.filter((_item, at) => at !== index)

/** The devices that are asked: those with a platform. */
export const askedDevices = (devices: readonly FormDevice[]): FormDevice[] =>
  devices.filter((device) => device.platform !== '').map(({ name, platform }) => ({ name, platform }))

/** The device that was chosen for a new check where it can be asked this kind, else the first that can. */
function deviceOfNew({ devices, values }: ExerciseDraft): string {
  const module = findCommandModule(values.newModule ?? '')
  if (module === undefined || !module.needsDevice) return ''
  const able = askedDevices(devices).filter(({ platform }) => isAskable(module, platform))
  return (able.find(({ name }) => name === values.newDevice) ?? able[0])?.name ?? ''
}

/**
 * The draft with one check alone, as it can be asked now: what a check needs only to be saved is filled in, others are not waited for.
 * @returns null when there is no such row
 */
export function draftOfOne(draft: ExerciseDraft, at: number): ExerciseDraft | null {
  const row = draft.criteria[at]
  if (row === undefined) return null
  const filled = { id: row.id || 'now', title: row.title || 'now', points: row.points || '1' }
  return {
    ...draft,
    values: { title: 'now', topology: draft.values.topology ?? 'fixed' },
    preconfigure: [],
    criteria: [{ ...row, ...filled, requires: '', within: '' }],
    input: 'form',
  }
}

type Change = (draft: ExerciseDraft, at: number) => ExerciseDraft

/** What each button but `save` and `upload` does; `remove-criterion:2` is the change `remove-criterion` at 2. */
const changes: Readonly<Record<string, Change>> = {
  'add-criterion': (draft) => ({
    ...draft,
    criteria: [
      ...draft.criteria,
      {
        id: freeId(draft.criteria),
        module: draft.values.newModule ?? '',
        device: deviceOfNew(draft),
        visible: 'true',
        title: '',
        points: '1',
      },
    ],
  }),
  'remove-criterion': (draft, at) => ({ ...draft, criteria: without(draft.criteria, at) }),
  'add-preconfigure': (draft) => ({
    ...draft,
    preconfigure: [...draft.preconfigure, { device: askedDevices(draft.devices)[0]?.name ?? '', commands: '', expect: '' }],
  }),
  'remove-preconfigure': (draft, at) => ({ ...draft, preconfigure: without(draft.preconfigure, at) }),
  'use-yaml': (draft) => ({ ...draft, input: 'yaml', values: { ...draft.values, yaml: writeCriteria(draft.criteria.map(readCriterion)) } }),
  'use-form': (draft) => {
    const read = readCriteria(draft.values.yaml ?? '')
    return 'criteria' in read ? { ...draft, input: 'form', criteria: read.criteria.map(criterionValues) } : draft
  },
}

/** The draft after a button was pressed; unchanged for a button that there is not. */
export function changeDraft(draft: ExerciseDraft, button: string): ExerciseDraft {
  const [name = '', at = ''] = button.split(':')
  const change = Object.hasOwn(changes, name) ? changes[name] : undefined
  return change ? change(draft, Number(at)) : draft
}
