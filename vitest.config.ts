import { defineConfig } from 'vitest/config'

/**
 * Suites, from the purest to the whole product. `real` and `browser` need programs of the system (see docs/testing.md);
 * a missing one is named and skipped, and fails under CI=true (test/needs.ts).
 */
const suite = (name: string, include: string[], extra: object = {}) => ({
  test: { name, include, environment: 'node' as const, ...extra },
})

/** They start the program as users do: compiled. */
const wholeProcesses = { globalSetup: ['test/support/compile.ts'] }

export default defineConfig({
  test: {
    coverage: { provider: 'v8', include: ['src/**'], reportsDirectory: 'coverage' },
    projects: [
      // on two cores Vitest would run one file at a time; a journey waits for its own sandbox most of the time
      suite('unit', ['test/**/*.test.ts'], { testTimeout: 60_000, exclude: ['test/{journeys,real,browser}/**'], maxWorkers: 2 }),
      suite('journeys', ['test/journeys/**/*.test.ts'], { ...wholeProcesses, testTimeout: 240_000, hookTimeout: 120_000, maxWorkers: 2 }),
      suite('real', ['test/real/**/*.test.ts'], { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
      suite('browser', ['test/browser/**/*.test.ts'], {
        ...wholeProcesses,
        testTimeout: 240_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
})
