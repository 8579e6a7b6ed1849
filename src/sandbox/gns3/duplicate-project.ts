import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conflict } from './api-error.ts'
import { renewIds } from './import-project.ts'
import type { Project } from './project.types.ts'
import { closeProject, openProject } from './project-lifecycle.ts'
import { loadProject } from './project-store.ts'
import { freeProjectName, projectsFolder, type ServerState } from './server-state.ts'
import { dumpTopology, readTopology } from './topology-file.ts'

/** Copies the project's folder (what the devices saved, not what runs); a taken name gets a suffix, auto_close is false. */
export async function duplicateProject(state: ServerState, project: Project, name: string): Promise<Project> {
  const wasClosed = project.status === 'closed'
  if (wasClosed) await openProject(state, project)
  dumpTopology(state.runtime, project)
  try {
    return copyProject(state, project, freeProjectName(state, name))
  } finally {
    if (wasClosed) await closeProject(state, project)
  }
}

function copyProject(state: ServerState, project: Project, name: string): Project {
  const id = randomUUID()
  const path = join(projectsFolder(state), id)
  cpSync(project.path, path, { recursive: true })
  // the copy is looked for under the project's present name: a renamed project cannot be duplicated (controller/project.py)
  const source = join(path, `${project.name}.gns3`)
  if (!existsSync(source)) throw conflict(`Cannot duplicate project: [Errno 2] No such file or directory: '${source}'`)
  const renewed = renewIds(path, readTopology(state.runtime, source))
  rmSync(source)
  const target = join(path, `${name}.gns3`)
  const settings = { auto_start: false, auto_open: false, auto_close: false }
  writeFileSync(target, JSON.stringify({ ...renewed, ...settings, name, project_id: id }, null, 4))
  return loadProject(state, target)
}
