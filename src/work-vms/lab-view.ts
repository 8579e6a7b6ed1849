import type { ErrorView } from '../http/page-context.ts'
import { drawTopology, type TopologyDrawing } from '../http/topology-drawing.ts'
import { readJob, usualStepTimes, usualWait } from '../jobs/index.ts'
import type { StepView } from '../jobs/steps.views.ts'
import { rememberFor } from '../lib/remember.ts'
import type { Services } from '../services.ts'
import { readDeviceOutcome } from './device-outcome.ts'
import { readFaultOf } from './lab-fault.ts'
import type { TopologyJson } from './topology.ts'
import type { WorkVmRow } from './work-vms.repository.ts'
import { isAllowed } from './work-vms.service.ts'
import type { DirectAccessView, LabCableRow, LabDeviceRow, LabMay, LabState, LabView } from './work-vms.views.ts'

type JobParts = Pick<Services, 'jobs' | 'jobsRepository' | 'translate'>
type Parts = JobParts & Pick<Services, 'workVms' | 'idleLabs' | 'clock' | 'labHosts' | 'captures' | 'directAccess'>

/** The state as people see it: a VM that nobody asked for yet is no lab yet. */
export function labStateOf({ workVms }: Pick<Services, 'workVms'>, workVm: WorkVmRow | undefined): LabState {
  if (!workVm) return 'none'
  if (workVm.state === 'requested' && !workVms.liveJob(workVm)) return 'none'
  return workVm.state
}

/** Place in the queue of its node, from 1; null when it does not wait, or was asked for only now and nobody has looked for room yet. */
export function queuePositionOf({ workVms }: Pick<Services, 'workVms'>, workVm: WorkVmRow | undefined): number | null {
  if (workVm?.state !== 'queued' || !workVms.liveJob(workVm)?.progress) return null
  const waiting = workVms.listQueued().filter((other) => other.pveNode === workVm.pveNode)
  return waiting.findIndex((other) => other.id === workVm.id) + 1 || null
}

/** Besides the buttons that are always shown. */
const powerChoices = ['reboot', 'suspend', 'hibernate', 'stop'] as const

const startable: readonly LabState[] = ['none', 'stopped', 'failed', 'hibernated', 'suspended']
const stoppable: readonly LabState[] = ['ready', 'starting', 'queued', 'suspended']
const resettable: readonly LabState[] = ['stopped', 'ready', 'failed', 'suspended', 'hibernated']

/** What can be pressed in a state; a frozen lab is left alone. */
export function mayOf(state: LabState, facts: { isFrozen: boolean; isOpen: boolean; maySubmit: boolean; isOutdated: boolean }): LabMay {
  const may = (states: readonly LabState[]) => !facts.isFrozen && states.includes(state)
  return {
    start: facts.isOpen && may(startable),
    stop: may(stoppable),
    devices: facts.isOpen && may(['ready']),
    power: powerChoices.filter(
      (verb) => (facts.isOpen || verb !== 'reboot') && !facts.isFrozen && state !== 'none' && isAllowed(verb, state),
    ),
    reset: facts.isOpen && may(resettable),
    replace: facts.isOpen && facts.isOutdated && may(resettable),
    submit: facts.maySubmit && may(['ready']),
  }
}

/** Steps of everything that is being done with a lab, in order, with how long each usually takes. The log is for administrators. */
function readSteps(parts: JobParts, workVm: WorkVmRow): StepView[] {
  return parts.jobsRepository.findLiveByKey(`work-vm:${workVm.id}`).flatMap((job) => {
    const usual = usualStepTimes(parts.jobsRepository, job.name)
    const { steps } = readJob(parts.jobsRepository, parts.jobs.definitions, job, parts.translate)
    // most get in at once, which says nothing to who waits
    const usualOf = (name: string) =>
      name === 'room' && workVm.state === 'queued' ? usualWait(parts.jobsRepository, job.name, name) : (usual.get(name) ?? null)
    return steps.map((step) => ({ ...step, id: `${job.name}-${step.id}`, usualMs: usualOf(step.id), log: [] }))
  })
}

/** What is still to come, as long as it usually takes; null when that is not known of every step. */
export function remainingTime(steps: readonly StepView[], now: number): number | null {
  const left = steps.map((step) => {
    if (step.state === 'done' || step.state === 'skipped') return 0
    const spent = step.startedAt === null ? 0 : now - Date.parse(step.startedAt)
    return step.usualMs === null ? Number.NaN : Math.max(0, step.usualMs - spent)
  })
  const sum = left.reduce((total, ms) => total + ms, 0)
  return steps.length > 0 && Number.isFinite(sum) ? sum : null
}

