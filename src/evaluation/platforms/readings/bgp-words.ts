import type { BgpPeer, BgpState } from '../../command-modules/bgp-peer.ts'
import type { BgpOrigin } from '../../command-modules/bgp-prefix.ts'

/** What Cisco, Arista, Juniper and FRR call the same things of BGP. */

const states: readonly (readonly [RegExp, BgpState])[] = [
  [/^Establ(?:ished)?$/i, 'established'],
  // `Idle (Admin)`; `Shut (Admin)` is NX-OS, `Idle(NoIf)` and the like are EOS and FRR
  [/^(?:Idle|Shut) ?\((?:Admin|AdminShutdown)\)$/i, 'shutdown'],
  [/^Idle(?: ?\([\w ]+\))?$/i, 'idle'],
  [/^Connect$/i, 'connect'],
  [/^Active$/i, 'active'],
  [/^Open ?Sent$/i, 'open-sent'],
  [/^Open ?Confirm$/i, 'open-confirm'],
  // on its way back to Idle
  [/^(?:Closing|Clearing|Deleted)$/i, 'idle'],
]

/**
 * The state of a session; `(NoNeg)` is one that is up without this address family.
 * @returns undefined for a word that is not known
 */
export function readBgpState(text: string): Pick<BgpPeer, 'state' | 'isFamilyUp'> | undefined {
  const word = text.trim()
  if (/^\(?NoNeg\)?$/i.test(word)) return { state: 'established', isFamilyUp: false }
  const state = states.find(([pattern]) => pattern.test(word))?.[1]
  return state === undefined ? undefined : { state, isFamilyUp: state === 'established' }
}

const origins: readonly (readonly [RegExp, BgpOrigin])[] = [
  [/^(?:IGP|I)$/i, 'igp'],
  [/^(?:EGP|E)$/i, 'egp'],
  [/^(?:incomplete|\?)$/i, 'incomplete'],
]

export const readBgpOrigin = (text: string): BgpOrigin | null => origins.find(([pattern]) => pattern.test(text.trim()))?.[1] ?? null

/** `no-export` and `noExport` are one, and so are `65001:100` and the same as a single number (IOS without `ip bgp-community new-format`). */
export function canonicalCommunity(text: string): string {
  if (/^\d+$/.test(text)) return `${Math.floor(Number(text) / 65_536)}:${Number(text) % 65_536}`
  return text.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()
}

/** Communities as they stand in a line: separated by blanks, `large:65001:1:2` of Junos without its word. */
export const readCommunities = (text: string): string[] =>
  text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => canonicalCommunity(word.replace(/^large:/, '')))
