import { BlockList, isIP } from 'node:net'
import { isCidr } from '../config.ts'

/** What was typed, one range or address a line (or parted by commas), in prefix notation. */
export function readRanges(text: string): { readonly ranges: readonly string[]; readonly wrong: readonly string[] } {
  const typed = text.split(/[\s,;]+/).filter((part) => part !== '')
  const ranges = [...new Set(typed.map(withPrefix))]
  return { ranges, wrong: ranges.filter((range) => !isCidr(range)) }
}

function withPrefix(part: string): string {
  const version = isIP(part)
  if (version === 0) return part
  return `${part}/${version === 4 ? 32 : 128}`
}

/** True for an address in one of the ranges. No range lets everybody in. Compared as addresses: `::ffff:10.0.0.5` is 10.0.0.5. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  if (ranges.length === 0) return true
  const bare = address.replace(/%.*$/, '')
  const version = isIP(bare)
  if (version === 0) return false
  const list = new BlockList()
  for (const range of ranges) {
    const [prefix = '', length = ''] = range.split('/')
    list.addSubnet(prefix, Number(length), isIP(prefix) === 4 ? 'ipv4' : 'ipv6')
  }
  return list.check(bare, version === 4 ? 'ipv4' : 'ipv6')
}
