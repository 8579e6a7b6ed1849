import { z } from 'zod'

/** What the soak and the applications that it starts and kills say to each other. */
export const pointSchema = z.object({ job: z.string(), step: z.string(), phase: z.enum(['before', 'after-save', 'after']) })
/** Where in a job an application dies. */
export type Point = z.infer<typeof pointSchema>

const verbSchema = z.enum(['empty-bin', 'mend', 'retry-deletions'])
export type Verb = z.infer<typeof verbSchema>

const paceSchema = z.object({ epochMs: z.number(), speed: z.number(), skippedMs: z.number(), passedMs: z.number() })
export const orderSchema = z.union([
  z.object({ start: z.object({ environment: z.record(z.string(), z.string()), pace: paceSchema }) }),
  z.object({ dieAt: pointSchema.nullable() }),
  z.object({ do: verbSchema }),
  z.object({ skipTo: z.number() }),
  z.object({ hear: z.number() }),
])
export type Order = z.infer<typeof orderSchema>
export const newsSchema = z.union([
  z.object({ ready: z.object({ url: z.string(), password: z.string(), points: z.array(pointSchema) }) }),
  z.object({ saves: pointSchema }),
  z.object({ died: pointSchema }),
  z.object({ did: verbSchema }),
])
export type News = z.infer<typeof newsSchema>
