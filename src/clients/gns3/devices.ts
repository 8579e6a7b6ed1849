import { AppError, isAppError } from '../../errors.ts'
import { type SentenceValue, say } from '../../lib/sentence.ts'
import type { Api } from './api.ts'
import { unexpectedAt } from './faults.ts'
import { isAlwaysOn, type LabDevice, type LabState } from './lab.ts'
import { toDevice, toLink } from './lab-answers.ts'
import { projectPath } from './projects.ts'
import { linkAnswer, linksAnswer, nodeAnswer, nodesAnswer, projectAnswer } from './schemas.ts'
import type { CallOptions, Gns3, Gns3Options, Progress, WaitOptions } from './types.ts'
import { pollUntil, watchWhile } from './wait.ts'

type DeviceVerbs = Pick<
  Gns3,
  'readLab' | 'startDevice' | 'stopDevice' | 'reloadDevice' | 'resetConsole' | 'startAll' | 'stopAll' | 'setLinkSuspended' | 'consoleOf'
>

/** One device, and all devices of a lab: QEMU on a busy machine takes its time. */
const deviceDeadlineMs = 60_000
const labDeadlineMs = 180_000

/** Path of a device. @throws AppError GNS3_NOT_FOUND for what can be no id */
export const devicePath = (projectId: string, deviceId: string): string => {
  if (!/^[0-9a-f-]{36}$/i.test(deviceId)) throw new AppError('GNS3_NOT_FOUND', { details: { reason: say('details.gns3.noDeviceId') } })
  return `${projectPath(projectId)}/nodes/${deviceId}`
}

export function createDevices(api: Api, { clock, host, consolePorts }: Gns3Options): DeviceVerbs {
  const allowed = consolePorts ?? { from: 1, to: 65_535 }

  const readLab = async (projectId: string, { signal }: CallOptions = {}): Promise<LabState> => {
    const path = projectPath(projectId)
    const project = await api.readJson(projectAnswer, { path, signal })
    const nodes = await api.readJson(nodesAnswer, { path: `${path}/nodes`, signal })
    const links = await api.readJson(linksAnswer, { path: `${path}/links`, signal })
    const isOpened = project.state === 'opened'
    return { projectId: project.id, devices: nodes.map((node) => toDevice(node, isOpened)), links: links.flatMap(toLink) }
  }

  const readDevice = async (projectId: string, deviceId: string, signal?: AbortSignal) =>
    toDevice(await api.readJson(nodeAnswer, { path: devicePath(projectId, deviceId), signal }), true)

  const switchDevice = (verb: 'start' | 'stop' | 'reload', wanted: LabDevice['state']) => {
    return (projectId: string, deviceId: string, { signal, deadlineMs = deviceDeadlineMs }: WaitOptions = {}) =>
      api.mutate(
        async () => {
          await api.send({ method: 'POST', path: `${devicePath(projectId, deviceId)}/${verb}`, json: {}, signal })
          const look = () => readDevice(projectId, deviceId, signal)
          const isThere = (device: LabDevice) => device.state === wanted || isAlwaysOn(device)
          const device = await pollUntil({ clock, deadlineMs, signal, look, isThere })
          if (isThere(device)) return device
          if (wanted === 'started') throw notStarted([device.name], say('details.gns3.says', { state: device.state }))
          throw unexpectedAt(
            say('details.gns3.device', { device: device.name }),
            say('details.gns3.still', { state: device.state, ms: deadlineMs }),
          )
        },
        { signal },
      )
  }

  const startAll: Gns3['startAll'] = (projectId, { signal, deadlineMs = labDeadlineMs, onProgress } = {}) =>
    api.mutate(
      async () => {
        const report = reporter(onProgress)
        const look = async () => report(await readLab(projectId, { signal }))
        const fault = await watchWhile(sendAll(api, `${projectPath(projectId)}/nodes/start`, signal), { clock, look })
        const reasons = fault ? await startOneByOne(api, await readLab(projectId, { signal }), signal) : new Map<string, SentenceValue>()
        // What GNS3 refused to start does not start by being looked at.
        const isThere = (lab: LabState) => report(lab).every((device) => reasons.has(device.name))
        const lab = await pollUntil({ clock, deadlineMs, signal, look: () => readLab(projectId, { signal }), isThere })
        const missing = notRunning(lab).map(({ name }) => name)
        if (missing.length === 0) return lab
        throw notStarted(
          missing,
          missing.map((name) => reasons.get(name)).find((reason) => reason !== undefined) ?? say('details.gns3.silent'),
        )
      },
      { signal },
    )

  const stopAll: Gns3['stopAll'] = (projectId, { signal, deadlineMs = labDeadlineMs } = {}) =>
    api.mutate(
      async () => {
        await api.send({ method: 'POST', path: `${projectPath(projectId)}/nodes/stop`, json: {}, signal })
        const isThere = (lab: LabState) => lab.devices.every((device) => device.state === 'stopped' || isAlwaysOn(device))
        const lab = await pollUntil({ clock, deadlineMs, signal, look: () => readLab(projectId, { signal }), isThere })
        if (isThere(lab)) return lab
        throw unexpectedAt(say('details.gns3.project', { project: projectId }), say('details.gns3.devicesRun', { ms: deadlineMs }))
      },
      { signal },
    )

  return {
    readLab,
    startDevice: switchDevice('start', 'started'),
    stopDevice: switchDevice('stop', 'stopped'),
    reloadDevice: switchDevice('reload', 'started'),
    resetConsole: (projectId, deviceId, options = {}) =>
      api.mutate(
        () => api.send({ method: 'POST', path: `${devicePath(projectId, deviceId)}/console/reset`, json: {}, ...options }),
        options,
      ),
    startAll,
    stopAll,
    setLinkSuspended: (projectId, linkId, suspended, options = {}) =>
      api.mutate(async () => {
        const path = `${projectPath(projectId)}/links/${encodeURIComponent(linkId)}`
        await api.send({ method: 'PUT', path, json: { suspend: suspended }, ...options })
        // 3.0.6 leaves the drop filter of a suspended link in place when it is resumed (`if nio_data.filters` skips an empty set, seen
        // on a real server); taking the link up anew is what mends it. 2.2 has no such call and does not need it.
        if (!suspended && (await api.version(options)).api === 'v3') await api.send({ method: 'POST', path: `${path}/reset`, ...options })
        const link = await api.readJson(linkAnswer, { path, ...options })
        if ((link.suspend ?? false) !== suspended)
          throw unexpectedAt(say('details.gns3.link', { link: linkId }), say('details.gns3.notTaken', { setting: 'suspend' }))
      }, options),
    consoleOf: ({ name, console }) => {
      if (console === null || console.port === null) return null
      const { type, port } = console
      if (port < allowed.from || port > allowed.to)
        throw unexpectedAt(
          say('details.gns3.console', { device: name }),
          say('details.gns3.port', { port, from: allowed.from, to: allowed.to }),
        )
      return { type, host, port }
    },
  }
}

