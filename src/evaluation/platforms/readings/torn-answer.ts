import type { Observation } from '../../observation.ts'
import { type Unreadable, unreadable } from '../../platform.ts'

/**
 * Heads that a device prints at most once in an answer, each seen so in the fixtures of its platform: a second one begins something that
 * somebody put there. Tables that repeat their heads (NX-OS by OSPF process and VRF, switch ports) count what stands in them instead.
 */
const heads: readonly RegExp[] = [
  /^Protocol\s+Address\s+Age/,
  /^Address\s+Age\s/,
  /^MAC Address\s+Address\b/,
  /^Interface\s+Neighbor\b/,
  /^IP ARP Table for /,
  /^Interface\s+IP-Address\s/,
  /^Interface\s+Admin\s+Link\s+Proto/,
  /^Interface\s+Status\s+VRF/,
  /^IP Interface Status for VRF "default"/,
  /^VLAN\s+Name\s+Status\b/,
  /^Vlan\s+Mac Address\s/i,
  /^Neighbor ID\s+Pri\s+(?:VRF\s+)?State\b(?!.*Up Time)/,
  /^Address\s+Interface\s+State/,
  /^Neighbor\s+V\s+AS\s/,
  /^Peer\s+AS\s/,
  /^BGP routing table entry for /,
  /^Routing entry for /,
  /^System Id\s/,
  /^Interface\s+System\s/,
  /^IP address\s+Session Id/,
  /^Pro\s+Inside global/,
  /^Host\s+Address\s/,
  /^Active Internet connections/,
  /^\s*PID\s+\S+\s/,
  /^Sending \d+, \d+-byte ICMP Echos/,
  /^Success rate is /,
  /^PING \S+ /,
  /^\d+ packets transmitted, /,
  /^(?:Tracing the route|traceroute to|trace to) /,
]

const withoutBlanks = (text: string): string => text.replace(/\s+/g, '')

/** Behind a line that it refuses, IOS prints the line again, with a mark below it. */
const isMark = (line: string | undefined): boolean => line !== undefined && /^\s*\^/.test(line)

const beginning = 3

/** A router with several IS-IS processes prints a table for each, below its name. */
const tagLine = /^Tag \S+:$/

/** Lines that begin something a second time. */
function headsAgain(lines: readonly string[], head: RegExp): string[] {
  const places = lines.flatMap((line, index) => (head.test(line) ? [index] : []))
  const isNamed = (at: number): boolean => tagLine.test(lines[at - 1] ?? '') && lines.indexOf(lines[at - 1] ?? '') === at - 1
  const stray = places.filter((at) => !isNamed(at))
  return (stray.length < places.length ? stray : stray.slice(1)).flatMap((at) => lines[at] ?? [])
}

/** What an answer begins with comes again: all of it stands there twice. */
function beginsAgain(lines: readonly string[]): string | undefined {
  const said = lines.filter((line) => line.trim() !== '')
  const head = said.slice(0, Math.min(beginning, Math.floor(said.length / 2)))
  if (head.length < 2) return undefined
  const again = said.findIndex((_, at) => at > 0 && head.every((line, index) => said[at + index] === line))
  return again === -1 ? undefined : said[again]
}

/**
 * Why an answer must not be believed: its head, its beginning or our own command stands in it a second time.
 * @returns null when nothing of that is seen
 */
export function torn({ device, command, text }: Observation): Unreadable | null {
  const lines = text.split('\n').map((line) => line.trimEnd())
  const asked = withoutBlanks(command)
  const again = heads.flatMap((head) => headsAgain(lines, head))
  const echoes = lines.filter((line, index) => withoutBlanks(line) === asked && !isMark(lines[index + 1]))
  const typed = [...again, ...echoes, ...[beginsAgain(lines) ?? []].flat()][0]
  return typed === undefined ? null : unreadable('CONSOLE_DISTURBED', 'lab', { device, typed: typed.trim().slice(0, 120) })
}

/** A table names each of its things once: two rows of one name cannot both be the device's. */
export const allDiffer = (names: readonly string[]): boolean => new Set(names).size === names.length
