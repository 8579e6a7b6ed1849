import type { Sentence, SentenceValue } from '../lib/sentence.ts'
import { en } from './en/index.ts'
import { currentLocale, formatTags, type Locale } from './locale.ts'
import { pt } from './pt/index.ts'

/**
 * The string catalogue: every sentence that a person reads, by dotted key. `{name}` is replaced, by words where the value is a
 * sentence itself, by all with commas where it is a list; a message with plural forms is an
 * object with `one` and `other`, chosen by the value `count`.
 */
export type Message = string | { readonly one: string; readonly other: string }
export interface Messages {
  readonly [key: string]: Message | Messages
}
export type MessageValues = Readonly<Record<string, SentenceValue | null | undefined>>
export type Translate = (key: string, values?: MessageValues) => string
export { currentLocale, formatTags, type Locale, locales, runInLocale } from './locale.ts'

const catalogues: Record<Locale, Messages> = { en, pt }

const isMessage = (entry: Message | Messages): entry is Message =>
  typeof entry === 'string' || (typeof entry.one === 'string' && typeof entry.other === 'string')

function findMessage(messages: Messages, key: string): Message | undefined {
  let entry: Message | Messages | undefined = messages
  for (const part of key.split('.')) {
    if (entry === undefined || isMessage(entry)) return undefined
    entry = Object.hasOwn(entry, part) ? entry[part] : undefined
  }
  return entry !== undefined && isMessage(entry) ? entry : undefined
}

/** True when there is a message under this key; all catalogues have the same keys (the type checker sees to it). */
export const hasMessage = (key: string): boolean => findMessage(catalogues.en, key) !== undefined

/**
 * A translator into the language of who asks at the time (`runInLocale`).
 * @throws Error for a key that does not exist: a missing sentence is a bug that a test must find
 */
export function createTranslator(): Translate {
  const inLanguage: Record<Locale, Translate> = { en: translateInto('en'), pt: translateInto('pt') }
  return (key, values) => inLanguage[currentLocale()](key, values)
}

function translateInto(locale: Locale): Translate {
  const plural = new Intl.PluralRules(formatTags[locale])
  // a page has some hundred sentences: each is looked up once
  const found = new Map<string, Message>()
  const translate: Translate = (key, values = {}) => {
    const message = found.get(key) ?? findMessage(catalogues[locale], key)
    if (message === undefined) throw new Error(`no message "${key}" in the ${locale} catalogue`)
    found.set(key, message)
    const chosen = typeof message === 'string' ? message : message[plural.select(Number(values.count)) === 'one' ? 'one' : 'other']
    if (!chosen.includes('{')) return chosen
    return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name]
      return value === undefined || value === null ? whole : wordsOf(value, translate)
    })
  }
  return translate
}

/** Turns a sentence into words; one that a newer version stored and this one does not know is shown by its key. */
export const sentenceText = ({ key, values }: Sentence, t: Translate): string => (hasMessage(key) ? t(key, values) : key)

function wordsOf(value: SentenceValue, t: Translate): string {
  if (typeof value !== 'object') return String(value)
  return 'key' in value ? sentenceText(value, t) : value.map((part) => wordsOf(part, t)).join(', ')
}
