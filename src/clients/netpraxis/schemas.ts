import { z } from 'zod'

/** Only what is used; a newer server may say more. */
export const acceptedAnswer = z.object({ id: z.string(), jobId: z.string().nullable() })
const fault = z.object({ code: z.string(), message: z.string() })

export const baseTemplatesAnswer = z.object({ items: z.array(z.object({ vmid: z.number(), name: z.string() })) })

export const exerciseAnswer = z.object({
  id: z.string(),
  courseId: z.string(),
  title: z.string(),
  state: z.string(),
  error: fault.optional(),
  secrets: z.array(z.object({ name: z.string(), isSet: z.boolean() })).default([]),
})

export const jobAnswer = z.object({
  state: z.enum(['queued', 'running', 'waiting', 'done', 'failed', 'cancelled']),
  steps: z.array(z.object({ label: z.string(), state: z.string() })).default([]),
  error: fault.optional(),
})

export const errorAnswer = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    fields: z.array(z.object({ field: z.string(), message: z.string(), line: z.number().optional() })).default([]),
  }),
})