const notStarted = (names: readonly string[], reason: SentenceValue): AppError =>
  new AppError('GNS3_DEVICE_NOT_STARTED', { details: { device: names.join(', '), reason } })

/** Starts all; one device's error is answered while the others still start, so it says only that something went wrong. */
async function sendAll(api: Api, path: string, signal?: AbortSignal): Promise<AppError | undefined> {
  try {
    await api.send({ method: 'POST', path, json: {}, signal })
    return undefined
  } catch (error) {
    if (isAppError(error, 'GNS3_CONFLICT', 'GNS3_IMAGE_MISSING', 'GNS3_UNEXPECTED_ANSWER')) return error
    throw error
  }
}

/** Asks every device that does not run to start, to learn which of them GNS3 refuses and why. */
async function startOneByOne(api: Api, lab: LabState, signal?: AbortSignal): Promise<Map<string, SentenceValue>> {
  const reasons = new Map<string, SentenceValue>()
  for (const device of notRunning(lab)) {
    const fault = await sendAll(api, `${devicePath(lab.projectId, device.id)}/start`, signal)
    if (fault) reasons.set(device.name, fault.details.reason ?? say('details.unknown'))
  }
  return reasons
}

const notRunning = (lab: LabState): LabDevice[] => lab.devices.filter((device) => device.state !== 'started' && !isAlwaysOn(device))

/** Tells each state of affairs once. @returns a function that gives the devices which do not run yet */
function reporter(onProgress: ((progress: Progress) => void) | undefined) {
  let told = ''
  return (lab: LabState): LabDevice[] => {
    const missing = notRunning(lab)
    const total = lab.devices.filter((device) => !isAlwaysOn(device)).length
    const waitingFor = missing.map(({ name }) => name)
    const state = JSON.stringify([total, waitingFor])
    if (state !== told) onProgress?.({ started: total - waitingFor.length, total, waitingFor })
    told = state
    return missing
  }
}
