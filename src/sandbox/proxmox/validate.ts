import { invalid } from './api-error.ts'
import { type ApiCall, type Parameter, parameterOf } from './api-table.ts'
import { formatProblem } from './formats.ts'

/** A checked value: integers and booleans (1/0) as numbers, everything else as text. */
export type Value = string | number | readonly string[]
export type Values = Readonly<Record<string, Value>>
/** As it came in: form values are text, JSON values keep their type. */
export type RawValues = Readonly<Record<string, unknown>>

type Checked = { value: Value } | { problem: string }

const asText = (raw: unknown): string => (typeof raw === 'string' ? raw : JSON.stringify(raw))
const failedType = (type: string, raw: unknown): Checked => ({ problem: `type check ('${type}') failed - got '${asText(raw)}'` })

function readBoolean(raw: unknown): Checked {
  if (typeof raw === 'boolean') return { value: raw ? 1 : 0 }
  const text = asText(raw)
  // measured: forms take 1 and 0 alone; 'true', 'yes' and '2' are refused
  if (text === '1' || text === '0') return { value: Number(text) }
  return failedType('boolean', raw)
}

function readNumber(parameter: Parameter, raw: unknown): Checked {
  const text = asText(raw)
  const pattern = parameter.type === 'integer' ? /^[+-]?\d+$/ : /^[+-]?\d+(\.\d+)?$/
  if (!pattern.test(text)) return failedType(parameter.type, raw)
  const value = Number(text)
  if (parameter.min !== undefined && value < parameter.min) return { problem: `value must have a minimum value of ${parameter.min}` }
  if (parameter.max !== undefined && value > parameter.max) return { problem: `value must have a maximum value of ${parameter.max}` }
  return { value }
}

function readText(name: string, parameter: Parameter, raw: unknown): Checked {
  if (typeof raw === 'object' && raw !== null) return failedType('string', raw)
  const value = asText(raw)
  if (parameter.minLength !== undefined && value.length < parameter.minLength)
    return { problem: `value must be at least ${parameter.minLength} characters long` }
  if (parameter.maxLength !== undefined && value.length > parameter.maxLength)
    return { problem: `value may only be ${parameter.maxLength} characters long` }
  if (parameter.enum && !parameter.enum.includes(value)) {
    return { problem: `value '${value}' does not have a value in the enumeration '${parameter.enum.join(', ')}'` }
  }
  if (parameter.pattern && !parameter.pattern.test(value)) return { problem: 'value does not match the regex pattern' }
  const problem = parameter.format === undefined ? undefined : formatProblem(parameter.format, name, value)
  return problem === undefined ? { value } : { problem: `invalid format - ${problem}\n` }
}

function readValue(name: string, parameter: Parameter, raw: unknown): Checked {
  if (parameter.type === 'boolean') return readBoolean(raw)
  if (parameter.type === 'integer' || parameter.type === 'number') return readNumber(parameter, raw)
  if (parameter.type === 'array') return { value: (Array.isArray(raw) ? raw : [raw]).map(asText) }
  return readText(name, parameter, raw)
}

/**
 * Checks the parameters of one call against the table: unknown names, missing ones, types, bounds, formats.
 * @throws ApiError 400 with a text for every parameter that does not fit
 */
export function validate(call: ApiCall, uri: Record<string, string>, sent: RawValues): Values {
  const errors: Record<string, string> = {}
  const values: Record<string, Value> = {}
  for (const [name, raw] of Object.entries({ ...sent, ...uri })) {
    const parameter = parameterOf(call, name)
    if (!parameter) {
      // URI parts such as {upid} are always known to their own call
      if (name in uri) values[name] = uri[name] ?? ''
      else errors[name] = 'property is not defined in schema and the schema does not allow additional properties'
      continue
    }
    if (name in uri && name in sent && asText(sent[name]) !== uri[name]) {
      errors[name] = 'duplicate parameter (already defined in URI) with conflicting values!'
      continue
    }
    const checked = readValue(name, parameter, raw)
    if ('problem' in checked) errors[name] = checked.problem
    else values[name] = checked.value
  }
  for (const [name, parameter] of call.parameters) {
    if (parameter.required && !(name in values) && !(name in errors)) errors[name] = 'property is missing and it is not optional'
    if (parameter.requires && name in values && !(parameter.requires in values))
      errors[parameter.requires] = `missing property - '${name}' requires this property`
  }
  if (Object.keys(errors).length > 0) throw invalid(errors)
  return values
}

/** Optional values by type; what the table has checked needs no second look. */
export const text = (values: Values, name: string): string | undefined => {
  const value = values[name]
  return value === undefined ? undefined : String(value)
}
export const integer = (values: Values, name: string): number | undefined => {
  const value = values[name]
  return value === undefined ? undefined : Number(value)
}
export const flag = (values: Values, name: string): boolean => Number(values[name] ?? 0) === 1
/** A value that the table requires. */
export const need = (values: Values, name: string): string => String(values[name] ?? '')
/** Members of a `-list` parameter. */
export const members = (values: Values, name: string): string[] =>
  (text(values, name) ?? '').split(/[,;\s\0]+/).filter((member) => member !== '')
