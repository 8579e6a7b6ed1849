import { writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** What one suite came to; written to the file that NETPRAXIS_CHECK_OUTCOME names, read by test/check.ts. */
export interface SuiteOutcome {
  readonly passed: number
  readonly failed: readonly string[]
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
  /** Passed at the second attempt. */
  readonly repeated: readonly string[]
}

const nameOf = (test: TestCase) => `${test.module.relativeModuleId}: ${test.fullName}`

/** The reason stands in the suite's name (see describeWith) or was given to `context.skip`. */
function reasonOf(test: TestCase): string {
  const result = test.result()
  const note = result.state === 'skipped' ? result.note : undefined
  return note ?? /\(skipped: (.+?)\)/u.exec(test.fullName)?.[1] ?? 'no reason is given'
}

/** A file that breaks outside its tests counts as one that failed: otherwise its tests would vanish from the sum. */
function brokenModules(modules: readonly TestModule[]): string[] {
  return modules.filter((module) => module.errors().length > 0).map((module) => `${module.relativeModuleId}: did not load`)
}

/** Counts what vitest ran, also what broke outside a test. */
export default class CheckReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const failed = tests.filter((test) => test.result().state === 'failed').map(nameOf)
    // A test that was never reached (its hook failed, the run was cut) is not one that passed.
    const unfinished = tests.filter((test) => test.result().state === 'pending').map((test) => `${nameOf(test)} (not reached)`)
    const outcome: SuiteOutcome = {
      passed: tests.filter((test) => test.result().state === 'passed').length,
      failed: [...failed, ...unfinished, ...brokenModules(modules), ...unhandledErrors.map(() => 'an error outside of every test')],
      skipped: tests.filter((test) => test.result().state === 'skipped').map((test) => ({ name: nameOf(test), reason: reasonOf(test) })),
      repeated: tests.filter((test) => test.diagnostic()?.flaky === true).map(nameOf),
    }
    const file = process.env.NETPRAXIS_CHECK_OUTCOME
    if (file !== undefined) writeFileSync(file, JSON.stringify(outcome))
  }
}
