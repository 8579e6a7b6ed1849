import { z } from 'zod'
import { isCidr } from '../config.ts'

/** Whom the end of an exam submits for: who has not submitted himself, or everybody once more. */
export const collectRules = ['missing', 'everyone'] as const
export type CollectRule = (typeof collectRules)[number]

export const addressRanges = z.array(z.string().refine(isCidr)).max(100)

/** How an exam is held; its window, attempts and extra time are the rules of the exercise. */
export const examSettings = z.object({
  /** From where the pages may be used while it runs, in prefix notation; empty: from everywhere. */
  addresses: addressRanges.default([]),
  singleSession: z.boolean().default(true),
  collect: z.enum(collectRules).default('missing'),
})
export type ExamSettings = z.infer<typeof examSettings>

export const examChange = examSettings.extend({ state: z.enum(['on', 'off']) })
