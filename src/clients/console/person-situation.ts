import type { PlatformDefinition } from './platform-definition.ts'
import { readSituation } from './situation.ts'

/**
 * What the last line of a console says to somebody who wants to type the next of several lines: `ready` for a prompt, `perhaps` for what
 * looks like one or asks something, `pager` when a key is wanted to go on, `busy` otherwise.
 */
export type PersonSituation = 'ready' | 'perhaps' | 'pager' | 'busy'

const anyPager = /^\s*-+ ?[Mm]ore ?-+|\(END\)\s*$/u
/** A prompt of any system (`R1(config)# `, `root@h1:~$ `, `PC1> `), or a question (`Password: `, `[confirm]`, `Destination filename []? `). */
const looksLikeOne = /[>#$%:?\]] ?$/u
const longestPrompt = 160

/** @param platform of the device; null where nobody said */
export function readForPerson(platform: PlatformDefinition | null, tail: string): PersonSituation {
  const situation = platform === null ? { kind: 'unknown' as const } : readSituation(platform, tail)
  if (situation.kind === 'pager' || anyPager.test(tail)) return 'pager'
  if (situation.kind === 'prompt' || situation.kind === 'continuation') return 'ready'
  return tail.trim() !== '' && tail.length <= longestPrompt && looksLikeOne.test(tail) ? 'perhaps' : 'busy'
}
