import { currentLocale } from '../strings/index.ts'

/** What an import of components gives: macros by name. The same object for each page (see views.ts), another once the file is loaded again. */
type Macros = Readonly<Record<string, ((...values: readonly unknown[]) => unknown) | undefined>>

/** Markup is a String object with Nunjucks; the values of a page never are. */
const isMarkup = (value: unknown) => value instanceof String

/** Characters of markup and keys: a student in a lab has some 25,000. */
const defaultLimit = 32_000_000

/**
 * Renders sections of pages, each once as long as what it is made of is the same. An event makes every page that shows its topic ask for
 * itself again, and most of its sections are as they were (docs/decisions/0040). The key holds everything that the macro is given, and the
 * language: what differs by a letter, in the token of another session too, is another section.
 * @param limit characters that are kept at most; what was not asked for longest goes first
 */
export function createKeptSections(limit = defaultLimit) {
  const kept = new Map<string, string>()
  const numbers = new WeakMap<Macros, number>()
  let size = 0
  let loaded = 0

  function numberOf(macros: Macros): number {
    const known = numbers.get(macros)
    if (known !== undefined) return known
    loaded += 1
    numbers.set(macros, loaded)
    return loaded
  }

  function keep(key: string, markup: string): void {
    kept.set(key, markup)
    size += key.length + markup.length
    for (const [oldest, its] of kept) {
      if (size <= limit) return
      kept.delete(oldest)
      size -= oldest.length + its.length
    }
  }

  function renderAnew(macros: Macros, name: string, values: readonly unknown[]): string {
    const macro = macros[name]
    if (macro === undefined) throw new Error(`no macro "${name}"`)
    return String(macro(...values))
  }

  return {
    /** Markup of `macros.name(...values)`. @throws Error when there is no such macro, or a value is markup */
    render(macros: Macros, name: string, ...values: readonly unknown[]): string {
      // in a key, markup cannot be told from the text that it is written with
      if (values.some(isMarkup)) throw new Error(`${name}: a kept section is made of values, not of markup`)
      const key = `${numberOf(macros)} ${name} ${currentLocale()} ${JSON.stringify(values)}`
      const before = kept.get(key)
      if (before !== undefined) kept.delete(key)
      const markup = before ?? renderAnew(macros, name, values)
      if (before === undefined) keep(key, markup)
      else kept.set(key, before)
      return markup
    },
  }
}
