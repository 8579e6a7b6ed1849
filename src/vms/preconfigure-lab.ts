import { type ConsoleSession, runPreconfiguration, saveConfiguration } from '../clients/console/index.ts'
import type { Gns3 } from '../clients/gns3/index.ts'
import type { Exercise } from '../evaluation/index.ts'
import type { Secrets } from './credentials.ts'
import type { LabConsoles } from './lab-consoles.ts'

/** A lab whose devices run, with what is needed to ask them. */
export interface RunningLab {
  readonly gns3: Gns3
  readonly projectId: string
  readonly definition: Exercise
  readonly secrets: Secrets
  /** Address of the machine that GNS3 runs on. */
  readonly vmHost: string
  readonly signal: AbortSignal
}

/** Works on each of the named devices that has a console, all at once, and leaves the consoles as they were. @throws AppError CONSOLE_*, GNS3_* */
export async function onEachConsole(
  consoles: LabConsoles,
  { gns3, projectId, definition, secrets, vmHost, signal }: RunningLab,
  names: readonly string[],
  work: (name: string, session: ConsoleSession) => Promise<void>,
): Promise<void> {
  const lab = await gns3.readLab(projectId, { signal })
  const devices = consoles.devicesOf(definition, lab.devices).filter((entry) => names.includes(entry.name))
  await Promise.all(
    devices.map(async ({ name, device, definition: described }) => {
      const session = await consoles.open({ gns3, device, definition: described, secrets, vmHost, signal })
      try {
        await work(name, session)
        await session.restore()
      } finally {
        await session.close()
      }
    }),
  )
}

/** Devices that the exercise has commands for, each once. */
export const preconfigured = ({ preconfigure }: Pick<Exercise, 'preconfigure'>): string[] => [
  ...new Set(preconfigure.map((block) => block.device)),
]

/**
 * Types the exercise's commands on its devices, and saves them there.
 * @param onDevice told before a device's commands (with how many there are), and when they are saved
 * @throws AppError PRECONFIGURE_FAILED, CONSOLE_*, GNS3_*
 */
export async function preconfigureLab(
  consoles: LabConsoles,
  lab: RunningLab,
  onDevice: (name: string, state: { readonly commands: number } | 'saved') => void,
): Promise<void> {
  await onEachConsole(consoles, lab, preconfigured(lab.definition), async (name, session) => {
    for (const block of lab.definition.preconfigure.filter((one) => one.device === name)) {
      onDevice(name, { commands: block.commands.length })
      await runPreconfiguration(session, block.commands, block.expect)
    }
    await saveConfiguration(session)
    onDevice(name, 'saved')
  })
}
