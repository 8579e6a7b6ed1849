import { randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { connectTelnet, openConsole, type Platforms } from '../clients/console/index.ts'
import { createGns3, type Gns3, openProjectArchive, requireRevision } from '../clients/gns3/index.ts'
import { connectVnc } from '../clients/vnc/index.ts'
import { isAppError } from '../errors.ts'
import type { Secrets } from '../evaluations/index.ts'
import { systemClock } from '../lib/clock.ts'
import { createTranslator } from '../strings/index.ts'
import { createLabConsoles, preconfigureLab } from '../vms/index.ts'
import { type CommandIo, UsageError } from './command-io.ts'
import { LabNotReached, type OpenedLab, openLab, requireDevices } from './evaluate-lab.ts'
import type { Gns3Address, LabOption } from './lab-options.ts'
import type { ExerciseFile } from './read-exercise-file.ts'
import { silentLog } from './silent-log.ts'

const t = createTranslator()

export interface ProofLabOptions {
  readonly file: string
  readonly exerciseFile: ExerciseFile
  readonly platforms: Platforms
  readonly secrets: Secrets
  readonly io: CommandIo
  /** What the lab is called to people. */
  readonly label: 'untouched' | 'solution'
  /** Null: `lab` is an inventory. */
  readonly gns3: Gns3Address | null
  /** A portable project, a project of the server, or an inventory. */
  readonly lab: string
}

/** True for a file: what is none is the name of a project on the server. */
export const isArchive = (lab: string): boolean => existsSync(lab) && statSync(lab).isFile()

/**
 * Looks whether a lab can be what it is named as; starts nothing and asks no device.
 * @throws UsageError, LabNotReached
 */
export async function checkProofLab({ file, exerciseFile, platforms, io, gns3, lab, label }: ProofLabOptions): Promise<void> {
  if (gns3 !== null && isArchive(lab)) {
    requireDevices({ file, exerciseFile }, await readDeviceNames(label, lab), 'deviceNotInProject')
    return
  }
  const option: LabOption = gns3 === null ? { kind: 'inventory', path: lab } : { kind: 'gns3', address: gns3, project: lab, start: false }
  await (await openLab({ file, exerciseFile, platforms, io, lab: option })).close()
}

async function readDeviceNames(label: string, path: string): Promise<string[]> {
  try {
    return (await openProjectArchive(path)).devices.map(({ name }) => name)
  } catch (error) {
    if (!isAppError(error, 'PROJECT_ARCHIVE_INVALID')) throw error
    throw new UsageError([
      `--${label}: ${path}: ${t('commands.exercise.projectInvalid', { reason: t(`errors.${error.code}`, error.details) })}`,
    ])
  }
}

/**
 * Opens one of the two labs of a proof, its devices started. A portable project is imported under a name of its own, gets the
 * exercise's commands where it is the untouched one, and is deleted when the lab is closed, whatever happened.
 * @throws UsageError, LabNotReached
 */
export async function openProofLab(options: ProofLabOptions): Promise<OpenedLab> {
  const { file, exerciseFile, platforms, io, gns3, lab } = options
  const parts = { file, exerciseFile, platforms, io }
  if (gns3 === null) return openLab({ ...parts, lab: { kind: 'inventory', path: lab } })
  if (!isArchive(lab)) return openLab({ ...parts, lab: { kind: 'gns3', address: gns3, project: lab, start: true } })
  const client = createGns3({ ...gns3, clock: systemClock, log: silentLog })
  const projectId = randomUUID()
  const remove = async () => {
    try {
      await client.deleteProject(projectId)
    } finally {
      await client.close()
    }
  }
  try {
    await importArchive(client, projectId, options)
    const opened = await openLab({ ...parts, lab: { kind: 'gns3', address: gns3, project: projectId, start: true } })
    if (options.label === 'untouched') await preconfigure(client, projectId, options, gns3.host)
    return { ...opened, close: () => opened.close().finally(remove) }
  } catch (error) {
    await remove().catch(() => undefined) // the first fault is the one to be told
    throw isAppError(error) ? new LabNotReached(error, gns3) : error
  }
}

async function importArchive(gns3: Gns3, projectId: string, { lab, label, io }: ProofLabOptions): Promise<void> {
  const { signal } = io
  if (io.stderr.isTTY === true) io.stderr.write(`${t('commands.exercise.importing', { label, file: lab })}\n`)
  const archive = await openProjectArchive(lab)
  requireRevision(archive, await gns3.version({ signal }))
  await gns3.importProject({ projectId, name: `netpraxis-proof-${projectId.slice(0, 8)}`, archive: lab, signal })
  await gns3.setAutoClose(projectId, false, { signal })
}

async function preconfigure(gns3: Gns3, projectId: string, { exerciseFile, platforms, secrets, io }: ProofLabOptions, vmHost: string) {
  const { exercise: definition } = exerciseFile
  if (definition.preconfigure.length === 0) return
  const consoles = createLabConsoles({ platforms, openConsole, connectTelnet, connectVnc, clock: systemClock, log: silentLog })
  await preconfigureLab(consoles, { gns3, projectId, definition, secrets, vmHost, signal: io.signal }, (device, state) => {
    if (io.stderr.isTTY === true && state !== 'saved')
      io.stderr.write(`${t('commands.exercise.preconfiguring', { label: 'untouched', device })}\n`)
  })
}
