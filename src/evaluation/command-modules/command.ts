import { z } from 'zod'
import { isRegex } from '../../lib/bounded-regex.ts'
import { defineCommandModule, lastRound } from '../command-module.ts'
import { parseJsonPath } from '../json-path.ts'
import { inconclusive } from '../verdict.ts'
import { compareOutput, normaliseOutput } from './command-output.ts'

export interface CommandFacts {
  /** Null where the platform has none. */
  readonly exitCode: number | null
  /** As it was printed, at most `outputCap` characters. */
  readonly output: string
  readonly isCut: boolean
}

/** Characters of an answer that are looked at; more is cut off, and said. */
export const outputCap = 64 * 1024

/** What is done to output and expected text before they are compared. */
export const normalisations = ['exact', 'blanks', 'blanks_and_case'] as const

const text = (max: number) => z.string().min(1).max(max)

export const commandParams = z
  .strictObject({
    /** The teacher's own, one line, as it is typed at the device's prompt. It should only look. */
    command: text(1_000)
      .regex(/^[^\p{Cc}]+$/u, { error: 'exerciseProblems.command' })
      .regex(/\S/, { error: 'exerciseProblems.command' }),
    exitCode: z.int().min(0).max(255).optional(),
    /** The whole output. */
    equals: z.string().max(10_000).optional(),
    regex: text(1_000).optional(),
    /** Must not match. */
    notRegex: text(1_000).optional(),
    ignoreCase: z.boolean().default(false),
    /** Values of the regular expression's named groups: `name=value`. */
    groups: z
      .array(z.string().regex(/^[A-Za-z_]\w*=[^\p{Cc}]*$/u, { error: 'exerciseProblems.groupValue' }))
      .max(20)
      .default([]),
    /** Lines that the regular expression must match (all lines that are not empty, where there is none). */
    count: z.int().min(0).optional(),
    jsonPath: text(200)
      .refine((path) => parseJsonPath(path) !== undefined, { error: 'exerciseProblems.jsonPath' })
      .optional(),
    compare: z.enum(['equals', 'not_equals', 'less', 'at_most', 'more', 'at_least']).default('equals'),
    /** What the value at the JSON path is compared with; a number where it looks like one. */
    value: z
      .union([z.string().max(1_000), z.number(), z.boolean()])
      .transform(String)
      .optional(),
    normalise: z.enum(normalisations).default('blanks'),
    timeoutSeconds: z.int().min(1).max(120).default(20),
  })
  .refine(
    ({ exitCode, equals, regex, notRegex, count, jsonPath }) =>
      [exitCode, equals, regex, notRegex, count, jsonPath].some((one) => one !== undefined),
    {
      error: 'exerciseProblems.nothingExpected',
    },
  )
  .refine(({ regex }) => regex === undefined || isRegex(regex), { error: 'exerciseProblems.regex', path: ['regex'] })
  .refine(({ notRegex }) => notRegex === undefined || isRegex(notRegex), { error: 'exerciseProblems.regex', path: ['notRegex'] })
  .refine(({ groups, regex }) => groups.every((one) => (regex ?? '').includes(`(?<${one.slice(0, one.indexOf('='))}>`)), {
    error: 'exerciseProblems.groupMissing',
    path: ['groups'],
  })
  .refine(({ jsonPath, value }) => jsonPath !== undefined || value === undefined, {
    error: 'exerciseProblems.onlyWithJsonPath',
    path: ['value'],
  })
export type CommandParams = z.infer<typeof commandParams>

/** The teacher's own command: by its exit status and by what it prints. */
export const command = defineCommandModule<CommandFacts>()({
  name: 'command',
  layer: 'custom',
  params: commandParams,
  defaultWithinSeconds: 10,
  roundSeconds: ({ timeoutSeconds }) => timeoutSeconds,
  isNegative: () => false,
  expected: ({ command: line }) => ({ code: 'COMMAND_AS_EXPECTED', data: { command: line } }),
  judge: (rounds, params) => {
    const facts = lastRound(rounds)
    const finding = compareOutput(facts, params)
    // what was cut off might have decided otherwise; an exit status is known all the same
    const isOpen = facts.isCut && finding.reason.code !== 'COMMAND_EXIT_CODE'
    return isOpen ? inconclusive('COMMAND_OUTPUT_CUT', 'lab', { output: normaliseOutput(facts.output, params).slice(0, 200) }) : finding
  },
})
