import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { AppError } from '../errors.ts'
import { readExercise, writeExercise } from '../evaluation/index.ts'
import { createTranslator } from '../strings/index.ts'
import { collectProblems } from './collect-problems.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { connectServer } from './server-options.ts'

const t = createTranslator()
const names = { exercise: 'exercise.yaml', statement: 'statement.md', project: 'lab.gns3project' } as const

/**
 * `netpraxis exercise export`: an exercise of a server as a folder that `import`, `validate` and `prove` read.
 * @throws UsageError; AppError SERVER_*
 */
export async function exportExercise(argv: readonly string[], io: CommandIo): Promise<number> {
  const { id, server: url, folder, isForced } = parse(argv)
  const problems = collectProblems()
  const server = await problems.try(() => connectServer(url, io))
  const taken = Object.values(names).filter((name) => !isForced && existsSync(join(folder, name)))
  const inTheWay = taken.map((name) => t('commands.exercise.outputTaken', { file: join(folder, name) }))
  if (server === undefined || inTheWay.length > 0) throw new UsageError([...problems.found, ...inTheWay])
  const { exercise } = readExercise(await server.readFile(id))
  if (exercise === undefined) throw new AppError('SERVER_UNEXPECTED_ANSWER', { details: { url: url ?? '' } })
  const statement = await server.readStatement(id)
  await mkdir(folder, { recursive: true })
  const hasProject = await server.saveProject(id, join(folder, names.project))
  const { statement: _statement, project: _project, ...rest } = exercise
  const beside = { ...(statement === '' ? {} : { statement: names.statement }), ...(hasProject ? { project: names.project } : {}) }
  const { netpraxis, title, ...more } = rest
  await writeFile(join(folder, names.exercise), writeExercise({ netpraxis, title, ...beside, ...more }))
  if (statement !== '') await writeFile(join(folder, names.statement), statement)
  const written = [names.exercise, ...Object.values(beside)]
  for (const name of written) io.stdout.write(`${t('commands.exercise.written', { file: join(folder, name) })}\n`)
  return exitCodes.ok
}

function parse(argv: readonly string[]) {
  const { values, positionals } = parseOptions(argv)
  const [id = '', ...more] = positionals
  const problems = [
    ...(id === '' || more.length > 0 ? [t('commands.exercise.oneId')] : []),
    ...(values.output === undefined ? [t('commands.exercise.outputMissing')] : []),
  ]
  if (problems.length > 0) throw new UsageError([...problems, t('commands.exercise.usage')])
  return { id, server: values.server, folder: values.output ?? '', isForced: values.force === true }
}

function parseOptions(argv: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    const options = { server: text, output: text, force: { type: 'boolean' } } as const
    return parseArgs({ args: [...argv], allowPositionals: true, options })
  } catch (error) {
    throw new UsageError([error instanceof Error ? error.message : String(error), t('commands.exercise.usage')])
  }
}
