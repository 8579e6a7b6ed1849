import { randomUUID } from 'node:crypto'
import { conflict, forbidden, notFound } from './api-error.ts'
import { asNumber, asObject, asString, type Json, type JsonObject } from './json.ts'
import { endCapture } from './link-captures.ts'
import { activeFilters, bridgeName, filterNode, refusal, usedPort } from './link-filters.ts'
import type { LabLink, LabNode, LinkSide, Project } from './project.types.ts'
import { linkJson } from './project-json.ts'
import type { ServerState } from './server-state.ts'
import { dumpTopology } from './topology-file.ts'

/** @throws ApiError 403 when the project is closed, 404 when the link is unknown */
export function getLink(project: Project, id: string | undefined): LabLink {
  if (project.status === 'closed') throw forbidden('The project is not opened')
  const link = project.links.get(id ?? '')
  if (!link) throw notFound(`Link ID ${id} doesn't exist`)
  return link
}

/** Connects two ports. Does not write the project's file. */
export function addLink(state: ServerState, project: Project, from: JsonObject): LabLink {
  if (!project.network) throw forbidden('The project is not opened')
  const [first, second] = (Array.isArray(from.nodes) ? from.nodes : []).map((end) => sideOf(project, asObject(end) ?? {}))
  if (!first || !second) throw conflict('A link needs two nodes')
  const linkType = checkEnds(project, first, second)
  const link: LabLink = {
    id: asString(from.link_id) ?? randomUUID(),
    sides: [first, second],
    linkType,
    suspended: from.suspend === true,
    filters: activeFilters(from.filters),
    applied: {},
    style: asObject(from.link_style) ?? {},
    captureFile: null,
    capture: null,
  }
  project.network.addLink({ id: link.id, ends: [first, second] })
  project.links.set(link.id, link)
  connect(project, link)
  state.notifications.project(project.id, 'link.created', linkJson(project, link))
  return link
}

function sideOf(project: Project, end: JsonObject): LinkSide {
  const adapter = asNumber(end.adapter_number) ?? 0
  const port = asNumber(end.port_number) ?? 0
  const label = asObject(end.label) ?? {
    text: `${adapter}/${port}`,
    style: 'font-family: TypeWriter;font-size: 10.0;font-weight: bold;fill: #000000;fill-opacity: 1.0;',
  }
  const node = project.nodes.get(asString(end.node_id) ?? '')
  if (!node) throw notFound(`Node ID ${String(end.node_id)} doesn't exist`)
  return { nodeId: node.id, adapter, port, label }
}

/** The rules of controller/link.py add_node. */
function checkEnds(project: Project, first: LinkSide, second: LinkSide): LabLink['linkType'] {
  const [a, b] = [first, second].map((side) => {
    const node = nodeOf(project, side)
    const port = project.network?.ports(node.id).find((one) => one.adapter === side.adapter && one.port === side.port)
    if (!port) throw notFound(`Port ${side.adapter}/${side.port} for ${node.name} not found`)
    if (isUsed(project, side)) throw conflict(usedPort(node))
    return { node, port }
  })
  if (!a || !b) throw conflict('A link needs two nodes')
  if (a.node === b.node) throw conflict('Cannot connect to itself')
  const outside = ['nat', 'cloud']
  if (outside.includes(a.node.type) && outside.includes(b.node.type)) {
    throw conflict(`Connecting a ${a.node.type} to a ${b.node.type} is not allowed`)
  }
  if (a.port.linkType !== b.port.linkType) {
    throw conflict(`Connecting a ${a.port.linkType} interface to a ${b.port.linkType} interface is not allowed`)
  }
  return a.port.linkType
}

function nodeOf(project: Project, side: LinkSide): LabNode {
  const node = project.nodes.get(side.nodeId)
  if (!node) throw notFound(`Node ID ${side.nodeId} doesn't exist`)
  return node
}

const isUsed = (project: Project, side: LinkSide): boolean =>
  [...project.links.values()].some((link) =>
    link.sides.some((used) => used.nodeId === side.nodeId && used.adapter === side.adapter && used.port === side.port),
  )

/** Applies the members of a PUT in the genuine order. @throws ApiError 409 for a filter uBridge refuses; it stays in the link all the same */
export function updateLink(state: ServerState, project: Project, link: LabLink, change: JsonObject): void {
  if (change.filters !== undefined) {
    const filters = activeFilters(change.filters)
    const isOther = JSON.stringify(filters) !== JSON.stringify(link.filters)
    link.filters = filters
    if (isOther) applyFilters(state, project, link)
  }
  const style = asObject(change.link_style)
  if (style) link.style = style
  if (typeof change.suspend === 'boolean' && change.suspend !== link.suspended) {
    link.suspended = change.suspend
    applyFilters(state, project, link)
  }
  if (Array.isArray(change.nodes)) setLabels(link, change.nodes)
  dumpTopology(state.runtime, project)
  state.notifications.project(project.id, 'link.updated', linkJson(project, link))
}

/** A suspended link is one that drops everything. */
const wantedFilters = (link: LabLink): LabLink['filters'] => (link.suspended ? { frequency_drop: [-1] } : link.filters)

/**
 * Tells the compute. 3.0.6 forgets to pass on an empty set (`if nio_data.filters:` in its compute routes): there a cleared filter goes on
 * filtering and a resumed link stays cut until another set or a reset of the link. Seen on a genuine 3.0.6; 2.2 is not so.
 */
function applyFilters(state: ServerState, project: Project, link: LabLink): void {
  const wanted = wantedFilters(link)
  if (state.runtime.version === '2.2' || Object.keys(wanted).length > 0) link.applied = wanted
  const node = filterNode(project, link)
  if (!node) return
  const refused = refusal(bridgeName(node), link.applied)
  project.network?.setLink(link.id, { filters: refused === undefined ? link.applied : {} })
  if (refused !== undefined && node.status === 'started') throw conflict(refused)
}

/** A new connection carries what the link is to carry, in both versions. Only links with an end at uBridge can be cut or filtered. */
function connect(project: Project, link: LabLink): void {
  const node = filterNode(project, link)
  link.applied = wantedFilters(link)
  if (!node) return
  const refused = refusal(bridgeName(node), link.applied)
  project.network?.setLink(link.id, { filters: refused === undefined ? link.applied : {} })
}

/** 3.x: takes the connection down and makes it anew. */
export function resetLink(project: Project, link: LabLink): void {
  project.network?.removeLink(link.id)
  project.network?.addLink({ id: link.id, ends: link.sides })
  connect(project, link)
}

function setLabels(link: LabLink, ends: Json[]): void {
  for (const end of ends) {
    const given = asObject(end)
    const side = link.sides.find((one) => one.nodeId === given?.node_id)
    const label = asObject(given?.label)
    if (side && label) side.label = label
  }
}

export function deleteLink(state: ServerState, project: Project, link: LabLink): void {
  endCapture(project, link)
  project.network?.removeLink(link.id)
  project.links.delete(link.id)
  state.notifications.project(project.id, 'link.deleted', linkJson(project, link))
}

export function deleteLinksOf(state: ServerState, project: Project, nodeId: string): void {
  for (const link of [...project.links.values()]) {
    if (link.sides.some((side) => side.nodeId === nodeId)) deleteLink(state, project, link)
  }
}
