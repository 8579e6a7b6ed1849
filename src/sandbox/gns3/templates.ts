import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { notFound } from './api-error.ts'
import { asString, type JsonObject } from './json.ts'
import { addNode, requireOpened } from './nodes.ts'
import type { LabNode, Project } from './project.types.ts'
import { nodeFolder } from './project-files.ts'
import type { ServerState } from './server-state.ts'
import { dumpTopology } from './topology-file.ts'

interface Builtin {
  readonly type: string
  readonly name: string
  readonly format: string
  readonly category: 'guest' | 'switch'
  readonly symbol: string
  /** Identifiers differ between the versions (uuid3 of the DNS namespace, uuid5 of the X500 one). */
  readonly id22: string
  readonly id3: string
}

const builtins: readonly Builtin[] = [
  {
    type: 'cloud',
    name: 'Cloud',
    format: 'Cloud{0}',
    category: 'guest',
    symbol: 'cloud',
    id22: '39e257dc-8412-3174-b6b3-0ee3ed6a43e9',
    id3: 'b6ed2e82-d5aa-5a86-b6dd-8b9dd1c66800',
  },
  {
    type: 'nat',
    name: 'NAT',
    format: 'NAT{0}',
    category: 'guest',
    symbol: 'nat',
    id22: 'df8f4ea9-33b7-3e96-86a2-c39bc9bb649c',
    id3: '2d7eb722-90e8-56c1-8dfa-a30d79847984',
  },
  {
    type: 'vpcs',
    name: 'VPCS',
    format: 'PC{0}',
    category: 'guest',
    symbol: 'vpcs_guest',
    id22: '19021f99-e36f-394d-b4a1-8aaa902ab9cc',
    id3: '52136454-1f50-590a-94e4-816bd02d1062',
  },
  {
    type: 'ethernet_switch',
    name: 'Ethernet switch',
    format: 'Switch{0}',
    category: 'switch',
    symbol: 'ethernet_switch',
    id22: '1966b864-93e7-32d5-965f-001384eec461',
    id3: '92a43283-9c7e-5a68-9695-1f05a2e8dd05',
  },
  {
    type: 'ethernet_hub',
    name: 'Ethernet hub',
    format: 'Hub{0}',
    category: 'switch',
    symbol: 'hub',
    id22: 'b4503ea9-d6b6-3695-9fe4-1db3b39290b0',
    id3: '8ed8d072-b183-541c-81ec-6e106c3a5a2a',
  },
  {
    type: 'frame_relay_switch',
    name: 'Frame Relay switch',
    format: 'FRSW{0}',
    category: 'switch',
    symbol: 'frame_relay_switch',
    id22: 'dd0f6f3a-ba58-3249-81cb-a1dd88407a47',
    id3: '6ae48470-232f-50a4-a0df-5fb07e6ecba7',
  },
  {
    type: 'atm_switch',
    name: 'ATM switch',
    format: 'ATMSW{0}',
    category: 'switch',
    symbol: 'atm_switch',
    id22: 'aaa764e2-b383-300f-8a0e-3493bbfdb7d2',
    id3: 'fe3f642f-1398-562b-a3a8-bb93d4b2ee16',
  },
]

/** The templates the server brings along. */
export function listTemplates(state: ServerState): JsonObject[] {
  return builtins.map((builtin) => ({
    template_id: state.runtime.version === '2.2' ? builtin.id22 : builtin.id3,
    template_type: builtin.type,
    name: builtin.name,
    default_name_format: builtin.format,
    category: builtin.category,
    symbol: symbolOf(state, builtin),
    builtin: true,
    compute_id: null,
    ...(builtin.type === 'ethernet_switch' ? { console_type: 'none' } : {}),
    ...(builtin.type === 'vpcs' ? vpcsBase(state) : {}),
  }))
}

/** 3.0 draws in its "affinity" theme. */
const symbols3: Readonly<Record<string, string>> = {
  vpcs_guest: 'client',
  ethernet_switch: 'switch',
  frame_relay_switch: 'isdn',
  atm_switch: 'atm',
}

const symbolOf = (state: ServerState, { symbol }: Builtin): string =>
  state.runtime.version === '2.2' ? `:/symbols/${symbol}.svg` : `:/symbols/affinity/square/blue/${symbols3[symbol] ?? symbol}.svg`

const vpcsBase = (state: ServerState): JsonObject =>
  state.runtime.version === '2.2'
    ? { properties: { base_script_file: 'vpcs_base_config.txt' } }
    : { base_script_file: 'vpcs_base_config.txt' }

/** @throws ApiError 404 */
export function getTemplate(state: ServerState, id: string | undefined): JsonObject {
  const template = listTemplates(state).find((one) => one.template_id === id)
  if (!template) throw notFound(state.runtime.version === '2.2' ? `Template ID ${id} doesn't exist` : `Template '${id}' not found`)
  return template
}

/** Makes a node from a template; a VPCS gets a startup file that names it, which one made without a template lacks. */
export async function addNodeFromTemplate(
  state: ServerState,
  project: Project,
  id: string | undefined,
  place: JsonObject,
): Promise<LabNode> {
  requireOpened(project)
  const template = listTemplates(state).find((one) => one.template_id === id)
  if (!template) throw notFound(state.runtime.version === '2.2' ? `Template ${id} doesn't exist` : `Template '${id}' not found`)
  if (place.compute_id !== undefined && place.compute_id !== null && place.compute_id !== 'local') {
    throw notFound(`Compute ID ${String(place.compute_id)} doesn't exist`)
  }
  const nodeId = randomUUID()
  const type = asString(template.template_type) ?? 'vpcs'
  const node = await addNode(state, project, {
    node_id: nodeId,
    node_type: type,
    name: asString(place.name) ?? asString(template.default_name_format) ?? type,
    template_id: template.template_id ?? null,
    symbol: template.symbol ?? null,
    x: place.x ?? 0,
    y: place.y ?? 0,
    ...(template.console_type === undefined ? {} : { console_type: template.console_type }),
  })
  if (type === 'vpcs') {
    const folder = nodeFolder(project, node)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'startup.vpc'), `# The configuration of ${node.name}\n\nset pcname ${node.name}\n`)
  }
  dumpTopology(state.runtime, project)
  return node
}
