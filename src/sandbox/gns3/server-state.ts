import { join } from 'node:path'
import { notFound } from './api-error.ts'
import type { PortPool } from './console-ports.ts'
import type { KeyedMutex } from './mutex.ts'
import type { Notifications } from './notifications.ts'
import type { Project } from './project.types.ts'
import type { Runtime } from './runtime.ts'

/** One emulated GNS3 server: what its parts share and change. */
export interface ServerState {
  readonly runtime: Runtime
  readonly projects: Map<string, Project>
  readonly ports: PortPool
  readonly notifications: Notifications
  /** open and close of one project, one after the other each (utils/asyncio `locking`). */
  readonly locks: KeyedMutex
}

export const projectsFolder = (state: ServerState): string => join(state.runtime.options.folder, 'projects')

/** @throws ApiError 404 */
export function getProject(state: ServerState, id: string | undefined): Project {
  const project = state.projects.get(id ?? '')
  if (!project) throw notFound(`Project ID ${id} doesn't exist`)
  return project
}

/** As `getProject`, but waits while the project is being loaded. */
export async function getLoadedProject(state: ServerState, id: string | undefined): Promise<Project> {
  const project = getProject(state, id)
  while (project.loading) await state.runtime.wait(0.5)
  return project
}

/** The name, or the first of `name-1`, `name-2`... that no project has. Not atomic with what the caller does next, as in GNS3. */
export function freeProjectName(state: ServerState, wanted: string): string {
  const names = new Set([...state.projects.values()].map((project) => project.name))
  if (!names.has(wanted)) return wanted
  let suffix = 1
  while (names.has(`${wanted}-${suffix}`)) suffix++
  return `${wanted}-${suffix}`
}
