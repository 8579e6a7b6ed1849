import { isIPv4, isIPv6 } from 'node:net'

/** IPv4 as a number, for comparing by value; undefined for anything else. */
export function ipv4ToNumber(text: string): number | undefined {
  if (!isIPv4(text)) return undefined
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

export const isAddress = (text: string): boolean => isIPv4(text) || isIPv6(text)

/** An address in the one form it is compared in: IPv6 compressed and lower case, IPv4 as it is. */
export function canonicalAddress(text: string): string {
  return isIPv6(text) ? new URL(`http://[${text.split('%')[0] ?? text}]/`).hostname.slice(1, -1) : text
}

export const sameAddress = (one: string, other: string): boolean =>
  isAddress(one) && isAddress(other) && canonicalAddress(one) === canonicalAddress(other)

/** True when the IPv4 address lies in the network that `address/prefixLength` is part of. */
export function isInNetwork(candidate: string, address: string, prefixLength: number): boolean {
  const one = ipv4ToNumber(candidate)
  const other = ipv4ToNumber(address)
  if (one === undefined || other === undefined) return false
  const size = 2 ** (32 - prefixLength)
  return Math.floor(one / size) === Math.floor(other / size)
}
