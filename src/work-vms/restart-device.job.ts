import { isAlwaysOn } from '../clients/gns3/index.ts'
import { isAppError } from '../errors.ts'
import { hasConsole } from '../evaluation/index.ts'
import { defineJob } from '../jobs/index.ts'
import { atPrompt, type DeviceContext, deviceData, devicePayload } from './device-jobs.ts'
import { isStudentsDoing, minute, type WorkVmJobParts } from './job-parts.ts'
import { keepConfigurations } from './keep-configurations.ts'
import { deviceOf, getRunningLab, withRunningLab } from './running-lab.ts'

const bootMs = 5 * minute

/** Switches one device of a lab off and on again, after what runs on it was kept. */
export function restartDeviceJob(parts: WorkVmJobParts) {
  const labOf = (context: DeviceContext) => getRunningLab(parts, parts.workVms.get(context.payload.workVmId))

  const keep = (context: DeviceContext) => keepConfigurations(parts, context, { why: 'restart-device', devices: [context.payload.device] })

  async function restart(context: DeviceContext) {
    const { signal } = context
    const lab = labOf(context)
    await withRunningLab(parts, lab, signal, async (gns3) => {
      const device = await deviceOf(gns3, lab, context.payload.device, signal)
      // noted, so that a restart of ours does not switch it off twice
      if (!isAlwaysOn(device) && context.data.isStopped !== true) {
        await gns3.stopDevice(lab.projectId, device.id, { signal })
        context.save({ isStopped: true })
      }
      await gns3.startDevice(lab.projectId, device.id, { signal })
    })
    return undefined
  }

  async function waitForConsole(context: DeviceContext) {
    const { signal, payload } = context
    const lab = labOf(context)
    const described = lab.definition.devices[payload.device]
    if (described === undefined || !hasConsole(described.platform)) return undefined
    try {
      await withRunningLab(parts, lab, signal, async (gns3) => {
        const device = await deviceOf(gns3, lab, payload.device, signal)
        await atPrompt(parts, { lab, gns3, device }, { signal, payload, readyTimeoutMs: bootMs }, async () => undefined)
      })
    } catch (error) {
      const isAlive = isAppError(error, 'CONSOLE_LOGIN_REFUSED', 'CONSOLE_CREDENTIALS_MISSING')
      if (!isAlive && !isStudentsDoing(error, described)) throw error
      context.line(`console of ${payload.device}: ${error.code}`)
    }
    return undefined
  }

  return defineJob({
    name: 'restart-device',
    payload: devicePayload,
    data: deviceData,
    key: ({ workVmId }) => `work-vm:${workVmId}`,
    maxAttempts: 3,
    steps: [
      { name: 'keep', deadlineMs: 3 * minute, run: keep },
      { name: 'restart', deadlineMs: 5 * minute, run: restart },
      { name: 'console', deadlineMs: 8 * minute, run: waitForConsole },
    ],
  })
}
