import { setTimeout as pause } from 'node:timers/promises'

/** Looks again and again until there is something. @throws Error after the deadline */
export async function waitUntil<T>(what: string, look: () => Promise<T | undefined>, deadlineMs: number): Promise<T> {
  const until = performance.now() + deadlineMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined) return seen
    if (performance.now() > until) throw new Error(`waited ${deadlineMs / 1_000} s in vain for ${what}`)
    await pause(10)
  }
}

/** True once an address answers 200. */
export const answers = async (url: string): Promise<true | undefined> => {
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.ok || undefined
  } catch (error) {
    if (error instanceof TypeError) return undefined // nobody listens yet
    throw error
  }
}
