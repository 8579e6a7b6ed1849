import type { LabNetwork, NodeState } from '../network/types.ts'
import type { Json, JsonObject } from './json.ts'

/** A console port of one running node. */
export interface ConsoleListener {
  close(): Promise<void>
}

export interface LabNode {
  readonly id: string
  readonly type: string
  name: string
  computeId: string
  templateId: string | null
  console: number | null
  consoleType: string | null
  /** An auxiliary console beside the first: 3.x alone. */
  aux: number | null
  auxType: string | null
  consoleAutoStart: boolean
  properties: JsonObject
  status: NodeState
  commandLine: string | null
  directory: string | null
  label: JsonObject
  x: number
  y: number
  z: number
  locked: boolean
  width: number
  height: number
  symbol: string
  portNameFormat: string
  portSegmentSize: number
  firstPortName: string | null
  customAdapters: Json[]
  /** VPCS: the port of the process behind GNS3's own console (reserved, nothing of ours listens there). */
  innerPort: number | null
  listener: ConsoleListener | null
  /** The VNC port of one whose console is graphical. */
  screen: ConsoleListener | null
}

export interface LinkSide {
  readonly nodeId: string
  readonly adapter: number
  readonly port: number
  label: JsonObject
}

export interface LinkCapture {
  readonly chunks: Uint8Array[]
  readonly readers: Set<{ write(bytes: Uint8Array): void; end(): void }>
}

export interface LabLink {
  readonly id: string
  readonly sides: readonly [LinkSide, LinkSide]
  readonly linkType: 'ethernet' | 'serial'
  suspended: boolean
  filters: Record<string, (number | string)[]>
  /** What the compute was last told; in 3.x that can be behind `filters` and `suspended` (see links.ts). */
  applied: Record<string, (number | string)[]>
  style: JsonObject
  captureFile: string | null
  /** What was captured so far, and who reads on. */
  capture: LinkCapture | null
}

export interface LabDrawing {
  readonly id: string
  x: number
  y: number
  z: number
  locked: boolean
  rotation: number
  svg: string
}

export interface LabSnapshot {
  readonly id: string
  readonly name: string
  /** Unix seconds. */
  readonly createdAt: number
  readonly path: string
}

/** The members a project shares between the API and its file. */
export interface ProjectSettings {
  auto_start: boolean
  auto_close: boolean
  auto_open: boolean
  scene_width: number
  scene_height: number
  zoom: number
  show_layers: boolean
  snap_to_grid: boolean
  show_grid: boolean
  grid_size: number
  drawing_grid_size: number
  show_interface_labels: boolean
  variables: Json
  supplier: Json
}

export interface Project {
  readonly id: string
  name: string
  readonly path: string
  readonly filename: string
  status: 'opened' | 'closed'
  loading: boolean
  closing: boolean
  settings: ProjectSettings
  nodes: Map<string, LabNode>
  links: Map<string, LabLink>
  drawings: Map<string, LabDrawing>
  snapshots: Map<string, LabSnapshot>
  network: LabNetwork | null
}

/** Node types that always run (controller/node.py is_always_running). */
export const alwaysRunning: ReadonlySet<string> = new Set([
  'cloud',
  'nat',
  'ethernet_hub',
  'ethernet_switch',
  'frame_relay_switch',
  'atm_switch',
])
