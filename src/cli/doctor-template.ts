import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type ConsoleEndpoint, createGns3, type Gns3 } from '../clients/gns3/index.ts'
import { isAppError } from '../errors.ts'
import { type Sentence, say } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import { bookStorages, type Endpoint, staticAddress } from '../vms/index.ts'
import { type DoctorFinding, fine, wrong } from './doctor-findings.ts'

/** Two VPCS and a cable: every GNS3 server must be able to run it. */
const tinyProject = fileURLToPath(new URL('../../docs/examples/exercises/two-pcs/lab.gns3project', import.meta.url))
const gns3Ms = 5 * 60_000
const consoleMs = 10_000

type Asked = Pick<Services, 'proxmox' | 'ledger' | 'labLink' | 'exercises' | 'workVms' | 'config' | 'clock' | 'log'>

interface Probe {
  readonly services: Asked
  /** The base template. */
  readonly template: { readonly vmid: number; readonly node: string }
  readonly signal: AbortSignal
  /** Told what is being done: a clone has to boot. */
  readonly say: (step: Sentence) => void
}

/** A point that failed, and with it all that come after. */
class PointFailed extends Error {
  readonly finding: DoctorFinding
  constructor(finding: DoctorFinding) {
    super(finding.about.key)
    this.finding = finding
  }
}

const problemOf = (error: unknown): Sentence => {
  if (!isAppError(error)) throw error
  return say(`errors.${error.code}`, { requestId: '', ...error.details })
}

/** One point; what it meets becomes a finding with what to do, and ends the examination. */
async function need<T>(key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new PointFailed(wrong('failing', key, { problem: problemOf(error) }))
  }
}

/**
 * Boots a throw-away clone of a base template, looks at each point that a lab needs, and removes it with its disks. Nothing of the
 * template is changed. Whatever is met, the clone is removed.
 */
export async function examineBaseTemplate(probe: Probe): Promise<readonly DoctorFinding[]> {
  const { services, template, signal } = probe
  const { ledger, proxmox } = services
  const vms = await proxmox.resources('vm', { signal })
  const taken = new Set(vms.flatMap(({ vmid }) => (vmid === undefined ? [] : [vmid])))
  const vmid = ledger.reserve({ purpose: 'probe', ownerId: `template ${template.vmid}`, pveNode: template.node, taken })
  const findings: DoctorFinding[] = []
  try {
    for await (const finding of points(probe, vmid)) findings.push(finding)
  } catch (error) {
    if (!(error instanceof PointFailed)) throw error
    findings.push(error.finding)
  } finally {
    findings.push(await removeClone(probe, vmid))
  }
  return findings
}

async function* points(probe: Probe, vmid: number): AsyncGenerator<DoctorFinding> {
  const { services, template, signal } = probe
  const { labLink } = services
  probe.say(say('doctor.steps.clone', { vmid: template.vmid, clone: vmid }))
  await need('probeClone', () => makeClone(probe, vmid))
  const at = { pveNode: template.node, vmid }
  probe.say(say('doctor.steps.boot'))
  await need('probeBoot', () => labLink.boot({ ...at, onUpid: () => undefined, onLine: () => undefined, priority: 'interactive', signal }))
  const isClaimed = (endpoint: Endpoint) => services.workVms.isClaimed(endpoint, '')
  const endpoint = await need('probeNoAddress', () => labLink.findAddress({ ...at, isClaimed, signal }))
  yield fine('probeAddress', { host: endpoint.host })
  probe.say(say('doctor.steps.gns3'))
  const version = await need('probeNoGns3', () => labLink.waitForGns3(endpoint, signal, gns3Ms))
  yield fine('probeGns3', { version })
  if (await isOpenToAll(probe, endpoint)) yield wrong('warning', 'probeWithoutPassword')
  const withGns3 = <T>(work: (gns3: Gns3) => Promise<T>) => labLink.withGns3(endpoint, signal, work)
  yield await withGns3((gns3) => tryDevices(gns3, signal))
  for (const { title, archive } of services.exercises.listProjectsOn(template.vmid))
    yield await withGns3((gns3) => tryProject(gns3, { title, archive, signal }))
}

