import { z } from 'zod'
import { commandModules } from './command-modules/index.ts'
import { exerciseSchema } from './exercise-definition.ts'
import { toSnake } from './exercise-file.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const jsonSchema: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(jsonSchema), z.record(z.string(), jsonSchema)]),
)

/** Renames the keys of `properties` and `required`, which are the model's, to the file's. */
function inSnakeCase(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(inSnakeCase)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === 'properties' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return [key, Object.fromEntries(Object.entries(value).map(([name, part]) => [toSnake(name), inSnakeCase(part)]))]
      }
      if (key === 'required' && Array.isArray(value)) return [key, value.map((name) => (typeof name === 'string' ? toSnake(name) : name))]
      return [key, inSnakeCase(value)]
    }),
  )
}

const generate = (schema: z.ZodType): Json => jsonSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))

const withoutDialect = (schema: Json): Json => {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'))
}

/** JSON Schema of the exercise file, for editors: `params` by kind of check. */
export function exerciseJsonSchema(): Json {
  const whole = inSnakeCase(generate(exerciseSchema))
  const kinds = commandModules.map((module) => ({
    if: { properties: { module: { const: module.name } } },
    // biome-ignore lint/suspicious/noThenProperty: a key of JSON Schema
    then: { properties: { params: inSnakeCase(withoutDialect(generate(module.params))) } },
  }))
  const addKinds = (schema: Json): Json => {
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema
    const { properties } = schema
    if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return schema
    const { criteria } = properties
    if (typeof criteria !== 'object' || criteria === null || Array.isArray(criteria)) return schema
    const { items } = criteria
    if (typeof items !== 'object' || items === null || Array.isArray(items)) return schema
    return { ...schema, properties: { ...properties, criteria: { ...criteria, items: { ...items, allOf: kinds } } } }
  }
  return addKinds(whole)
}
