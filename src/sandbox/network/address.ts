/** IPv4 addresses are unsigned 32-bit numbers, MAC addresses lower-case `aa:bb:cc:dd:ee:ff`. */

export const BROADCAST_MAC = 'ff:ff:ff:ff:ff:ff'
export const BROADCAST_IP = 0xffffffff

/** Four decimal octets, nothing else; undefined when it is none. */
export function parseIp(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (match === null) return undefined
  let value = 0
  for (const part of match.slice(1)) {
    const octet = Number(part)
    if (octet > 255) return undefined
    value = value * 256 + octet
  }
  return value
}

export const formatIp = (ip: number): string => [ip >>> 24, (ip >>> 16) & 255, (ip >>> 8) & 255, ip & 255].join('.')

export const maskOf = (length: number): number => (length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0)

/** The length of a contiguous mask, else undefined. */
export function lengthOf(mask: number): number | undefined {
  const length = Math.clz32(~mask >>> 0)
  return maskOf(length) === mask >>> 0 ? length : undefined
}

export const networkOf = (ip: number, length: number): number => (ip & maskOf(length)) >>> 0

export const broadcastOf = (ip: number, length: number): number => (ip | ~maskOf(length)) >>> 0

export const contains = (network: number, length: number, ip: number): boolean => networkOf(network, length) === networkOf(ip, length)

export const isMulticast = (ip: number): boolean => ip >>> 28 === 14

export const isLoopback = (ip: number): boolean => ip >>> 24 === 127

/** `A/L`; undefined when either part is wrong. */
export function parsePrefix(text: string): { address: number; length: number } | undefined {
  const [addressText, lengthText, ...rest] = text.split('/')
  const address = parseIp(addressText ?? '')
  if (address === undefined || rest.length > 0 || lengthText === undefined || !/^\d{1,2}$/.test(lengthText)) return undefined
  const length = Number(lengthText)
  return length <= 32 ? { address, length } : undefined
}

export const formatPrefix = (prefix: { address: number; length: number }): string => `${formatIp(prefix.address)}/${prefix.length}`

export const isBroadcastMac = (mac: string): boolean => mac === BROADCAST_MAC

/** Group addresses: broadcast and multicast. */
export const isGroupMac = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1

/** IOS writes MAC addresses as `c201.404e.0000`. */
export function ciscoMac(mac: string): string {
  const hex = mac.replaceAll(':', '')
  return `${hex.slice(0, 4)}.${hex.slice(4, 8)}.${hex.slice(8, 12)}`
}

/** `c201.404e.0000` (GNS3's mac_addr property) to the colon form, plus `add` in the last bytes. */
export function macFrom(text: string, add = 0): string {
  const hex = text
    .replaceAll(/[^0-9a-fA-F]/g, '')
    .toLowerCase()
    .padStart(12, '0')
    .slice(0, 12)
  const low = (Number.parseInt(hex.slice(6), 16) + add) & 0xffffff
  const all = hex.slice(0, 6) + low.toString(16).padStart(6, '0')
  return (all.match(/../g) ?? []).join(':')
}

/** The EUI-64 link-local address of a MAC, as Linux and VPCS print it. */
export function linkLocalOf(mac: string): string {
  const bytes = mac.split(':').map((part) => Number.parseInt(part, 16))
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes
  const group = (high: number, low: number) => ((high << 8) | low).toString(16)
  return `fe80::${group(a ^ 2, b)}:${group(c, 0xff)}:${group(0xfe, d)}:${group(e, f)}`
}
