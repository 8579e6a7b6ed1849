import { hash, verify } from '@node-rs/argon2'

const minimumLength = 10
/** Hashing runs on libuv's threads, off the event loop; more than this at once only takes memory (19 MiB each). */
const concurrency = 2
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

let active = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (active >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve))
  active += 1
  try {
    return await work()
  } finally {
    active -= 1
    waiting.shift()?.()
  }
}

export const minimumPasswordLength = minimumLength

/** argon2id, with its parameters and salt in the text. */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password, parameters))

/** A hash of nothing, so that an unknown name takes as long as a wrong password. */
let decoy: Promise<string> | undefined

/** False for a missing hash too, after the same time. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('decoy')
  const reference = stored ?? (await decoy)
  const matches = await inTurn(() => verify(reference, password))
  return stored !== null && matches
}
