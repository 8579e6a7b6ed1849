import { isAddress } from '../../addresses.ts'
import { parseAsPath } from '../../as-number.ts'
import type { BgpPath } from '../../command-modules/bgp-prefix.ts'
import type { Observation } from '../../observation.ts'
import type { Unreadable } from '../../platform.ts'
import { parsePrefix, samePrefix } from '../../values.ts'
import { readBgpOrigin, readCommunities } from './bgp-words.ts'
import { linesOf, unknownAnswer } from './reading.ts'

/** One prefix of the BGP table as IOS and NX-OS print it. Fixtures: cisco_ios/bgp_prefix, cisco_nxos/bgp_prefix. */

const entryLine = /^\s*BGP routing table entry for (\S+), version /
const countLine = /^\s*Paths: \((\d+) available/
/** `10.3.3.3 (metric 21) from 10.6.6.6 (10.6.6.6)`: next hop, notes on it, neighbour, its router id. */
const headLine = /^\s*([\da-fA-F.:]+)(?: \([^)]*\))* from ([\da-fA-F.:]+) \([^)]*\)$/
/** NX-OS names the path; IOS puts it bare, on the line before the next hop, with notes behind a comma. */
const namedAsPath = /^\s*AS-Path: (.*?) ?, path /
const originLine = /^\s*Origin (\w+|\?), (.*)$/
const communityLine = /^\s*(?:Large )?Community: (.+)$/
const listLine = /^\s*(?:\d+(?::\d+){0,2}|[a-z]+(?:-[a-z]+)+|internet)(?:\s+(?:\d+(?::\d+){0,2}|[a-z]+(?:-[a-z]+)+|internet))*$/

interface Block {
  readonly nextHop: string
  readonly from: string
  /** What stands between the path before and this next hop. */
  readonly before: readonly string[]
  readonly after: readonly string[]
}

function blocksOf(lines: readonly string[]): Block[] {
  const heads = lines.flatMap((line, index) => (headLine.test(line) ? [index] : []))
  return heads.map((at, index) => {
    const [, nextHop = '', from = ''] = headLine.exec(lines[at] ?? '') ?? []
    const before = lines.slice((heads[index - 1] ?? -1) + 1, at)
    return { nextHop, from, before, after: lines.slice(at + 1, heads[index + 1] ?? lines.length) }
  })
}

/** The AS path without what IOS says of the path behind a comma; `Local` and `NONE` are empty ones. */
function asPathOf({ before }: Block): readonly (number | string)[] | undefined {
  const named = before.flatMap((line) => namedAsPath.exec(line)?.[1] ?? []).at(-1)
  const text = named ?? before.at(-1)?.trim().replace(/, .*$/, '') ?? ''
  return /^(?:Local|NONE)$/.test(text) ? [] : parseAsPath(text)
}

const numberAfter = (text: string, word: string): number | null => {
  const found = new RegExp(`(?:^|, )${word} (\\d+)(?:,|$)`).exec(text)?.[1]
  return found === undefined ? null : Number(found)
}

/** Long lists go on in the next lines. */
function communitiesOf({ after }: Block): string[] {
  const found: string[] = []
  let isList = false
  for (const line of after) {
    const list: string | undefined = communityLine.exec(line)?.[1] ?? (isList && listLine.test(line) ? line : undefined)
    isList = list !== undefined
    if (list !== undefined) found.push(...readCommunities(list))
  }
  return found
}

function readBlock(block: Block): BgpPath | undefined {
  const asPath = asPathOf(block)
  const origin = block.after.flatMap((line) => originLine.exec(line) ?? [])
  const attributes = origin[2] ?? ''
  if (asPath === undefined || origin.length !== 3) return undefined
  const isOwn = block.from === '0.0.0.0' || block.from === '::'
  return {
    from: isOwn ? null : block.from,
    isBest: /(?:^|, )best(?:,|$)/.test(attributes) || block.before.some((line) => /^\s*Path type: .*\bis best path\b/.test(line)),
    nextHops: isAddress(block.nextHop) ? [block.nextHop] : [],
    asPath,
    localPref: numberAfter(attributes, 'localpref'),
    med: numberAfter(attributes, 'metric') ?? numberAfter(attributes, 'MED'),
    origin: readBgpOrigin(origin[1] ?? ''),
    communities: communitiesOf(block),
  }
}

/** A path that inbound soft reconfiguration only keeps is in no table. */
const isKeptOnly = ({ before }: Block): boolean => before.some((line) => /\(received-only\)/.test(line))

/**
 * Reads the paths to exactly this prefix.
 * @returns unreadable where their number is not the one that the entry names, or one of them is not understood
 */
export function readBgpEntry(answer: Observation, prefix: string): readonly BgpPath[] | Unreadable {
  const lines = linesOf(answer).filter((line) => line.trim() !== '')
  const starts = lines.flatMap((line, index) => (entryLine.test(line) ? [index] : []))
  const wanted = parsePrefix(prefix)
  const at = starts.find((start) => {
    const shown = parsePrefix(entryLine.exec(lines[start] ?? '')?.[1] ?? '')
    return wanted !== undefined && shown !== undefined && samePrefix(wanted, shown)
  })
  if (at === undefined) return starts.length > 0 || /^% ?Network not in table/m.test(answer.text) ? [] : unknownAnswer(answer)
  const entry = lines.slice(at + 1, starts[starts.indexOf(at) + 1] ?? lines.length)
  const blocks = blocksOf(entry)
  const count = entry.flatMap((line) => countLine.exec(line)?.[1] ?? [])[0]
  const paths = blocks.filter((block) => !isKeptOnly(block)).map(readBlock)
  const known = paths.flatMap((path) => path ?? [])
  return blocks.length === Number(count) && known.length === paths.length ? known : unknownAnswer(answer)
}
