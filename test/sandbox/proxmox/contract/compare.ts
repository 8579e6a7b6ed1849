import { z } from 'zod'
import type { Exchange } from './recording.ts'

/** Our answer to the same request. */
export interface Reply {
  readonly status: number
  readonly reason: string
  readonly body: unknown
}

const record = z.record(z.string(), z.unknown())
const isObject = (value: unknown): value is Record<string, unknown> => record.safeParse(value).success && !Array.isArray(value)

/** Ids and times that cannot be the same twice. */
export const mask = (text: string): string =>
  text
    .replace(/UPID:[^\s"]+/g, 'UPID')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/BC:24:11(:[0-9A-F]{2}){3}/gi, 'MAC')

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}

/** null stands for "nothing of this kind": `parent` of a plain disk, say. */
const isSameKind = (a: unknown, b: unknown): boolean => kindOf(a) === kindOf(b)

/** Keys that vary from call to call on the genuine API too, or that tell about its host. */
const optionalKeys = new Set(['pressure', 'netin', 'netout', 'idle', 'comment', 'email', 'used', 'clustername'])
/** Objects whose keys are data. */
const mapKeys = new Set(['cap', 'nics', 'not_allowed_nodes'])

function compareObjects(path: string, recorded: Record<string, unknown>, ours: Record<string, unknown>): string[] {
  const missing = Object.keys(recorded)
    .filter((key) => !(key in ours) && !optionalKeys.has(key))
    .map((key) => `${path}.${key} is missing`)
  const extra = Object.keys(ours)
    .filter((key) => !(key in recorded) && !optionalKeys.has(key))
    .map((key) => `${path}.${key} is not in the recording`)
  const inner = Object.keys(recorded)
    .filter((key) => key in ours && !mapKeys.has(key))
    .flatMap((key) => compareShape(`${path}.${key}`, recorded[key], ours[key]))
  return [...missing, ...extra, ...inner]
}

const commonKeys = (items: readonly Record<string, unknown>[]): string[] =>
  Object.keys(items[0] ?? {}).filter((key) => items.every((item) => key in item))

/** Items of a list differ among themselves (a running VM has a pid): each of ours must fit what all, and only what some, recorded ones have. */
function compareLists(path: string, recorded: readonly unknown[], ours: readonly unknown[]): string[] {
  const theirs = recorded.filter(isObject)
  if ((recorded.length === 0) !== (ours.length === 0)) return [`${path} has ${ours.length} items, the recording ${recorded.length}`]
  // /cluster/resources mixes kinds
  const kindsOfResource = theirs.some((item) => item.type === 'node')
  const groups = new Map(
    kindsOfResource ? theirs.map((item) => [String(item.type ?? ''), theirs.filter((other) => other.type === item.type)]) : [],
  )
  return ours.filter(isObject).flatMap((item, index) => {
    const group = groups.get(String(item.type ?? '')) ?? theirs
    const known = new Set(group.flatMap((other) => Object.keys(other)))
    const lacks = commonKeys(group)
      .filter((key) => !(key in item) && !optionalKeys.has(key))
      .map((key) => `${path}[${index}].${key} is missing`)
    const extra = Object.keys(item)
      .filter((key) => known.size > 0 && !known.has(key) && !optionalKeys.has(key))
      .map((key) => `${path}[${index}].${key} is not in the recording`)
    const kinds = Object.keys(item).filter(
      (key) => known.has(key) && !group.some((other) => key in other && isSameKind(other[key], item[key])),
    )
    return [...lacks, ...extra, ...kinds.map((key) => `${path}[${index}].${key} is of another type`)]
  })
}

export function compareShape(path: string, recorded: unknown, ours: unknown): string[] {
  if (!isSameKind(recorded, ours)) return [`${path} is ${kindOf(ours)}, the recording has ${kindOf(recorded)}`]
  if (Array.isArray(recorded) && Array.isArray(ours)) return compareLists(path, recorded, ours)
  if (isObject(recorded) && isObject(ours)) return compareObjects(path, recorded, ours)
  return []
}

/** Values that mean something to a client and must be the same. */
const tellingKeys = [
  'status',
  'exitstatus',
  'type',
  'id',
  'user',
  'tokenid',
  'lock',
  'name',
  'template',
  'qmpstatus',
  'tags',
  'memory',
  'cores',
  'agent',
  'scsi0',
  'description',
  'hasFeature',
  'username',
  'privsep',
  'full-tokenid',
]

function compareValues(recorded: Record<string, unknown>, ours: Record<string, unknown>): string[] {
  return tellingKeys
    .filter((key) => key in recorded && key in ours && !isObject(recorded[key]))
    .filter((key) => mask(String(recorded[key])) !== mask(String(ours[key])))
    .map((key) => `${key} is "${String(ours[key])}", the recording has "${String(recorded[key])}"`)
}

/** Amounts copied so far depend on time. */
const isTelling = (line: string): boolean => !line.startsWith('transferred ')
const logLines = (data: unknown): string[] =>
  z
    .array(z.object({ t: z.string() }))
    .catch([])
    .parse(data)
    .map((line) => mask(line.t).trim())
    .filter(isTelling)
/** Import files are no part of what we emulate. */
const volids = (data: unknown): string[] =>
  z
    .array(z.object({ volid: z.string() }))
    .catch([])
    .parse(data)
    .map((item) => item.volid)
    .filter((volid) => !volid.includes(':import/'))
    .sort()

function compareTexts(exchange: Exchange, ours: Record<string, unknown>): string[] {
  const recorded = record.parse(exchange.body)
  const problems: string[] = []
  for (const key of ['message', 'errors']) {
    const [theirs, own] = [mask(JSON.stringify(recorded[key] ?? null)), mask(JSON.stringify(ours[key] ?? null))]
    if (theirs !== own) problems.push(`${key} is ${own}, the recording has ${theirs}`)
  }
  if (isObject(recorded.data) && isObject(ours.data)) problems.push(...compareValues(recorded.data, ours.data))
  const pairs: [string, string[], string[]][] = [['volumes', volids(recorded.data), volids(ours.data)]]
  if (/\/log(\?|$)/.test(exchange.p)) pairs.push(['log', logLines(recorded.data), logLines(ours.data)])
  for (const [what, theirs, own] of pairs) {
    if (JSON.stringify(theirs) !== JSON.stringify(own))
      problems.push(`${what}: ${JSON.stringify(own)}, the recording has ${JSON.stringify(theirs)}`)
  }
  return problems
}

/** All that differs between the recorded answer and ours; empty when they agree. */
export function compare(exchange: Exchange, reply: Reply): string[] {
  const problems: string[] = []
  if (exchange.s !== reply.status) problems.push(`status ${reply.status}, the recording has ${exchange.s}`)
  if (mask(exchange.r) !== mask(reply.reason)) problems.push(`reason "${reply.reason}", the recording has "${exchange.r}"`)
  const isEmpty = exchange.body === ''
  if (isEmpty !== (reply.body === undefined)) return [...problems, `body is ${reply.body === undefined ? 'absent' : 'present'}`]
  if (isEmpty || problems.length > 0) return problems
  const ours = record.parse(reply.body)
  const recorded = record.parse(exchange.body)
  return [
    ...compareShape('data', recorded.data, ours.data),
    ...('total' in recorded === 'total' in ours ? [] : ['total beside data differs']),
    ...compareTexts(exchange, ours),
  ]
}
