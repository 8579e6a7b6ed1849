import { drawTopology, type TopologyDrawing, type TopologyLink } from '../http/topology-drawing.ts'
import { rememberFor } from '../lib/remember.ts'
import type { ProjectSummary, RecordedLab } from './exercises.schemas.ts'

type RecordedEnd = RecordedLab['links'][number]['ends'][number]
type UploadedEnd = ProjectSummary['links'][number]['ends'][number]

function drawRecorded(lab: RecordedLab): TopologyDrawing | null {
  const byId = new Map(lab.devices.map((device) => [device.id, device]))
  const end = ({ deviceId, adapter, port, label }: RecordedEnd) => ({
    deviceId,
    port: label ?? byId.get(deviceId)?.ports.find((one) => one.adapter === adapter && one.port === port)?.name ?? `${adapter}/${port}`,
  })
  const links = lab.links.map(({ id, ends: [a, b], suspended }): TopologyLink => ({ id, ends: [end(a), end(b)], suspended }))
  // states were those of the build; now nothing of it runs
  const devices = lab.devices.map(({ id, name, type, symbol, x, y }) => ({ id, name, type, symbol, x, y }))
  return drawTopology({ devices, links })
}

/**
 * The lab as it was recorded when its template was built: GNS3 knows the names of all ports by then. What is recorded changes no more,
 * so it is drawn once.
 */
export const drawRecordedLab = rememberFor(drawRecorded)

/** The project as it was uploaded, before anything was built of it. */
export function drawUpload(summary: ProjectSummary): TopologyDrawing | null {
  const end = ({ nodeId, adapter, port, label }: UploadedEnd) => ({ deviceId: nodeId, port: label ?? `${adapter}/${port}` })
  const links = summary.links.flatMap(({ ends: [a, b] }, index): TopologyLink[] =>
    a && b ? [{ id: String(index), ends: [end(a), end(b)] }] : [],
  )
  return drawTopology({ devices: summary.devices.map(({ nodeId, ...device }) => ({ id: nodeId, ...device })), links })
}
