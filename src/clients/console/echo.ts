import type { PlatformDefinition } from './platform-definition.ts'
import { isNoise } from './situation.ts'

const withoutBlanks = (text: string) => text.replace(/\s+/gu, '')

/** ESC sequences (CSI, OSC, two-character ones): never part of an echo. */
const escapeSequence = /^\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])/u

/**
 * True when the typed line came back, blanks aside. Readline's wrap artefact (`c CR c` at the edge of the real terminal, which we cannot
 * widen on a shared pty: capture frr/long_line) and control sequences do not matter.
 */
export function isEchoed(raw: string, typed: string): boolean {
  const wanted = withoutBlanks(typed)
  if (wanted === '') return true
  const seen = visible(raw)
  return (
    seen.includes(wanted) ||
    seen
      .replace(/(.)\r+\1/gu, '$1')
      .replace(/\r/gu, '')
      .includes(wanted)
  )
}

function visible(raw: string): string {
  let out = ''
  for (let index = 0; index < raw.length; index += 1) {
    const char = raw[index] ?? ''
    if (char === '\x1b') {
      index += Math.max(0, (escapeSequence.exec(raw.slice(index, index + 256))?.[0].length ?? 1) - 1)
      continue
    }
    if (char === '\r' || char > ' ') out += char
  }
  return out
}

/**
 * Index of the line that holds the echo; -1 when no line does. A long echo may take several lines on a terminal narrower than ours.
 */
export function findEchoLine(lines: readonly string[], typed: string): number {
  const wanted = withoutBlanks(typed)
  return lines.findIndex((line) => withoutBlanks(line).includes(wanted))
}

/** The echo with log lines cut into it: found when the lines that the device says by itself are taken out. */
export function isEchoedAmongNoise(platform: PlatformDefinition, lines: readonly string[], typed: string): boolean {
  const calm = lines.filter((line) => !isNoise(platform, line))
  return withoutBlanks(calm.join('')).includes(withoutBlanks(typed))
}
