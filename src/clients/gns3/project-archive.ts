import { AppError } from '../../errors.ts'
import { schemaProblems } from '../../lib/schema-problems.ts'
import { say } from '../../lib/sentence.ts'
import { type ArchiveProblem, refuse } from './archive-problem.ts'
import { type ArchiveLimits, defaultArchiveLimits, readArchive } from './archive-reader.ts'
import { depthOf } from './json.ts'
import { imagesOf, type ProjectFile, projectFile } from './project-file.ts'
import type { Gns3Version } from './types.ts'

/** A device as an uploaded project describes it; nothing of it has been started yet. */
export interface ArchiveDevice {
  readonly nodeId: string
  readonly name: string
  readonly type: string
  /** `telnet`, `vnc`, `none` ... */
  readonly consoleType: string
  /** Names of the images that the device needs, by GNS3 property. */
  readonly properties: Readonly<Record<string, string>>
  readonly symbol: string
  readonly x: number
  readonly y: number
  readonly label: string
}

export interface ArchiveLinkEnd {
  readonly nodeId: string
  readonly adapter: number
  readonly port: number
  readonly label: string | null
}

export interface ArchiveDrawing {
  /** Untrusted: shown as an image only, never as markup. */
  readonly svg: string
  readonly x: number
  readonly y: number
  readonly rotation: number
}

export interface ProjectArchive {
  readonly name: string
  readonly projectId: string
  /** Of the file: 9 from 2.2, 10 from 3.x. A server refuses one that is newer than its own. */
  readonly revision: number
  /** Of the GNS3 that exported it. */
  readonly version: string
  readonly devices: readonly ArchiveDevice[]
  readonly links: readonly { readonly ends: readonly [ArchiveLinkEnd, ArchiveLinkEnd] }[]
  /** Names of all images that the devices need, sorted; those that the archive itself brings are in `bundledImages`. */
  readonly images: readonly string[]
  readonly bundledImages: readonly string[]
  readonly drawings: readonly ArchiveDrawing[]
}

/** 7 and 8 were written by 2.1 and early 2.2, 9 by 2.2, 10 by 3.x; a server converts older ones when it imports them. */
const revisions = { from: 7, to: 10 }

/** The newest that each version opens (controller/topology.py of 2.2 and 3.0); it refuses the rest with 409. */
const newestRevision: Readonly<Record<Gns3Version['api'], number>> = { v2: 9, v3: 10 }

/**
 * Whether a server can open a project, before it is sent there.
 * @throws AppError GNS3_PROJECT_TOO_NEW
 */
export function requireRevision({ revision, version }: Pick<ProjectArchive, 'revision' | 'version'>, server: Gns3Version): void {
  if (revision <= newestRevision[server.api]) return
  throw new AppError('GNS3_PROJECT_TOO_NEW', {
    details: { reason: say('details.gns3.newer', { project: version, server: server.version }) },
  })
}

/**
 * Opens an uploaded `.gns3project` and says what is in it, without unpacking anything but `project.gns3`.
 * @throws AppError PROJECT_ARCHIVE_INVALID whose details carry `problem` (a code of the `archive` strings) and `reason` (its sentence)
 */
export async function openProjectArchive(path: string, limits: ArchiveLimits = defaultArchiveLimits): Promise<ProjectArchive> {
  try {
    const { projectJson, entryNames } = await readArchive(path, limits)
    return describe(parseProject(projectJson, limits), entryNames, limits)
  } catch (error) {
    throw translated(error)
  }
}

function translated(error: unknown): unknown {
  if (!isProblem(error)) return error
  const { problem, values } = error
  return new AppError('PROJECT_ARCHIVE_INVALID', { details: { reason: say(`archive.${problem}`, values), problem }, cause: error })
}

const isProblem = (error: unknown): error is ArchiveProblem => error instanceof Error && error.name === 'ArchiveProblem'

function parseProject(text: string, limits: ArchiveLimits): ProjectFile {
  if (depthOf(text) > limits.jsonDepth) throw refuse('PROJECT_TOO_DEEP', { limit: limits.jsonDepth })
  const parsed = projectFile.safeParse(parseJsonOrRefuse(text), { reportInput: true })
  if (!parsed.success) {
    const problems = schemaProblems(parsed.error.issues).map(({ path, problem }) => ({ field: path.join('.'), problem }))
    throw refuse('PROJECT_SHAPE', problems[0])
  }
  const { revision } = parsed.data
  if (revision < revisions.from || revision > revisions.to) throw refuse('REVISION', { revision, ...revisions })
  return parsed.data
}

function parseJsonOrRefuse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refuse('PROJECT_NO_JSON', {}, error)
  }
}

function describe(
  { name, project_id, revision, version, topology }: ProjectFile,
  entryNames: readonly string[],
  limits: ArchiveLimits,
): ProjectArchive {
  const { nodes, drawings } = topology
  if (nodes.length > limits.devices) throw refuse('TOO_MANY_DEVICES', { count: nodes.length, limit: limits.devices })
  if (topology.links.length > limits.links) throw refuse('TOO_MANY_LINKS', { count: topology.links.length, limit: limits.links })
  const twice = nodes.find((node, index) => nodes.findIndex((other) => other.name === node.name) !== index)
  if (twice) throw refuse('DEVICE_TWICE', { device: twice.name })
  const devices = nodes.map(
    (node): ArchiveDevice => ({
      nodeId: node.node_id,
      name: node.name,
      type: node.node_type,
      consoleType: textConsoleType(node.console_type ?? 'none', node.aux_type),
      properties: imagesOf(node),
      symbol: node.symbol ?? '',
      x: node.x ?? 0,
      y: node.y ?? 0,
      label: node.label?.text ?? node.name,
    }),
  )
  return {
    name,
    projectId: project_id,
    revision,
    version,
    devices,
    links: topology.links.map((link) => ({ ends: endsOf(link, devices) })),
    images: [...new Set(devices.flatMap((device) => Object.values(device.properties)))].sort(),
    bundledImages: entryNames.filter((entry) => /^images\/.*[^/]$/.test(entry)).map((entry) => entry.replace(/^.*\//, '')),
    drawings: drawings.map((each) => ({ svg: each.svg ?? '', x: each.x ?? 0, y: each.y ?? 0, rotation: each.rotation ?? 0 })),
  }
}

/** As `textConsole` of lab-answers.ts has it of a running lab: a graphical console with a telnet one beside it is asked at that. */
const textConsoleType = (type: string, auxType: string | null | undefined): string =>
  type !== 'telnet' && type !== 'none' && auxType === 'telnet' ? 'telnet' : type

function endsOf(
  link: ProjectFile['topology']['links'][number],
  devices: readonly ArchiveDevice[],
): readonly [ArchiveLinkEnd, ArchiveLinkEnd] {
  const [first, second, ...more] = link.nodes.map((end) => {
    if (!devices.some(({ nodeId }) => nodeId === end.node_id)) throw refuse('LINK_DANGLING', { device: end.node_id })
    return { nodeId: end.node_id, adapter: end.adapter_number, port: end.port_number, label: end.label?.text ?? null }
  })
  if (!first || !second || more.length > 0) throw refuse('LINK_ENDS', { link: link.link_id ?? '', count: link.nodes.length })
  return [first, second]
}
