import { z } from 'zod'

import { commandModules, findCommandModule } from '../evaluation/index.ts'
import { makeSentence, type SentenceField } from '../http/sentence.ts'
import type { Translate } from '../strings/index.ts'
import type { Choice, CriterionFormRow } from './exercises.views.ts'

/** What a form knows of a parameter: the part of its JSON Schema that decides on the control. */
const parameterSchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional(),
})
const paramsSchema = z.object({ properties: z.record(z.string(), parameterSchema), required: z.array(z.string()).default([]) })
type AnyCommandModule = (typeof commandModules)[number]
type Parameter = z.infer<typeof parameterSchema>

/** The parameters of a module, read from its own schema: a new module needs words in the catalogue, but no form of its own. */
function parametersOf(module: AnyCommandModule): z.infer<typeof paramsSchema> {
  const schema: z.ZodType = module.params
  return paramsSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
}

const valuesOf = (parameter: Parameter): readonly string[] => parameter.enum ?? (parameter.type === 'boolean' ? ['true', 'false'] : [])

function controlOf(parameter: Parameter): SentenceField['control'] {
  if (valuesOf(parameter).length > 0) return 'select'
  return parameter.type === 'integer' || parameter.type === 'number' ? 'number' : 'text'
}

const asText = (value: Parameter['default']): string => (Array.isArray(value) ? value.join(' ') : String(value ?? ''))

function fieldOf(module: AnyCommandModule, name: string, parameter: Parameter, isRequired: boolean, t: Translate): SentenceField {
  const words = `pages.modules.${module.name}`
  return {
    name,
    label: t(`${words}.fields.${name}`),
    control: controlOf(parameter),
    choices: valuesOf(parameter).map((value) => ({ value, label: t(`${words}.choices.${name}.${value}`) })),
    placeholder: controlOf(parameter) === 'select' ? '' : asText(parameter.default),
    isRequired,
  }
}

/** The fields of a module's sentence: the device that is asked, where it needs one, and every parameter. */
export function describeFields(module: AnyCommandModule, devices: readonly string[], t: Translate): SentenceField[] {
  const { properties, required } = parametersOf(module)
  const choices = devices.map((device) => ({ value: device, label: device }))
  const device: SentenceField = {
    name: 'device',
    label: t('pages.topology.device'),
    control: 'select',
    choices,
    placeholder: '',
    isRequired: true,
  }
  const fields = Object.entries(properties).map(([name, parameter]) => fieldOf(module, name, parameter, required.includes(name), t))
  return module.needsDevice ? [device, ...fields] : fields
}

/** The kinds of check that the form offers. */
export const listModuleChoices = (t: Translate): Choice[] =>
  commandModules.map((module) => ({ value: module.name, label: t(`pages.modules.${module.name}.name`) }))

/** What was typed for one criterion: values by the rest of their input's name (`title`, `params.to`). */
export type CriterionValues = Readonly<Record<string, string>>

/**
 * A row of the form. Selects without a value show the parameter's default.
 * @returns undefined when there is no module of that name (a stale or forged form)
 */
export function makeCriterionRow(
  index: number,
  values: CriterionValues,
  devices: readonly string[],
  t: Translate,
): CriterionFormRow | undefined {
  const module = findCommandModule(values.module ?? '')
  if (module === undefined) return undefined
  const { properties } = parametersOf(module)
  const typed = Object.fromEntries(
    Object.entries(properties).map(([name, { default: usual }]) => [name, values[`params.${name}`] ?? asText(usual)]),
  )
  const inputOf = (name: string) => (name === 'device' ? `criteria.${index}.device` : `criteria.${index}.params.${name}`)
  return {
    index,
    id: values.id ?? '',
    title: values.title ?? '',
    module: module.name,
    moduleName: t(`pages.modules.${module.name}.name`),
    sentence: makeSentence(
      t(`pages.modules.${module.name}.sentence`),
      describeFields(module, devices, t),
      { ...typed, device: values.device ?? '' },
      inputOf,
    ),
    points: values.points ?? '1',
    // A browser leaves an unticked box out: only a row that was never shown starts ticked.
    isVisible: values.visible === 'true' || values.title === undefined,
    hint: values.hint ?? '',
    requires: values.requires ?? '',
    within: values.within ?? '',
  }
}

const isNumeral = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text)

/** A number where one was typed; else the text itself, so that the exercise's own schema names what is wrong. */
const asNumber = (text: string): number | string => (isNumeral(text) ? Number(text) : text)

const splitWords = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '')

function readParameter(text: string, { type }: Parameter): unknown {
  if (type === 'integer' || type === 'number') return asNumber(text)
  if (type === 'boolean') return text === 'true'
  return type === 'array' ? splitWords(text) : text
}

function readParams(values: CriterionValues): Record<string, unknown> {
  const module = findCommandModule(values.module ?? '')
  if (module === undefined) return {}
  const entries = Object.entries(parametersOf(module).properties).flatMap(([name, parameter]): [string, unknown][] => {
    const text = values[`params.${name}`]?.trim() ?? ''
    return text === '' ? [] : [[name, readParameter(text, parameter)]]
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
    ...optional('hint', text('hint')),
    requires: splitWords(text('requires')),
    ...optional('within', asNumber(text('within'))),
  }
}
