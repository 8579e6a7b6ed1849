import { join } from 'node:path'

/** Where compile.ts put the programs of this test run; by the environment, since workers are told nothing else so simply. */
export const compiledFolder = 'NETPRAXIS_TEST_PROGRAMS'

/**
 * A program as users run it: compiled, whole processes of which are started in a tenth of the time.
 * @throws Error where the suite compiles none (vitest.config.ts)
 */
export function compiled(name: 'main' | 'app-process'): string {
  const folder = process.env[compiledFolder]
  if (folder === undefined) throw new Error('this suite has no compiled programs: name test/support/compile.ts as its globalSetup')
  return join(folder, `${name}.mjs`)
}
