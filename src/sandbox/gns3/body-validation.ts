import { z } from 'zod'
import { ApiError } from './api-error.ts'
import { uuidPattern } from './body-schemas.ts'
import { type Json, type JsonObject, pythonRepr, pythonString } from './json.ts'
import type { BodySchema } from './route.types.ts'

/**
 * Checks a body as 2.2 does with JSON Schema: one message, the whole request quoted in it.
 * @throws ApiError 400
 */
export function checkBody22(schema: BodySchema, body: JsonObject, pathAndQuery: string): void {
  const problem = firstProblem(z.strictObject(optional(schema)), schema.required, body)
  if (problem)
    throw new ApiError(400, `JSON schema error with API request '${pathAndQuery}' and JSON data '${pythonRepr(body)}': ${problem}`)
}

/** The first violation in the words of Python's jsonschema, or undefined. */
export function firstProblem(schema: z.ZodType, required: readonly string[], body: JsonObject): string | undefined {
  const parsed = schema.safeParse(body)
  const issue = parsed.success ? undefined : parsed.error.issues[0]
  if (issue) return describe(issue, body)
  const missing = required.find((name) => body[name] === undefined)
  return missing === undefined ? undefined : `'${missing}' is a required property`
}

function describe(issue: z.core.$ZodIssue, body: JsonObject): string {
  const value = pythonRepr(valueAt(body, issue.path))
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map(pythonString).join(', ')
    return `Additional properties are not allowed (${names} ${issue.keys.length > 1 ? 'were' : 'was'} unexpected)`
  }
  if (issue.code === 'invalid_format' && value.length < 38) return `${value} is too short`
  if (issue.code === 'invalid_format') return `${value} does not match ${pythonString(uuidPattern.source)}`
  if (issue.code === 'invalid_value') return `${value} is not one of [${issue.values.map((name) => pythonString(String(name))).join(', ')}]`
  if (issue.code === 'too_small') return `${value} is too short`
  if (issue.code === 'invalid_type' && valueIsAbsent(body, issue.path)) return `'${String(issue.path.at(-1))}' is a required property`
  if (issue.code === 'invalid_type') return `${value} is not of type '${jsonSchemaType(issue.expected)}'`
  return `${value} is not valid under any of the given schemas`
}

const jsonSchemaType = (expected: string): string => ({ int: 'integer', record: 'object' })[expected] ?? expected

function find(body: Json, path: readonly PropertyKey[]): Json | undefined {
  let value: Json | undefined = body
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)]
    else if (value !== null && typeof value === 'object') value = value[String(key)]
  }
  return value
}

const valueAt = (body: Json, path: readonly PropertyKey[]): Json => find(body, path) ?? null

const valueIsAbsent = (body: Json, path: readonly PropertyKey[]): boolean => find(body, path) === undefined

function optional(schema: BodySchema): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(schema.shape).map(([name, type]) => [name, type.optional()]))
}

/**
 * Checks a body as 3.x does with pydantic: all problems as a Python list in `message`; unknown members are dropped.
 * @throws ApiError 422
 */
export function checkBody3(schema: BodySchema, body: JsonObject): JsonObject {
  if (schema.anyObjectIn3) return body
  const missing = schema.required.filter((name) => body[name] === undefined)
  const parsed = z.object(optional(schema)).safeParse(body)
  const wrong = parsed.success ? [] : parsed.error.issues
  if (missing.length === 0 && wrong.length === 0) return known(schema, body)
  throw validationError([
    ...missing.map((name) => `{'type': 'missing', 'loc': ('body', '${name}'), 'msg': 'Field required', 'input': ${pythonRepr(body)}}`),
    ...wrong.map((issue) => {
      const location = ['body', ...issue.path.map(String)].map(pythonString).join(', ')
      return `{'type': '${issue.code}', 'loc': (${location}), 'msg': ${pythonString(issue.message)}, 'input': ${pythonRepr(valueAt(body, issue.path))}}`
    }),
  ])
}

export const validationError = (problems: readonly string[]): ApiError => new ApiError(422, `[${problems.join(', ')}]`)

function known(schema: BodySchema, body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name in schema.shape))
}
