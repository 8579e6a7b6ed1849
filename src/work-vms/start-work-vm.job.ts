import { z } from 'zod'
import type { Gns3, LabDevice } from '../clients/gns3/index.ts'
import { AppError } from '../errors.ts'
import type { ExerciseDevice } from '../evaluation/index.ts'
import { defineJob, type StepContext } from '../jobs/index.ts'
import { isoNow } from '../lib/clock.ts'
import { newSecret } from '../lib/ids.ts'
import { say } from '../lib/sentence.ts'
import { type Endpoint, type Secrets, taskOptions } from '../vms/index.ts'
import { admit } from './admission.ts'
import { isStudentsDoing, markFailed, minute, type VmData, vmData, type WorkVmJobParts, whereItIs, workVmPayload } from './job-parts.ts'
import type { WorkVmRow } from './work-vms.repository.ts'

const payload = workVmPayload.extend({
  /** The address that it was asked from by its student; absent: by somebody else, or by ourselves. */
  from: z.string().optional(),
})
type Context = StepContext<z.infer<typeof payload>, VmData>

const admissionPollMs = 2_000
/** A device that boots slowly is waited for; a console that stays silent longer is the student's own doing at a later start. */
const consoleReadyMs = 5 * minute

/** From a stopped VM to a lab a student can work in. */
export function startWorkVmJob(parts: WorkVmJobParts) {
  const { workVms, exercises, proxmox, labLink, consoles, clock, limits } = parts

  const workVmOf = (context: Context) => workVms.get(context.payload.workVmId)
  const vmOf = (workVm: WorkVmRow): { vmid: number; pveNode: string } => {
    if (workVm.vmid === null || workVm.pveNode === null)
      throw new AppError('WORK_VM_STATE', { details: { state: say(`details.states.lab.${workVm.state}`) } })
    return { vmid: workVm.vmid, pveNode: workVm.pveNode }
  }
  const endpointOf = (workVm: WorkVmRow): Endpoint => {
    if (!workVm.endpoint) throw new AppError('LAB_ADDRESS_MISSING')
    return workVm.endpoint
  }
  const projectOf = (workVm: WorkVmRow): string => {
    const template = workVm.templateVmId === null ? undefined : exercises.findTemplate(workVm.templateVmId)
    if (!template?.gns3ProjectId) throw new Error(`work VM ${workVm.id} has no recorded project`)
    return template.gns3ProjectId
  }
  const withGns3 = <T>(context: Context, work: (gns3: Gns3, projectId: string) => Promise<T>) => {
    const workVm = workVmOf(context)
    return labLink.withGns3(endpointOf(workVm), context.signal, (gns3) => work(gns3, projectOf(workVm)))
  }

  /** Waits for room, first come first served, and takes it in the transaction that finds it. */
  async function waitForRoom(context: Context) {
    await whereItIs(parts, context)
    const { pveNode } = vmOf(workVmOf(context))
    if (workVmOf(context).state === 'starting') return undefined
    for (;;) {
      const nodes = await proxmox.nodes({ signal: context.signal })
      const position = workVms.inTransaction(() => {
        const workVm = workVmOf(context)
        const mine = workVm.startedAt === null ? workVms.update(workVm.id, { state: 'queued', startedAt: isoNow(clock) }) : workVm
        const others = workVms
          .listInStates(['queued', 'starting', 'ready', 'stopping', 'suspended'])
          .filter((other) => other.id !== mine.id)
        const found = admit(mine, others, nodes, limits)
        if (found === 0) workVms.update(mine.id, { state: 'starting', errorCode: null, errorDetails: null })
        else if (mine.state !== 'queued') workVms.update(mine.id, { state: 'queued' })
        return found
      })
      if (position === 0) return undefined
      context.progress('queued', { position, node: pveNode })
      await clock.sleep(admissionPollMs, context.signal)
    }
  }

  /** Before it runs: for this address and no other, and for nobody who was let in before. */
  async function letIn(context: Context, vm: { node: string; vmid: number }): Promise<void> {
    const { workVmId, from = null } = context.payload
    const source = await parts.directAccess.settle(workVmId, { vm, from, signal: context.signal, priority: context.priority })
    if (source !== null) context.line(`direct access from ${source}`)
  }

  async function powerOn(context: Context) {
    const { vmid, pveNode } = vmOf(workVmOf(context))
    const workVm = workVmOf(context)
    await parts.studentPower?.settleAccess(context, workVm)
    await letIn(context, { node: pveNode, vmid })
    const status = await proxmox.vmStatus(pveNode, vmid, { signal: context.signal })
    const options = { ...taskOptions(context, 'start'), behalf: parts.studentPower?.behalfOf(context, workVm) }
    if (status?.qmpstatus === 'paused') await proxmox.ensureResumed({ node: pveNode, vmid, ...options })
    else await labLink.boot({ vmid, pveNode, ...options, onLine: options.onProgress })
    return undefined
  }

  async function findAddress(context: Context) {
    const workVm = workVmOf(context)
    const endpoint = await labLink.findAddress({
      ...vmOf(workVm),
      isClaimed: (found) => workVms.isClaimed(found, workVm.id),
      signal: context.signal,
    })
    context.line(`address ${endpoint.host}:${endpoint.port}`)
    return { commit: () => void workVms.update(workVm.id, { endpoint }) }
  }

  async function waitForGns3(context: Context) {
    const version = await labLink.waitForGns3(endpointOf(workVmOf(context)), context.signal, 5 * minute)
    context.line(`GNS3 ${version}`)
    return undefined
  }

  async function openProject(context: Context) {
    const workVm = workVmOf(context)
    const marker = workVm.marker ?? newSecret()
    if (workVm.marker === null) workVms.update(workVm.id, { marker })
    await withGns3(context, async (gns3, projectId) => {
      await gns3.setAutoClose(projectId, false, { signal: context.signal })
      await gns3.openProject(projectId, { signal: context.signal })
      await labLink.checkMarker(gns3, projectId, marker, workVm.readyAt === null, context.signal)
    })
    return undefined
  }

  async function startDevices(context: Context) {
    await withGns3(context, (gns3, projectId) =>
      gns3.startAll(projectId, {
        signal: context.signal,
        onProgress: ({ started, total }) => context.progress('devices', { started, total }),
      }),
    )
    return undefined
  }

  async function waitForConsoles(context: Context) {
    const workVm = workVmOf(context)
    const { definition } = exercises.getRevision(workVm.exerciseRevisionId)
    const secrets = exercises.openSecrets(workVm.exerciseId, definition)
    await withGns3(context, async (gns3, projectId) => {
      const lab = await gns3.readLab(projectId, { signal: context.signal })
      const devices = consoles.devicesOf(definition, lab.devices)
      let answered = 0
      await Promise.all(
        devices.map(async ({ name, device, definition: described }) => {
          await waitForConsole(context, { gns3, name, device, described, secrets, isFirstStart: workVm.readyAt === null })
          answered += 1
          context.progress('consoles', { answered, total: devices.length })
        }),
      )
    })
    const ready = { state: 'ready' as const, readyAt: isoNow(clock), hibernatesAt: parts.idleEnd(), errorCode: null, errorDetails: null }
    return { commit: () => void workVms.update(workVm.id, ready) }
  }

  interface ConsoleWait {
    readonly gns3: Gns3
    readonly name: string
    readonly device: LabDevice
    readonly described: ExerciseDevice
    readonly secrets: Secrets
    readonly isFirstStart: boolean
  }

  async function waitForConsole(context: Context, wait: ConsoleWait): Promise<void> {
    try {
      await consoles.waitUntilAnswers({
        gns3: wait.gns3,
        device: wait.device,
        definition: wait.described,
        secrets: wait.secrets,
        vmHost: endpointOf(workVmOf(context)).host,
        hostKeys: workVms.hostKeysOf(context.payload.workVmId),
        signal: context.signal,
        readyTimeoutMs: consoleReadyMs,
      })
      context.line(`console of ${wait.name} answers`)
    } catch (error) {
      if (wait.isFirstStart || !isStudentsDoing(error, wait.described)) throw error
      context.line(`console of ${wait.name}: ${error.code}`)
    }
  }

  return defineJob({
    name: 'start-work-vm',
    payload,
    data: vmData,
    key: ({ workVmId }) => `work-vm:${workVmId}`,
    maxAttempts: 4,
    steps: [
      { name: 'room', deadlineMs: 12 * 60 * minute, run: waitForRoom },
      { name: 'power-on', deadlineMs: 10 * minute, run: powerOn },
      { name: 'address', deadlineMs: 6 * minute, run: findAddress },
      { name: 'gns3', deadlineMs: 6 * minute, run: waitForGns3 },
      { name: 'open', deadlineMs: 5 * minute, run: openProject },
      { name: 'devices', deadlineMs: 10 * minute, run: startDevices },
      { name: 'consoles', deadlineMs: 15 * minute, run: waitForConsoles },
    ],
    onFailed: ({ payload: job }, error) => markFailed(workVms, job.workVmId, error),
    onCancelled: ({ payload: job }) => {
      // a stop or a reset follows and says what the state is
      const workVm = workVms.get(job.workVmId)
      if (workVm.state === 'queued') workVms.update(workVm.id, { state: workVm.vmid === null ? 'requested' : 'stopped', startedAt: null })
    },
  })
}
