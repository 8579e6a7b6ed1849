import { parseArgs } from 'node:util'
import type { NetpraxisServer } from '../clients/netpraxis/index.ts'
import { type Exercise, secretNames } from '../evaluation/index.ts'
import { systemClock } from '../lib/clock.ts'
import { createTranslator } from '../strings/index.ts'
import { collectProblems } from './collect-problems.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { readBundle } from './read-bundle.ts'
import { connectServer } from './server-options.ts'

const t = createTranslator()
const pollMs = 1_000

interface Arguments {
  readonly file: string
  readonly server: string | undefined
  readonly target: { readonly courseId: string } | { readonly exerciseId: string }
  readonly baseTemplate: number | null
}

/**
 * `netpraxis exercise import`: file, statement and project to a server, as a new exercise or a new revision of one.
 * @returns 0 built (or a draft), 1 the build failed, 2 it was broken off
 * @throws UsageError with all that is wrong here; AppError SERVER_*
 */
export async function importExercise(argv: readonly string[], io: CommandIo): Promise<number> {
  const options = parse(argv)
  const problems = collectProblems()
  const bundle = await problems.try(() => readBundle(options.file))
  const server = await problems.try(() => connectServer(options.server, io))
  if (bundle === undefined || server === undefined) throw new UsageError(problems.found)
  const baseTemplate = bundle.project === null ? options.baseTemplate : await chooseTemplate(server, options)
  const { text, statement, project } = bundle
  const { id, jobId } = await server.save(options.target, { text, statement, project, baseTemplate })
  io.stdout.write(`${t('commands.exercise.saved', { id })}\n`)
  await giveSecrets(server, id, bundle, io)
  if (jobId !== null) return waitForBuild(server, { id, jobId }, io)
  const { state } = await server.read(id)
  io.stdout.write(`${state === 'draft' ? t('commands.exercise.draft') : t('commands.exercise.built', { state })}\n`)
  return exitCodes.ok
}

function parse(argv: readonly string[]): Arguments {
  const { values, positionals } = parseOptions(argv)
  const [file = '', ...more] = positionals
  const vmid = Number(values['base-template'])
  const problems = [
    ...(file === '' || more.length > 0 ? [t('commands.evaluate.oneFile')] : []),
    ...((values.course === undefined) === (values.exercise === undefined) ? [t('commands.exercise.oneTarget')] : []),
    ...(values['base-template'] !== undefined && !Number.isInteger(vmid) ? [t('commands.exercise.badTemplate')] : []),
  ]
  if (problems.length > 0) throw new UsageError([...problems, t('commands.exercise.usage')])
  return {
    file,
    server: values.server,
    target: values.course === undefined ? { exerciseId: values.exercise ?? '' } : { courseId: values.course },
    baseTemplate: values['base-template'] === undefined ? null : vmid,
  }
}

function parseOptions(argv: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    const options = { server: text, course: text, exercise: text, 'base-template': text }
    return parseArgs({ args: [...argv], allowPositionals: true, options })
  } catch (error) {
    throw new UsageError([error instanceof Error ? error.message : String(error), t('commands.exercise.usage')])
  }
}

/** The one that is named; of a new exercise the only one the server has. A revision keeps its own. */
async function chooseTemplate(server: NetpraxisServer, { baseTemplate, target }: Arguments): Promise<number | null> {
  if (baseTemplate !== null || 'exerciseId' in target) return baseTemplate
  const templates = await server.listBaseTemplates()
  const [only, ...more] = templates
  if (only === undefined) throw new UsageError([t('commands.exercise.noTemplate')])
  if (more.length === 0) return only.vmid
  const names = templates.map(({ vmid, name }) => `${vmid} (${name})`).join(', ')
  throw new UsageError([t('commands.exercise.chooseTemplate', { names })])
}

/** Values that stand in the environment, as `evaluate` reads them; the build needs them some minutes from now. */
async function giveSecrets(server: NetpraxisServer, id: string, { exercise }: { readonly exercise: Exercise }, io: CommandIo) {
  const values = new Map(
    secretNames(exercise).flatMap((name) => {
      const value = io.env[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
  if (values.size > 0) await server.putSecrets(id, values)
  const open = (await server.read(id)).secrets.filter(({ isSet }) => !isSet).map(({ name }) => name)
  if (open.length > 0) io.stderr.write(`${t('commands.exercise.secretsOpen', { names: open.join(', ') })}\n`)
}

async function waitForBuild(server: NetpraxisServer, { id, jobId }: { readonly id: string; readonly jobId: string }, io: CommandIo) {
  let told = ''
  for (;;) {
    const { state, steps, error } = await server.readJob(jobId)
    const step = steps.find((one) => one.state === 'running')?.label ?? ''
    if (io.stderr.isTTY === true && step !== '' && step !== told) io.stderr.write(`${t('commands.exercise.building', { step })}\n`)
    told = step
    if (state === 'done') {
      io.stdout.write(`${t('commands.exercise.built', { state: (await server.read(id)).state })}\n`)
      return exitCodes.ok
    }
    if (state === 'failed') {
      io.stderr.write(`${t('commands.exercise.buildFailed', { reason: error?.message ?? '' })}\n`)
      return exitCodes.failed
    }
    if (state === 'cancelled') {
      io.stderr.write(`${t('commands.exercise.buildEnded')}\n`)
      return exitCodes.undecided
    }
    await systemClock.sleep(pollMs, io.signal)
  }
}
