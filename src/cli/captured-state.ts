import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { CapturedConfiguration, EvaluationResult, Exercise } from '../evaluation/index.ts'
import { createTranslator } from '../strings/index.ts'
import { UsageError } from './command-io.ts'

const t = createTranslator()

const configurationSchema = z.object({
  device: z.string(),
  kind: z.enum(['running', 'saved']),
  /** The command, or the file's path. */
  source: z.string(),
  /** Null when it could not be captured; then `problem` is the reason's code. */
  text: z.string().nullable(),
  problem: z.string().nullable(),
})

const criterionSchema = z.object({
  id: z.string(),
  title: z.string(),
  device: z.string().nullable(),
  verdict: z.string(),
  reason: z.object({ code: z.string(), data: z.record(z.string(), z.unknown()).default({}) }),
  /** What was read, oldest round first. */
  facts: z.array(z.unknown()).default([]),
})

/**
 * A lab as it was at one time: what `capture --state` writes. `compare` reads the same parts of other files too: the JSON of
 * `evaluate`, `GET /submissions/:id` and `GET /submissions/:id/configurations`.
 */
export const capturedStateSchema = z.object({
  schema: z.literal(1).optional(),
  kind: z.literal('state').optional(),
  exercise: z.string().optional(),
  /** Name of the GNS3 project; null with an inventory. */
  project: z.string().nullish(),
  /** ISO 8601, UTC. */
  capturedAt: z.string().optional(),
  configurations: z.array(configurationSchema).default([]),
  criteria: z.array(criterionSchema).default([]),
})
export type CapturedState = z.output<typeof capturedStateSchema>
export type StateConfiguration = CapturedState['configurations'][number]
export type StateCriterion = CapturedState['criteria'][number]

/** The list of `GET /submissions/:id/configurations`. */
const listSchema = z.object({ items: z.array(configurationSchema) }).transform(({ items }) => ({ configurations: items, criteria: [] }))

export interface StateParts {
  readonly exercise: Exercise
  readonly project: string | null
  readonly configurations: readonly CapturedConfiguration[]
  readonly result: Pick<EvaluationResult, 'criteria' | 'startedAt'>
  readonly redact: (text: string) => string
}

/** A lab as it is now, as JSON; passwords and keys removed from what the devices are configured with. */
export function makeState({ exercise, project, configurations, result, redact }: StateParts): CapturedState {
  return {
    schema: 1,
    kind: 'state',
    exercise: exercise.title,
    project,
    capturedAt: result.startedAt,
    configurations: configurations.map((captured) => configurationOf(captured, redact)),
    criteria: result.criteria.map(({ id, title, device, verdict, reason, facts }) => ({
      id,
      title,
      device,
      verdict,
      reason: { code: reason.code, data: { ...reason.data } },
      facts: [...facts],
    })),
  }
}

function configurationOf(captured: CapturedConfiguration, redact: (text: string) => string): StateConfiguration {
  const { device, kind, source } = captured
  const about = { device, kind, source }
  if ('missing' in captured) return { ...about, text: null, problem: captured.missing.code }
  if ('observation' in captured) {
    const { text, ended } = captured.observation
    return {
      ...about,
      text: ended === 'prompt' ? redact(text) : null,
      problem: ended === 'prompt' ? null : `ANSWER_${ended.toUpperCase()}`,
    }
  }
  if (captured.file === null) return { ...about, text: null, problem: 'FILE_MISSING' }
  return { ...about, text: redact(Buffer.from(captured.file).toString('utf8')), problem: null }
}

/**
 * Reads a captured state.
 * @throws UsageError when the file cannot be read or is none
 */
export async function readState(file: string): Promise<CapturedState> {
  const value = parseJson(file, await readText(file))
  const list = listSchema.safeParse(value)
  if (list.success) return list.data
  const state = capturedStateSchema.safeParse(value)
  const isEmpty = state.success && state.data.configurations.length === 0 && state.data.criteria.length === 0
  if (!state.success || isEmpty) throw new UsageError([t('commands.compare.noState', { file })])
  return state.data
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new UsageError([t('commands.fileUnreadable', { file, reason })])
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError([t('commands.compare.noState', { file })])
    throw error
  }
}
