import { z } from 'zod'
import { type commandModules, readFragment, writeFragment } from '../evaluation/index.ts'

type CommandModule = (typeof commandModules)[number]

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** What a form knows of a parameter: the part of its JSON Schema that decides on the control. */
const parameterSchema = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(scalarSchema).optional(),
  const: scalarSchema.optional(),
  anyOf: z.array(z.record(z.string(), z.unknown())).optional(),
  oneOf: z.array(z.record(z.string(), z.unknown())).optional(),
  items: z.record(z.string(), z.unknown()).optional(),
  maxLength: z.number().optional(),
  default: z.unknown().optional(),
})
type ParameterSchema = z.infer<typeof parameterSchema>

const objectSchema = z.object({
  properties: z.record(z.string(), parameterSchema).default({}),
  required: z.array(z.string()).default([]),
})
/** A kind whose parameters come in variants has one object per variant. */
const paramsSchema = z.union([
  z.object({ anyOf: z.array(objectSchema).min(1) }).transform(({ anyOf }) => anyOf),
  z.object({ oneOf: z.array(objectSchema).min(1) }).transform(({ oneOf }) => oneOf),
  objectSchema.transform((only) => [only]),
])

/**
 * How a parameter is typed: `scalar` is text, a number or yes and no, whichever it looks like, `words` are a list on one line, `lines` a list whose items may have blanks, one a line, `block` text of
 * several lines, `yaml` anything with a structure of its own.
 */
export type ParameterKind = 'choice' | 'number' | 'text' | 'scalar' | 'words' | 'lines' | 'block' | 'yaml'

export interface Parameter {
  readonly name: string
  readonly kind: ParameterKind
  /** Of a choice. */
  readonly values: readonly string[]
  readonly isRequired: boolean
  /** As it is typed; '' where there is none. */
  readonly usual: string
  /** False where leaving it empty is not the same as an empty list. */
  readonly hasDefault: boolean
  /** Of a list: its items are numbers. */
  readonly hasNumbers: boolean
  /** Blanks around a text mean something, as in a regular expression; an address with one is an address. */
  readonly keepsBlanks: boolean
}

const known = new Map<string, readonly Parameter[]>()

/** The parameters of a kind, read from its own schema: a new kind needs words in the catalogue, but no form of its own. */
export function parametersOf(module: CommandModule): readonly Parameter[] {
  const found = known.get(module.name) ?? readParameters(module)
  known.set(module.name, found)
  return found
}

function readParameters(module: CommandModule): Parameter[] {
  const schema: z.ZodType = module.params
  const variants = paramsSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
  const names = [...new Set(variants.flatMap(({ properties }) => Object.keys(properties)))]
  return names.map((name) => {
    const own = variants.flatMap(({ properties }) => properties[name] ?? [])
    const isRequired = variants.every(({ required }) => required.includes(name))
    return readParameter(name, own, { isRequired, accepts: (value) => accepts(schema, name, value) })
  })
}

interface About {
  readonly isRequired: boolean
  readonly accepts: (value: unknown) => boolean
}

function readParameter(name: string, variants: readonly ParameterSchema[], { isRequired, accepts: takes }: About): Parameter {
  const parts = variants.flatMap(branchesOf)
  const values = [...new Set(parts.flatMap(valuesOf))]
  const types = new Set(parts.flatMap(({ type }) => type ?? []))
  const kind = kindOf({ parts, values, types, accepts: takes })
  const usual = variants.map((variant) => variant.default).find((value) => value !== undefined)
  return {
    name,
    kind,
    values: kind === 'choice' ? values : [],
    isRequired,
    usual: usual === undefined ? '' : writeParameter(kind, usual),
    hasDefault: usual !== undefined,
    keepsBlanks: kind === 'block' || (kind === 'text' && takes(' x ')),
    hasNumbers: parts.some(({ items }) => items?.type === 'integer' || items?.type === 'number'),
  }
}

/** `string or number` is two branches. */
function branchesOf(schema: ParameterSchema): ParameterSchema[] {
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((branch) => branchesOf(parameterSchema.parse(branch)))
  return branches.length > 0 ? branches : [schema]
}

