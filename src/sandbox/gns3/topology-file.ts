import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ApiError, conflict } from './api-error.ts'
import { drawingShape, linkShape, nodeShape, projectShape, uuidPattern } from './body-schemas.ts'
import { firstProblem } from './body-validation.ts'
import { asObject, type Json, type JsonObject, jsonObjectSchema } from './json.ts'
import type { Project } from './project.types.ts'
import { drawingFile, linkFile, nodeFile } from './project-json.ts'
import type { Runtime } from './runtime.ts'

/** The file revision each version writes. */
export const revisionOf = (runtime: Runtime): number => (runtime.version === '2.2' ? 9 : 10)

const partial = (shape: Record<string, z.ZodType>) =>
  Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, type.optional()]))

/** schemas/topology.py: unknown members are refused. */
const strictFile = z.strictObject({
  ...partial(projectShape),
  project_id: z.string().regex(uuidPattern).optional(),
  type: z.enum(['topology']).optional(),
  revision: z.int().optional(),
  version: z.string().optional(),
  topology: z
    .strictObject({
      computes: z.array(z.looseObject({})),
      drawings: z.array(z.strictObject(partial(drawingShape))),
      links: z.array(z.strictObject(partial(linkShape))),
      nodes: z.array(
        z.strictObject({ ...partial(nodeShape), name: nodeShape.name, node_type: nodeShape.node_type, compute_id: nodeShape.compute_id }),
      ),
    })
    .optional(),
})

const requiredMembers = ['project_id', 'type', 'revision', 'version', 'name', 'topology']

/** The parts of a checked file that the emulator works on; the rest is kept as it is. */
const topologySchema = z.looseObject({
  name: z.string(),
  project_id: z.string(),
  topology: z.object({
    nodes: z.array(jsonObjectSchema),
    links: z.array(jsonObjectSchema),
    drawings: z.array(jsonObjectSchema),
    computes: z.array(jsonObjectSchema),
  }),
})

export interface TopologyFile {
  /** Everything but `topology`. */
  readonly meta: JsonObject
  readonly nodes: JsonObject[]
  readonly links: JsonObject[]
  readonly drawings: JsonObject[]
}

/**
 * Reads and checks a .gns3 file; an older revision is upgraded in place with a backup beside it, as both versions do.
 * @throws ApiError 409
 */
export function readTopology(runtime: Runtime, path: string): TopologyFile {
  const file = parseFile(path)
  const revision = typeof file.revision === 'number' ? file.revision : 0
  if (revision > revisionOf(runtime)) {
    throw conflict(
      `This project was created with more recent version of GNS3 (file revision: ${revision}). Please upgrade GNS3 to version ${String(file.version)} or later`,
    )
  }
  for (const node of nodesOf(file)) if (node.console_type === null) node.console_type = 'none'
  const problem = firstProblem(strictFile, requiredMembers, file)
  if (problem) throw conflict(`Invalid data in topology file: ${problem} in schema: {"description": "The topology"}`)
  if (revision < revisionOf(runtime)) upgrade(runtime, path, file, revision)
  const { topology, ...meta } = topologySchema.parse(file)
  return { meta: jsonObjectSchema.parse(meta), nodes: topology.nodes, links: topology.links, drawings: topology.drawings }
}

function parseFile(path: string): JsonObject {
  if (!existsSync(path)) throw conflict(`Could not load topology ${path}: [Errno 2] No such file or directory: '${path}'`)
  try {
    return jsonObjectSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new ApiError(409, `Could not load topology ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function nodesOf(file: JsonObject): JsonObject[] {
  const nodes = asObject(file.topology)?.nodes
  if (!Array.isArray(nodes)) return []
  // the very objects, not copies: the caller mends them
  const topology = file.topology
  const list = topology && typeof topology === 'object' && !Array.isArray(topology) ? topology.nodes : []
  return Array.isArray(list)
    ? list.filter((node): node is JsonObject => node !== null && typeof node === 'object' && !Array.isArray(node))
    : []
}

function upgrade(runtime: Runtime, path: string, file: JsonObject, from: number): void {
  copyFileSync(path, `${path}.backup${from}`)
  file.revision = revisionOf(runtime)
  file.version = runtime.versionText
  writeFileSync(path, JSON.stringify(file, null, 4))
}

/** Writes the project's file through a temporary one, so that a power cut leaves the old or the new. */
export function dumpTopology(runtime: Runtime, project: Project): void {
  const path = join(project.path, project.filename)
  writeFileSync(`${path}.tmp`, JSON.stringify(topologyOf(runtime, project), null, 4))
  renameSync(`${path}.tmp`, path)
}

/** What the file of an opened project holds; of a closed one, what it held (only its settings may have changed). */
export function topologyOf(runtime: Runtime, project: Project): JsonObject {
  const lists = project.status === 'opened' ? liveLists(runtime, project) : closedLists(project)
  return {
    project_id: project.id,
    name: project.name,
    ...project.settings,
    topology: { ...lists, computes: [] },
    type: 'topology',
    revision: revisionOf(runtime),
    version: runtime.versionText,
  }
}

const liveLists = (runtime: Runtime, project: Project): { [key: string]: Json } => ({
  nodes: [...project.nodes.values()].map((node) => nodeFile(runtime, node)),
  links: [...project.links.values()].map(linkFile),
  drawings: [...project.drawings.values()].map(drawingFile),
})

function closedLists(project: Project): { [key: string]: Json } {
  return { nodes: closedData(project, 'nodes'), links: closedData(project, 'links'), drawings: closedData(project, 'drawings') }
}

/**
 * The raw list in the file of a closed project: what the API shows for it.
 * @throws ApiError 500 when the file is gone
 */
export function closedData(project: Project, section: 'nodes' | 'links' | 'drawings'): JsonObject[] {
  const path = join(project.path, project.filename)
  if (!existsSync(path)) throw new ApiError(500, `Could not load topology: [Errno 2] No such file or directory: '${path}'`)
  return topologySchema.parse(JSON.parse(readFileSync(path, 'utf8'))).topology[section]
}
