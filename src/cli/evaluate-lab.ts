import type { InventoryHost, Platforms } from '../clients/console/index.ts'
import { readInventory } from '../clients/console/index.ts'
import { createGns3, type Gns3, type Gns3Project } from '../clients/gns3/index.ts'
import { type AppError, isAppError } from '../errors.ts'
import type { Exercise } from '../evaluation/index.ts'
import { accessGns3Lab, accessInventory, type LabAccess } from '../evaluations/index.ts'
import { systemClock } from '../lib/clock.ts'
import { say } from '../lib/sentence.ts'
import { createTranslator } from '../strings/index.ts'
import { type CommandIo, UsageError } from './command-io.ts'
import type { Gns3Address, LabOption } from './lab-options.ts'
import { type ExerciseFile, lineOfKey, problemLine } from './read-exercise-file.ts'
import { silentLog } from './silent-log.ts'

const t = createTranslator()

const unreachable: readonly string[] = ['GNS3_UNREACHABLE', 'GNS3_TIMEOUT', 'GNS3_AUTH', 'GNS3_UNEXPECTED_ANSWER']

/** GNS3 could not be reached or did not do what was asked, or a device could not be prepared: exit status 2. */
export class LabNotReached extends Error {
  constructor(cause: AppError, { host, port }: Gns3Address) {
    const reason = t(`errors.${cause.code}`, cause.details)
    const message = unreachable.includes(cause.code)
      ? t('commands.evaluate.labNotReached', { address: `${host}:${port}`, reason })
      : t('commands.evaluate.labNotPrepared', { reason })
    super(message, { cause })
    this.name = 'LabNotReached'
  }
}

export interface OpenedLab {
  readonly access: LabAccess
  /** Name of the GNS3 project; null with an inventory. */
  readonly project: string | null
  /** The exercise with what the inventory adds: user names and passwords it does not give itself. */
  readonly exercise: Exercise
  readonly close: () => Promise<void>
}

export interface OpenLabOptions {
  readonly file: string
  readonly exerciseFile: ExerciseFile
  readonly lab: LabOption
  readonly platforms: Platforms
  readonly io: CommandIo
}

/**
 * Finds the lab and checks that it has the exercise's devices; asks nothing of any device.
 * @throws UsageError, LabNotReached
 */
export const openLab = (options: OpenLabOptions): Promise<OpenedLab> =>
  options.lab.kind === 'gns3' ? openGns3Lab(options, options.lab) : Promise.resolve(openInventory(options, options.lab.path))

/** @throws UsageError with each device of the exercise that is not among `has`, and its line */
export function requireDevices(options: Pick<OpenLabOptions, 'file' | 'exerciseFile'>, has: readonly string[], message: string): void {
  const { file, exerciseFile } = options
  const missing = Object.keys(exerciseFile.exercise.devices).filter((name) => !has.includes(name))
  if (missing.length === 0) return
  const problem = say(`commands.evaluate.${message}`, { names: has })
  throw new UsageError(
    missing.map((name) => problemLine(file, { field: `devices.${name}`, problem, line: exerciseFile.lineOfDevice(name) })),
  )
}

function openInventory(options: OpenLabOptions, path: string): OpenedLab {
  const inventory = readHosts(path, options.platforms)
  const { exercise } = options.exerciseFile
  const names = inventory.hosts.map(({ name }) => name)
  requireDevices(options, names, 'deviceNotInInventory')
  const devices = Object.entries(exercise.devices).map(([name, device]) => {
    const host = inventory.find(name)
    return [name, { ...loginOf(host), ...device, platform: device.platform || (host?.platform ?? '') }]
  })
  return {
    access: accessInventory(inventory),
    project: null,
    exercise: { ...exercise, devices: Object.fromEntries(devices) },
    close: async () => undefined,
  }
}

const loginOf = (host: InventoryHost | undefined) => ({
  ...(host?.username === undefined ? {} : { username: host.username }),
  ...(host?.password === undefined ? {} : { password: host.password }),
})

function readHosts(path: string, platforms: Platforms) {
  try {
    return readInventory(path, platforms)
  } catch (error) {
    if (isAppError(error)) throw new UsageError(inventoryLines(error))
    throw new UsageError([t('commands.fileUnreadable', { file: path, reason: error instanceof Error ? error.message : String(error) })])
  }
}

/** Every problem of an inventory with file and line; those of a host at the host's own. */
function inventoryLines({ code, details, fields }: AppError): readonly string[] {
  const file = details.file
  if (fields.length === 0 || typeof file !== 'string') return [t(`errors.${code}`, details)]
  return fields.map((problem) => problemLine(file, { ...problem, line: problem.line ?? lineOfKey(file, problem.field) }))
}

async function openGns3Lab(options: OpenLabOptions, lab: LabOption & { readonly kind: 'gns3' }): Promise<OpenedLab> {
  const { io, exerciseFile } = options
  const { signal } = io
  const gns3 = createGns3({ ...lab.address, clock: systemClock, log: silentLog, signal })
  try {
    const project = chooseProject(await gns3.listProjects({ signal }), lab.project)
    const { devices } = await gns3.readLab(project.id, { signal })
    requireDevices(
      options,
      devices.map(({ name }) => name),
      'deviceNotInLab',
    )
    if (lab.start) await startLab(gns3, project, io)
    const access = accessGns3Lab({
      gns3,
      projectId: project.id,
      exercise: exerciseFile.exercise,
      allowDirect: true,
      workVmHost: lab.address.host,
    })
    return { access, project: project.name, exercise: exerciseFile.exercise, close: () => gns3.close() }
  } catch (error) {
    await gns3.close()
    throw isAppError(error) ? new LabNotReached(error, lab.address) : error
  }
}

function chooseProject(projects: readonly Gns3Project[], wanted: string | undefined): Gns3Project {
  const names = projects.map(({ name, id }) => `${name} (${id})`).join(', ')
  if (wanted !== undefined) {
    const found = projects.find(({ id }) => id === wanted) ?? projects.find(({ name }) => name === wanted)
    if (found === undefined && projects.length === 0) throw new UsageError([t('commands.evaluate.noProjectNamed', { name: wanted })])
    if (found === undefined) throw new UsageError([t('commands.evaluate.unknownProject', { name: wanted, names })])
    return found
  }
  const [only, ...more] = projects
  if (only === undefined) throw new UsageError([t('commands.evaluate.noProject')])
  if (more.length > 0) throw new UsageError([t('commands.evaluate.severalProjects', { names })])
  return only
}

/** Devices that do not start are judged as they are: off. */
async function startLab(gns3: Gns3, project: Gns3Project, io: CommandIo): Promise<void> {
  const { signal } = io
  // in a pipe the outcome alone is wanted
  const tell = (line: string): unknown => (io.stderr.isTTY === true ? io.stderr.write(`${line}\n`) : undefined)
  tell(t('commands.evaluate.starting', { project: project.name }))
  await gns3.openProject(project.id, { signal })
  try {
    await gns3.startAll(project.id, {
      signal,
      onProgress: ({ started, total }) => tell(t('commands.evaluate.waiting', { started, total })),
    })
  } catch (error) {
    if (!isAppError(error, 'GNS3_DEVICE_NOT_STARTED')) throw error
    io.stderr.write(`${t(`errors.${error.code}`, error.details)}\n`)
  }
}
