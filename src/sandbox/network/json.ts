/** Readers for JSON-able values from outside (node properties, saved run-time states): wrong types become the fallback. */
export interface Fields {
  has(name: string): boolean
  text(name: string, fallback?: string): string
  number(name: string, fallback?: number): number
  flag(name: string): boolean
  list(name: string): readonly unknown[]
  texts(name: string): string[]
  fields(name: string): Fields
  raw(name: string): unknown
  names(): string[]
}

export function fieldsOf(value: unknown): Fields {
  const map: ReadonlyMap<string, unknown> = new Map(value !== null && typeof value === 'object' ? Object.entries(value) : [])
  const list = (name: string): readonly unknown[] => {
    const found = map.get(name)
    return Array.isArray(found) ? found : []
  }
  return {
    has: (name) => map.has(name),
    raw: (name) => map.get(name),
    names: () => [...map.keys()],
    text: (name, fallback = '') => {
      const found = map.get(name)
      return typeof found === 'string' ? found : fallback
    },
    number: (name, fallback = 0) => {
      const found = map.get(name)
      return typeof found === 'number' ? found : fallback
    },
    flag: (name) => map.get(name) === true,
    list,
    texts: (name) => list(name).filter((each): each is string => typeof each === 'string'),
    fields: (name) => fieldsOf(map.get(name)),
  }
}
