import { currentLocale, formatTags, type Translate } from '../strings/index.ts'

/** How values are written on pages: given the same language, zone and value, the same words. */
export interface ViewFilters {
  /** "Fri 4 Dec, 18:00" in the zone. */
  dateTime(iso: string, timeZone: string): string
  /** "18:00:31" in the zone. */
  clockTime(iso: string, timeZone: string): string
  /** "Friday 4 December 2026 at 18:00:31 GMT": the absolute time, for `title`. */
  fullTime(iso: string, timeZone: string): string
  /** Milliseconds as "0.4 s", "12 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". */
  duration(ms: number): string
  /** "3", "2.5": at most two decimals. */
  points(value: number): string
  /** Bytes as "17 kB". */
  fileSize(bytes: number): string
  /** A share of 1 as "83 %". */
  percent(share: number): string
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

type Style = Intl.DateTimeFormatOptions

const shortStyle: Style = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }
const clockStyle: Style = { hour: '2-digit', minute: '2-digit', second: '2-digit' }
const fullStyle: Style = { dateStyle: 'full', timeStyle: 'long' }

/** Formatters cost far more than formatting: one per style, zone and language is kept. */
function createTimeFormat(): (style: Style, name: string, iso: string, timeZone: string) => string {
  const formats = new Map<string, Intl.DateTimeFormat>()
  return (style, name, iso, timeZone) => {
    const tag = formatTags[currentLocale()]
    const key = `${name} ${timeZone} ${tag}`
    const format = formats.get(key) ?? new Intl.DateTimeFormat(tag, { ...style, timeZone })
    formats.set(key, format)
    return format.format(new Date(iso))
  }
}

function createDuration(t: Translate): (ms: number) => string {
  return (ms) => {
    if (ms < 10 * second) return t('pages.units.seconds', { value: (ms / second).toFixed(1).replace(/\.0$/, '') })
    const seconds = Math.round(ms / second)
    if (seconds < 60) return t('pages.units.seconds', { value: seconds })
    if (ms < hour) return t('pages.units.minutes', { minutes: Math.floor(seconds / 60), seconds: seconds % 60 })
    const minutes = Math.round(ms / minute)
    if (ms >= 2 * day) return t('pages.units.days', { days: Math.floor(minutes / 1_440), hours: Math.floor((minutes % 1_440) / 60) })
    return t('pages.units.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
  }
}

function createFileSize(t: Translate): (bytes: number) => string {
  return (bytes) => {
    if (bytes < 1000) return t('pages.units.bytes', { value: bytes })
    if (bytes < 1_000_000) return t('pages.units.kilobytes', { value: Math.round(bytes / 1000) })
    if (bytes < 1_000_000_000) return t('pages.units.megabytes', { value: (bytes / 1_000_000).toFixed(1) })
    return t('pages.units.gigabytes', { value: (bytes / 1_000_000_000).toFixed(1) })
  }
}

/** The filters, for the language of who asks. @throws RangeError for a zone that does not exist or a time that is none */
export function createViewFilters(t: Translate): ViewFilters {
  const format = createTimeFormat()
  const numbers = {
    en: new Intl.NumberFormat(formatTags.en, { maximumFractionDigits: 2 }),
    pt: new Intl.NumberFormat(formatTags.pt, { maximumFractionDigits: 2 }),
  }
  return {
    dateTime: (iso, timeZone) => format(shortStyle, 'short', iso, timeZone),
    clockTime: (iso, timeZone) => format(clockStyle, 'clock', iso, timeZone),
    fullTime: (iso, timeZone) => format(fullStyle, 'full', iso, timeZone),
    duration: createDuration(t),
    points: (value) => numbers[currentLocale()].format(value),
    fileSize: createFileSize(t),
    percent: (share) => t('pages.units.percent', { value: Math.round(share * 100) }),
  }
}
