import type { ConsoleLog, HostKeyPins, Platforms } from '../clients/console/index.ts'
import { isAppError } from '../errors.ts'
import { type CapturedConfiguration, captureConfigurations, type Exercise, findPlatform } from '../evaluation/index.ts'
import type { Clock } from '../lib/clock.ts'
import { credentialsOf, redactionsOf, type Secrets } from '../vms/index.ts'
import type { LabAccess } from './lab-access.ts'
import { createLabAsker } from './lab-session.ts'

export interface ReadConfigurations {
  readonly exercise: Exercise
  readonly access: LabAccess
  readonly platforms: Platforms
  readonly secrets: Secrets
  readonly hostKeys: HostKeyPins
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly log: ConsoleLog
  /** Of the exercise; all of them where absent. */
  readonly devices?: readonly string[]
}

/** What a student left on a console must not keep his whole lab waiting. */
const deviceMs = 45_000

/**
 * Reads what runs and what is saved on the devices of a lab, as before an evaluation; a device that does not answer in time is missing,
 * and keeps no other one from being read.
 * @throws AppError GNS3_* when the lab as a whole cannot be read
 */
export async function readConfigurations(options: ReadConfigurations): Promise<CapturedConfiguration[]> {
  const { exercise, access, signal } = options
  const lab = await access.readLab(signal)
  const names = Object.keys(exercise.devices).filter((name) => options.devices?.includes(name) ?? true)
  const read = await Promise.all(names.map((name) => readDevice(name, lab, options)))
  return read.flat()
}

async function readDevice(
  name: string,
  lab: Awaited<ReturnType<LabAccess['readLab']>>,
  options: ReadConfigurations,
): Promise<readonly CapturedConfiguration[]> {
  const { exercise, access, secrets, clock, log } = options
  const definition = exercise.devices[name]
  if (definition === undefined) return []
  const late = new AbortController()
  const ended = new AbortController()
  void clock.sleep(deviceMs, ended.signal).then(
    () => late.abort(),
    () => undefined,
  )
  const signal = AbortSignal.any([options.signal, late.signal])
  const { platforms, hostKeys } = options
  const devices = { [name]: { platform: definition.platform, credentials: credentialsOf(definition, secrets) } }
  const asker = createLabAsker({
    ...{ devices, access, platforms, hostKeys, clock, signal, log },
    ...{ redact: redactionsOf(secrets), credentialsProven: true },
  })
  try {
    const files = access.readDeviceFile === undefined ? {} : { readDeviceFile: access.readDeviceFile }
    const one = { ...exercise, devices: { [name]: definition } }
    return await captureConfigurations({ exercise: one, lab, ask: asker.ask, signal, ...files })
  } catch (error) {
    options.signal.throwIfAborted()
    if (!late.signal.aborted && !isAppError(error)) throw error
    return tooLate(name, definition.platform)
  } finally {
    ended.abort()
    await asker.close()
  }
}

const tooLate = (device: string, platform: string): CapturedConfiguration[] =>
  findPlatform(platform)?.hasConsole === false
    ? []
    : [{ device, platform, kind: 'running', source: '', missing: { code: 'CONSOLE_TIMEOUT', data: {} } }]
