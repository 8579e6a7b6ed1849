import type { Services } from '../services.ts'

export interface Waiting {
  readonly signal: AbortSignal
  readonly deadlineMs: number
}

/** Looks whenever something changed, until there is an answer. @throws Error after the deadline, the signal's reason, whatever `look` throws */
export function until<T>(
  { events, clock }: Pick<Services, 'events' | 'clock'>,
  what: string,
  look: () => T | undefined,
  { signal, deadlineMs }: Waiting,
): Promise<T> {
  const ending = new AbortController()
  return new Promise<T>((resolve, reject) => {
    const check = () => {
      try {
        const seen = look()
        if (seen !== undefined) resolve(seen)
      } catch (error) {
        reject(error)
      }
    }
    ending.signal.addEventListener('abort', events.subscribe(check))
    clock.sleep(deadlineMs, AbortSignal.any([signal, ending.signal])).then(
      () => reject(new Error(`waited ${deadlineMs} ms in vain for ${what}`)),
      (reason: unknown) => reject(reason),
    )
    check()
  }).finally(() => ending.abort())
}