function valuesOf({ type, enum: listed, const: only }: ParameterSchema): string[] {
  if (type === 'boolean') return ['true', 'false']
  return [...(listed ?? []), ...(only === undefined ? [] : [only])].map(String)
}

interface KindQuestion extends Pick<About, 'accepts'> {
  readonly parts: readonly ParameterSchema[]
  readonly values: readonly string[]
  readonly types: ReadonlySet<string>
}

/** Text of one line is shorter than this. */
const blockLength = 1_000

function kindOf({ parts, values, types, accepts: takes }: KindQuestion): ParameterKind {
  if (types.has('object')) return 'yaml'
  // a list that may be written as text too is: `10,20-25`
  if (types.has('array') && types.has('string')) return 'scalar'
  if (types.has('array')) {
    if (parts.some(({ type, items }) => type === 'array' && !isScalar(items))) return 'yaml'
    return takes(['a b']) ? 'lines' : 'words'
  }
  if (values.length > 0 && parts.every((part) => valuesOf(part).length > 0)) return 'choice'
  if (types.size > 1) return types.has('string') ? 'scalar' : 'yaml'
  if (!types.has('string')) return types.has('integer') || types.has('number') ? 'number' : 'yaml'
  return parts.some(({ maxLength = 0 }) => maxLength > blockLength) ? 'block' : 'text'
}

function isScalar(items: Record<string, unknown> | undefined): boolean {
  const branches = branchesOf(parameterSchema.parse(items ?? {}))
  return branches.every(({ type, const: only }) => only !== undefined || type === 'string' || type === 'integer' || type === 'number')
}

/** Whether a parameter takes a value; where its schema cannot be asked, it may. */
function accepts(schema: z.ZodType, name: string, value: unknown): boolean {
  const own = schema instanceof z.ZodObject ? schema.shape[name] : undefined
  return own instanceof z.ZodType ? own.safeParse(value).success : true
}

const separators: Partial<Record<ParameterKind, string>> = { lines: '\n', scalar: ',' }

/** As YAML would read it: `5` is a number, `true` is yes, `"5"` and `0644` are text. */
function readScalar(text: string): string | number | boolean {
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  const quoted = /^"(?:[^"\\]|\\["\\])*"$/.test(text)
  return quoted ? text.slice(1, -1).replace(/\\(["\\])/g, '$1') : text
}

/** A value as it is typed. */
export function writeParameter(kind: ParameterKind, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (kind === 'yaml') return writeFragment(value).trimEnd()
  if (Array.isArray(value)) return value.map(String).join(separators[kind] ?? ' ')
  // in quotes: text that looks like a number stays text
  if (kind === 'scalar' && typeof value === 'string' && readScalar(value) !== value) return JSON.stringify(value)
  return typeof value === 'object' ? writeFragment(value).trimEnd() : String(value)
}

const isNumeral = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text)

/** A number where one was typed; else the text itself, so that the exercise's own schema names what is wrong. */
export const asNumber = (text: string): number | string => (isNumeral(text) ? Number(text) : text)

export const splitWords = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '')

/** The same for a parameter whose value may be an empty list that is meant: `[]`, for nothing typed is nothing asked for. */
export const writeValue = ({ kind, hasDefault }: Pick<Parameter, 'kind' | 'hasDefault'>, value: unknown): string =>
  Array.isArray(value) && value.length === 0 && !hasDefault ? emptyList : writeParameter(kind, value)

const emptyList = '[]'

/** What was typed as the value that the schema takes; what cannot be one stays text, so that the schema names it. */
export function parseParameter(parameter: Parameter, text: string): unknown {
  const { kind, values } = parameter
  if (kind === 'number') return asNumber(text)
  if (kind === 'choice') return values.includes('true') && (text === 'true' || text === 'false') ? text === 'true' : text
  if ((kind === 'words' || kind === 'lines') && text.trim() === emptyList) return []
  if (kind === 'scalar') return readScalar(text)
  if (kind === 'words') return splitWords(text).map((word) => (parameter.hasNumbers ? asNumber(word) : word))
  if (kind === 'lines')
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  if (kind !== 'yaml') return text
  const read = readFragment(text)
  return 'value' in read ? read.value : text
}
