import { z } from 'zod'
import type { Clock } from '../lib/clock.ts'
import { isoNow } from '../lib/clock.ts'
import { type RecordedLab, recordedLabSchema } from './integrity.ts'
import type { LabState } from './lab-state.ts'
import type { Observation } from './observation.ts'
import { type Unreadable, unreadable } from './platform.ts'

/** GNS3 as it stands in the evidence: as if a device of this name had been asked this. No exercise's device can be called so. */
export const gns3Device = '@gns3'
export const showLabCommand = 'devices and cables'

const endSchema = z.object({ deviceId: z.string(), adapter: z.number(), port: z.number(), label: z.string().nullable() })
const deviceSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  state: z.string(),
  /** Of GNS3's own switch alone; what else it knows of a device is not shown. */
  portsMapping: z.array(z.unknown()).optional(),
  ports: z.array(z.object({ adapter: z.number(), port: z.number(), name: z.string() })),
})
const shownLabSchema = z.object({
  lab: z.object({
    projectId: z.string(),
    devices: z.array(deviceSchema),
    links: z.array(z.object({ ends: z.tuple([endSchema, endSchema]), suspended: z.boolean() })),
  }),
  recorded: recordedLabSchema.nullable(),
})
export type ShownLab = z.infer<typeof shownLabSchema>

interface Shown {
  readonly lab: LabState
  /** The lab as it was handed out, so that the verdict needs nothing but this answer. */
  readonly recorded: RecordedLab | null
  readonly clock: Clock
  readonly seq: number
}

/** GNS3's state as an answer that can be kept, read and read again. */
export function observeLab({ lab, recorded, clock, seq }: Shown): Observation {
  const devices = lab.devices.map(({ id, name, type, state, ports, properties }) => ({
    ...{ id, name, type, state, ports },
    ...(Array.isArray(properties.ports_mapping) ? { portsMapping: properties.ports_mapping } : {}),
  }))
  const links = lab.links.map(({ ends, suspended }) => ({ ends, suspended }))
  const text = JSON.stringify({ lab: { projectId: lab.projectId, devices, links }, recorded }, null, 1)
  const about = { device: gns3Device, command: showLabCommand, startedAt: isoNow(clock), tookMs: 0, ended: 'prompt' as const }
  return { seq, ...about, raw: Buffer.from(text), text }
}

/** Reads it back. */
export function readShownLab(answer: Observation): ShownLab | Unreadable {
  const about = { command: answer.command }
  try {
    const parsed = shownLabSchema.safeParse(JSON.parse(answer.text))
    return parsed.success ? parsed.data : unreadable('ANSWER_UNREADABLE', 'infrastructure', about)
  } catch {
    return unreadable('ANSWER_UNREADABLE', 'infrastructure', about)
  }
}
