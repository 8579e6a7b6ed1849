import { z } from 'zod'
import { createRandom } from './random.ts'

/**
 * The fault plan. Each rule names a fault, where it applies and how often; the first rule that fires wins.
 * Faults of a request: refused, timed-out, unknown-outcome, reset-before, reset-after, start-worker-failed, active-lock, slow,
 * expired-ticket, node-down, quorum-lost. Faults inside: the rest.
 */
export const faultKinds = [
  'refused',
  'timed-out',
  'unknown-outcome',
  'reset-before',
  'reset-after',
  'start-worker-failed',
  'active-lock',
  'slow',
  'expired-ticket',
  'node-down',
  'quorum-lost',
  'storage-lock-timeout',
  'user-config-timeout',
  'worker-killed',
  'start-failed',
  'agent-never',
  'agent-no-addresses',
  'agent-ipv6-first',
  'guest-ignores-shutdown',
  'storage-full',
  'stale-resources',
  'slow-storage',
  'digest-mismatch',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** Steps of a worker that take the storage lock, and the two that take file-user_cfg. */
export const operations = ['clone', 'cleanup', 'template', 'free', 'allocate', 'destroy'] as const

export const faultSchema = z.strictObject({
  fault: z.enum(faultKinds),
  /** `GET`, `POST`, ...; a regular expression over the path below /api2/json. */
  method: z.string().optional(),
  path: z.string().optional(),
  vmid: z.number().int().optional(),
  node: z.string().optional(),
  storage: z.string().optional(),
  operation: z.enum(operations).optional(),
  /** Task type, e.g. qmclone (worker-killed). */
  task: z.string().optional(),
  /** Fires at the nth match (1-based); without it at every match. */
  nth: z.number().int().min(1).optional(),
  /** How many matches in a row it fires; default 1 with `nth`, else for ever. */
  times: z.number().int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  /** slow, slow-storage: emulated milliseconds more. */
  ms: z.number().min(0).optional(),
  /** timed-out, unknown-outcome: whether the handler still does its work (default true). */
  completes: z.boolean().optional(),
  /** storage-lock-timeout on free: how the end of the task reads (qemu-server before and after 9.1.19). */
  ending: z.enum(['ok', 'warnings']).optional(),
})
export type Fault = z.infer<typeof faultSchema>

export const faultPlanSchema = z.strictObject({ faults: z.array(faultSchema) })
export type FaultPlan = z.infer<typeof faultPlanSchema>

/** Where we are when a fault could strike. */
export interface FaultPlace {
  readonly method?: string
  readonly path?: string
  readonly vmid?: number | undefined
  readonly node?: string | undefined
  readonly storage?: string
  readonly operation?: (typeof operations)[number]
  readonly task?: string
}

interface Rule {
  readonly fault: Fault
  seen: number
  fired: number
}

const isSame = (wanted: unknown, actual: unknown): boolean => wanted === undefined || wanted === actual

function matches(fault: Fault, place: FaultPlace): boolean {
  if (fault.path !== undefined && !new RegExp(fault.path).test(place.path ?? '')) return false
  return (
    isSame(fault.method, place.method) &&
    isSame(fault.vmid, place.vmid) &&
    isSame(fault.node, place.node) &&
    isSame(fault.storage, place.storage) &&
    isSame(fault.operation, place.operation) &&
    isSame(fault.task, place.task)
  )
}

function isDue(rule: Rule, random: () => number): boolean {
  const first = rule.fault.nth ?? 1
  const last =
    rule.fault.times === undefined && rule.fault.nth === undefined ? Number.POSITIVE_INFINITY : first + (rule.fault.times ?? 1) - 1
  if (rule.seen < first || rule.seen > last) return false
  return rule.fault.probability === undefined || random() < rule.fault.probability
}

export function createFaults(plan: FaultPlan, seed: number) {
  const random = createRandom(seed)
  let rules: Rule[] = []
  const load = (next: FaultPlan): void => {
    rules = next.faults.map((fault) => ({ fault, seen: 0, fired: 0 }))
  }
  load(plan)
  return {
    load,
    /** The fault that strikes here now, or undefined. Counts the match. */
    strike(kinds: FaultKind | readonly FaultKind[], place: FaultPlace): Fault | undefined {
      const wanted = typeof kinds === 'string' ? [kinds] : kinds
      for (const rule of rules) {
        if (!wanted.includes(rule.fault.fault) || !matches(rule.fault, place)) continue
        rule.seen += 1
        if (!isDue(rule, random)) continue
        rule.fired += 1
        return rule.fault
      }
      return undefined
    },
    /** The plan with how often each rule was met and fired. */
    report: (): readonly { fault: Fault; seen: number; fired: number }[] => rules.map((rule) => ({ ...rule })),
  }
}
export type Faults = ReturnType<typeof createFaults>
