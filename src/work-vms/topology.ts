import { isAppError } from '../errors.ts'
import type { RecordedLab } from '../exercises/index.ts'
import type { Services } from '../services.ts'
import type { WorkVmRow } from './work-vms.repository.ts'

export interface TopologyJson {
  readonly devices: readonly {
    readonly name: string
    readonly platform: string | null
    readonly state: 'started' | 'stopped' | 'suspended' | 'unknown'
    /** Where the console is; only the sandbox tells, elsewhere labs are reached through this server alone. */
    readonly console: { readonly type: string; readonly host: string; readonly port: number } | null
    readonly x: number
    readonly y: number
    readonly type: string
    readonly symbol: string
  }[]
  readonly links: readonly {
    readonly a: { readonly device: string; readonly port: string }
    readonly b: { readonly device: string; readonly port: string }
  }[]
}

type Parts = Pick<Services, 'exercises' | 'labLink' | 'config' | 'log'>

/** The lab now where it is ready; else as it was recorded when the exercise was built. */
async function readLab(
  { labLink, log }: Parts,
  workVm: WorkVmRow,
  recorded: RecordedLab,
  projectId: string,
): Promise<{ lab: RecordedLab; isLive: boolean }> {
  if (workVm.state !== 'ready' || !workVm.endpoint) return { lab: recorded, isLive: false }
  try {
    const lab = await labLink.withGns3(workVm.endpoint, AbortSignal.timeout(5_000), (gns3) => gns3.readLab(projectId))
    return {
      lab: {
        ...lab,
        devices: [...lab.devices].map((device) => ({ ...device, ports: [...device.ports], properties: { ...device.properties } })),
        links: lab.links.map((link) => ({ ...link, ends: [link.ends[0], link.ends[1]] })),
      },
      isLive: true,
    }
  } catch (error) {
    // the page stays useful while GNS3 does not answer
    if (!isAppError(error) && !(error instanceof DOMException)) throw error
    log.warn({ err: error, workVmId: workVm.id }, 'the live topology could not be read')
    return { lab: recorded, isLive: false }
  }
}

export async function readTopology(parts: Parts, workVm: WorkVmRow): Promise<TopologyJson> {
  const { exercises, config } = parts
  const { definition } = exercises.getRevision(workVm.exerciseRevisionId)
  const template = workVm.templateVmId === null ? undefined : exercises.findTemplate(workVm.templateVmId)
  const recorded = template?.lab ?? exercises.findLab(workVm.exerciseRevisionId)
  if (!recorded) return { devices: [], links: [] }
  const { lab, isLive } = await readLab(parts, workVm, recorded, template?.gns3ProjectId ?? recorded.projectId)
  // a lab that is off has nothing that runs; one that does not answer says nothing
  const stateUnseen = workVm.state === 'ready' ? 'unknown' : 'stopped'
  const byId = new Map(lab.devices.map((device) => [device.id, device]))
  const portName = (end: RecordedLab['links'][number]['ends'][number]) =>
    end.label ??
    byId.get(end.deviceId)?.ports.find((port) => port.adapter === end.adapter && port.port === end.port)?.name ??
    `${end.adapter}/${end.port}`
  return {
    devices: lab.devices.map((device) => ({
      name: device.name,
      platform: definition.devices[device.name]?.platform ?? null,
      state: isLive ? device.state : stateUnseen,
      console:
        isLive && config.SANDBOX && workVm.endpoint && device.console?.port && device.console.type === 'telnet'
          ? { type: device.console.type, host: workVm.endpoint.host, port: device.console.port }
          : null,
      x: device.x,
      y: device.y,
      type: device.type,
      symbol: device.symbol,
    })),
    links: lab.links.map(({ ends: [a, b] }) => ({
      a: { device: byId.get(a.deviceId)?.name ?? '', port: portName(a) },
      b: { device: byId.get(b.deviceId)?.name ?? '', port: portName(b) },
    })),
  }
}

const freshMs = 2_000

/** Reads the topology of a lab at most every two seconds, however many pages ask. */
export function createTopologyReader(parts: Parts & Pick<Services, 'clock'>): (workVm: WorkVmRow) => Promise<TopologyJson> {
  const kept = new Map<string, { readonly at: number; readonly topology: Promise<TopologyJson> }>()
  return (workVm) => {
    const key = `${workVm.id} ${workVm.state} ${workVm.readyAt ?? ''}`
    const now = parts.clock.now()
    const known = kept.get(key)
    if (known && now - known.at < freshMs) return known.topology
    for (const [old, entry] of kept) if (now - entry.at >= freshMs) kept.delete(old)
    const topology = readTopology(parts, workVm)
    kept.set(key, { at: now, topology })
    return topology
  }
}
