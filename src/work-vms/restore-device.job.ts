import { z } from 'zod'
import { type ConsoleSession, type RefusedCommand, saveConfiguration, typeConfiguration } from '../clients/console/index.ts'
import { AppError, isAppError } from '../errors.ts'
import { findPlatform } from '../evaluation/index.ts'
import { defineJob, type StepContext } from '../jobs/index.ts'
import { atPrompt, type DeviceData, deviceData, devicePayload } from './device-jobs.ts'
import { minute, type WorkVmJobParts } from './job-parts.ts'
import { keepConfigurations } from './keep-configurations.ts'
import { deviceOf, getRunningLab, withRunningLab } from './running-lab.ts'

const payload = devicePayload.extend({ observationId: z.string() })
type Context = StepContext<z.infer<typeof payload>, DeviceData>

/** Brings a configuration that was kept back on its device, by typing what differs from what runs now, and saves it there. */
export function restoreDeviceJob(parts: WorkVmJobParts) {
  const keep = (context: Context) => keepConfigurations(parts, context, { why: 'restore', devices: [context.payload.device] })
  const keepAgain = (context: Context) => keepConfigurations(parts, context, { why: 'restored', devices: [context.payload.device] })

  async function wantedText({ workVmId, observationId }: z.infer<typeof payload>): Promise<string> {
    const kept = parts.evaluations.findConfiguration(workVmId, observationId)
    if (!kept) throw new AppError('EVIDENCE_NOT_FOUND')
    return (await parts.evidence.get(kept.textSha256)).toString('utf8')
  }

  async function type(context: Context) {
    const { signal } = context
    const { device: name } = context.payload
    const lab = getRunningLab(parts, parts.workVms.get(context.payload.workVmId))
    const platform = findPlatform(lab.definition.devices[name]?.platform ?? '')
    const [source] = platform?.configuration.running ?? []
    const { restore } = platform ?? { restore: null }
    if (!restore || source?.kind !== 'command') throw new AppError('RESTORE_UNSUPPORTED', { details: { device: name } })
    const wanted = await wantedText(context.payload)
    const data = await withRunningLab(parts, lab, signal, async (gns3) => {
      const device = await deviceOf(gns3, lab, name, signal)
      return atPrompt(parts, { lab, gns3, device }, context, async (session) => {
        const current = await session.ask(source.command, source.timeoutMs === undefined ? {} : { timeoutMs: source.timeoutMs })
        if (current.ended !== 'prompt') throw new AppError('CONSOLE_TIMEOUT', { details: { device: name } })
        const { commands, leftOut } = restore(current.text, wanted)
        // before anything is typed: what a restart of ours finds half done is planned anew, and only the rest of it
        context.save({ typed: [...(context.data.typed ?? []), ...commands], leftOut: [...leftOut] })
        const refused = await typeConfiguration(session, commands)
        const unsaved = commands.length > 0 ? await save(context, session) : []
        return { refused: [...refused, ...unsaved] }
      })
    })
    return { data: data ?? {} }
  }

  /** @returns the command that saves, where the device did not confirm it */
  async function save(context: Context, session: ConsoleSession): Promise<readonly RefusedCommand[]> {
    await session.enter(session.platform.defaultMode)
    try {
      await saveConfiguration(session)
      return []
    } catch (error) {
      if (!isAppError(error, 'PRECONFIGURE_FAILED')) throw error
      context.line(`${session.device}: typed, but not saved: ${error.message}`)
      return [{ command: session.platform.save?.command ?? '', said: error.message }]
    }
  }

  return defineJob({
    name: 'restore-device',
    payload,
    data: deviceData,
    key: ({ workVmId }) => `work-vm:${workVmId}`,
    maxAttempts: 3,
    steps: [
      { name: 'keep', deadlineMs: 3 * minute, run: keep },
      { name: 'type', deadlineMs: 10 * minute, run: type },
      { name: 'keep-again', deadlineMs: 3 * minute, run: keepAgain },
    ],
  })
}