function readFault(parts: Parts, workVm: WorkVmRow): ErrorView | null {
  if (workVm.errorCode === null || workVm.state !== 'failed') return null
  return readFaultOf(parts, parts.workVms.latestJob(workVm), { code: workVm.errorCode, details: workVm.errorDetails })
}

/** Draws the topology of a lab, once as long as nothing else is seen; device names are unique within a GNS3 project. */
export const drawLab = rememberFor((topology: TopologyJson): TopologyDrawing | null =>
  drawTopology({
    devices: topology.devices.map((device) => ({ ...device, id: device.name })),
    links: topology.links.map(({ id, a, b }) => ({
      id,
      ends: [
        { deviceId: a.device, port: a.port },
        { deviceId: b.device, port: b.port },
      ],
    })),
  }),
)

/** How a person gets at a device: a terminal in the page, or the reason why there is none, as the catalogue names it. */
function reachOf({ consoleType }: TopologyJson['devices'][number]): LabDeviceRow['reach'] {
  if (consoleType === 'telnet') return 'terminal'
  if (consoleType === null || consoleType === 'none') return 'none'
  if (consoleType === 'vnc') return 'screen'
  if (consoleType === 'http' || consoleType === 'https') return 'http'
  return consoleType.startsWith('spice') ? 'spice' : 'unknown'
}

const deviceRow = (device: TopologyJson['devices'][number]): LabDeviceRow => ({
  name: device.name,
  reach: reachOf(device),
  platform: device.platform,
  state: device.state,
  console: device.console ? `${device.console.type} ${device.console.host} ${device.console.port}` : null,
  isGraded: device.platform !== null,
})

/** The devices of a lab that is ready. */
export const listDevices = (topology: TopologyJson): LabDeviceRow[] => topology.devices.map(deviceRow)

function listCables({ captures }: Pick<Services, 'captures'>, workVm: WorkVmRow, { links }: TopologyJson): LabCableRow[] {
  const known = captures.listOf(workVm.id)
  return links.map(({ id, a, b }) => ({ id, a, b, capture: known.find(({ linkId }) => linkId === id) ?? null }))
}

export interface LabFacts {
  /** The exercise still takes submissions and starts. */
  readonly isOpen: boolean
  readonly maySubmit: boolean
  readonly openSubmissionId: string | null
  /** Drawn while there is no VM. */
  readonly recorded: TopologyDrawing | null
  readonly now: number
  /** The address of its user, who looks at it; null for anybody else. */
  readonly from: string | null
}

function readDirect({ directAccess }: Parts, workVm: WorkVmRow, from: string | null): DirectAccessView | null {
  if (!directAccess.isOffered(workVm)) return null
  const { directAddress, endpoint, state } = workVm
  const source = directAccess.sourceOf(workVm, from)
  return {
    address: directAddress,
    here: source ?? from,
    isUsable: source !== null,
    gns3: directAddress !== null && state === 'ready' ? endpoint : null,
  }
}

/** A lab as its user sees it. @param topology of its VM; null while there is none */
export function readLab(parts: Parts, workVm: WorkVmRow | undefined, topology: TopologyJson | null, facts: LabFacts): LabView {
  const state = labStateOf(parts, workVm)
  const steps = workVm ? readSteps(parts, workVm) : []
  const isFrozen = workVm !== undefined && workVm.frozenFor !== null
  const hibernatesAt = workVm ? parts.idleLabs.warnedOf(workVm) : null
  return {
    id: workVm?.id ?? null,
    state,
    queuePosition: queuePositionOf(parts, workVm),
    steps,
    remainingMs: remainingTime(steps, facts.now),
    readyAt: state === 'ready' ? (workVm?.readyAt ?? null) : null,
    hibernatesAt,
    hibernatesInMs: hibernatesAt === null ? null : Math.max(0, Date.parse(hibernatesAt) - facts.now),
    error: workVm ? readFault(parts, workVm) : null,
    deviceOutcome: workVm ? readDeviceOutcome(parts, workVm) : null,
    devices: state === 'ready' && topology ? listDevices(topology) : [],
    cables: state === 'ready' && topology && workVm ? listCables(parts, workVm, topology) : [],
    topology: topology && topology.devices.length > 0 ? drawLab(topology) : facts.recorded,
    isCaptured: workVm !== undefined && parts.captures.listOf(workVm.id).length > 0,
    openSubmissionId: facts.openSubmissionId,
    isFrozen,
    direct: workVm ? readDirect(parts, workVm, facts.from) : null,
    hasGns3Ui: parts.labHosts.isOffered,
    may: mayOf(state, {
      isFrozen,
      isOpen: facts.isOpen,
      maySubmit: facts.maySubmit,
      isOutdated: workVm !== undefined && parts.workVms.isOutdated(workVm),
    }),
  }
}
