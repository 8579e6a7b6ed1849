import { z } from 'zod'
import { isAddress } from '../addresses.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { devicesOfTargets, samePort, targetSchema } from '../target.ts'
import { interfaceSchema, macSchema } from '../values.ts'
import { fail, inconclusive, type Judgement, pass } from '../verdict.ts'
import { vlanIdSchema } from '../vlans.ts'

/** Where a switch has learnt or was told a hardware address; its own addresses are none of these. */
export interface MacEntry {
  /** Canonical: values.ts. */
  readonly mac: string
  /** Null where the switch keeps none. */
  readonly vlan: number | null
  readonly port: string
}

export interface MacTableFacts {
  /** The addresses that are looked for: the given one, or those of the named device. */
  readonly wanted: readonly string[]
  /** All entries of those addresses. */
  readonly entries: readonly MacEntry[]
}

export const macTableParams = z
  .strictObject({
    mac: macSchema.optional(),
    /** The device whose address is looked for: `PC1` or `PC1:eth0`. */
    of: targetSchema.refine((text) => !isAddress(text), { error: 'exerciseProblems.deviceName' }).optional(),
    vlan: vlanIdSchema.optional(),
    port: interfaceSchema.optional(),
    absent: z.boolean().default(false),
  })
  .refine(({ mac, of }) => (mac === undefined) !== (of === undefined), { error: 'exerciseProblems.oneOfThem', path: ['mac'] })
export type MacTableParams = z.infer<typeof macTableParams>

const nameOf = ({ mac, of }: MacTableParams): string => of ?? mac ?? ''

const describe = ({ mac, vlan, port }: MacEntry): string => `${mac} ${port}${vlan === null ? '' : ` VLAN ${vlan}`}`

const isMeant = ({ vlan, port }: MacEntry, params: MacTableParams): boolean =>
  (params.vlan === undefined || vlan === params.vlan) && (params.port === undefined || samePort(port, params.port))

function judgePresent({ wanted, entries }: MacTableFacts, params: MacTableParams): Judgement {
  const host = nameOf(params)
  if (wanted.length === 0) return fail('MAC_OF_NOBODY', 'absent', { host })
  const seen = entries.find((one) => isMeant(one, params))
  if (seen !== undefined) return pass('MAC_PRESENT', { host, found: describe(seen) })
  if (entries.length === 0) return fail('MAC_ABSENT', 'absent', { host, macs: [...wanted] })
  const data = { host, found: entries.map(describe) }
  const onPort = entries.find(({ port }) => params.port !== undefined && samePort(port, params.port))
  if (onPort !== undefined) return fail('MAC_VLAN', 'wrong-value', { ...data, vlan: params.vlan ?? null })
  return fail('MAC_ELSEWHERE', 'wrong-value', data)
}

/** Holds over the whole window. */
function judgeAbsent(rounds: readonly Round<MacTableFacts>[], params: MacTableParams): Judgement {
  const host = nameOf(params)
  const seen = rounds.flatMap(({ facts }) => facts.entries.filter((one) => isMeant(one, params)))[0]
  if (seen !== undefined) return fail('MAC_FORBIDDEN', 'forbidden-state', { host, found: describe(seen) })
  if (lastRound(rounds).wanted.length === 0) return inconclusive('MAC_OF_NOBODY', 'lab', { host })
  return pass('MAC_AWAY', { host })
}

/** Behind which port a switch knows a hardware address. Entries are forgotten after some minutes without a frame. */
export const macTable = defineCommandModule<MacTableFacts>()({
  name: 'mac_table',
  layer: 'switching',
  params: macTableParams,
  defaultWithinSeconds: 10,
  isNegative: ({ absent }) => absent,
  devicesIn: ({ of }) => devicesOfTargets(of),
  expected: (params) => {
    const host = nameOf(params)
    if (params.absent) return { code: 'MAC_AWAY', data: { host } }
    return params.port === undefined ? { code: 'MAC_PRESENT', data: { host } } : { code: 'MAC_PORT', data: { host, port: params.port } }
  },
  judge: (rounds, params) => (params.absent ? judgeAbsent(rounds, params) : judgePresent(lastRound(rounds), params)),
})
