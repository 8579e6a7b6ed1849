import {
  type AnyCommandModule,
  commandModules,
  findCommandModule,
  findPlatform,
  findReaderOf,
  lackOf,
  layers,
} from '../evaluation/index.ts'
import { makeSentence, type SentenceField } from '../http/sentence.ts'
import { hasMessage, type Translate } from '../strings/index.ts'
import { asNumber, type Parameter, type ParameterKind, parametersOf, parseParameter, splitWords } from './criterion-parameters.ts'
import type { Choice, ChoiceGroup, CriterionFormRow, ProofMark } from './exercises.views.ts'

type CommandModule = (typeof commandModules)[number]

/** A device of the project that is asked. */
export interface FormDevice {
  readonly name: string
  readonly platform: string
}

const controls: Readonly<Record<ParameterKind, SentenceField['control']>> = {
  choice: 'select',
  number: 'number',
  text: 'text',
  scalar: 'text',
  words: 'text',
  lines: 'area',
  block: 'area',
  yaml: 'area',
}

/** Whether a kind of check can be asked of a device of this platform, or needs none. */
export const isAskable = (module: Pick<AnyCommandModule, 'name' | 'needsDevice'>, platform: string): boolean =>
  findReaderOf(module, platform) !== undefined

function choicesOf(module: CommandModule, { name, kind, values, isRequired, usual }: Parameter, t: Translate): Choice[] {
  if (kind !== 'choice') return []
  const words = values.map((value) => ({ value, label: t(`pages.modules.${module.name}.choices.${name}.${value}`) }))
  // without it the first value would be asked for although nobody chose it
  return isRequired || usual !== '' ? words : [{ value: '', label: t('pages.exerciseForm.any') }, ...words]
}

function fieldOf(module: CommandModule, parameter: Parameter, t: Translate): SentenceField {
  const { name, kind, isRequired, usual } = parameter
  const control = controls[kind]
  return {
    name,
    label: t(`pages.modules.${module.name}.fields.${name}`),
    control,
    hint: hasMessage(`pages.exerciseForm.areaHints.${kind}`) ? t(`pages.exerciseForm.areaHints.${kind}`) : '',
    choices: choicesOf(module, parameter, t),
    placeholder: control === 'text' || control === 'number' ? usual : '',
    isRequired,
  }
}

/** The fields of a module's sentence: the device that is asked, where it needs one, and every parameter. */
export function describeFields(module: CommandModule, devices: readonly string[], t: Translate): SentenceField[] {
  const device: SentenceField = {
    name: 'device',
    label: t('pages.topology.device'),
    control: 'select',
    hint: '',
    choices: devices.map((name) => ({ value: name, label: name })),
    placeholder: '',
    isRequired: true,
  }
  const fields = parametersOf(module).map((parameter) => fieldOf(module, parameter, t))
  return module.needsDevice ? [device, ...fields] : fields
}

/** The kinds of check that some device can be asked, by layer in the order of asking; all of them while no device is known. */
export function listModuleGroups(devices: readonly FormDevice[], t: Translate): ChoiceGroup[] {
  const isOffered = (module: CommandModule) => devices.length === 0 || devices.some(({ platform }) => isAskable(module, platform))
  const groups = layers.map((layer) => ({
    label: t(`pages.exerciseForm.layers.${layer}`),
    choices: commandModules
      .filter((module) => module.layer === layer && isOffered(module))
      .map((module) => ({ value: module.name, label: t(`pages.modules.${module.name}.name`) }))
      .sort((one, other) => one.label.localeCompare(other.label)),
  }))
  return groups.filter(({ choices }) => choices.length > 0)
}

/** How far the answer of this device can be trusted; null while no device is chosen. */
function proofOf(module: CommandModule, device: FormDevice | undefined, t: Translate): ProofMark | null {
  const reader = findReaderOf(module, device?.platform)
  if (reader !== undefined) return { mark: reader.proof, meaning: t(`platforms.proofs.${reader.proof}`), isSupported: true }
  const platform = findPlatform(device?.platform ?? '')
  if (platform === undefined) return null
  const meaning = t('pages.exerciseForm.unaskable', {
    platform: platform.id,
    reason: t(`platforms.lacks.${lackOf(platform, module.name) ?? 'not-written'}`),
  })
  return { mark: 'none', meaning, isSupported: false }
}

/** What was typed for one criterion: values by the rest of their input's name (`title`, `params.to`). */
export type CriterionValues = Readonly<Record<string, string>>

/**
 * A row of the form. Selects without a value show the parameter's default. A device that was chosen stays in its list although it
 * cannot be asked (any more): the row says so.
 * @returns undefined when there is no module of that name (a stale or forged form)
 */
export function makeCriterionRow(
  index: number,
  values: CriterionValues,
  devices: readonly FormDevice[],
  t: Translate,
): CriterionFormRow | undefined {
  const module = findCommandModule(values.module ?? '')
  if (module === undefined) return undefined
  const own = values.device ?? ''
  const names = devices.filter(({ platform }) => isAskable(module, platform)).map(({ name }) => name)
  const offered = own === '' || names.includes(own) ? names : [...names, own]
  const typed = Object.fromEntries(parametersOf(module).map(({ name, usual }) => [name, values[`params.${name}`] ?? usual]))
  const inputOf = (name: string) => (name === 'device' ? `criteria.${index}.device` : `criteria.${index}.params.${name}`)
  return {
    index,
    id: values.id ?? '',
    title: values.title ?? '',
    module: module.name,
    moduleName: t(`pages.modules.${module.name}.name`),
    sentence: makeSentence(
      t(`pages.modules.${module.name}.sentence`),
      describeFields(module, offered, t),
      { ...typed, device: own === '' ? (offered[0] ?? '') : own },
      inputOf,
    ),
    proof: proofOf(
      module,
      devices.find(({ name }) => name === (own === '' ? offered[0] : own)),
      t,
    ),
    points: values.points ?? '1',
    // A browser leaves an unticked box out: only a row that was never shown starts ticked.
    isVisible: values.visible === 'true' || values.title === undefined,
    isConcealed: values.conceal === 'true',
    hint: values.hint ?? '',
    requires: values.requires ?? '',
    within: values.within ?? '',
    usualWithin: String(module.defaultWithinSeconds),
  }
}

function readParams(values: CriterionValues): Record<string, unknown> {
  const module = findCommandModule(values.module ?? '')
  if (module === undefined) return {}
  const entries = parametersOf(module).flatMap((parameter): [string, unknown][] => {
    const text = values[`params.${parameter.name}`] ?? ''
    if (text.trim() === '') return []
    return [[parameter.name, parseParameter(parameter, parameter.keepsBlanks ? text : text.trim())]]
  })
  return Object.fromEntries(entries)
}

/**
 * A criterion as the exercise's model has it (camelCase), from what was typed. Nothing is judged here: empty inputs are left out, and
 * the exercise's schema reports the rest under the names of the inputs (`criteria.0.params.to`).
 */
export function readCriterion(values: CriterionValues): Record<string, unknown> {
  const text = (name: string) => values[name]?.trim() ?? ''
  const optional = (name: string, value: unknown) => (text(name) === '' ? {} : { [name]: value })
  return {
    id: text('id'),
    title: text('title'),
    module: text('module'),
    ...optional('device', text('device')),
    params: readParams(values),
    points: asNumber(text('points')),
    visible: values.visible === 'true',
    ...(values.conceal === 'true' ? { reveal: false } : {}),
    ...optional('hint', text('hint')),
    requires: splitWords(text('requires')),
    ...optional('within', asNumber(text('within'))),
  }
}
