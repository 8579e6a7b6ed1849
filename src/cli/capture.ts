import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { loadPlatforms, type Platforms } from '../clients/console/index.ts'
import type { Exercise } from '../evaluation/index.ts'
import type { Secrets } from '../evaluations/index.ts'
import { createTextRedactor } from '../lib/redact-configuration.ts'
import { createTranslator } from '../strings/index.ts'
import { askLab } from './ask-lab.ts'
import { captureCommands } from './capture-commands.ts'
import { captureCriterion } from './capture-criterion.ts'
import { type CaptureArguments, type CaptureTask, readCaptureArguments } from './capture-options.ts'
import { type Capture, type Task, wordsOf } from './capture-parts.ts'
import { makeState } from './captured-state.ts'
import { collectProblems } from './collect-problems.ts'
import { type CommandIo, exitCodes, UsageError } from './command-io.ts'
import { endByError } from './end-by-error.ts'
import { openLab } from './evaluate-lab.ts'
import { readSecrets } from './evaluate-secrets.ts'
import { type ExerciseFile, readExerciseFile } from './read-exercise-file.ts'

const t = createTranslator()
const platformFolder = fileURLToPath(new URL('../../inventory/platforms', import.meta.url))
/**
 * `netpraxis capture`: keeps the state of a running lab, or makes a test fixture from what a device answers.
 * @returns 0 captured, 2 captured in part or not at all, 64 wrong use, 130 interrupted
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const options = readCaptureArguments(argv)
    if (options !== null) return await captureLab(options, io)
    io.stdout.write(`${t('commands.capture.usage')}\n`)
    return exitCodes.ok
  } catch (error) {
    return endByError(error, io)
  }
}

async function captureLab({ file, lab: option, task }: CaptureArguments, io: CommandIo): Promise<number> {
  const platforms = loadPlatforms(platformFolder)
  const exerciseFile = file === null ? bareExercise(task, platforms) : await readExerciseFile(file)
  const problems = collectProblems()
  const secrets = await problems.try(() => readSecrets(exerciseFile, io))
  await problems.try(() => checkNames(exerciseFile.exercise, task))
  // a lab that will not be captured is not started
  const unstarted = option.kind === 'gns3' && problems.found.length > 0 ? { ...option, start: false } : option
  const lab = await problems.try(() =>
    openLab({ file: file ?? '', exerciseFile: forTask(exerciseFile, task), lab: unstarted, platforms, io }),
  )
  if (lab === undefined || secrets === undefined || problems.found.length > 0) {
    await lab?.close()
    throw new UsageError(problems.found)
  }
  try {
    requirePlatforms(lab.exercise)
    const capture = { lab, platforms, secrets, redact: createTextRedactor(knownSecrets(lab.exercise, secrets, option)), io }
    if (task.kind === 'state') return await captureState(capture, task)
    return task.kind === 'criterion' ? await captureCriterion(capture, task) : await captureCommands(capture, task)
  } finally {
    await lab.close()
  }
}

/** Secrets by name, passwords of the inventory, and the one in the address. */
function knownSecrets({ devices }: Exercise, secrets: Secrets, option: CaptureArguments['lab']): string[] {
  const ofDevices = Object.values(devices).flatMap(({ password, enablePassword }) => [password, enablePassword])
  const ofServer = option.kind === 'gns3' ? [option.address.credentials?.password] : []
  return [...secrets.values(), ...[...ofDevices, ...ofServer].filter((one) => typeof one === 'string')]
}

/** Without an exercise file: a lab of one device, to be asked what the command line says. */
function bareExercise(task: CaptureTask, platforms: Platforms): ExerciseFile {
  const device = task.kind === 'commands' ? task.device : ''
  const named = task.kind === 'commands' ? task.platform : undefined
  const platform = named === undefined ? undefined : platforms.find(named)
  if (named !== undefined && platform === undefined) throw new UsageError([t('commands.capture.unknownPlatform', { name: named })])
  const exercise: Exercise = {
    netpraxis: 1,
    title: device,
    topology: 'free',
    network: 'isolated',
    create: 'enroll',
    devices: { [device]: { platform: platform?.id ?? '' } },
    preconfigure: [],
    criteria: [],
  }
  return { exercise, lineOfDevice: () => 1 }
}

/** The inventory may have named it. */
function requirePlatforms({ devices }: Exercise): void {
  const without = Object.keys(devices).filter((name) => devices[name]?.platform === '')
  if (without.length > 0) throw new UsageError(without.map((name) => t('commands.capture.platformMissing', { name })))
}

function checkNames({ criteria, devices }: Exercise, task: CaptureTask): void {
  if (task.kind === 'criterion' && !criteria.some(({ id }) => id === task.criterion)) {
    const known = criteria.map(({ id }) => id).join(', ')
    throw new UsageError([t('commands.capture.unknownCriterion', { id: task.criterion, known })])
  }
  if (task.kind === 'commands' && !Object.hasOwn(devices, task.device)) {
    throw new UsageError([t('commands.capture.unknownDevice', { name: task.device, names: Object.keys(devices).join(', ') })])
  }
}

/** Of an exercise of twenty devices only the one that is asked has to be there. */
function forTask(file: ExerciseFile, task: CaptureTask): ExerciseFile {
  const own = task.kind === 'commands' ? file.exercise.devices[task.device] : undefined
  if (task.kind !== 'commands' || own === undefined) return file
  return { ...file, exercise: { ...file.exercise, devices: { [task.device]: own }, criteria: [] } }
}

async function captureState({ lab, platforms, secrets, redact, io }: Capture, { output }: Task<'state'>): Promise<number> {
  const { exercise, project } = lab
  // once each: a state is what is there now, not what comes to be
  const criteria = exercise.criteria.map((criterion) => ({ ...criterion, within: 0, requires: [] }))
  const { result, configurations } = await askLab({ lab, exercise: { ...exercise, criteria }, platforms, secrets, io, capture: true })
  io.signal.throwIfAborted()
  const state = makeState({ exercise, project, configurations, result, redact })
  const text = `${JSON.stringify(state, null, 2)}\n`
  if (output === '-') io.stdout.write(text)
  else await writeFile(output, text)
  const missing = state.configurations.flatMap(({ device, source, problem }) =>
    problem === null || problem === 'FILE_MISSING'
      ? []
      : [t('commands.capture.missing', { device, source, problem: wordsOf(problem, device) })],
  )
  for (const line of missing) io.stderr.write(`${line}\n`)
  return missing.length === 0 ? exitCodes.ok : exitCodes.undecided
}
