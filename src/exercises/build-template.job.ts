import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Gns3, type LabState, openProjectArchive, requireRevision } from '../clients/gns3/index.ts'
import type { Proxmox, VmFirewall } from '../clients/proxmox/index.ts'
import { AppError, isAppError } from '../errors.ts'
import { type Exercise, hasConsole } from '../evaluation/index.ts'
import { defineJob, type JobRunner, type JobStep, type StepContext } from '../jobs/index.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import { say } from '../lib/sentence.ts'
import {
  bookStorages,
  destroyVm,
  findSource,
  type Gns3Ui,
  type LabConsoles,
  type LabLink,
  onEachConsole,
  type Placements,
  preconfigured,
  preconfigureLab,
  type RunningLab,
  taskOptions,
  type VmLedger,
} from '../vms/index.ts'
import type { ExercisesRepository } from './exercises.repository.ts'
import type { ExercisesService } from './exercises.service.ts'

export interface BuildTemplateParts {
  readonly exercises: ExercisesService
  readonly repository: ExercisesRepository
  readonly proxmox: Proxmox
  readonly ledger: VmLedger
  readonly placements: Pick<Placements, 'note'>
  readonly jobs: Pick<JobRunner, 'enqueue'>
  readonly labLink: LabLink
  readonly consoles: LabConsoles
  readonly clock: Clock
  /** Storage for full clones; Proxmox's default (the template's own) where it is not set. */
  readonly storage: string | undefined
  /** The firewall of a lab with these demands; the template's file carries it to every clone. */
  readonly firewallOf: (network: Exercise['network']) => VmFirewall
  /** Copies of GNS3's own web UI. */
  readonly gns3Ui: Pick<Gns3Ui, 'copy'>
}

const payload = z.object({
  exerciseId: z.string(),
  revisionId: z.string(),
  /** A further copy, from this copy of the base template; absent: the first, from whichever is best. */
  copyOf: z.number().optional(),
})
const data = z.object({
  /** Of a further copy: the revision that it is for by now. */
  revisionId: z.string().optional(),
  /** Of a further copy: nobody needs it any more. */
  isMoot: z.boolean().optional(),
  source: z.number().optional(),
  /** Copies of the base template on other nodes, which it is built from afterwards. */
  others: z.array(z.number()).optional(),
  templateId: z.string().optional(),
  vmid: z.number().optional(),
  pveNode: z.string().optional(),
  projectId: z.string().optional(),
  endpoint: z.object({ host: z.string(), port: z.number() }).optional(),
  preconfigured: z.boolean().optional(),
  upids: z.record(z.string(), z.string()).optional(),
})
type Payload = z.infer<typeof payload>
type Data = z.infer<typeof data>
type Context = StepContext<Payload, Data>

const minute = 60_000

/** What a step needs from the steps before it. @throws Error when the order of the steps is wrong, which is a bug */
function need<Key extends keyof Data>(context: Context, key: Key): NonNullable<Data[Key]> {
  const value = context.data[key]
  if (value === undefined || value === null) throw new Error(`${String(key)} is not recorded yet`)
  return value
}

/**
 * The card as every clone inherits it: with the firewall's flag (rules act only where the datacenter's firewall is on), and with the limit
 * the exercise asks for; nothing when it is so already.
 */
function cardAs(net0: string, rate: number | undefined): Record<string, string> {
  const kept = net0.split(',').filter((part) => !/^firewall=/.test(part) && (rate === undefined || !/^rate=/.test(part)))
  const wanted = [...kept, 'firewall=1', ...(rate === undefined ? [] : [`rate=${rate}`])]
  const isSo = wanted.every((part) => net0.split(',').includes(part))
  return isSo ? {} : { net0: wanted.join(',') }
}

/**
 * From a base template and a project to a template VM that students' VMs are cloned from: full clone, boot, import, devices started and
 * pre-configured, saved, checked after a restart, recorded, shut down, converted.
 */
