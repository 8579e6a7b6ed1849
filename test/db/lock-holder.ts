import { lockDataDir } from '../../src/db/lock.ts'

/** Holds the lock of a folder until it is killed; says so on its output. */
lockDataDir(process.argv[2] ?? '')
process.stdout.write('locked\n')
setInterval(() => undefined, 60_000)
