import { randomUUID } from 'node:crypto'
import { createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { conflict, forbidden, notFound } from './api-error.ts'
import { exportProject } from './export-project.ts'
import { importArchive } from './import-project.ts'
import type { LabSnapshot, Project } from './project.types.ts'
import { projectJson, snapshotJson } from './project-json.ts'
import { closeProject, openProject } from './project-lifecycle.ts'
import type { ServerState } from './server-state.ts'
import { snapshotFileName } from './snapshot-list.ts'

/** @throws ApiError 403 when the project is closed, 404 when the snapshot is unknown */
export function getSnapshot(project: Project, id: string | undefined): LabSnapshot {
  requireOpened(project)
  const snapshot = project.snapshots.get(id ?? '')
  if (!snapshot) throw notFound(`Snapshot ID ${id} doesn't exist`)
  return snapshot
}

function requireOpened(project: Project): void {
  if (project.status === 'closed') throw forbidden('The project is not opened')
}

/** @throws ApiError 409 when the name is taken or nodes run */
export async function takeSnapshot(state: ServerState, project: Project, name: string): Promise<LabSnapshot> {
  requireOpened(project)
  const isTaken = [...project.snapshots.values()].some((snapshot) => snapshot.name === name)
  if (isTaken) throw conflict(`The snapshot name ${name} already exists`)
  const now = state.runtime.options.clock.now()
  const folder = join(project.path, 'snapshots')
  const path = join(folder, snapshotFileName(name, now))
  const archive = exportProject(state, project, {
    includeImages: false,
    includeSnapshots: false,
    resetMacAddresses: false,
    compress: false,
  })
  mkdirSync(folder, { recursive: true })
  await pipeline(archive, createWriteStream(path))
  await state.runtime.wait(state.runtime.timing.snapshot)
  const snapshot = { id: randomUUID(), name, createdAt: Math.floor(now / 1000), path }
  project.snapshots.set(snapshot.id, snapshot)
  return snapshot
}

/** Closes, unpacks the snapshot over the project and opens it again: every node has a new id afterwards. */
export async function restoreSnapshot(state: ServerState, project: Project, snapshot: LabSnapshot): Promise<void> {
  const { auto_start, auto_open, auto_close } = project.settings
  await closeProject(state, project, { quiet: true })
  rmSync(join(project.path, 'project-files'), { recursive: true, force: true })
  if (!existsSync(snapshot.path)) throw conflict(`[Errno 2] No such file or directory: '${snapshot.path}'`)
  const settings = { auto_start, auto_open, auto_close }
  await importArchive(state, snapshot.path, { id: project.id, location: project.path, settings })
  await openProject(state, project)
  state.notifications.project(project.id, 'snapshot.restored', snapshotJson(project, snapshot))
  state.notifications.controller('project.updated', projectJson(project))
}

export function deleteSnapshot(project: Project, snapshot: LabSnapshot): void {
  project.snapshots.delete(snapshot.id)
  rmSync(snapshot.path)
}
