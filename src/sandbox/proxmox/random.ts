import { createHash, randomBytes } from 'node:crypto'

/** Repeatable numbers in [0, 1) for a seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A MAC in Proxmox's own prefix. Never repeatable: two clones must differ. */
export const newMac = (): string =>
  `BC:24:11:${[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':')}`

export const sha1 = (content: string): string => createHash('sha1').update(content).digest('hex')
