import type { LabNetwork } from '../network/types.ts'
import { asNumber, asObject, asString, type Json, type JsonObject } from './json.ts'
import type { LabDrawing, LabLink, LabNode, LabSnapshot, Project } from './project.types.ts'
import type { Runtime } from './runtime.ts'

/** Members of a project as the API shows them (controller/project.py __json__). */
export function projectJson(project: Project): JsonObject {
  return {
    name: project.name,
    project_id: project.id,
    path: project.path,
    filename: project.filename,
    status: project.status,
    ...project.settings,
  }
}

/** A node as its project's file keeps it. */
export function nodeFile(runtime: Runtime, node: LabNode): JsonObject {
  return {
    compute_id: node.computeId,
    node_id: node.id,
    node_type: node.type,
    template_id: node.templateId,
    name: node.name,
    console: node.console,
    console_type: node.consoleType,
    console_auto_start: node.consoleAutoStart,
    ...(runtime.version === '3.x' ? { aux: node.aux, aux_type: node.auxType } : {}),
    properties: node.properties,
    label: node.label,
    x: node.x,
    y: node.y,
    z: node.z,
    locked: node.locked,
    width: node.width,
    height: node.height,
    symbol: node.symbol,
    port_name_format: node.portNameFormat,
    port_segment_size: node.portSegmentSize,
    first_port_name: node.firstPortName,
    custom_adapters: node.customAdapters,
  }
}

/** 3.x fills in the empty members of ports when it shows one node, not in lists. */
export function oneNodeJson(runtime: Runtime, project: Project, node: LabNode): JsonObject {
  const json = nodeJson(runtime, project, node)
  if (runtime.version === '2.2' || !Array.isArray(json.ports)) return json
  return { ...json, ports: json.ports.map((port) => ({ adapter_type: null, mac_address: null, ...asObject(port) })) }
}

/** A node of an opened project as the API shows it. `console_host` is what the server is bound to, for remote use 0.0.0.0. */
export function nodeJson(runtime: Runtime, project: Project, node: LabNode): JsonObject {
  return {
    ...nodeFile(runtime, node),
    project_id: project.id,
    command_line: node.commandLine,
    status: node.status,
    console_host: '0.0.0.0',
    node_directory: node.directory,
    ports: project.network ? portsJson(project.network, node) : [],
  }
}

const dataLinkTypes: Readonly<Record<'ethernet' | 'serial', JsonObject>> = {
  ethernet: { Ethernet: 'DLT_EN10MB' },
  serial: { 'Frame Relay': 'DLT_FRELAY', 'Cisco HDLC': 'DLT_C_HDLC', 'Cisco PPP': 'DLT_PPP_SERIAL' },
}

function portsJson(network: LabNetwork, node: LabNode): Json[] {
  return network.ports(node.id).map((port) => ({
    name: port.name,
    short_name: port.shortName,
    data_link_types: dataLinkTypes[port.linkType],
    port_number: port.port,
    adapter_number: port.adapter,
    link_type: port.linkType,
    ...adapterOf(node, port.adapter),
  }))
}

/** QEMU ports name their card and its address. */
function adapterOf(node: LabNode, adapter: number): JsonObject {
  const type = asString(node.properties.adapter_type)
  const first = asString(node.properties.mac_address)
  if (node.type !== 'qemu' || type === undefined) return {}
  return { adapter_type: type, ...(first === undefined ? {} : { mac_address: addToMac(first, adapter) }) }
}

function addToMac(mac: string, add: number): string {
  const value = (Number.parseInt(mac.replaceAll(':', ''), 16) + add).toString(16).padStart(12, '0')
  return value.match(/../g)?.join(':') ?? mac
}

export function linkFile(link: LabLink): JsonObject {
  return {
    nodes: link.sides.map((side) => ({ node_id: side.nodeId, adapter_number: side.adapter, port_number: side.port, label: side.label })),
    link_id: link.id,
    filters: link.filters,
    link_style: link.style,
    suspend: link.suspended,
  }
}

export function linkJson(project: Project, link: LabLink): JsonObject {
  return {
    ...linkFile(link),
    project_id: project.id,
    capturing: link.captureFile !== null,
    capture_file_name: link.captureFile,
    capture_file_path: link.captureFile === null ? null : `${project.path}/project-files/captures/${link.captureFile}`,
    capture_compute_id: link.captureFile === null ? null : 'local',
    link_type: link.linkType,
  }
}

export function drawingFile(drawing: LabDrawing): JsonObject {
  const { id, x, y, z, locked, rotation, svg } = drawing
  return { drawing_id: id, x, y, z, locked, rotation, svg }
}

export const drawingJson = (project: Project, drawing: LabDrawing): JsonObject => ({ project_id: project.id, ...drawingFile(drawing) })

/** A drawing from its file or from a request. */
export function drawingOf(id: string, from: JsonObject): LabDrawing {
  return {
    id,
    x: asNumber(from.x) ?? 0,
    y: asNumber(from.y) ?? 0,
    z: asNumber(from.z) ?? 2,
    locked: from.locked === true,
    rotation: asNumber(from.rotation) ?? 0,
    svg: asString(from.svg) ?? '<svg></svg>',
  }
}

export const snapshotJson = (project: Project, snapshot: LabSnapshot): JsonObject => ({
  snapshot_id: snapshot.id,
  name: snapshot.name,
  created_at: snapshot.createdAt,
  project_id: project.id,
})
