import { z } from 'zod'

/** What a criterion comes to, in these words everywhere. */
export const verdicts = ['pass', 'fail', 'inconclusive', 'skipped'] as const
export type Verdict = (typeof verdicts)[number]

/** The fixed list of failure classes; a longer list needs a line in docs/platforms.md. */
export const failureClasses = ['absent', 'wrong-value', 'unreachable', 'not-saved', 'forbidden-state', 'too-late', 'device-off'] as const
export type FailureClass = (typeof failureClasses)[number]

export const causes = ['infrastructure', 'exercise', 'lab'] as const

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Values of a reason: plain JSON, so that it can be stored, translated and explained again later. Lists are of scalars. */
export const reasonDataSchema = z.record(z.string(), z.union([scalarSchema, z.array(scalarSchema)]))
export type ReasonData = Readonly<z.infer<typeof reasonDataSchema>>

const code = z.string().regex(/^[A-Z][A-Z0-9_]*$/)

/** A verdict with its reason as it is stored: code + data, never a sentence. */
export const judgementSchema = z.discriminatedUnion('verdict', [
  z.object({ verdict: z.literal('pass'), reason: z.object({ code, data: reasonDataSchema }) }),
  z.object({ verdict: z.literal('fail'), reason: z.object({ code, class: z.enum(failureClasses), data: reasonDataSchema }) }),
  z.object({ verdict: z.literal('inconclusive'), reason: z.object({ code, cause: z.enum(causes), data: reasonDataSchema }) }),
  z.object({ verdict: z.literal('skipped'), reason: z.object({ code, data: reasonDataSchema }) }),
])
export type Judgement = z.infer<typeof judgementSchema>
export type Reason = Judgement['reason']

export const pass = (code: string, data: ReasonData = {}): Judgement => ({ verdict: 'pass', reason: { code, data } })

export const fail = (code: string, failureClass: FailureClass, data: ReasonData = {}): Judgement => ({
  verdict: 'fail',
  reason: { code, class: failureClass, data },
})

/** We could not find out. `cause` says whose doing it is: only `lab` uses the student's attempt. */
export const inconclusive = (code: string, cause: (typeof causes)[number], data: ReasonData = {}): Judgement => ({
  verdict: 'inconclusive',
  reason: { code, cause, data },
})

export const skipped = (code: string, data: ReasonData = {}): Judgement => ({ verdict: 'skipped', reason: { code, data } })
