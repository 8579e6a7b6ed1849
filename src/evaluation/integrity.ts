import { z } from 'zod'
import type { LabState } from './lab-state.ts'
import { inconclusive, type Judgement, type ReasonData, type Verdict } from './verdict.ts'

const endSchema = z.object({ deviceId: z.string(), adapter: z.number(), port: z.number() })

/** The lab as it was handed out, recorded when the exercise was built; clones keep GNS3's ids. */
export const recordedLabSchema = z.object({
  projectId: z.string(),
  devices: z.array(z.object({ id: z.string(), name: z.string(), type: z.string() })),
  links: z.array(z.object({ ends: z.tuple([endSchema, endSchema]) })),
})
export type RecordedLab = z.infer<typeof recordedLabSchema>

/** What of a lab is compared; a `LabState` has it. */
export interface ComparedLab extends Pick<LabState, 'projectId'> {
  readonly devices: readonly Pick<LabState['devices'][number], 'id' | 'name' | 'type'>[]
  readonly links: readonly { readonly ends: readonly [NamedEnd, NamedEnd]; readonly suspended: boolean }[]
}

/** What differs; the sentence is `reasons.integrity.<code>`. */
export interface IntegrityFinding {
  readonly code: string
  readonly data: ReasonData
}

/** A finding as it comes back from where it was stored. */
export interface StoredFinding {
  readonly code: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What of a lab is compared later. */
export const recordLab = (lab: LabState): RecordedLab => recordedLabSchema.parse(lab)

interface NamedEnd {
  readonly deviceId: string
  readonly adapter: number
  readonly port: number
}

const endKey = (end: NamedEnd): string => `${end.deviceId} ${end.adapter}/${end.port}`

/** Cables are known by where they end: the same cable plugged in again has a new id in GNS3 and is the same cable. */
const linkKey = ({ ends }: { readonly ends: readonly [NamedEnd, NamedEnd] }): string => ends.map(endKey).sort().join(' - ')

/**
 * Compares a lab with the recorded one. With a `free` topology devices and cables may be added and moved; what was handed out must
 * still be there.
 */
export function checkIntegrity(recorded: RecordedLab, lab: ComparedLab, topology: 'fixed' | 'free'): IntegrityFinding[] {
  const project = recorded.projectId === lab.projectId ? [] : [{ code: 'PROJECT_REPLACED', data: { projectId: lab.projectId } }]
  const devices = recorded.devices.flatMap((device) => compareDevice(device, lab))
  if (topology === 'free') return [...project, ...devices]
  return [...project, ...devices, ...addedDevices(recorded, lab), ...compareLinks(recorded, lab)]
}

function compareDevice(device: RecordedLab['devices'][number], lab: ComparedLab): IntegrityFinding[] {
  const same = lab.devices.find(({ id }) => id === device.id)
  if (same === undefined) {
    const replaced = lab.devices.some(({ name }) => name === device.name)
    return [{ code: replaced ? 'DEVICE_REPLACED' : 'DEVICE_REMOVED', data: { device: device.name } }]
  }
  const findings: IntegrityFinding[] = []
  if (same.name !== device.name) findings.push({ code: 'DEVICE_RENAMED', data: { device: device.name, name: same.name } })
  if (same.type !== device.type) {
    findings.push({ code: 'DEVICE_TYPE_CHANGED', data: { device: device.name, type: same.type, recorded: device.type } })
  }
  return findings
}

function addedDevices(recorded: RecordedLab, lab: ComparedLab): IntegrityFinding[] {
  const known = (one: ComparedLab['devices'][number]) => recorded.devices.some(({ id, name }) => id === one.id || name === one.name)
  return lab.devices.filter((one) => !known(one)).map(({ name }) => ({ code: 'DEVICE_ADDED', data: { device: name } }))
}

function compareLinks(recorded: RecordedLab, lab: ComparedLab): IntegrityFinding[] {
  const now = new Map(lab.links.map((link) => [linkKey(link), link]))
  const then = new Set(recorded.links.map(linkKey))
  const nameOf = (id: string): string => [...recorded.devices, ...lab.devices].find((device) => device.id === id)?.name ?? id
  const data = ({ ends: [a, b] }: Pick<ComparedLab['links'][number], 'ends'> | RecordedLab['links'][number]): ReasonData => ({
    a: nameOf(a.deviceId),
    b: nameOf(b.deviceId),
  })
  const removed = recorded.links.filter((link) => !now.has(linkKey(link)))
  const added = lab.links.filter((link) => !then.has(linkKey(link)))
  const suspended = lab.links.filter((link) => link.suspended && then.has(linkKey(link)))
  return [
    ...removed.map((link) => ({ code: 'LINK_REMOVED', data: data(link) })),
    ...added.map((link) => ({ code: 'LINK_ADDED', data: data(link) })),
    ...suspended.map((link) => ({ code: 'LINK_SUSPENDED', data: data(link) })),
  ]
}

/** What says that one device's own answers prove nothing; every other finding is about the lab as a whole. */
const ofOneDevice: ReadonlySet<string> = new Set(['ANSWERS_OVERRIDDEN'])

/** A criterion's verdict with the devices that were asked for it. */
export interface Answered {
  readonly verdict: Verdict
  readonly devices: readonly string[]
}

/**
 * A pass proves nothing in a lab that is not the one handed out, and none that a device gave that is set to answer as it likes: it waits
 * for the teacher.
 * @returns what counts instead; undefined where the verdict stands
 */
export function distrust({ verdict, devices }: Answered, findings: readonly StoredFinding[]): Judgement | undefined {
  if (verdict !== 'pass') return undefined
  const own = findings.filter(({ code }) => ofOneDevice.has(code))
  if (findings.length > own.length) return inconclusive('LAB_CHANGED', 'lab', { findings: findings.length })
  const found = own.find(({ data: { device } }) => typeof device === 'string' && devices.includes(device))
  if (found === undefined) return undefined
  const { device, line } = found.data
  return inconclusive(found.code, 'lab', { device: String(device), line: String(line) })
}
