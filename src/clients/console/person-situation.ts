import type { PlatformDefinition } from './platform-definition.ts'
import { isNoise, readSituation } from './situation.ts'

/**
 * What the last line of a console says to somebody who wants to type the next of several lines: `ready` for a prompt, `perhaps` for what
 * looks like one or asks something, `pager` when a key is wanted to go on, `busy` otherwise.
 */
export type PersonSituation = 'ready' | 'perhaps' | 'pager' | 'busy'

const anyPager = /^\s*-+ ?[Mm]ore ?-+|\(END\)\s*$/u
/** A prompt of any system (`R1(config)# `, `root@h1:~$ `, `PC1> `), or a question (`Password: `, `[confirm]`, `Destination filename []? `). */
const looksLikeOne = /[>#$%:?\]] ?$/u
const longestPrompt = 160
/** A log line as routers and switches of most makes print it; what a platform's own lines look like is in its file. */
const anyLogLine = /%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+:/u
const logPart = new RegExp(String.raw`\*?(?:[A-Z][a-z]{2} +)?[\d :.]*${anyLogLine.source}.*$`, 'u')
const promptOfAny = /^\S{1,60}[>#$] ?$/u
const sequences = /\x1b(?:\[[^@-~]*[@-~]|[()*+#]?.)/gu

/**
 * True when the device showed its prompt and then nothing but log lines, which do not draw it again: it listens all the same.
 * @param printed what came since the last line was typed
 */
function isPromptBuried(platform: PlatformDefinition | null, printed: string): boolean {
  const isPrompt = (line: string) => (platform === null ? promptOfAny.test(line) : readSituation(platform, line).kind === 'prompt')
  const isLog = (line: string) => anyLogLine.test(line) || (platform !== null && isNoise(platform, line))
  const lines = printed
    .replace(sequences, '')
    .split('\n')
    .map((line) => line.replaceAll('\r', ''))
    .filter((line) => line.trim() !== '')
  // the first log line after what the device said last may stand right behind the prompt
  const own = lines.findLastIndex((line) => !isLog(line) || isPrompt(line.replace(logPart, '')))
  const shown = lines[own]
  if (shown === undefined || (own === lines.length - 1 && !isLog(shown))) return false
  return isPrompt(shown.replace(logPart, ''))
}

/**
 * @param platform of the device; null where nobody said
 * @param printed what came since the last line was typed
 */
export function readForPerson(platform: PlatformDefinition | null, tail: string, printed = ''): PersonSituation {
  const situation = platform === null ? { kind: 'unknown' as const } : readSituation(platform, tail)
  if (situation.kind === 'pager' || anyPager.test(tail)) return 'pager'
  if (situation.kind === 'prompt' || situation.kind === 'continuation') return 'ready'
  if (isPromptBuried(platform, printed)) return 'ready'
  return tail.trim() !== '' && tail.length <= longestPrompt && looksLikeOne.test(tail) ? 'perhaps' : 'busy'
}
