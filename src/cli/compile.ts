import { readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileProgram } from './compile-program.ts'

/**
 * Called by the launcher when the sources or the packages changed: compiles the program into FOLDER, and removes what was compiled before,
 * but for the two newest: a server may still be running from them.
 */
const kept = 2

async function removeOlder(folder: string): Promise<void> {
  const beside = dirname(folder)
  const others = (await readdir(beside)).map((name) => join(beside, name)).filter((path) => path !== folder)
  const dated = await Promise.all(others.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })))
  const old = dated.sort((one, other) => other.at - one.at).slice(kept)
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })))
}

const [folder = ''] = process.argv.slice(2)
await compileProgram({ main: fileURLToPath(new URL('main.ts', import.meta.url)) }, folder)
await removeOlder(folder)
