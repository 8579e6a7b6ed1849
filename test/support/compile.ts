import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileProgram } from '../../src/cli/compile-program.ts'
import { compiledFolder } from './compiled.ts'

/** Before the first test of a suite: the program and the one that journeys kill, by the compiler of the launcher. */
export default async function compileForTests(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'netpraxis-programs-'))
  const programs = join(folder, 'compiled')
  const entry = (path: string) => fileURLToPath(new URL(path, import.meta.url))
  await compileProgram({ main: entry('../../src/cli/main.ts'), 'app-process': entry('app-process.ts') }, programs)
  process.env[compiledFolder] = programs
  return () => rm(folder, { recursive: true })
}
