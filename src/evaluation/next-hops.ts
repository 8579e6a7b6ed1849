import { z } from 'zod'
import { canonicalAddress, isAddress, sameAddress } from './addresses.ts'
import { isUnreadable, type ReadContext, type Unreadable } from './platform.ts'
import { deviceOfTarget, samePort } from './target.ts'
import { interfaceSchema } from './values.ts'

/** Where a route sends its packets next. */
export interface NextHop {
  /** Null where the route names only an interface. */
  readonly address: string | null
  /** Null where the route names only an address. */
  readonly port: string | null
  /** What a next hop that lies several hops away is resolved to; empty for a neighbour. */
  readonly through: readonly { readonly address: string | null; readonly port: string | null }[]
}

/** One of the next hops that a criterion names, with what stands for it. */
export interface NamedHop {
  readonly name: string
  /** Of an address or a device; empty for an interface of the asked device. */
  readonly addresses: readonly string[]
  readonly port: string | null
}

/** `all`: each named one is used, others may be; `any`: one of them is; `exact`: these and no others. */
export const viaModes = ['all', 'any', 'exact'] as const
export type ViaMode = (typeof viaModes)[number]

/**
 * Words that systems name their interfaces with, before a number. `R2` and `SW1` are none of them: they are devices. Whoever named a
 * device like an interface writes `DEVICE:INTERFACE`.
 */
const interfaceWord =
  /^(?:eth|en[opsx]|ens|enp|eno|wlan|veth|br|bond|dummy|tun|tap|wg|gre|vxlan|vlan|vl|irb|lo|loopback|null|ethernet|et|e|fastethernet|fa|gigabitethernet|gi|ge|xe|tengigabitethernet|te|serial|se|s|port-channel|po|ae|tunnel|tu|st|bvi|bdi|management|ma|mgmt|fxp|em|me|vme)\d[\w./:-]*$/i

/** True for the name of an interface (`eth0`, `Gi0/1`, `lo`), false for that of a device (`R2`, `R2:Gi0/1`). */
export const isInterfaceName = (text: string): boolean => {
  if (isAddress(text)) return false
  const colon = text.indexOf(':')
  const first = colon === -1 ? text : text.slice(0, colon)
  return /^(?:lo|mgmt)$/i.test(text) || interfaceWord.test(first) || first.includes('/')
}

/** A next hop in a criterion: an address, an interface of the asked device, or another device (`R2`, `R2:Gi0/1`). */
export const viaSchema = z
  .string()
  .refine((text) => isAddress(text) || interfaceSchema.safeParse(text).success, { error: 'exerciseProblems.nextHop' })
  .transform((text) => (isAddress(text) ? canonicalAddress(text) : text))

/** The devices that next hops name. */
export const devicesOfVia = (via: readonly string[]): string[] =>
  via.filter((name) => !isInterfaceName(name)).flatMap((name) => deviceOfTarget(name)?.device ?? [])

/** What the next hops of a criterion stand for; asks the devices that they name for their addresses. */
export async function resolveVia({ addressesOf }: ReadContext, via: readonly string[]): Promise<readonly NamedHop[] | Unreadable> {
  const named: NamedHop[] = []
  for (const name of via) {
    const target = isInterfaceName(name) ? undefined : deviceOfTarget(name)
    if (target === undefined) {
      named.push({ name, addresses: isAddress(name) ? [name] : [], port: isAddress(name) ? null : name })
      continue
    }
    const all = await addressesOf(target.device)
    if (isUnreadable(all)) return all
    const wanted = all.filter(({ port }) => target.port === null || (port !== null && samePort(port, target.port)))
    named.push({ name, addresses: wanted.map(({ address }) => address), port: null })
  }
  return named
}

function stands(one: NamedHop, hop: NextHop): boolean {
  return [hop, ...hop.through].some(
    ({ address, port }) =>
      (one.port !== null && port !== null && samePort(one.port, port)) ||
      (address !== null && one.addresses.some((own) => sameAddress(own, address))),
  )
}

/** What differs between the named next hops and those of a route. */
export interface ViaDifference {
  readonly missing: readonly string[]
  readonly extra: readonly string[]
}

/** @returns null where the route's next hops are as named */
export function compareVia(named: readonly NamedHop[], hops: readonly NextHop[], mode: ViaMode): ViaDifference | null {
  const missing = named.filter((one) => !hops.some((hop) => stands(one, hop))).map(({ name }) => name)
  const extra = hops.filter((hop) => !named.some((one) => stands(one, hop))).map(showHop)
  if (mode === 'any') return missing.length < named.length ? null : { missing, extra: [] }
  const isExact = mode === 'exact' && extra.length > 0
  return missing.length > 0 || isExact ? { missing, extra: isExact ? extra : [] } : null
}

/** `10.0.12.2 eth1`, as short as it can be. */
export const showHop = ({ address, port }: NextHop): string => [address, port].filter((part) => part !== null).join(' ') || '-'

/** All next hops of a route; `-` where it has none. */
export const showHops = (hops: readonly NextHop[]): string[] => (hops.length === 0 ? ['-'] : hops.map(showHop))
