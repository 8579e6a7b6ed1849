import { randomUUID } from 'node:crypto'
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ApiError, conflict } from './api-error.ts'
import { asObject, asString, type JsonObject, jsonObjectSchema } from './json.ts'
import type { Project } from './project.types.ts'
import { loadProject } from './project-store.ts'
import { freeProjectName, projectsFolder, type ServerState } from './server-state.ts'
import { readTopology, type TopologyFile } from './topology-file.ts'
import { BadZip, extractAll, readMember, UnsupportedCompression } from './zip.ts'

/** How many unpackings run into one folder; the first that has finished waits for the others (see `afterAll`). */
const unpacking = new Map<string, { count: number; waiting: (() => void)[] }>()

export interface ImportOptions {
  readonly id: string
  readonly name?: string
  readonly location?: string
  readonly settings?: { auto_start: boolean; auto_open: boolean; auto_close: boolean }
}

/** Streams the body to a temporary file beside the projects, then imports it. */
export async function importStream(state: ServerState, body: Readable, options: ImportOptions): Promise<Project> {
  mkdirSync(projectsFolder(state), { recursive: true })
  const folder = mkdtempSync(join(projectsFolder(state), 'tmp'))
  try {
    const archive = join(folder, 'project.zip')
    await pipeline(body, createWriteStream(archive))
    return await importArchive(state, archive, options)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Imports an archive as the genuine server does, traps included: the name is chosen before unpacking; a folder stays behind when
 * something fails after it; an id that exists is unpacked over and answered with the old project; nodes, links and drawings get new ids.
 * @throws ApiError 409 (500 for a compression this version cannot read)
 */
export async function importArchive(state: ServerState, archive: string, options: ImportOptions): Promise<Project> {
  const name = chooseName(state, await readProjectFile(archive), options)
  const path = options.location ?? join(projectsFolder(state), options.id)
  await unpack(archive, path)
  await state.runtime.wait(state.runtime.timing.import)
  const file = readTopology(state.runtime, join(path, 'project.gns3'))
  const renewed = renewIds(path, file)
  const content = {
    ...renewed,
    ...(options.settings ?? { auto_start: false, auto_open: false, auto_close: true }),
    name,
    project_id: options.id,
  }
  const target = join(path, `${name}.gns3`)
  writeFileSync(target, JSON.stringify(content, null, 4))
  rmSync(join(path, 'project.gns3'))
  moveImages(state, join(path, 'images'))
  return loadProject(state, target)
}

async function readProjectFile(archive: string): Promise<JsonObject> {
  const member = await readMember(archive, 'project.gns3').catch(refuseArchive)
  if (!member) throw conflict('Cannot import project, project.gns3 file could not be found')
  try {
    return jsonObjectSchema.parse(JSON.parse(member.toString('utf8')))
  } catch (error) {
    throw new ApiError(409, 'Cannot import project, the project.gns3 file is corrupted', { cause: String(error) })
  }
}

function refuseArchive(error: unknown): never {
  if (error instanceof BadZip) throw conflict('Cannot import project, not a GNS3 project (invalid zip)')
  if (error instanceof UnsupportedCompression) {
    throw new ApiError(500, `Traceback (most recent call last):\nNotImplementedError: ${error.message}`)
  }
  throw error
}

function chooseName(state: ServerState, file: JsonObject, options: ImportOptions): string {
  const own = asString(file.name)
  const id = asString(file.project_id)
  if (own === undefined || id === undefined) throw conflict('Cannot import project, the project.gns3 file is corrupted')
  if (id === options.id) return own
  return freeProjectName(state, options.name || own)
}

/**
 * Unpacks; when others are unpacking into the same folder at that time, waits for them. So of several imports of one id at once the
 * first goes on and takes project.gns3 away from all others, as measured, whatever the timing of this machine.
 */
async function unpack(archive: string, path: string): Promise<void> {
  const group = unpacking.get(path) ?? { count: 0, waiting: [] }
  unpacking.set(path, group)
  group.count++
  try {
    await extractAll(archive, path).catch(refuseArchive)
  } finally {
    group.count--
    if (group.count === 0) {
      unpacking.delete(path)
      for (const release of group.waiting) release()
    }
  }
  if (group.count > 0) await new Promise<void>((resolve) => group.waiting.push(resolve))
}

/** New ids for nodes (their folders are renamed), links and drawings; everything runs on the local compute. */
export function renewIds(path: string, file: TopologyFile): JsonObject {
  const renamed = new Map<string, string>()
  const nodes = file.nodes.map((node) => {
    const fresh = randomUUID()
    const old = asString(node.node_id)
    if (old !== undefined) {
      renamed.set(old, fresh)
      moveNodeFolder(path, old, fresh)
    }
    return { ...node, node_id: fresh, compute_id: 'local' }
  })
  const links = file.links.map((link) => ({ ...link, link_id: randomUUID(), nodes: renameEnds(link, renamed) }))
  const drawings = file.drawings.map((drawing) => ({ ...drawing, drawing_id: randomUUID() }))
  return { ...file.meta, topology: { nodes, links, drawings, computes: [] } }
}

function renameEnds(link: JsonObject, renamed: ReadonlyMap<string, string>): JsonObject[] {
  const ends = Array.isArray(link.nodes) ? link.nodes : []
  return ends.map((end) => {
    const given = asObject(end) ?? {}
    const fresh = renamed.get(asString(given.node_id) ?? '')
    if (fresh === undefined) throw new ApiError(500, `Traceback (most recent call last):\nKeyError: '${String(given.node_id)}'`)
    return { ...given, node_id: fresh }
  })
}

function moveNodeFolder(path: string, old: string, fresh: string): void {
  const root = join(path, 'project-files')
  if (!existsSync(root)) return
  for (const type of readdirSync(root)) {
    const folder = join(root, type, old)
    if (existsSync(folder)) renameSync(folder, join(root, type, fresh))
  }
}

/** Images of the archive go to the server's own, over whatever has that name there. */
function moveImages(state: ServerState, folder: string): void {
  if (!existsSync(folder)) return
  const images = join(state.runtime.options.folder, 'images')
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const source = join(entry.parentPath, basename(entry.name))
    const target = join(images, relative(folder, source))
    mkdirSync(dirname(target), { recursive: true })
    renameSync(source, target)
  }
}
