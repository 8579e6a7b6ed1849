const parts: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
}

const localPattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::\d{2})?$/

/** The clock on the wall of the zone, as the milliseconds it would have in UTC. */
function wallClock(ms: number, timeZone: string): number {
  const named = new Map(
    new Intl.DateTimeFormat('en-GB', { ...parts, timeZone }).formatToParts(new Date(ms)).map(({ type, value }) => [type, Number(value)]),
  )
  const of = (type: Intl.DateTimeFormatPartTypes) => named.get(type) ?? 0
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
}

/**
 * What an `<input type="datetime-local">` holds, read in a time zone. A time that the clock skips in spring becomes the one an hour later.
 * @returns ISO 8601 in UTC, or undefined for what is no date and time
 */
export function fromLocalTime(local: string, timeZone: string): string | undefined {
  const match = localPattern.exec(local)
  const wanted = match ? Date.parse(`${local.slice(0, 16)}:00Z`) : Number.NaN
  if (Number.isNaN(wanted)) return undefined
  const first = wanted - (wallClock(wanted, timeZone) - wanted)
  const second = first - (wallClock(first, timeZone) - wanted)
  return new Date(second).toISOString()
}

/** A time as an `<input type="datetime-local">` takes it, in the zone. */
export const toLocalTime = (iso: string, timeZone: string): string =>
  new Date(wallClock(Date.parse(iso), timeZone)).toISOString().slice(0, 16)