export function buildTemplateJob(parts: BuildTemplateParts) {
  const { exercises, repository, proxmox, ledger, labLink, consoles } = parts
  const vmOf = (context: Context) => ({ node: need(context, 'pveNode'), vmid: need(context, 'vmid') })
  const withGns3 = <T>(context: Context, work: (gns3: Gns3) => Promise<T>) =>
    labLink.withGns3(need(context, 'endpoint'), context.signal, work)
  const revisionOf = (context: Context) => exercises.getRevision(context.data.revisionId ?? context.payload.revisionId)

  /** The revision that a further copy is for: another may have taken over the build, or have one of its own. Null: none any more. */
  function stillWanted({ exerciseId }: Payload, node: string): string | null {
    const exercise = exercises.get(exerciseId)
    const revision = exercises.revisionOf(exercise)
    const built = exercises.listUsableTemplates(revision.id)
    const isNeeded = exercise.state !== 'archived' && built.length > 0 && built.every(({ pveNode }) => pveNode !== node)
    return isNeeded ? revision.id : null
  }

  async function reserve(context: Context) {
    if (context.data.vmid !== undefined) return undefined
    const { copyOf } = context.payload
    const { baseTemplateVmid } = revisionOf(context)
    const base = (await exercises.listBaseTemplates()).find((template) => template.vmid === baseTemplateVmid)
    if (!base) throw new AppError('BASE_TEMPLATE_UNKNOWN', { details: { vmid: baseTemplateVmid ?? '' } })
    const copies = copyOf === undefined ? base.copies : base.copies.filter(({ vmid }) => vmid === copyOf)
    const source = await findSource(proxmox, copies, { storage: parts.storage, signal: context.signal })
    return repository.inTransaction(() => {
      const revisionId = copyOf === undefined ? context.payload.revisionId : stillWanted(context.payload, source.node)
      if (revisionId === null) return { data: { isMoot: true } }
      const templateId = newId()
      const pveNode = source.node
      const vmid = ledger.reserve({ purpose: 'template', ownerId: templateId, pveNode, taken: source.taken })
      const row = { id: templateId, exerciseRevisionId: revisionId, vmid, pveNode, state: 'building' as const }
      repository.insertTemplate({ ...row, createdAt: isoNow(parts.clock) })
      parts.placements.note({ kind: 'template', vmid, toNode: pveNode, considered: source.considered })
      const elsewhere = new Map(base.copies.filter(({ node }) => node !== pveNode).map(({ node, vmid: id }) => [node, id]))
      context.save({
        templateId,
        vmid,
        pveNode,
        revisionId,
        source: source.vmid,
        ...(copyOf === undefined ? { others: [...elsewhere.values()] } : {}),
      })
      return undefined
    })
  }

  async function clone(context: Context) {
    const vm = vmOf(context)
    const source = context.data.source ?? revisionOf(context).baseTemplateVmid ?? 0
    context.progress('cloning')
    await bookStorages({ proxmox, ledger }, { vmid: vm.vmid, source, sourceNode: vm.node, storage: parts.storage, signal: context.signal })
    const result = await proxmox.ensureClone({
      node: vm.node,
      source,
      vmid: vm.vmid,
      name: `netpraxis-template-${vm.vmid}`,
      description: ledger.markOf(vm.vmid, 'template'),
      full: true,
      storage: parts.storage,
      ...taskOptions(context, 'clone'),
    })
    ledger.noteExists(vm.vmid, result.node)
    return { data: { pveNode: result.node } }
  }

  async function configure(context: Context) {
    const { vm, network } = revisionOf(context).definition
    const target = vmOf(context)
    const config = await proxmox.vmConfig(target.node, target.vmid, { signal: context.signal })
    const net0 = config?.raw.net0
    const set: Record<string, string | number> = {
      ...(vm?.memory === undefined ? {} : { memory: vm.memory }),
      ...(vm?.cores === undefined ? {} : { cores: vm.cores }),
      ...(net0 === undefined ? {} : cardAs(net0, vm?.network?.rate)),
    }
    if (Object.keys(set).length > 0) await proxmox.ensureConfig({ ...target, set, priority: context.priority, signal: context.signal })
    if (vm?.disk !== undefined) await proxmox.ensureDiskSize({ ...target, gib: vm.disk, ...taskOptions(context, 'resize') })
    // throws unless it reads back so
    const firewall = parts.firewallOf(network)
    await proxmox.writeFirewall({ ...target, firewall, priority: context.priority, signal: context.signal })
    context.line(`firewall written and read back: in ${firewall.options.policyIn}, out ${firewall.options.policyOut}`)
    return undefined
  }

  async function boot(context: Context) {
    const { node, vmid } = vmOf(context)
    const options = taskOptions(context, 'start')
    await labLink.boot({ pveNode: node, vmid, ...options, onLine: options.onProgress })
    return undefined
  }

  async function findAddress(context: Context) {
    const { node, vmid } = vmOf(context)
    const endpoint = await labLink.findAddress({ pveNode: node, vmid, isClaimed: () => false, signal: context.signal })
    context.line(`address ${endpoint.host}:${endpoint.port}`)
    return { data: { endpoint } }
  }

  async function waitForGns3(context: Context) {
    const version = await labLink.waitForGns3(need(context, 'endpoint'), context.signal, 5 * minute)
    context.line(`GNS3 ${version}`)
    // now, while the machine is as the admin made it; without it a lab has our pages alone
    try {
      const copied = await withGns3(context, (gns3) => parts.gns3Ui.copy(gns3, version, context.signal))
      if (copied > 0) context.line(`web UI of GNS3 ${version}: ${copied} files copied`)
    } catch (error) {
      context.signal.throwIfAborted()
      context.line(`the web UI of GNS3 could not be copied: ${error instanceof Error ? error.message : String(error)}`)
    }
    return undefined
  }

  async function importProject(context: Context) {
    const revision = revisionOf(context)
    const archive = exercises.projectPath(revision)
    if (archive === null) throw new Error('an exercise without a project is built')
    const project = await openProjectArchive(archive)
    await withGns3(context, async (gns3) => {
      requireRevision(project, await gns3.version({ signal: context.signal }))
      const begun = context.data.projectId
      // a project that an interrupted import left behind is never imported onto: GNS3 would answer 201 and ruin it
      if (begun !== undefined) await gns3.deleteProject(begun, { signal: context.signal })
      const projectId = randomUUID()
      context.save({ projectId })
      await gns3.importProject({ projectId, name: `netpraxis-${newId()}`, archive, signal: context.signal })
      await gns3.setAutoClose(projectId, false, { signal: context.signal })
    })
    return undefined
  }

  async function openProject(context: Context) {
    await withGns3(context, (gns3) => gns3.openProject(need(context, 'projectId'), { signal: context.signal }))
    return undefined
  }

  async function startDevices(context: Context) {
    await withGns3(context, (gns3) => startAll(context, gns3))
    return undefined
  }

  const startAll = (context: Context, gns3: Gns3): Promise<LabState> =>
    gns3.startAll(need(context, 'projectId'), {
      signal: context.signal,
      onProgress: ({ started, total }) => context.progress('devices', { started, total }),
    })

  const runningLab = (context: Context, gns3: Gns3): RunningLab => {
    const { definition } = revisionOf(context)
    const secrets = exercises.openSecrets(context.payload.exerciseId, definition)
    const { host: vmHost } = need(context, 'endpoint')
    return { gns3, projectId: need(context, 'projectId'), definition, secrets, vmHost, signal: context.signal }
  }

  async function waitForConsoles(context: Context) {
    const { devices } = revisionOf(context).definition
    const names = Object.keys(devices).filter((name) => hasConsole(devices[name]?.platform ?? ''))
    let answered = 0
    await withGns3(context, (gns3) =>
      onEachConsole(consoles, runningLab(context, gns3), names, async (name) => {
        answered += 1
        context.line(`console of ${name} answers`)
        context.progress('consoles', { answered, total: names.length })
      }),
    )
    return undefined
  }

  async function preconfigure(context: Context) {
    if (revisionOf(context).definition.preconfigure.length === 0) return undefined
    await withGns3(context, (gns3) =>
      preconfigureLab(consoles, runningLab(context, gns3), (name, state) =>
        context.line(state === 'saved' ? `${name}: saved` : `${name}: ${state.commands} commands`),
      ),
    )
    return { data: { preconfigured: true } }
  }

  /** Off and on once: what was not really saved would be missing in every student's lab. */
  async function checkSaved(context: Context) {
    if (context.data.preconfigured !== true) return undefined
    const names = preconfigured(revisionOf(context).definition)
    await withGns3(context, async (gns3) => {
      const projectId = need(context, 'projectId')
      const before = await readConfigurations(context, gns3, names)
      await gns3.stopAll(projectId, { signal: context.signal })
      await startAll(context, gns3)
      const after = await readConfigurations(context, gns3, names)
      for (const [name, text] of before) {
        if (after.get(name) !== text) {
          throw new AppError('PRECONFIGURE_LOST', {
            details: { device: name },
          })
        }
      }
    })
    return undefined
  }

  /** Lines that differ at every reading (times, sizes) say nothing about what was saved. */
  const volatile = /^(Building configuration|Current configuration|!|ntp clock-period|MAC|LPORT|RHOST)/
  const configurationCommands: Readonly<Record<string, string>> = {
    vpcs: 'show ip',
    cisco_ios: 'show running-config',
    frr: 'show running-config',
    arista_eos: 'show running-config',
    cisco_nxos: 'show running-config',
  }

  async function readConfigurations(context: Context, gns3: Gns3, names: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    await onEachConsole(consoles, runningLab(context, gns3), names, async (name, session) => {
      const command = configurationCommands[session.platform.id]
      if (command === undefined) return
      const answer = await session.ask(command)
      if (answer.ended !== 'prompt') throw new AppError('CONSOLE_TIMEOUT', { details: { device: name } })
      const lines = answer.text.split('\n').map((line) => line.trimEnd())
      found.set(name, lines.filter((line) => line !== '' && !volatile.test(line)).join('\n'))
    })
    return found
  }

  async function record(context: Context) {
    const projectId = need(context, 'projectId')
    const lab = await withGns3(context, (gns3) => gns3.readLab(projectId, { signal: context.signal }))
    consoles.devicesOf(revisionOf(context).definition, lab.devices)
    return {
      commit: () => {
        repository.updateTemplate(need(context, 'templateId'), { gns3ProjectId: projectId, lab })
      },
    }
  }

  async function shutDown(context: Context) {
    const vm = vmOf(context)
    if ((await proxmox.vmStatus(vm.node, vm.vmid, { signal: context.signal }))?.status === 'running') {
      await closeProject(context)
      await proxmox.ensureShutdown({ ...vm, timeoutS: 120, forceStop: true, ...taskOptions(context, 'shutdown') })
    }
    return undefined
  }

  /** Stops and closes the project, so that the archive on the disk is complete before the VM goes down. */
  async function closeProject(context: Context): Promise<void> {
    try {
      await withGns3(context, async (gns3) => {
        const projectId = need(context, 'projectId')
        await gns3.stopAll(projectId, { signal: context.signal })
        await gns3.closeProject(projectId, { signal: context.signal })
      })
    } catch (error) {
      // tried again after a restart the VM may be on its way down already
      if (!isAppError(error, 'GNS3_UNREACHABLE', 'GNS3_TIMEOUT')) throw error
      context.line('GNS3 is gone already')
    }
  }

  async function convert(context: Context) {
    await proxmox.ensureTemplate({ ...vmOf(context), ...taskOptions(context, 'template') })
    return undefined
  }

  async function verify(context: Context) {
    const { node, vmid } = vmOf(context)
    const config = await proxmox.vmConfig(node, vmid, { signal: context.signal })
    if (!config?.template) throw new AppError('PROXMOX_EFFECT_MISSING', { details: { what: say('details.proxmox.template', { vmid }) } })
    if (!(await proxmox.canLinkClone(node, vmid, { signal: context.signal }))) {
      throw new AppError('PROXMOX_REFUSED', { details: { reason: say('details.proxmox.cannotLink', { vmid }) } })
    }
    return { commit: () => repository.updateTemplate(need(context, 'templateId'), { state: 'ready' }) }
  }

  async function undo(context: Context) {
    const { templateId, vmid, pveNode } = context.data
    if (vmid === undefined || pveNode === undefined || templateId === undefined) return undefined
    await destroyVm({ proxmox, ledger }, context, { vmid, pveNode, purpose: 'template' })
    return { commit: () => repository.updateTemplate(templateId, { state: 'deleted' }) }
  }

  /** A newer revision may have taken over meanwhile: then its own job decides. */
  const isCurrent = ({ exerciseId, revisionId, copyOf }: Payload) =>
    copyOf === undefined && exercises.get(exerciseId).currentRevisionId === revisionId

  /** Into the other copies of the base template, one after the other; what is built by now can be used meanwhile. */
  function buildOthers({ exerciseId, revisionId }: Payload, others: readonly number[]): void {
    const { courseId } = exercises.get(exerciseId)
    for (const copyOf of others) parts.jobs.enqueue('build-template', { exerciseId, revisionId, copyOf }, { priority: 'batch', courseId })
  }

  /** What nobody needs is not built: each step of it does nothing. */
  const unlessMoot = (step: JobStep<Payload, Data>): JobStep<Payload, Data> => ({
    ...step,
    run: async (context) => (context.data.isMoot === true ? undefined : step.run(context)),
  })

  const steps: readonly JobStep<Payload, Data>[] = [
    { name: 'reserve', deadlineMs: minute, run: reserve },
    { name: 'clone', deadlineMs: 60 * minute, run: clone },
    { name: 'configure', deadlineMs: 15 * minute, run: configure },
    { name: 'power-on', deadlineMs: 5 * minute, run: boot },
    { name: 'address', deadlineMs: 6 * minute, run: findAddress },
    { name: 'gns3', deadlineMs: 6 * minute, run: waitForGns3 },
    { name: 'import', deadlineMs: 15 * minute, run: importProject },
    { name: 'open', deadlineMs: 5 * minute, run: openProject },
    { name: 'devices', deadlineMs: 10 * minute, run: startDevices },
    { name: 'consoles', deadlineMs: 15 * minute, run: waitForConsoles },
    { name: 'preconfigure', deadlineMs: 15 * minute, run: preconfigure },
    { name: 'check-saved', deadlineMs: 20 * minute, run: checkSaved },
    { name: 'record', deadlineMs: minute, run: record },
    { name: 'shutdown', deadlineMs: 10 * minute, run: shutDown },
    { name: 'convert', deadlineMs: 10 * minute, run: convert },
    { name: 'verify', deadlineMs: 2 * minute, run: verify },
  ]

  return defineJob<Payload, Data>({
    name: 'build-template',
    payload,
    data,
    key: ({ exerciseId }) => `exercise:${exerciseId}`,
    maxAttempts: 4,
    steps: steps.map(unlessMoot),
    compensate: { name: 'compensate', deadlineMs: 15 * minute, run: undo },
    onDone: ({ payload: job, data: { others = [] } }) => {
      buildOthers(job, others)
      // what students have been given is not taken from them by a new revision
      if (isCurrent(job)) exercises.setState(job.exerciseId, exercises.get(job.exerciseId).publishedAt === null ? 'ready' : 'published')
    },
    onFailed: ({ payload: job }, error) => {
      if (isCurrent(job)) exercises.setState(job.exerciseId, 'failed', { errorCode: error.code, errorDetails: error.details })
    },
    onCancelled: ({ payload: job }) => {
      if (isCurrent(job)) exercises.setState(job.exerciseId, 'draft')
    },
  })
}
