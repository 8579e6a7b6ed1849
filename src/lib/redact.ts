/** Names under which secrets stand, however they are written: `password`, `ENABLE_PASSWORD`, `x-csrf-token`, `PVEAuthCookie`. */
const secretName = /(?:password|passwd|secrets?|token|ticket|csrf|cookies?|authorization|(?:secret|session|private)key)$/
const isSecretName = (name: string): boolean => secretName.test(name.toLowerCase().replace(/[-_]/g, ''))

const censor = '[redacted]'
/** Deeper than anything we log on purpose; what is deeper is left out. */
const maxDepth = 8

/** `?token=...` in an address is a secret too. */
export const redactText = (text: string): string => text.replace(/([?&](?:token|ticket|password|csrf)=)[^&\s"']*/gi, `$1${censor}`)

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** A copy without secrets: by name at any depth of plain objects and lists, and in addresses. Other objects are handed on as they are. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= maxDepth) return '[deeper]'
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  return isPlain(value) ? redactFields(value, depth) : value
}

/** As `redact`, for the own fields of any object. */
export function redactFields(value: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]: [string, unknown]) => {
      const isSecret = isSecretName(name) && (typeof field === 'string' || typeof field === 'object') && field !== null
      return [name, isSecret ? censor : redact(field, depth + 1)]
    }),
  )
}
