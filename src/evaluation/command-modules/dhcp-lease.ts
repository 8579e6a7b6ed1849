import { z } from 'zod'
import { isAddress, sameAddress } from '../addresses.ts'
import { defineCommandModule, lastRound } from '../command-module.ts'
import { devicesOfTargets, targetSchema } from '../target.ts'
import { addressSchema, addressToBits, interfaceSchema, isInPrefix, macSchema, parsePrefix, prefixSchema } from '../values.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

export interface DhcpLease {
  /** Null where the device has but one, or where a server shows the lease. */
  readonly interface: string | null
  /** Of the client. */
  readonly mac: string | null
  readonly address: string
  /** Null = none was given; undefined = the device does not show it. So too below. */
  readonly gateway?: string | null
  readonly dns?: readonly string[]
  readonly server?: string | null
  readonly isExpired: boolean
}

export interface DhcpLeaseFacts {
  readonly leases: readonly DhcpLease[]
  /** Addresses that the device has without a lease: typed by hand. */
  readonly byHand: readonly string[]
  /** The wanted server's addresses; empty where none is asked for. */
  readonly serverAddresses: readonly string[]
}

const rangePattern = /^([\d.a-f:]+)-([\d.a-f:]+)$/i

const ends = (range: string): readonly [bigint, bigint] | undefined => {
  const [, first = '', last = ''] = rangePattern.exec(range) ?? []
  const [from, to] = [addressToBits(first), addressToBits(last)]
  return from === undefined || to === undefined || from > to ? undefined : [from, to]
}

export const dhcpLeaseParams = z.strictObject({
  /** Of the client; any of its interfaces where absent. */
  interface: interfaceSchema.optional(),
  /** The client's hardware address: then the device is the server, and is asked for its bindings. */
  mac: macSchema.optional(),
  /** Network that the address must lie in. */
  pool: prefixSchema.optional(),
  /** `10.0.1.100-10.0.1.199`. */
  range: z
    .string()
    .refine((text) => ends(text) !== undefined, { error: 'exerciseProblems.addressRange' })
    .optional(),
  gateway: addressSchema.optional(),
  /** Name servers, in any order; there may be more. */
  dns: z.array(addressSchema).max(4).default([]),
  server: targetSchema.optional(),
})
export type DhcpLeaseParams = z.infer<typeof dhcpLeaseParams>

function isInRange(address: string, range: string): boolean {
  const bits = addressToBits(address)
  const limits = ends(range)
  return bits !== undefined && limits !== undefined && bits >= limits[0] && bits <= limits[1]
}

type Finding = Judgement | undefined

function judgeAddress({ address }: DhcpLease, { pool, range }: DhcpLeaseParams, data: ReasonData): Finding {
  const network = pool === undefined ? undefined : parsePrefix(pool)
  const isInside = (network === undefined || isInPrefix(address, network)) && (range === undefined || isInRange(address, range))
  return isInside ? undefined : fail('DHCP_OUTSIDE', 'wrong-value', { ...data, range: range ?? pool ?? '' })
}

function judgeOptions(lease: DhcpLease, { gateway, dns }: DhcpLeaseParams, data: ReasonData): Finding {
  if (gateway !== undefined) {
    if (lease.gateway === undefined) return inconclusive('DHCP_NOT_SHOWN', 'exercise', data)
    if (lease.gateway === null || !sameAddress(lease.gateway, gateway)) {
      return fail('DHCP_OTHER_GATEWAY', 'wrong-value', { ...data, gateway: lease.gateway ?? '–' })
    }
  }
  if (dns.length === 0) return undefined
  if (lease.dns === undefined) return inconclusive('DHCP_NOT_SHOWN', 'exercise', data)
  const isComplete = dns.every((wanted) => lease.dns?.some((one) => sameAddress(one, wanted)))
  return isComplete ? undefined : fail('DHCP_OTHER_DNS', 'wrong-value', { ...data, dns: lease.dns.length === 0 ? ['–'] : [...lease.dns] })
}

function judgeServer({ server }: DhcpLease, { serverAddresses }: DhcpLeaseFacts, params: DhcpLeaseParams, data: ReasonData): Finding {
  if (params.server === undefined) return undefined
  if (serverAddresses.length === 0) return inconclusive('TARGET_WITHOUT_ADDRESS', 'lab', { target: params.server })
  if (server === undefined || server === null) return inconclusive('DHCP_NOT_SHOWN', 'exercise', data)
  const isRight = serverAddresses.some((one) => sameAddress(one, server))
  return isRight ? undefined : fail('DHCP_OTHER_SERVER', 'wrong-value', { ...data, server })
}

function judgeNone({ byHand }: DhcpLeaseFacts, { mac }: DhcpLeaseParams): Judgement {
  if (mac !== undefined) return fail('DHCP_NO_BINDING', 'absent', { mac })
  return byHand.length > 0 ? fail('DHCP_BY_HAND', 'wrong-value', { addresses: [...byHand] }) : fail('DHCP_NO_LEASE', 'absent')
}

/** An address that was given by DHCP, not one that merely lies in the range: the lease itself must be shown, by client or server. */
export const dhcpLease = defineCommandModule<DhcpLeaseFacts>()({
  name: 'dhcp_lease',
  layer: 'address',
  params: dhcpLeaseParams,
  defaultWithinSeconds: 15,
  isNegative: () => false,
  devicesIn: ({ server }) => devicesOfTargets(server),
  expected: ({ pool, range, mac }) => {
    const where = range ?? pool
    if (mac !== undefined) return { code: 'DHCP_BINDING', data: { mac } }
    return where === undefined ? { code: 'DHCP_LEASED', data: {} } : { code: 'DHCP_LEASED_FROM', data: { range: where } }
  },
  judge: (rounds, params) => {
    const facts = lastRound(rounds)
    const findings = facts.leases.map((lease) => {
      const data: ReasonData = { address: lease.address }
      const finding = lease.isExpired ? fail('DHCP_EXPIRED', 'absent', data) : undefined
      return finding ?? judgeAddress(lease, params, data) ?? judgeOptions(lease, params, data) ?? judgeServer(lease, facts, params, data)
    })
    const right = findings.indexOf(undefined)
    const lease = facts.leases[right]
    if (lease !== undefined) return pass('DHCP_GIVEN', { address: lease.address, server: lease.server ?? '' })
    return findings.find((one) => one !== undefined) ?? judgeNone(facts, params)
  },
})

/** Only what is an address; devices write `na` or 0.0.0.0 where they have none. */
export const addressOrNull = (text: string | undefined): string | null =>
  text === undefined || !isAddress(text) || text === '0.0.0.0' ? null : text
