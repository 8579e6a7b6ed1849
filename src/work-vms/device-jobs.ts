import { z } from 'zod'
import type { ConsoleSession } from '../clients/console/index.ts'
import type { Gns3, LabDevice } from '../clients/gns3/index.ts'
import type { StepContext } from '../jobs/index.ts'
import { type WorkVmJobParts, workVmPayload } from './job-parts.ts'
import type { RunningLab } from './running-lab.ts'

/** What is done with one device of a lab that goes on running. A lab is not evaluated while one of them is at work. */
export const deviceJobs = ['restart-device', 'free-console', 'restore-device'] as const
export type DeviceJobName = (typeof deviceJobs)[number]
export const isDeviceJob = (name: string): name is DeviceJobName => (deviceJobs as readonly string[]).includes(name)

export const devicePayload = workVmPayload.extend({ device: z.string() })
/** What came of it, for who asked: the commands that were typed, those that the device refused, lines that cannot be typed. */
export const deviceData = z.object({
  typed: z.array(z.string()).optional(),
  refused: z.array(z.object({ command: z.string(), said: z.string() })).optional(),
  leftOut: z.array(z.string()).optional(),
  /** What was found on the console and ended, as the kinds of a session's notes. */
  found: z.array(z.string()).optional(),
  isFree: z.boolean().optional(),
  isStopped: z.boolean().optional(),
})
export type DeviceData = z.infer<typeof deviceData>
export type DeviceContext = StepContext<z.infer<typeof devicePayload>, DeviceData>

export interface OpenedDevice {
  readonly lab: RunningLab
  readonly gns3: Gns3
  readonly device: LabDevice
}

/**
 * Runs `work` at the prompt of a device that the exercise describes, and leaves its console as it was found.
 * @throws AppError CONSOLE_*
 */
export async function atPrompt<T>(
  { consoles, workVms }: Pick<WorkVmJobParts, 'consoles' | 'workVms'>,
  { lab, gns3, device }: OpenedDevice,
  context: Pick<DeviceContext, 'signal' | 'payload'> & { readonly readyTimeoutMs?: number },
  work: (session: ConsoleSession) => Promise<T>,
): Promise<T | undefined> {
  const definition = lab.definition.devices[device.name]
  if (definition === undefined) return undefined
  const session = await consoles.open({
    ...{ gns3, device, definition, secrets: lab.secrets, vmHost: lab.endpoint.host, signal: context.signal },
    hostKeys: workVms.hostKeysOf(context.payload.workVmId),
    ...(context.readyTimeoutMs === undefined ? {} : { readyTimeoutMs: context.readyTimeoutMs }),
  })
  try {
    const result = await work(session)
    await session.restore()
    return result
  } finally {
    await session.close()
  }
}
