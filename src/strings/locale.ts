import { AsyncLocalStorage } from 'node:async_hooks'

/** Languages that are complete; the first is what programs, the shell and the log get. */
export const locales = ['en', 'pt'] as const
export type Locale = (typeof locales)[number]

const current = new AsyncLocalStorage<Locale>()

/** Everything that `run` begins speaks this language, also what it awaits. */
export const runInLocale = <Result>(locale: Locale, run: () => Result): Result => current.run(locale, run)

/** The language of who asked; the default outside a request. */
export const currentLocale = (): Locale => current.getStore() ?? 'en'

/** How numbers, dates and plurals are written: as in Europe, the day before the month and the clock with 24 hours. */
export const formatTags: Readonly<Record<Locale, string>> = { en: 'en-GB', pt: 'pt-PT' }
