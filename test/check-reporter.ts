import { writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { z } from 'zod'

/** One thing that a run counts: a test, a file that broke outside its tests, or an error outside of every test (`file` empty where unknown). */
const entrySchema = z.object({
  file: z.string(),
  name: z.string(),
  state: z.enum(['passed', 'failed', 'skipped']),
  /** Why it was skipped. */
  reason: z.string(),
})
export type Entry = z.infer<typeof entrySchema>

/** What one run of a suite came to: the content of the file that NETPRAXIS_CHECK_OUTCOME names. */
export const entriesSchema = z.array(entrySchema)

/** The file that an error outside of every test came from, as Vitest notes it on the error. */
const originSchema = z.object({ VITEST_TEST_PATH: z.string() })

/** The reason stands in the suite's name (see describeWith) or was given to `context.skip`. */
function reasonOf(test: TestCase): string {
  const result = test.result()
  const note = result.state === 'skipped' ? result.note : undefined
  return note ?? /\(skipped: (.+?)\)/u.exec(test.fullName)?.[1] ?? 'no reason is given'
}

function describeTest(test: TestCase): Entry {
  const { state } = test.result()
  const entry = { file: test.module.moduleId, name: `${test.module.relativeModuleId}: ${test.fullName}`, reason: '' }
  // A test that was never reached (its hook failed, the run was cut) is not one that passed.
  if (state === 'pending') return { ...entry, name: `${entry.name} (not reached)`, state: 'failed' }
  return state === 'skipped' ? { ...entry, state, reason: reasonOf(test) } : { ...entry, state }
}

/** A file that breaks outside its tests counts as one that failed: otherwise its tests would vanish from the sum. */
const describeBroken = (module: TestModule): Entry[] =>
  module.errors().length === 0
    ? []
    : [{ file: module.moduleId, name: `${module.relativeModuleId}: did not load`, state: 'failed', reason: '' }]

function describeStray(error: unknown): Entry {
  const file = originSchema.safeParse(error).data?.VITEST_TEST_PATH ?? ''
  return { file, name: `an error outside of every test ${file}`.trimEnd(), state: 'failed', reason: '' }
}

/** Lists what vitest ran, also what broke outside a test. */
export default class CheckReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...[...module.children.allTests()].map(describeTest), ...describeBroken(module)])
    const file = process.env.NETPRAXIS_CHECK_OUTCOME
    if (file !== undefined) writeFileSync(file, JSON.stringify([...tests, ...unhandledErrors.map(describeStray)]))
  }
}
