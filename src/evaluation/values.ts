import { isIPv6 } from 'node:net'
import { z } from 'zod'
import { isRegex } from '../lib/bounded-regex.ts'
import { canonicalAddress, ipv4ToNumber, isAddress } from './addresses.ts'

/** Values that criteria and devices write in several ways, each in the one form it is compared in. Nothing is ever compared as a substring. */

/** A network: canonical address with the host's bits cleared, and the length. */
export interface Prefix {
  readonly address: string
  readonly length: number
}

const ipv4Bits = 32
const ipv6Bits = 128

const widthOf = (address: string): number => (isIPv6(address) ? ipv6Bits : ipv4Bits)

/** An address as a number; undefined for anything else. */
export function addressToBits(text: string): bigint | undefined {
  const ipv4 = ipv4ToNumber(text)
  if (ipv4 !== undefined) return BigInt(ipv4)
  if (!isIPv6(text)) return undefined
  const [head = '', tail] = canonicalAddress(text).split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const left = groups(head)
  const right = groups(tail ?? '')
  const all = tail === undefined ? left : [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

function bitsToAddress(bits: bigint, width: number): string {
  if (width === ipv4Bits) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - index * 16)) & 0xffffn).toString(16))
  return canonicalAddress(groups.join(':'))
}

/** `255.255.255.0` → 24; undefined where the ones are not all in front. */
export function maskToLength(mask: string): number | undefined {
  const value = ipv4ToNumber(mask)
  if (value === undefined) return undefined
  const ones = value.toString(2).padStart(ipv4Bits, '0')
  return /^1*0*$/.test(ones) ? ones.replaceAll('0', '').length : undefined
}

/** 24 → `255.255.255.0`. */
export const lengthToMask = (length: number): string =>
  bitsToAddress(((1n << 32n) - 1n) ^ ((1n << BigInt(ipv4Bits - length)) - 1n), ipv4Bits)

/** `10.0.0.5/24` → address and length, the host's bits kept; undefined for anything else. */
export function parseCidr(text: string): Prefix | undefined {
  const [address = '', length, ...more] = text.trim().split('/')
  if (!isAddress(address) || length === undefined || more.length > 0 || !/^\d{1,3}$/.test(length)) return undefined
  return Number(length) > widthOf(address) ? undefined : { address: canonicalAddress(address), length: Number(length) }
}

/** The network that an address with a length lies in. */
export function networkOf({ address, length }: Prefix): Prefix {
  const width = widthOf(address)
  const bits = addressToBits(address) ?? 0n
  const host = BigInt(width - length)
  return { address: bitsToAddress((bits >> host) << host, width), length }
}

/** `10.0.0.0/24` or `10.0.0.0 255.255.255.0` → the network; undefined for anything else. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', mask = ''] = text.trim().split(/\s+/)
  const length = maskToLength(mask)
  const cidr = length === undefined ? parseCidr(text) : parseCidr(`${address}/${length}`)
  return cidr === undefined ? undefined : networkOf(cidr)
}

export const showPrefix = ({ address, length }: Prefix): string => `${address}/${length}`

/** Same address and same length: `10.0.0.0/2` is not `10.0.0.0/24`. */
export const samePrefix = (one: Prefix, other: Prefix): boolean => one.address === other.address && one.length === other.length

/** True when the address lies in the network. */
export function isInPrefix(address: string, prefix: Prefix): boolean {
  if (!isAddress(address) || widthOf(address) !== widthOf(prefix.address)) return false
  return samePrefix(networkOf({ address: canonicalAddress(address), length: prefix.length }), networkOf(prefix))
}

/** `0011.2233.4455`, `00-11-22-33-44-55`, `0:11:22:33:44:55` → `00:11:22:33:44:55`; undefined for anything else. */
export function canonicalMac(text: string): string | undefined {
  const parts = text.trim().toLowerCase().split(/[:.-]/)
  const width = parts.length === 3 ? 4 : 2
  if (![1, 3, 6].includes(parts.length) || !parts.every((part) => /^[0-9a-f]+$/.test(part))) return undefined
  const hex = parts.length === 1 ? parts.join('') : parts.map((part) => part.padStart(width, '0')).join('')
  return hex.length === 12 ? (hex.match(/../g) ?? []).join(':') : undefined
}

/** A criterion's network (`10.0.0.0/24`); bits of a host are refused: the teacher meant something else. */
export const prefixSchema = z
  .string()
  .refine((text) => parseCidr(text) !== undefined, { error: 'exerciseProblems.prefix' })
  .refine((text) => isNetwork(text), { error: 'exerciseProblems.prefixHostBits' })
  .transform((text) => showPrefix(parsePrefix(text) ?? { address: text, length: 0 }))

const isNetwork = (text: string): boolean => {
  const cidr = parseCidr(text)
  return cidr === undefined || samePrefix(cidr, networkOf(cidr))
}

/** A criterion's address with its length (`10.0.0.5/24`). */
export const cidrSchema = z
  .string()
  .refine((text) => parseCidr(text) !== undefined, { error: 'exerciseProblems.addressWithLength' })
  .transform((text) => {
    const cidr = parseCidr(text)
    return cidr === undefined ? text : showPrefix(cidr)
  })

/** A criterion's address without a length. */
export const addressSchema = z.string().refine(isAddress, { error: 'exerciseProblems.address' }).transform(canonicalAddress)

/** An interface as people write it (`Gi0/1`, `eth0.10`, `ge-0/0/0.0`, `Vlan10`); no blank, quote or second command fits in. */
export const interfaceSchema = z.string().regex(/^[A-Za-z][\w./:-]{0,47}$/, { error: 'exerciseProblems.interfaceName' })

export const macSchema = z
  .string()
  .refine((text) => canonicalMac(text) !== undefined, { error: 'exerciseProblems.macAddress' })
  .transform((text) => canonicalMac(text) ?? text)

/** A criterion's regular expression; only lib/bounded-regex.ts may run it. */
export const regexSchema = z
  .string()
  .min(1)
  .max(500)
  .refine((pattern) => isRegex(pattern), { error: 'exerciseProblems.regex' })
