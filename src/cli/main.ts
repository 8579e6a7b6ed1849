import { existsSync } from 'node:fs'
import { createTranslator } from '../strings/index.ts'
import type { CommandIo } from './command-io.ts'
import { listenForSignals } from './command-signals.ts'

interface Command {
  run(argv: readonly string[], io: CommandIo): Promise<number>
}

/** Each command is a file of its own, loaded when it is called. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  demo: () => import('./demo.ts'),
  serve: () => import('./serve.ts'),
  sandbox: () => import('./sandbox.ts'),
  doctor: () => import('./doctor.ts'),
  'template-script': () => import('./template-script.ts'),
  migrate: () => import('./migrate.ts'),
  user: () => import('./user.ts'),
  evaluate: () => import('./evaluate.ts'),
  capture: () => import('./capture.ts'),
  compare: () => import('./compare.ts'),
  exercise: () => import('./exercise.ts'),
}

/** They keep people's data and keys: what they make is for their own account alone. */
const keepers = ['demo', 'serve', 'migrate', 'user', 'doctor']

/** Whoever reads us may stop doing so (`netpraxis doctor | head`): the command goes on to its end, and keeps its status. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

const t = createTranslator()
const [name = '', ...argv] = process.argv.slice(2)
if (existsSync('.env')) process.loadEnvFile('.env')
const load = Object.hasOwn(commands, name) ? commands[name] : undefined
if (load) {
  if (keepers.includes(name)) process.umask(0o077)
  const command = await load()
  const io: CommandIo = { stdout: process.stdout, stderr: process.stderr, env: process.env, signal: listenForSignals() }
  process.exitCode = await command.run(argv, io)
} else {
  const isHelp = name === '' || name === 'help' || name === '--help' || name === '-h'
  ;(isHelp ? process.stdout : process.stderr).write(`${t('commands.usage')}\n`)
  process.exitCode = isHelp ? 0 : 64
}
