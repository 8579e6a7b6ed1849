import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { createTranslator } from '../strings/index.ts'
import { type CommandIo, exitCodes } from './command-io.ts'

const t = createTranslator()
const script = new URL('base-template.sh', import.meta.url)

function isAskedRightly(argv: readonly string[]): boolean {
  try {
    return parseArgs({ args: [...argv], options: {}, allowPositionals: true }).positionals.length === 0
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** `netpraxis template-script`: prints the shell script that makes a base template of a plain Debian or Ubuntu server. It holds no secret. */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  if (!isAskedRightly(argv)) {
    io.stderr.write(`${t('commands.templateScript.usage')}\n`)
    return exitCodes.usage
  }
  io.stdout.write(await readFile(script, 'utf8'))
  return exitCodes.ok
}
