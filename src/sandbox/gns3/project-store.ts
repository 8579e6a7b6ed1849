import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { badRequest, conflict, isApiError } from './api-error.ts'
import { uuidPattern } from './body-schemas.ts'
import { asNumber, asString, type JsonObject } from './json.ts'
import { createLabNetwork } from './lab-devices.ts'
import type { Project, ProjectSettings } from './project.types.ts'
import { projectJson } from './project-json.ts'
import { projectsFolder, type ServerState } from './server-state.ts'
import { readSnapshots } from './snapshot-list.ts'
import { dumpTopology, readTopology } from './topology-file.ts'

/** What a project has when nobody said otherwise (controller/project.py). */
const defaultSettings: ProjectSettings = {
  auto_start: false,
  auto_close: true,
  auto_open: false,
  scene_width: 2000,
  scene_height: 1000,
  zoom: 100,
  show_layers: false,
  snap_to_grid: false,
  show_grid: false,
  grid_size: 75,
  drawing_grid_size: 25,
  show_interface_labels: false,
  variables: null,
  supplier: null,
}

/** The settings with the members that `from` names. */
export function settingsFrom(from: JsonObject, base: ProjectSettings = defaultSettings): ProjectSettings {
  const flag = (name: keyof ProjectSettings, value: boolean) => (typeof from[name] === 'boolean' ? from[name] : value)
  const whole = (name: keyof ProjectSettings, value: number) => asNumber(from[name]) ?? value
  return {
    auto_start: flag('auto_start', base.auto_start),
    auto_close: flag('auto_close', base.auto_close),
    auto_open: flag('auto_open', base.auto_open),
    scene_width: whole('scene_width', base.scene_width),
    scene_height: whole('scene_height', base.scene_height),
    zoom: whole('zoom', base.zoom),
    show_layers: flag('show_layers', base.show_layers),
    snap_to_grid: flag('snap_to_grid', base.snap_to_grid),
    show_grid: flag('show_grid', base.show_grid),
    grid_size: whole('grid_size', base.grid_size),
    drawing_grid_size: whole('drawing_grid_size', base.drawing_grid_size),
    show_interface_labels: flag('show_interface_labels', base.show_interface_labels),
    variables: from.variables === undefined ? base.variables : from.variables,
    supplier: from.supplier === undefined ? base.supplier : from.supplier,
  }
}

/** A project of that id that exists is given back unchanged, whatever name was asked for. @throws ApiError 409 when the name is taken */
export function createProject(state: ServerState, from: JsonObject): Project {
  const existing = state.projects.get(asString(from.project_id) ?? '')
  if (existing) return existing
  const project = registerProject(state, from, { status: 'opened' })
  project.network = createLabNetwork({ clock: state.runtime.options.clock, speed: state.runtime.options.speed })
  dumpTopology(state.runtime, project)
  return project
}

interface Registration {
  readonly status: 'opened' | 'closed'
  readonly path?: string
  readonly filename?: string
}

function registerProject(state: ServerState, from: JsonObject, { status, path, filename }: Registration): Project {
  const name = asString(from.name) ?? ''
  const id = asString(from.project_id) ?? randomUUID()
  if ([...state.projects.values()].some((project) => project.name === name)) throw conflict(`Project "${name}" already exists`)
  if (!uuidPattern.test(id)) throw badRequest(`${id} is not a valid UUID`)
  const project: Project = {
    id,
    name,
    path: path ?? join(projectsFolder(state), id),
    filename: filename ?? `${name}.gns3`,
    status,
    loading: false,
    closing: false,
    settings: settingsFrom(from),
    nodes: new Map(),
    links: new Map(),
    drawings: new Map(),
    snapshots: new Map(),
    network: null,
  }
  mkdirSync(project.path, { recursive: true })
  project.snapshots = readSnapshots(project.path)
  state.projects.set(id, project)
  state.notifications.controller('project.created', projectJson(project))
  return project
}

/**
 * Takes up the project of a .gns3 file, closed. One whose id is known stays exactly as it was in memory: the trap of importing twice.
 * @throws ApiError 409 for a bad file or a taken name
 */
export function loadProject(state: ServerState, file: string): Project {
  const { meta } = readTopology(state.runtime, file)
  const known = state.projects.get(asString(meta.project_id) ?? '')
  return known ?? registerProject(state, meta, { status: 'closed', path: dirname(file), filename: basename(file) })
}

/** At server start: every .gns3 file on the disk, closed; what cannot be read is passed over. */
export function loadProjects(state: ServerState): void {
  const root = projectsFolder(state)
  mkdirSync(root, { recursive: true })
  for (const folder of readdirSync(root, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue
    for (const file of readdirSync(join(root, folder.name))) {
      if (file.endsWith('.gns3')) loadOrSkip(state, join(root, folder.name, file))
    }
  }
}

function loadOrSkip(state: ServerState, file: string): void {
  try {
    loadProject(state, file)
  } catch (error) {
    if (!isApiError(error)) throw error
  }
}

/** Applies the members of a PUT; the file of a closed project is written too, under its first name. */
export function updateProject(state: ServerState, project: Project, change: JsonObject): void {
  const before = JSON.stringify(projectJson(project))
  project.name = asString(change.name) ?? project.name
  project.settings = settingsFrom(change, project.settings)
  if (JSON.stringify(projectJson(project)) === before) return
  state.notifications.controller('project.updated', projectJson(project))
  if (existsSync(join(project.path, project.filename)) || project.status === 'opened') dumpTopology(state.runtime, project)
}
