import { z } from 'zod'
import { canonicalAddress, isAddress } from '../addresses.ts'
import { defineCommandModule, lastRound, type Round } from '../command-module.ts'
import { devicesOfTargets, targetSchema } from '../target.ts'
import { fail, inconclusive, type Judgement, pass, type ReasonData } from '../verdict.ts'

export const dnsTypes = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const
export type DnsType = (typeof dnsTypes)[number]

/**
 * `silent` = no server answered; `no-server` = the device has none to ask; `unresolved` = the device says only that it could not.
 * The others are the response codes of RFC 1035.
 */
export type DnsStatus = 'noerror' | 'nxdomain' | 'servfail' | 'refused' | 'silent' | 'no-server' | 'unresolved' | 'other'

export interface DnsFacts {
  readonly status: DnsStatus
  /** Of the type that was asked for, in the form of `dnsValue`, sorted. */
  readonly answers: readonly string[]
  /** The flag AA; null where it is not shown. */
  readonly authoritative: boolean | null
  /** The server that was asked, as an address; null = the one that the device uses. */
  readonly server: string | null
}

/** Names without the dot at the end and in lower case, addresses in one form, texts without their quotes. */
export function dnsValue(type: DnsType, text: string): string {
  const trimmed = text.trim()
  if (type === 'TXT')
    return trimmed.includes('"') ? [...trimmed.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((one) => one[1] ?? '').join('') : trimmed
  if (isAddress(trimmed)) return canonicalAddress(trimmed)
  return trimmed
    .toLowerCase()
    .split(/\s+/)
    .map((word) => (word.length > 1 ? word.replace(/\.$/, '') : word))
    .join(' ')
}

const nameSchema = z
  .string()
  .max(253)
  .regex(/^(?:[A-Za-z0-9_](?:[\w-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[\w-]{0,61}[A-Za-z0-9_])?\.?$/, {
    error: 'exerciseProblems.domainName',
  })

export const dnsParams = z
  .strictObject({
    /** For PTR an address will do. */
    name: z.union([nameSchema, z.string().refine(isAddress, { error: 'exerciseProblems.domainName' })]),
    type: z.enum(dnsTypes).default('A'),
    /** Every answer, in any order; any answer will do where none is named. */
    answers: z.array(z.string().min(1).max(255)).max(32).default([]),
    /** `contains`: there may be more. */
    mode: z.enum(['equal', 'contains']).default('equal'),
    /** Asked instead of the server that the device uses. */
    server: targetSchema.optional(),
    /** The answer must come from the server of the zone itself. */
    authoritative: z.boolean().default(false),
    /** The name must not exist. */
    nxdomain: z.boolean().default(false),
  })
  .refine(({ nxdomain, answers, authoritative }) => !nxdomain || (answers.length === 0 && !authoritative), {
    error: 'exerciseProblems.nothingWithNxdomain',
    path: ['nxdomain'],
  })
  .refine(({ name, type }) => !isAddress(name) || type === 'PTR', { error: 'exerciseProblems.domainName', path: ['name'] })
export type DnsParams = z.infer<typeof dnsParams>

const failures: Partial<Record<DnsStatus, readonly [string, 'unreachable' | 'absent' | 'wrong-value']>> = {
  silent: ['DNS_SERVER_SILENT', 'unreachable'],
  'no-server': ['DNS_NO_SERVER', 'absent'],
  servfail: ['DNS_SERVER_FAILED', 'wrong-value'],
  refused: ['DNS_SERVER_REFUSED', 'wrong-value'],
  nxdomain: ['DNS_NAME_UNKNOWN', 'absent'],
  unresolved: ['DNS_UNRESOLVED', 'absent'],
}

const dataOf = ({ name, type }: DnsParams): ReasonData => ({ name, type })

function judgeAnswers(facts: DnsFacts, params: DnsParams): Judgement {
  const data = { ...dataOf(params), answers: facts.answers }
  const wanted = [...new Set(params.answers.map((one) => dnsValue(params.type, one)))]
  const missing = wanted.filter((one) => !facts.answers.includes(one))
  const extra = facts.answers.filter((one) => !wanted.includes(one))
  if (facts.answers.length === 0) return fail('DNS_NO_RECORD', 'absent', dataOf(params))
  if (missing.length > 0) return fail('DNS_WRONG_ANSWERS', 'wrong-value', { ...data, answers: [...facts.answers] })
  const isExact = params.mode === 'equal' && wanted.length > 0
  if (isExact && extra.length > 0) return fail('DNS_EXTRA_ANSWERS', 'wrong-value', { ...data, answers: [...facts.answers], extra })
  if (!params.authoritative || facts.authoritative === true) return pass('DNS_RESOLVED', { ...data, answers: [...facts.answers] })
  if (facts.authoritative === null) return inconclusive('DNS_AUTHORITY_UNKNOWN', 'exercise', dataOf(params))
  return fail('DNS_NOT_AUTHORITATIVE', 'wrong-value', { ...data, answers: [...facts.answers] })
}

function judgeResolved(facts: DnsFacts, params: DnsParams): Judgement {
  const failure = failures[facts.status]
  if (failure !== undefined) return fail(failure[0], failure[1], dataOf(params))
  return facts.status === 'noerror' ? judgeAnswers(facts, params) : inconclusive('DNS_STATUS_UNKNOWN', 'lab', dataOf(params))
}

/** That a name does not exist is said by a server; that nobody answers says nothing. */
function judgeUnknown(rounds: readonly Round<DnsFacts>[], params: DnsParams): Judgement {
  const existing = rounds.find(({ facts }) => facts.status === 'noerror')?.facts
  if (existing !== undefined) {
    const data = { ...dataOf(params), answers: [...existing.answers] }
    return existing.answers.length > 0
      ? fail('DNS_NAME_EXISTS', 'forbidden-state', data)
      : fail('DNS_NAME_WITHOUT_RECORD', 'forbidden-state', data)
  }
  const unclear = rounds.find(({ facts }) => facts.status !== 'nxdomain')?.facts
  if (unclear === undefined) return pass('DNS_NXDOMAIN', dataOf(params))
  return inconclusive(failures[unclear.status]?.[0] ?? 'DNS_STATUS_UNKNOWN', 'lab', dataOf(params))
}

/** What a name means, asked from a device: answers are a set, compared by value. */
export const dns = defineCommandModule<DnsFacts>()({
  name: 'dns',
  layer: 'service',
  params: dnsParams,
  defaultWithinSeconds: 10,
  // name servers are asked one after the other
  roundSeconds: () => 15,
  isNegative: ({ nxdomain }) => nxdomain,
  devicesIn: ({ server }) => devicesOfTargets(server),
  expected: ({ name, type, answers, mode, nxdomain }) => {
    if (nxdomain) return { code: 'DNS_ABSENT', data: { name } }
    if (answers.length === 0) return { code: 'DNS_ANY', data: { name, type } }
    return { code: mode === 'equal' ? 'DNS_EQUAL' : 'DNS_CONTAINS', data: { name, type, answers } }
  },
  judge: (rounds, params) => (params.nxdomain ? judgeUnknown(rounds, params) : judgeResolved(lastRound(rounds), params)),
})
