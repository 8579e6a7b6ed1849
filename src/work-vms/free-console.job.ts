import { isAppError } from '../errors.ts'
import { defineJob } from '../jobs/index.ts'
import { atPrompt, type DeviceContext, deviceData, devicePayload } from './device-jobs.ts'
import { isStudentsDoing, minute, type WorkVmJobParts } from './job-parts.ts'
import { deviceOf, getRunningLab, withRunningLab } from './running-lab.ts'

/** Longer than a command that is interrupted takes; a device that boots is not waited for. */
const promptMs = 30_000

/**
 * Brings somebody back to the prompt of a device: ends whatever holds its console (a pager, a question, a command that runs on, a
 * half-typed line), and where that does not help, ends the connections to the console and tries once more. The device runs on.
 */
export function freeConsoleJob(parts: WorkVmJobParts) {
  /** @returns the kinds of what was ended */
  async function findPrompt(context: DeviceContext): Promise<string[]> {
    const { signal, payload } = context
    const lab = getRunningLab(parts, parts.workVms.get(payload.workVmId))
    const found = await withRunningLab(parts, lab, signal, async (gns3) => {
      const device = await deviceOf(gns3, lab, payload.device, signal)
      return atPrompt(parts, { lab, gns3, device }, { signal, payload, readyTimeoutMs: promptMs }, async ({ notes }) =>
        notes.map(({ kind }) => kind),
      )
    })
    return [...new Set(found ?? [])]
  }

  async function prompt(context: DeviceContext) {
    const lab = getRunningLab(parts, parts.workVms.get(context.payload.workVmId))
    const described = lab.definition.devices[context.payload.device]
    // of a device that the exercise does not describe no prompt is known
    if (described === undefined) return { data: { isFree: false } }
    try {
      return { data: { isFree: true, found: await findPrompt(context) } }
    } catch (error) {
      // it stands at its login, which is where a person goes on from
      if (isAppError(error, 'CONSOLE_LOGIN_REFUSED', 'CONSOLE_CREDENTIALS_MISSING')) return { data: { isFree: true } }
      if (!isStudentsDoing(error, described) && !isAppError(error, 'CONSOLE_BLOCKED', 'CONSOLE_UNREACHABLE')) throw error
      context.line(`the prompt was not found: ${error.code}`)
      return { data: { isFree: false } }
    }
  }

  async function reset(context: DeviceContext) {
    if (context.data.isFree === true) return undefined
    const { signal, payload } = context
    const lab = getRunningLab(parts, parts.workVms.get(payload.workVmId))
    await withRunningLab(parts, lab, signal, async (gns3) => {
      const device = await deviceOf(gns3, lab, payload.device, signal)
      await gns3.resetConsole(lab.projectId, device.id, { signal })
    })
    if (lab.definition.devices[payload.device] === undefined) return undefined
    return { data: { isFree: true, found: await findPrompt(context) } }
  }

  return defineJob({
    name: 'free-console',
    payload: devicePayload,
    data: deviceData,
    key: ({ workVmId }) => `work-vm:${workVmId}`,
    maxAttempts: 2,
    steps: [
      { name: 'prompt', deadlineMs: 2 * minute, run: prompt },
      { name: 'reset-console', deadlineMs: 3 * minute, run: reset },
    ],
  })
}
