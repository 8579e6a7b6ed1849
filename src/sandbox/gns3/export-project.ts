import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { conflict, notFound } from './api-error.ts'
import { asObject, asString, type JsonObject, jsonObjectSchema } from './json.ts'
import type { Project } from './project.types.ts'
import { isRunning } from './project-lifecycle.ts'
import type { ServerState } from './server-state.ts'
import { dumpTopology } from './topology-file.ts'
import { createArchive, type Member } from './zip.ts'

export interface ExportOptions {
  readonly includeImages: boolean
  readonly includeSnapshots: boolean
  readonly resetMacAddresses: boolean
  readonly compress: boolean
}

/**
 * The archive of a project whose nodes are stopped; a closed project exports too.
 * @throws ApiError 409 while nodes run
 */
export function exportProject(state: ServerState, project: Project, options: ExportOptions): NodeJS.ReadableStream {
  if (isRunning(project)) throw conflict('Project must be stopped in order to export it')
  if (!existsSync(project.path)) throw notFound(`Project could not be found at '${project.path}'`)
  dumpTopology(state.runtime, project)
  const entries = readdirSync(project.path, { recursive: true, withFileTypes: true })
  const members: Member[] = []
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name)
    const name = relative(project.path, file).split(sep).join('/')
    if (!isExported(name, options)) continue
    if (entry.isDirectory() && readdirSync(file).length === 0) members.push({ name: `${name}/`, bytes: Buffer.alloc(0) })
    if (!entry.isFile()) continue
    // a second .gns3 file in the folder becomes a second project.gns3 in the archive: a known fault of both versions
    if (name.endsWith('.gns3')) members.unshift(...projectMembers(state, file, options))
    else members.push({ name, file })
  }
  return createArchive(members, { compress: options.compress })
}

function isExported(name: string, options: ExportOptions): boolean {
  const parts = name.split('/')
  if (!options.includeSnapshots && (parts.includes('snapshots') || name.endsWith('snapshots'))) return false
  if (parts[0] === 'project-files' && (parts[1] === 'tmp' || parts[1] === 'captures')) return false
  const file = basename(name)
  return !(file.endsWith('_log.txt') || file.endsWith('.log') || file === '.DS_Store')
}

function projectMembers(state: ServerState, file: string, options: ExportOptions): Member[] {
  const content = jsonObjectSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const topology = asObject(content.topology) ?? {}
  const nodes = (Array.isArray(topology.nodes) ? topology.nodes : []).map((node) => portable(asObject(node) ?? {}, options))
  const portableFile = { ...content, topology: { ...topology, nodes, computes: [] } }
  const images = options.includeImages ? nodes.flatMap((node) => imageMembers(state, node)) : []
  return [{ name: 'project.gns3', bytes: Buffer.from(JSON.stringify(portableFile)) }, ...images]
}

/** Everything on the local compute, images by their bare name. */
function portable(node: JsonObject, options: ExportOptions): JsonObject {
  const properties = Object.entries(asObject(node.properties) ?? {}).map(([name, value]) => {
    if (options.resetMacAddresses && (name === 'mac_addr' || name === 'mac_address')) return [name, null] as const
    return [name, isImageProperty(node, name) && typeof value === 'string' ? basename(value) : value] as const
  })
  return { ...node, compute_id: 'local', properties: Object.fromEntries(properties) }
}

/** `initrd` does not end in "image": it is left out, as on the genuine server. */
function isImageProperty(node: JsonObject, name: string): boolean {
  if (node.node_type === 'docker') return false
  return node.node_type === 'iou' ? name === 'path' : name.endsWith('image')
}

const imageFolders: Readonly<Record<string, string>> = { dynamips: 'IOS', iou: 'IOU', qemu: 'QEMU' }

function imageMembers(state: ServerState, node: JsonObject): Member[] {
  const wanted = Object.entries(asObject(node.properties) ?? {}).flatMap(([name, value]) => {
    const image = isImageProperty(node, name) ? asString(value) : undefined
    return image ? [image] : []
  })
  const folder = join(state.runtime.options.folder, 'images')
  const present = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()) : []
  return wanted.flatMap((image) => {
    const entry = present.find((one) => one.name === image)
    return entry
      ? [{ name: `images/${imageFolders[String(node.node_type)] ?? 'OTHER'}/${image}`, file: join(entry.parentPath, image) }]
      : []
  })
}
