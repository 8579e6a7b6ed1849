import { say } from '../../lib/sentence.ts'
import { askOnBehalf } from './behalf.ts'
import { startBudget } from './budgets.ts'
import type { EndpointName, Params } from './endpoints.ts'
import { plainError } from './fault.ts'
import { askForTask, configOrThrow, countVolumes, type Gateway, storageLocks } from './gateway.ts'
import { deadlines } from './policy.ts'
import type { PowerRequest, ShutdownRequest, VmConfig, VmStatus } from './types.ts'
import { parseVolume } from './volumes.ts'

interface PowerVerb<T> {
  readonly endpoint: EndpointName
  readonly taskType: string
  readonly params?: Params
  readonly deadlineMs: number
  readonly keys?: readonly string[]
  /** The machine's memory is written to a volume. */
  readonly allocates?: boolean
  look(): Promise<T | undefined>
}

function power<T>(gateway: Gateway, request: PowerRequest, verb: PowerVerb<T>): Promise<T> {
  const { node, vmid, signal, priority } = request
  const write = { signal, priority }
  return gateway.ensure<T>({
    what: say('details.proxmox.power', { vmid, verb: verb.endpoint }),
    options: request,
    look: verb.look,
    ask: () =>
      askOnBehalf(request.behalf, (ticket) => askForTask(gateway, verb.endpoint, { node, vmid }, verb.params ?? {}, { ...write, ticket })),
    turn: async () => ({
      kind: verb.allocates === true ? 'allocate' : 'other',
      keys: verb.keys ?? [],
      locks:
        verb.allocates === true
          ? await storageLocks(gateway, node, oneVolumeEach(await configOrThrow(gateway, request, write)), write)
          : new Map(),
    }),
    trace: { node, type: verb.taskType, vmid },
    waitsFor: [{ node, vmid }],
    deadlineMs: verb.deadlineMs,
    measures: false,
  })
}

const oneVolumeEach = (config: VmConfig): Map<string, number> => new Map([...countVolumes(config).keys()].map((storage) => [storage, 1]))

async function statusOrThrow(gateway: Gateway, { node, vmid, signal, priority }: PowerRequest): Promise<VmStatus> {
  const status = await gateway.reads.vmStatus(node, vmid, { signal, priority })
  if (status === undefined) throw plainError('PROXMOX_NOT_FOUND', say('details.proxmox.noVm', { vmid, node }))
  return status
}

/** Runs; a paused machine counts as running. A hibernated one goes on where it was. */
export const ensureStarted = (gateway: Gateway, request: PowerRequest): Promise<VmStatus> =>
  power(gateway, request, {
    endpoint: 'start',
    taskType: 'qmstart',
    deadlineMs: deadlines.start,
    keys: [startBudget(request.node)],
    look: async () => {
      const status = await statusOrThrow(gateway, request)
      return status.status === 'running' ? status : undefined
    },
  })

/** Effect of stop and shutdown; a VM that does not exist is off. */
async function off(
  gateway: Gateway,
  { node, vmid, signal, priority }: PowerRequest,
): Promise<{ status: VmStatus | undefined } | undefined> {
  const status = await gateway.reads.vmStatus(node, vmid, { signal, priority })
  return status === undefined || status.status === 'stopped' ? { status } : undefined
}

/** Off, hard: what the guest has not written is lost. */
export async function ensureStopped(gateway: Gateway, request: PowerRequest): Promise<VmStatus | undefined> {
  const look = () => off(gateway, request)
  return (await power(gateway, request, { endpoint: 'stop', taskType: 'qmstop', deadlineMs: deadlines.stop, look })).status
}

/** Off, asked of the guest first. */
export async function ensureShutdown(gateway: Gateway, request: ShutdownRequest): Promise<VmStatus | undefined> {
  const done = await power(gateway, request, {
    endpoint: 'shutdown',
    taskType: 'qmshutdown',
    params: { timeout: request.timeoutS, forceStop: request.forceStop },
    deadlineMs: request.timeoutS * 1_000 + deadlines.shutdownSlack,
    look: () => off(gateway, request),
  })
  return done.status
}

