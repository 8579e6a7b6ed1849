import { z } from 'zod'
import { asString, jsonObjectSchema } from './json.ts'
import { createLabNetwork } from './lab-devices.ts'
import { addLink } from './links.ts'
import { openListener } from './node-power.ts'
import { addNode } from './nodes.ts'
import type { Project } from './project.types.ts'
import { drawingFile, drawingOf, linkFile, nodeFile } from './project-json.ts'
import type { ServerState } from './server-state.ts'

const savedProjectSchema = z.object({
  id: z.string(),
  nodes: z.array(z.object({ file: jsonObjectSchema, commandLine: z.string().nullable() })),
  links: z.array(z.object({ file: jsonObjectSchema, applied: z.record(z.string(), z.array(z.union([z.string(), z.number()]))) })),
  drawings: z.array(jsonObjectSchema),
  network: z.unknown(),
})

type SavedProject = z.infer<typeof savedProjectSchema>

const savedSchema = z.object({ projects: z.array(savedProjectSchema) })

/** What the VM's memory holds of its opened projects. */
export function hibernateProjects(state: ServerState): unknown {
  const opened = [...state.projects.values()].filter((project) => project.network !== null && !project.loading)
  return { projects: opened.map((project) => save(state, project)) }
}

function save(state: ServerState, project: Project): SavedProject {
  return {
    id: project.id,
    nodes: [...project.nodes.values()].map((node) => ({ file: nodeFile(state.runtime, node), commandLine: node.commandLine })),
    links: [...project.links.values()].map((link) => ({ file: linkFile(link), applied: link.applied })),
    drawings: [...project.drawings.values()].map(drawingFile),
    network: project.network?.snapshot(),
  }
}

/** Brings the opened projects back as they were: same ids, same ports, devices where they stood. */
export async function restoreProjects(state: ServerState, restored: unknown): Promise<void> {
  for (const saved of savedSchema.parse(restored).projects) {
    const project = state.projects.get(saved.id)
    if (project) await bringBack(state, project, saved)
  }
}

async function bringBack(state: ServerState, project: Project, saved: SavedProject): Promise<void> {
  const network = createLabNetwork({ clock: state.runtime.options.clock, speed: state.runtime.options.speed })
  project.network = network
  project.status = 'opened'
  for (const { file } of saved.nodes) await addNode(state, project, file)
  for (const { file, applied } of saved.links) addLink(state, project, file).applied = applied
  for (const drawing of saved.drawings) {
    const id = asString(drawing.drawing_id) ?? ''
    project.drawings.set(id, drawingOf(id, drawing))
  }
  network.restore(saved.network)
  for (const { file, commandLine } of saved.nodes) {
    const node = project.nodes.get(asString(file.node_id) ?? '')
    if (!node) continue
    node.commandLine = commandLine
    node.status = network.state(node.id)
    if (node.status !== 'stopped') await openListener(state, project, node)
  }
}
