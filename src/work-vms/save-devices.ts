import { type ConsoleSession, saveConfiguration } from '../clients/console/index.ts'
import { isAppError } from '../errors.ts'
import type { StepContext } from '../jobs/index.ts'
import type { WorkVmJobParts } from './job-parts.ts'
import type { WorkVmRow } from './work-vms.repository.ts'

type Parts = Pick<WorkVmJobParts, 'exercises' | 'labLink' | 'consoles' | 'workVms'>
type Context = Pick<StepContext<unknown, object>, 'signal' | 'line'>

/** A console that stays silent is the student's own doing; it must not keep the whole lab waiting. */
const readyTimeoutMs = 60_000

/**
 * Saves on every device of a running lab what runs on it. What cannot be saved (a GNS3 that is gone, a console that is blocked) stands in
 * the job's log and keeps nothing else from being saved.
 */
export async function saveDevices({ exercises, labLink, consoles, workVms }: Parts, workVm: WorkVmRow, context: Context): Promise<void> {
  const template = workVm.templateVmId === null ? undefined : exercises.findTemplate(workVm.templateVmId)
  const projectId = template?.gns3ProjectId
  const { endpoint } = workVm
  if (!endpoint || !projectId) return
  const { definition } = exercises.getRevision(workVm.exerciseRevisionId)
  await unlessImpossible('GNS3', context, () =>
    labLink.withGns3(endpoint, context.signal, async (gns3) => {
      const secrets = exercises.openSecrets(workVm.exerciseId, definition)
      const { devices } = await gns3.readLab(projectId, { signal: context.signal })
      const open = (found: ReturnType<typeof consoles.devicesOf>[number]): Promise<ConsoleSession> =>
        consoles.open({
          gns3,
          device: found.device,
          definition: found.definition,
          secrets,
          vmHost: endpoint.host,
          hostKeys: workVms.hostKeysOf(workVm.id),
          signal: context.signal,
          readyTimeoutMs,
        })
      await Promise.all(
        consoles.devicesOf(definition, devices).map((found) =>
          unlessImpossible(found.name, context, async () => {
            const session = await open(found)
            try {
              await saveConfiguration(session)
              await session.restore()
              context.line(`${found.name}: saved`)
            } finally {
              await session.close()
            }
          }),
        ),
      )
    }),
  )
}

async function unlessImpossible(what: string, context: Context, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isAppError(error)) throw error
    context.line(`${what}: not saved, ${error.code}`)
  }
}
