import type { z } from 'zod'
import type { Judgement, ReasonData } from './verdict.ts'

/** The order in which criteria are asked: what others rest on comes first. */
export const layers = ['device', 'address', 'switching', 'neighbour', 'protocol', 'route', 'service', 'custom', 'mutating'] as const
export type Layer = (typeof layers)[number]

/** One poll that could be read. */
export interface Round<Facts> {
  /** Milliseconds after the criterion's first question. */
  readonly startedAfterMs: number
  readonly facts: Facts
}

/** A reason to show before or beside the verdict: code + data, rendered by explain.ts. */
export interface Statement {
  readonly code: string
  readonly data: ReasonData
}

/** What a criterion's parameters say, once they are known to be right. Nothing of the module's own types is left in it. */
export interface ParamsReading {
  /** With every default filled in; camelCase. */
  readonly params: Readonly<Record<string, unknown>>
  /** True when the criterion says that something must NOT be: it holds over the whole window instead of ending at the first pass. */
  readonly negative: boolean
  /** Devices that the parameters name (`R2`, `R2:Gi0/1`). */
  readonly devices: readonly string[]
  /** What the criterion asks for. */
  readonly expected: Statement
  /** How long one round may take on a device that answers, in seconds: for the longest time of an exercise. */
  readonly roundSeconds: number
}

/** The part of a module that needs no types of its own: what the exercise editor, the engine and the documentation work with. */
export interface AnyCommandModule {
  readonly name: string
  /** The order in which criteria are asked. */
  readonly layer: Layer
  /** Default of `within`, in seconds, by family (how long such a state may take to settle). */
  readonly defaultWithinSeconds: number
  /** False for kinds that GNS3's own state answers and no device is asked. */
  readonly needsDevice: boolean
  /** Changes something in the lab: runs last, alone. */
  readonly mutates: boolean
  /** Parameters in camelCase; a file writes them in snake_case. */
  readonly params: z.ZodType
  /** @returns the problems when the parameters do not fit */
  readonly readParams: (raw: unknown) => { readonly reading: ParamsReading } | { readonly issues: readonly z.core.$ZodIssue[] }
}

/**
 * What can be checked: parameters, neutral facts, and the judgement of facts. Pure: the same on every platform.
 * How a platform finds the facts is its reader's business (platform.ts).
 */
export interface CommandModule<Name extends string, Params, Facts> extends AnyCommandModule {
  readonly name: Name
  /** Names and addresses only: no second command can hide in them. */
  readonly params: z.ZodType<Params>
  readonly isNegative: (params: Params) => boolean
  /** Over the readable rounds so far, oldest first, at least one. */
  readonly judge: (rounds: readonly Round<Facts>[], params: Params) => Judgement
}

interface Definition<Name extends string, Params, Facts>
  extends Pick<CommandModule<Name, Params, Facts>, 'name' | 'layer' | 'defaultWithinSeconds' | 'params' | 'isNegative' | 'judge'> {
  readonly needsDevice?: boolean
  readonly mutates?: boolean
  readonly devicesIn?: (params: Params) => readonly string[]
  readonly expected: (params: Params) => Statement
  /** How long one round may take on a device that answers; 5 s where the kind does not say. */
  readonly roundSeconds?: (params: Params) => number
}

/** Looking into a table takes a fraction of a second; a slow console and a table of some screens, a few. */
const defaultRoundSeconds = 5

/** Defines a command module; the facts type is given first, the rest is inferred. */
export const defineCommandModule =
  <Facts>() =>
  <const Name extends string, Params extends Readonly<Record<string, unknown>>>(
    definition: Definition<Name, Params, Facts>,
  ): CommandModule<Name, Params, Facts> => {
    const { devicesIn, expected, roundSeconds, ...rest } = definition
    const readParams = (raw: unknown): ReturnType<AnyCommandModule['readParams']> => {
      const parsed = definition.params.safeParse(raw, { reportInput: true })
      if (!parsed.success) return { issues: parsed.error.issues }
      const params = parsed.data
      const devices = devicesIn?.(params) ?? []
      const seconds = roundSeconds?.(params) ?? defaultRoundSeconds
      return { reading: { params, negative: definition.isNegative(params), devices, expected: expected(params), roundSeconds: seconds } }
    }
    return { needsDevice: true, mutates: false, ...rest, readParams }
  }

/** The last readable round: what a state check is judged by. */
export function lastRound<Facts>(rounds: readonly Round<Facts>[]): Facts {
  const last = rounds.at(-1)
  if (last === undefined) throw new Error('judge was called without a round')
  return last.facts
}
