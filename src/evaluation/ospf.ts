import { z } from 'zod'
import { ipv4ToNumber } from './addresses.ts'
import { isInPrefix } from './values.ts'

/** What routers say of OSPF, in the one form that checks compare. */

/** States of an adjacency (RFC 2328, 10.1), least first. */
export const ospfStates = ['down', 'attempt', 'init', '2-way', 'exstart', 'exchange', 'loading', 'full'] as const
export type OspfState = (typeof ospfStates)[number]

export type OspfRole = 'DR' | 'BDR' | 'DROTHER'

/** `FULL`, `2WAY`, `2-Way`, `Two-Way`, `ExStart` → one spelling; undefined for anything else. */
export function parseOspfState(text: string): OspfState | undefined {
  const word = text.trim().toLowerCase()
  if (/^(?:2|two)-?ways?$/.test(word)) return '2-way'
  return ospfStates.find((state) => state === word || state === word.replace('-', ''))
}

/** `Backup`, `BDR`, `DROther`, `DROTHER`; null for none (point-to-point) and anything else. */
export function parseOspfRole(text: string): OspfRole | null {
  const word = text.trim().toLowerCase()
  if (word === 'dr') return 'DR'
  if (word === 'bdr' || word === 'backup') return 'BDR'
  return word === 'drother' ? 'DROTHER' : null
}

/** `0.0.0.1` and `1` are one area: small ones as a number, others dotted; undefined for anything else. */
export function parseArea(text: string): string | undefined {
  const dotted = ipv4ToNumber(text.trim())
  const value = dotted ?? (/^\d{1,10}$/.test(text.trim()) ? Number(text) : undefined)
  if (value === undefined || value >= 2 ** 32) return undefined
  return value < 65_536 ? String(value) : [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

/** A criterion's area, as a number or dotted. */
export const areaSchema = z
  .union([z.int().min(0).max(4_294_967_295).transform(String), z.string()], { error: 'exerciseProblems.areaId' })
  .refine((text) => parseArea(text) !== undefined, { error: 'exerciseProblems.areaId' })
  .transform((text) => parseArea(text) ?? text)

export interface OspfNeighbour {
  readonly routerId: string
  /** Its address on the link; null where the platform does not show it. */
  readonly address: string | null
  readonly port: string
  readonly state: OspfState
  readonly role: OspfRole | null
}

/** An interface that takes part in OSPF. Null where the platform does not show it. */
export interface OspfInterface {
  readonly port: string
  readonly address: string | null
  readonly prefixLength: number | null
  readonly area: string | null
  readonly up: boolean | null
  readonly networkType: 'broadcast' | 'point-to-point' | 'nbma' | 'point-to-multipoint' | 'loopback' | null
  readonly role: OspfRole | null
  readonly helloMs: number | null
  readonly deadMs: number | null
  readonly mtu: number | null
  /** The router does not mind what MTU its neighbour has. */
  readonly ignoresMtu: boolean
  readonly passive: boolean | null
  readonly authentication: 'none' | 'password' | 'digest' | null
}

/** What a router shows of its own side. */
export interface OspfRouter {
  readonly routerId: string | null
  readonly interfaces: readonly OspfInterface[]
  /** Interfaces that are down, of which such a platform does not say whether they would take part. */
  readonly downPorts: readonly string[]
}

/** `point-to-point`, `POINTOPOINT`, `P2P`, `BCAST` …; null for anything else. */
export function parseNetworkType(text: string): OspfInterface['networkType'] {
  const word = text.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (['broadcast', 'bcast', 'lan'].includes(word)) return 'broadcast'
  if (['pointtopoint', 'pointopoint', 'p2p', 'ptop'].includes(word)) return 'point-to-point'
  if (['nonbroadcast', 'nbma'].includes(word)) return 'nbma'
  if (['pointtomultipoint', 'pointomultipoint', 'p2mp', 'pointtomultipointnonbroadcast'].includes(word)) return 'point-to-multipoint'
  return word === 'loopback' ? 'loopback' : null
}

/** True where one end lies in the network that the other takes for its own; masks may differ. */
export function isOnLink(one: OspfInterface, other: OspfInterface): boolean {
  if (one.address === null || other.address === null || one.prefixLength === null || other.prefixLength === null) return false
  return (
    isInPrefix(other.address, { address: one.address, length: one.prefixLength }) ||
    isInPrefix(one.address, { address: other.address, length: other.prefixLength })
  )
}
