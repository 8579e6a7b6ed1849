import { z } from 'zod'
import type { BodySchema } from './route.types.ts'

/** GNS3's own pattern: any UUID, whatever its version. */
export const uuidPattern = /^[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}$/

const uuid = z.string().regex(uuidPattern)
const text = z.string()
const whole = z.int()
const flag = z.boolean()

const label = z.looseObject({ text: text.optional() }).nullable()

/** schemas/project.py */
export const projectShape = {
  name: text.min(1).nullable(),
  path: text.nullable(),
  auto_close: flag,
  auto_open: flag,
  auto_start: flag,
  scene_height: whole,
  scene_width: whole,
  zoom: whole,
  show_layers: flag,
  snap_to_grid: flag,
  show_grid: flag,
  grid_size: whole,
  drawing_grid_size: whole,
  show_interface_labels: flag,
  supplier: z.looseObject({}).nullable(),
  variables: z.array(z.looseObject({ name: text.min(1) })).nullable(),
}

const nodeTypes = [
  'cloud',
  'nat',
  'ethernet_hub',
  'ethernet_switch',
  'frame_relay_switch',
  'atm_switch',
  'docker',
  'dynamips',
  'vpcs',
  'traceng',
  'virtualbox',
  'vmware',
  'iou',
  'qemu',
] as const

/** schemas/node.py */
export const nodeShape = {
  compute_id: text,
  project_id: uuid,
  node_id: uuid,
  template_id: uuid.nullable(),
  node_type: z.enum(nodeTypes),
  node_directory: text.nullable(),
  command_line: text.nullable(),
  name: text.min(1),
  console: whole.min(1).max(65535).nullable(),
  console_host: text.min(1),
  console_type: z.enum(['vnc', 'telnet', 'http', 'https', 'spice', 'spice+agent', 'none']).nullable(),
  console_auto_start: flag,
  properties: z.looseObject({}),
  status: z.enum(['stopped', 'started', 'suspended']),
  label: z.looseObject({ text }),
  symbol: text.min(1).nullable(),
  width: whole,
  height: whole,
  x: whole,
  y: whole,
  z: whole,
  locked: flag,
  port_name_format: text,
  port_segment_size: whole.min(0),
  first_port_name: text.nullable(),
  custom_adapters: z.array(z.looseObject({ adapter_number: whole })),
  ports: z.array(z.looseObject({})),
  aux: whole.nullable(),
  aux_type: text.nullable(),
}

const linkEnd = z.strictObject({ node_id: uuid, adapter_number: whole, port_number: whole, label: label.optional() })

/** schemas/link.py */
export const linkShape = {
  link_id: uuid,
  project_id: uuid,
  nodes: z.array(linkEnd),
  suspend: flag,
  link_style: z.looseObject({}),
  filters: z.record(text, z.array(z.union([text, z.number()]))),
  capturing: flag,
  capture_file_name: text.nullable(),
  capture_file_path: text.nullable(),
  capture_compute_id: text.nullable(),
  link_type: z.enum(['ethernet', 'serial']),
}

/** schemas/drawing.py */
export const drawingShape = {
  drawing_id: uuid,
  project_id: uuid,
  x: whole,
  y: whole,
  z: whole,
  locked: flag,
  rotation: whole,
  svg: text,
}

const createShape = { ...projectShape, project_id: uuid.nullable() }

export const bodies = {
  projectCreate: { shape: createShape, required: ['name'] },
  projectUpdate: { shape: projectShape, required: [] },
  projectDuplicate: { shape: { ...createShape, reset_mac_addresses: flag }, required: ['name'] },
  nodeCreate: { shape: nodeShape, required: ['name', 'node_type', 'compute_id'] },
  nodeUpdate: { shape: nodeShape, required: [] },
  nodeDuplicate: { shape: { x: whole, y: whole, z: whole }, required: ['x', 'y'] },
  link: { shape: linkShape, required: [] },
  linkCreate3: { shape: linkShape, required: ['nodes'] },
  drawing: { shape: drawingShape, required: [] },
  snapshot: { shape: { name: text.min(1) }, required: ['name'] },
  templateUsage: { shape: { x: whole, y: whole, name: text.nullable(), compute_id: text.nullable() }, required: ['x', 'y'] },
  version: { shape: { version: text, local: flag, controller_host: text }, required: ['version'] },
  credentials: { shape: { username: text, password: text }, required: ['username', 'password'] },
  capture: { shape: { data_link_type: text, capture_file_name: text }, required: [], anyObjectIn3: true },
  anyObject: { shape: {}, required: [], anyObjectIn3: true },
} satisfies Record<string, BodySchema>
