import { type ConsoleTarget, openConsole, runPreconfiguration, saveConfiguration } from '../clients/console/index.ts'
import type { Services } from '../services.ts'
import type { WorkVmRow } from '../work-vms/index.ts'

/** Where the console of a device of a ready lab is. */
async function consoleOf({ labLink, exercises }: Services, workVm: WorkVmRow, device: string, signal: AbortSignal): Promise<ConsoleTarget> {
  const template = workVm.templateVmId === null ? undefined : exercises.findTemplate(workVm.templateVmId)
  const projectId = template?.gns3ProjectId
  if (!workVm.endpoint || !projectId) throw new Error(`the lab of ${device} is not ready`)
  return labLink.withGns3(workVm.endpoint, signal, async (gns3) => {
    const found = (await gns3.readLab(projectId)).devices.find(({ name }) => name === device)
    const endpoint = found ? gns3.consoleOf(found) : null
    if (!endpoint) throw new Error(`${device} has no console`)
    return { kind: 'telnet', host: endpoint.host, port: endpoint.port }
  })
}

/**
 * Types lines into the console of a device of a ready lab, and saves, as a student would.
 * @throws AppError CONSOLE_*, PRECONFIGURE_FAILED
 */
export async function typeLines(
  services: Services,
  workVm: WorkVmRow,
  device: string,
  lines: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const definition = services.exercises.getRevision(workVm.exerciseRevisionId).definition.devices[device]
  if (!definition) throw new Error(`the exercise has no ${device}`)
  const session = await openConsole({
    device,
    target: await consoleOf(services, workVm, device, signal),
    platform: services.platforms.get(definition.platform),
    credentials: {},
    redact: [],
    clock: services.clock,
    signal,
    log: services.log.child({ module: 'demo' }),
  })
  try {
    await runPreconfiguration(session, lines)
    await saveConfiguration(session)
    await session.restore()
  } finally {
    await session.close()
  }
}
