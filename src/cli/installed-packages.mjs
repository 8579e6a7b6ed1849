import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

/**
 * Called by the launcher before any package can be relied on (hence plain JavaScript): prints `all` or `production` when the packages under
 * ROOT are those of the lock and the compiled one loads in this Node; else says on stderr what is wrong and ends with 1.
 */
const root = resolve(process.argv[2] ?? '.')
const packagesOf = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8')).packages

/** npm leaves out optional packages of other systems; all others must be there in the same version and with the same hash. */
function differs(wanted, found) {
  if (!found) return !wanted.optional
  return found.version !== wanted.version || found.integrity !== wanted.integrity
}

try {
  const wanted = Object.entries(packagesOf('package-lock.json')).filter(([path]) => path !== '')
  const found = packagesOf('node_modules', '.package-lock.json')
  const wrong = wanted.filter(([path, entry]) => differs(entry, found[path]))
  const wrongInProduction = wrong.filter(([, entry]) => !entry.dev)
  const first = wrongInProduction[0]
  if (first) throw new Error(`${first[0]} is missing or of another version`)
  const Database = createRequire(join(root, 'package.json'))('better-sqlite3')
  new Database(':memory:').close()
  process.stdout.write(wrong.length === 0 ? 'all\n' : 'production\n')
} catch (error) {
  process.stderr.write(`${String(error?.message ?? error).split('\n')[0]}\n`)
  process.exitCode = 1
}
