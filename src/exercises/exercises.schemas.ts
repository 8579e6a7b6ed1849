import { z } from 'zod'
import { readExerciseModel } from '../evaluation/index.ts'
import { sentenceValuesSchema } from '../lib/sentence.ts'

/** How an exercise is given: attempts, opening times, when results are shown. Kept beside the revision, so it can change without one. */
const attempts = z.number().int().min(1).max(1_000).nullable()
const time = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .nullable()

const refillMinutes = z.number().int().min(1).max(100_000).nullable()
const prewarmMinutes = z.number().int().min(5).max(1_440).nullable()
const keepLabsDays = z.number().int().min(1).max(3_650).nullable()
const results = z.enum(['at-once', 'withheld'])

export const exerciseRules = z.object({
  /** null: unlimited. */
  attempts: attempts.default(null),
  /** One attempt comes back after so long; null: none does. */
  refillMinutes: refillMinutes.default(null),
  results: results.default('at-once'),
  /** Withheld results are shown from then on. */
  resultsReleasedAt: time.default(null),
  opensAt: time.default(null),
  dueAt: time.default(null),
  closesAt: time.default(null),
  /** Since then no student submits, until the class is let go on. */
  submissionsFrozenAt: time.default(null),
  /** So long before it opens the labs of the class are made and started; null: by their students. */
  prewarmMinutes: prewarmMinutes.default(null),
  /** So long after it closed for a student, that student's lab goes into the bin; null: when the exercise is archived. */
  keepLabsDays: keepLabsDays.default(null),
})
/** Only what is given is changed. */
export const ruleChanges = z.object({
  attempts: attempts.optional(),
  refillMinutes: refillMinutes.optional(),
  results: results.optional(),
  opensAt: time.optional(),
  dueAt: time.optional(),
  closesAt: time.optional(),
  prewarmMinutes: prewarmMinutes.optional(),
  keepLabsDays: keepLabsDays.optional(),
})
/** Of one student, in a body of JSON. */
export const allowanceBody = z.object({
  extraMinutes: z.number().int().min(0).max(100_000).default(0),
  extraAttempts: z.number().int().min(0).max(1_000).default(0),
})
export type RuleChanges = z.infer<typeof ruleChanges>
export type ExerciseRules = z.infer<typeof exerciseRules>

/** A stored definition, read again with the same checks as a new one. */
export const storedExercise = z.unknown().transform((raw, context) => {
  const reading = readExerciseModel(raw)
  if (reading.exercise) return reading.exercise
  context.addIssue({ code: 'custom', message: JSON.stringify(reading.found) })
  return z.NEVER
})

const position = { x: z.number(), y: z.number() }
const end = z.object({ deviceId: z.string(), adapter: z.number(), port: z.number(), label: z.string().nullable() })

/** A lab as it was recorded when its template was built; the evaluator's `LabState`. */
export const recordedLab = z.object({
  projectId: z.string(),
  devices: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.string(),
      state: z.enum(['started', 'stopped', 'suspended']),
      console: z.object({ type: z.string(), port: z.number().nullable() }).nullable(),
      properties: z.record(z.string(), z.unknown()),
      ports: z.array(z.object({ adapter: z.number(), port: z.number(), name: z.string() })),
      symbol: z.string(),
      ...position,
    }),
  ),
  links: z.array(z.object({ id: z.string(), ends: z.tuple([end, end]), suspended: z.boolean() })),
})
export type RecordedLab = z.infer<typeof recordedLab>

/** What an uploaded project holds, as it was read when it was accepted. */
export const projectSummary = z.object({
  name: z.string(),
  projectId: z.string(),
  revision: z.number(),
  version: z.string(),
  devices: z.array(
    z.object({
      nodeId: z.string(),
      name: z.string(),
      type: z.string(),
      consoleType: z.string().nullable(),
      platform: z.string().nullable(),
      symbol: z.string(),
      ...position,
    }),
  ),
  links: z.array(
    z.object({ ends: z.array(z.object({ nodeId: z.string(), adapter: z.number(), port: z.number(), label: z.string().nullable() })) }),
  ),
  images: z.array(z.string()),
})
export type ProjectSummary = z.infer<typeof projectSummary>

export const errorDetails = sentenceValuesSchema.nullable()