/** Whether GNS3 lets in whoever comes without credentials. */
async function isOpenToAll({ services, signal }: Probe, endpoint: Endpoint): Promise<boolean> {
  const { clock, config, log } = services
  const stranger = createGns3({ ...endpoint, clock, log, signal, consolePorts: config.GNS3_CONSOLE_PORTS })
  try {
    await stranger.listProjects({ signal })
    return true
  } catch (error) {
    if (isAppError(error, 'GNS3_AUTH')) return false
    throw error
  } finally {
    await stranger.close()
  }
}

async function makeClone({ services, template, signal }: Probe, vmid: number): Promise<void> {
  const { proxmox, ledger, config } = services
  await bookStorages({ proxmox, ledger }, { vmid, source: template.vmid, sourceNode: template.node, signal })
  const result = await proxmox.ensureClone({
    ...{ node: template.node, source: template.vmid, vmid, name: `netpraxis-probe-${vmid}`, full: false },
    ...{ description: ledger.markOf(vmid, 'probe'), onUpid: () => undefined, priority: 'interactive', signal },
  })
  ledger.noteExists(vmid, result.node)
  if (config.LAB_ADDRESSES.kind !== 'cloud-init') return
  const { network } = config.LAB_ADDRESSES
  const address = staticAddress(network, vmid - config.PROXMOX_VMID_MIN)
  if (address === undefined) return
  const set = { ipconfig0: `ip=${address}/${network.split('/')[1] ?? ''}` }
  await proxmox.ensureConfig({ node: result.node, vmid, set, priority: 'interactive', signal })
}

/** Runs a small project: VPCS is there, and a console can be reached from here. */
async function tryDevices(gns3: Gns3, signal: AbortSignal): Promise<DoctorFinding> {
  const projectId = randomUUID()
  try {
    await gns3.importProject({ projectId, name: `netpraxis-probe-${projectId.slice(0, 8)}`, archive: tinyProject, signal })
    await gns3.openProject(projectId, { signal })
    const { devices } = await gns3.startAll(projectId, { signal })
    const consoles = devices.flatMap((device) => gns3.consoleOf(device) ?? [])
    const [first] = consoles
    if (first === undefined || !(await answers(first))) {
      const { host = '', port = 0 } = first ?? {}
      return wrong('failing', 'probeNoConsole', { host, port })
    }
    return fine('probeDevices', { count: devices.length })
  } catch (error) {
    return wrong('failing', 'probeNoDevices', { problem: problemOf(error) })
  } finally {
    await forget(gns3, projectId, signal)
  }
}

/** Whether the server has every image that the project of an exercise names: GNS3 says so when it is opened. */
async function tryProject(gns3: Gns3, project: { title: string; archive: string; signal: AbortSignal }): Promise<DoctorFinding> {
  const { title, archive, signal } = project
  const projectId = randomUUID()
  try {
    await gns3.importProject({ projectId, name: `netpraxis-probe-${projectId.slice(0, 8)}`, archive, signal })
    await gns3.openProject(projectId, { signal })
    return fine('probeProject', { title })
  } catch (error) {
    return wrong('failing', 'probeNoProject', { title, problem: problemOf(error) })
  } finally {
    await forget(gns3, projectId, signal)
  }
}

/** The clone goes anyway; a project that cannot be deleted is no finding. */
async function forget(gns3: Gns3, projectId: string, signal: AbortSignal): Promise<void> {
  try {
    await gns3.deleteProject(projectId, { signal })
  } catch (error) {
    problemOf(error)
  }
}

const answers = ({ host, port }: ConsoleEndpoint): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: consoleMs })
    const end = (isThere: boolean) => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })

/** Also after an interruption, so by a signal of its own. */
async function removeClone({ services, template }: Probe, vmid: number): Promise<DoctorFinding> {
  const { proxmox, ledger } = services
  try {
    const result = await proxmox.ensureDestroyed({
      ...{ node: template.node, vmid, storages: ledger.storagesOf(vmid), expectedDescription: ledger.markOf(vmid, 'probe') },
      ...{ signal: new AbortController().signal, priority: 'interactive', onUpid: () => undefined },
    })
    ledger.noteReleased(vmid, { volumes: result.leftovers, reason: 'left behind by a delete' })
    return result.leftovers.length === 0 ? fine('probeRemoved', { vmid }) : wrong('warning', 'probeNotRemoved', { vmid, problem: '' })
  } catch (error) {
    return wrong('warning', 'probeNotRemoved', { vmid, problem: problemOf(error) })
  }
}
