/**
 * A path into JSON: `$.a.b[0]["a key"].c`, the `$` may be left out. Each part is a key or an index; no wildcards, so a path means one value.
 * @returns undefined when the text is no such path
 */
export function parseJsonPath(text: string): readonly (string | number)[] | undefined {
  const parts: (string | number)[] = []
  let rest = text.startsWith('$') ? text.slice(1) : `.${text}`
  if (rest.startsWith('.[')) rest = rest.slice(1)
  while (rest !== '') {
    const match = /^(?:\.([^.[\]"'\s]+)|\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]|\['([^']*)'\])/.exec(rest)
    if (match === null) return undefined
    const [whole, name, index, doubleQuoted, quoted] = match
    parts.push(index === undefined ? (name ?? doubleQuoted?.replaceAll(/\\(.)/g, '$1') ?? quoted ?? '') : Number(index))
    rest = rest.slice(whole.length)
  }
  return parts
}

/** @returns the value, or undefined where the JSON has none there (JSON itself knows no undefined) */
export function atJsonPath(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, part) => {
    if (Array.isArray(at)) return typeof part === 'number' ? Reflect.get(at, part) : undefined
    return typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? Reflect.get(at, part) : undefined
  }, value)
}
