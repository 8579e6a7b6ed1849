import { randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { conflict, isApiError } from './api-error.ts'
import { asString } from './json.ts'
import { createLabNetwork } from './lab-devices.ts'
import { addLink } from './links.ts'
import { closeListener, forAllNodes, startNode, stopNode } from './node-power.ts'
import { addNode, releasePorts } from './nodes.ts'
import { alwaysRunning, type Project } from './project.types.ts'
import { drawingOf, projectJson } from './project-json.ts'
import { settingsFrom } from './project-store.ts'
import type { ServerState } from './server-state.ts'
import { readSnapshots } from './snapshot-list.ts'
import { dumpTopology, readTopology, type TopologyFile } from './topology-file.ts'

/**
 * Opens the project; several at once all wait for the same end, an opened one stays as it is.
 * @throws ApiError 409 while it is closing, or when an image is missing (the project then stays closed)
 */
export function openProject(state: ServerState, project: Project): Promise<void> {
  return state.locks.run(`open:${project.id}`, async () => {
    if (project.closing) throw conflict('Project is closing, please try again in a few seconds...')
    if (project.status === 'opened') return
    await load(state, project)
    state.notifications.controller('project.opened', projectJson(project))
    if (project.settings.auto_start) startInBackground(state, project)
  })
}

async function load(state: ServerState, project: Project): Promise<void> {
  reset(project)
  project.loading = true
  project.status = 'opened'
  project.network = createLabNetwork({ clock: state.runtime.options.clock, speed: state.runtime.options.speed })
  const path = join(project.path, project.filename)
  if (existsSync(path)) copyFileSync(path, `${path}.backup`)
  try {
    await state.runtime.wait(state.runtime.timing.openBase)
    await build(state, project, readTopology(state.runtime, path))
    dumpTopology(state.runtime, project)
  } catch (error) {
    await dropRunning(state, project)
    if (existsSync(`${path}.backup`)) copyFileSync(`${path}.backup`, path)
    throw error
  } finally {
    project.loading = false
  }
  rmSync(`${path}.backup`, { force: true })
}

/** Nodes first, then links; a link whose port is gone or taken is left out, as GNS3 does with a warning in its log. */
async function build(state: ServerState, project: Project, file: TopologyFile): Promise<void> {
  project.settings = settingsFrom(
    { ...file.meta, supplier: project.settings.supplier, variables: project.settings.variables },
    project.settings,
  )
  for (const node of file.nodes) await addNode(state, project, node)
  for (const link of file.links) {
    try {
      // neither version reads `suspend` back from the file: every link is up after opening
      addLink(state, project, { ...link, suspend: false })
    } catch (error) {
      if (!isApiError(error)) throw error
    }
  }
  for (const drawing of file.drawings) {
    const id = asString(drawing.drawing_id) ?? randomUUID()
    project.drawings.set(id, drawingOf(id, drawing))
  }
}

/** Nobody waits for it and nobody hears of its errors: the user is to open the project and mend it. */
function startInBackground(state: ServerState, project: Project): void {
  forAllNodes(state, project, startNode).catch((error: unknown) => {
    state.notifications.project(project.id, 'log.error', { message: String(error) })
  })
}

/** Stops all nodes and closes; nothing when it is closed, closing or still being loaded. */
export function closeProject(state: ServerState, project: Project, options: { quiet?: boolean } = {}): Promise<void> {
  return state.locks.run(`close:${project.id}`, async () => {
    if (project.status === 'closed' || project.closing || project.loading) return
    project.closing = true
    try {
      await forAllNodes(state, project, stopNode)
      await state.runtime.wait(state.runtime.timing.close)
      await dropRunning(state, project)
    } finally {
      project.closing = false
    }
    if (!options.quiet) state.notifications.controller('project.closed', projectJson(project))
  })
}

/** Gives back ports and devices and forgets what was in memory, without a word to anybody. */
export async function dropRunning(state: ServerState, project: Project): Promise<void> {
  for (const node of project.nodes.values()) {
    await closeListener(node)
    releasePorts(state, node)
  }
  const { network } = project
  project.status = 'closed'
  project.network = null
  reset(project)
  await network?.close()
}

function reset(project: Project): void {
  project.nodes = new Map()
  project.links = new Map()
  project.drawings = new Map()
  project.snapshots = readSnapshots(project.path)
}

/** Also while nodes run. A closed project is opened first, as the genuine server does; that it cannot be opened is no hindrance. */
export async function deleteProject(state: ServerState, project: Project): Promise<void> {
  if (project.status !== 'opened') {
    try {
      await openProject(state, project)
    } catch (error) {
      if (!isApiError(error)) throw error
    }
  }
  await closeProject(state, project)
  rmSync(project.path, { recursive: true, force: true })
  state.projects.delete(project.id)
  state.notifications.controller('project.deleted', projectJson(project))
}

/** True when a node runs that is not always running. */
export const isRunning = (project: Project): boolean =>
  [...project.nodes.values()].some((node) => node.status !== 'stopped' && !alwaysRunning.has(node.type))
