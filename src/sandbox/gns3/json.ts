import { z } from 'zod'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** Any JSON object, as it comes from a request body or from a project file. */
export const jsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), z.json())

/** The object in `value`, or undefined when it is something else. */
export function asObject(value: unknown): JsonObject | undefined {
  const parsed = jsonObjectSchema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

export const asString = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

export const asNumber = (value: Json | undefined): number | undefined => (typeof value === 'number' ? value : undefined)

/** A deep copy with sorted keys: 2.2 answers that way. */
export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]))
}

/** Python's json.dumps writes ASCII only. */
export function escapeNonAscii(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** How Python prints a value: 2.2 quotes whole requests that way in its messages, 3.x its validation errors. */
export function pythonRepr(value: Json): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return pythonString(value)
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`
  const entries = Object.entries(value).map(([key, inner]) => `${pythonString(key)}: ${pythonRepr(inner)}`)
  return `{${entries.join(', ')}}`
}

export function pythonString(text: string): string {
  const escaped = text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t')
  if (escaped.includes("'") && !escaped.includes('"')) return `"${escaped}"`
  return `'${escaped.replace(/'/g, "\\'")}'`
}