async function mustRun(gateway: Gateway, request: PowerRequest): Promise<VmStatus> {
  const status = await statusOrThrow(gateway, request)
  if (status.status === 'running' || status.lock === 'suspended') return status
  throw plainError('PROXMOX_REFUSED', say('details.proxmox.stopped', { vmid: request.vmid }))
}

/** Paused; memory stays where it is. */
export const ensureSuspended = (gateway: Gateway, request: PowerRequest): Promise<VmStatus> =>
  power(gateway, request, {
    endpoint: 'suspend',
    taskType: 'qmpause',
    deadlineMs: deadlines.suspend,
    look: async () => {
      const status = await mustRun(gateway, request)
      return status.qmpstatus === 'paused' ? status : undefined
    },
  })

/** Goes on after a pause or a hibernation. */
export const ensureResumed = (gateway: Gateway, request: PowerRequest): Promise<VmStatus> =>
  power(gateway, request, {
    endpoint: 'resume',
    taskType: 'qmresume',
    deadlineMs: deadlines.start,
    keys: [startBudget(request.node)],
    look: async () => {
      const status = await mustRun(gateway, request)
      return status.status === 'running' && status.qmpstatus === 'running' ? status : undefined
    },
  })

/** Memory written to disk, machine off, configuration locked `suspended`. */
export const ensureHibernated = (gateway: Gateway, request: PowerRequest): Promise<VmStatus> =>
  power(gateway, request, {
    endpoint: 'suspend',
    taskType: 'qmsuspend',
    params: { todisk: true },
    deadlineMs: deadlines.suspend,
    allocates: true,
    look: async () => {
      const status = await mustRun(gateway, request)
      return status.status === 'stopped' && status.lock === 'suspended' ? status : undefined
    },
  })

/** Restarts through the guest. There is no effect to look for but the task's own end. */
export async function reboot(gateway: Gateway, request: PowerRequest & { readonly timeoutS: number }): Promise<void> {
  const { node, vmid, signal, priority, timeoutS } = request
  let ended = false
  await gateway.ensure<true>({
    what: say('details.proxmox.reboot', { vmid }),
    options: request,
    look: async () => (ended ? true : undefined),
    ask: () =>
      askOnBehalf(request.behalf, (ticket) =>
        askForTask(gateway, 'reboot', { node, vmid }, { timeout: timeoutS }, { signal, priority, ticket }),
      ),
    turn: async () => ({ kind: 'other', locks: new Map(), keys: [startBudget(node)] }),
    trace: { node, type: 'qmreboot', vmid },
    waitsFor: [{ node, vmid }],
    deadlineMs: timeoutS * 1_000 + deadlines.shutdownSlack,
    measures: false,
    onEnd: (end) => {
      ended = end.ok
    },
  })
}

/** A template, with every disk a base volume: a lock time-out leaves half of one, which is then finished disk by disk. */
export function ensureTemplate(gateway: Gateway, request: PowerRequest): Promise<VmConfig> {
  const { node, vmid, signal, priority } = request
  const write = { signal, priority }
  const unfinished = (config: VmConfig) =>
    config.drives.filter(
      (drive) =>
        drive.media === 'disk' &&
        drive.volid !== undefined &&
        !drive.key.startsWith('unused') &&
        parseVolume(drive.volid)?.isBase === false,
    )
  return gateway.ensure<VmConfig>({
    what: say('details.proxmox.template', { vmid }),
    options: request,
    look: async () => {
      const config = await configOrThrow(gateway, request, write)
      return config.template && unfinished(config).length === 0 ? config : undefined
    },
    ask: async () => {
      const config = await configOrThrow(gateway, request, write)
      const disk = config.template ? unfinished(config)[0]?.key : undefined
      return askForTask(gateway, 'template', { node, vmid }, { disk }, write)
    },
    turn: async () => ({
      kind: 'allocate',
      locks: await storageLocks(gateway, node, countVolumes(await configOrThrow(gateway, request, write)), write),
    }),
    trace: { node, type: 'qmtemplate', vmid },
    waitsFor: [{ node, vmid }],
    deadlineMs: deadlines.template,
    measures: false,
  })
}
