import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conflict, forbidden, notFound } from './api-error.ts'
import { requireImages } from './images.ts'
import { asNumber, asObject, asString, type JsonObject } from './json.ts'
import { deleteLinksOf } from './links.ts'
import { extraProperties3, nodeOf, sizeOf } from './node-defaults.ts'
import { freeNodeName } from './node-names.ts'
import { stopNode } from './node-power.ts'
import { alwaysRunning, type LabNode, type Project } from './project.types.ts'
import { nodeFilesOf, nodeFolder } from './project-files.ts'
import { nodeFile, nodeJson } from './project-json.ts'
import type { ServerState } from './server-state.ts'
import { dumpTopology } from './topology-file.ts'

/** @throws ApiError 403 */
export function requireOpened(project: Project): NonNullable<Project['network']> {
  if (project.status === 'closed' || !project.network) throw forbidden('The project is not opened')
  return project.network
}

/** @throws ApiError 403 when the project is closed, 404 when the node is unknown */
export function getNode(project: Project, id: string | undefined): LabNode {
  requireOpened(project)
  const node = project.nodes.get(id ?? '')
  if (!node) throw notFound(`Node ID ${id} doesn't exist`)
  return node
}

/** Makes a node, from its file or from a request; an id that exists gives the node that has it. Does not write the project's file. */
export async function addNode(state: ServerState, project: Project, from: JsonObject): Promise<LabNode> {
  const network = requireOpened(project)
  const known = project.nodes.get(asString(from.node_id) ?? '')
  if (known) return known
  const id = asString(from.node_id) ?? randomUUID()
  const node = nodeOf(id, { ...from, name: freeNodeName(project, asString(from.name) ?? '') })
  requireImages(state.runtime, node.type, node.properties)
  project.nodes.set(id, node)
  try {
    await reservePorts(state, node)
    await state.runtime.wait(state.runtime.timing.openPerNode)
  } catch (error) {
    project.nodes.delete(id)
    releasePorts(state, node)
    throw error
  }
  const folder = nodeFolder(project, node)
  if (state.runtime.version === '3.x') Object.assign(node.properties, extraProperties3(node))
  if (!alwaysRunning.has(node.type)) {
    mkdirSync(folder, { recursive: true })
    node.directory = folder
  }
  network.addNode({ id, name: node.name, type: node.type, properties: node.properties, files: nodeFilesOf(folder) })
  state.notifications.project(project.id, 'node.created', nodeJson(state.runtime, project, node))
  return node
}

/** Every node but hubs and clouds takes a port, switches too, where nothing ever listens; VPCS takes two. */
async function reservePorts(state: ServerState, node: LabNode): Promise<void> {
  const wantsPort = (node.consoleType !== 'none' && node.consoleType !== null) || node.type === 'ethernet_switch'
  node.console = wantsPort ? await state.ports.reserve(node.console) : null
  const hasAux = state.runtime.version === '3.x' && node.auxType === 'telnet'
  node.aux = hasAux ? await state.ports.reserve(node.aux) : null
  if (node.type === 'vpcs') node.innerPort = await state.ports.reserve(null)
}

export function releasePorts(state: ServerState, node: LabNode): void {
  state.ports.release(node.console)
  state.ports.release(node.aux)
  state.ports.release(node.innerPort)
}

/** Applies the members of a PUT. */
export async function updateNode(state: ServerState, project: Project, node: LabNode, change: JsonObject): Promise<void> {
  const network = requireOpened(project)
  const name = asString(change.name)
  if (name !== undefined && name !== node.name) rename(project, node, name)
  const port = asNumber(change.console)
  if (port !== undefined && port !== node.console) {
    state.ports.release(node.console)
    node.console = await state.ports.reserve(port)
  }
  const properties = asObject(change.properties)
  if (properties) {
    requireImages(state.runtime, node.type, properties)
    node.properties = { ...node.properties, ...properties }
  }
  applyLooks(node, change)
  network.updateNode(node.id, { name: node.name, properties: node.properties })
  dumpTopology(state.runtime, project)
  state.notifications.project(project.id, 'node.updated', nodeJson(state.runtime, project, node))
}

function rename(project: Project, node: LabNode, name: string): void {
  if (node.type === 'dynamips' && node.status === 'started') {
    throw conflict('Sorry, it is not possible rename of a Dynamips node that is already powered on')
  }
  node.name = freeNodeName(project, name, node.id)
  node.label = { ...node.label, text: node.name }
  const script = join(nodeFolder(project, node), 'startup.vpc')
  if (node.type !== 'vpcs' || !existsSync(script)) return
  const renamed = readFileSync(script, 'utf8').replace(/^set pcname .+$/m, `set pcname ${node.name}`)
  writeFileSync(script, renamed)
}

function applyLooks(node: LabNode, change: JsonObject): void {
  node.x = asNumber(change.x) ?? node.x
  node.y = asNumber(change.y) ?? node.y
  node.z = asNumber(change.z) ?? node.z
  node.label = asObject(change.label) ?? node.label
  if (typeof change.locked === 'boolean') node.locked = change.locked
  if (typeof change.console_auto_start === 'boolean') node.consoleAutoStart = change.console_auto_start
  if (typeof change.console_type === 'string') node.consoleType = change.console_type
  const symbol = asString(change.symbol)
  if (symbol === undefined) return
  node.symbol = symbol
  const [width, height] = sizeOf(symbol)
  node.width = width
  node.height = height
}

/** @throws ApiError 409 when the node is locked */
export async function deleteNode(state: ServerState, project: Project, id: string | undefined): Promise<void> {
  const network = requireOpened(project)
  const node = getNode(project, id)
  if (node.locked) throw conflict(`Node ${node.name} cannot be deleted because it is locked`)
  deleteLinksOf(state, project, node.id)
  await stopNode(state, project, node)
  network.removeNode(node.id)
  project.nodes.delete(node.id)
  releasePorts(state, node)
  rmSync(nodeFolder(project, node), { recursive: true, force: true })
  dumpTopology(state.runtime, project)
  state.notifications.project(project.id, 'node.deleted', nodeFile(state.runtime, node))
}

/** What a copy must not share with its original (controller/project.py duplicate_node). */
const uniqueProperties = ['mac_addr', 'mac_address', 'application_id', 'dynamips_id']

export async function duplicateNode(state: ServerState, project: Project, node: LabNode, place: JsonObject): Promise<LabNode> {
  if (node.status !== 'stopped' && !alwaysRunning.has(node.type)) throw conflict('Cannot duplicate node data while the node is running')
  const file = nodeFile(state.runtime, node)
  const properties = Object.fromEntries(Object.entries(node.properties).filter(([name]) => !uniqueProperties.includes(name)))
  const id = randomUUID()
  const position = { x: place.x ?? 0, y: place.y ?? 0, z: place.z ?? 0, locked: false }
  const source = nodeFolder(project, node)
  if (existsSync(source)) cpSync(source, nodeFolder(project, { id, type: node.type }), { recursive: true })
  const copy = await addNode(state, project, { ...file, ...position, properties, node_id: id, console: null })
  copy.label = { ...copy.label, text: copy.name }
  dumpTopology(state.runtime, project)
  return copy
}
