/**
 * A parser that gives the same object for the same text, for stored JSON that is long, changes never or seldom, and is read often. What
 * it gives is shared, so nobody may change it.
 * @param keep how many texts are remembered
 */
export function rememberParsed<T>(parse: (text: string) => T, keep = 200): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const parsed = parse(text)
    if (known.size >= keep) known.clear()
    known.set(text, parsed)
    return parsed
  }
}

/**
 * A function that is computed once for the same object, as long as that object is there. For what is made of objects that never change;
 * what it gives is shared too.
 */
export function rememberFor<Key extends object, T>(make: (key: Key) => T): (key: Key) => T {
  const known = new WeakMap<Key, { readonly made: T }>()
  return (key) => {
    const before = known.get(key) ?? { made: make(key) }
    known.set(key, before)
    return before.made
  }
}
