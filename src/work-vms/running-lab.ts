import type { Gns3, LabDevice } from '../clients/gns3/index.ts'
import { AppError } from '../errors.ts'
import type { Exercise } from '../evaluation/index.ts'
import type { ExercisesService } from '../exercises/index.ts'
import { say } from '../lib/sentence.ts'
import type { Endpoint, LabLink, Secrets } from '../vms/index.ts'
import type { WorkVmRow } from './work-vms.repository.ts'

/** A lab whose GNS3 was found, with what it takes to speak to its devices. */
export interface RunningLab {
  readonly endpoint: Endpoint
  readonly projectId: string
  readonly marker: string
  readonly definition: Exercise
  readonly secrets: Secrets
}

type Parts = { readonly exercises: ExercisesService; readonly labLink: LabLink }

/** Null while nothing of it can be reached. */
export function findRunningLab({ exercises }: Pick<Parts, 'exercises'>, workVm: WorkVmRow): RunningLab | null {
  const template = workVm.templateVmId === null ? undefined : exercises.findTemplate(workVm.templateVmId)
  const { endpoint, marker } = workVm
  if (!endpoint || !template?.gns3ProjectId || marker === null) return null
  const { definition } = exercises.getRevision(workVm.exerciseRevisionId)
  return { endpoint, projectId: template.gns3ProjectId, marker, definition, secrets: exercises.openSecrets(workVm.exerciseId, definition) }
}

/** @throws AppError LAB_NOT_READY */
export function getRunningLab(parts: Pick<Parts, 'exercises'>, workVm: WorkVmRow): RunningLab {
  const lab = findRunningLab(parts, workVm)
  if (!lab) throw new AppError('LAB_NOT_READY', { details: { state: say(`details.states.lab.${workVm.state}`) } })
  return lab
}

/** Runs `work` with the GNS3 of a lab, once it has shown the lab's marker. @throws AppError GNS3_* */
export function withRunningLab<T>(
  { labLink }: Pick<Parts, 'labLink'>,
  lab: RunningLab,
  signal: AbortSignal,
  work: (gns3: Gns3) => Promise<T>,
) {
  return labLink.withGns3(lab.endpoint, signal, async (gns3) => {
    await labLink.checkMarker(gns3, lab.projectId, lab.marker, false, signal)
    return work(gns3)
  })
}

/** A device as GNS3 lists it now. @throws AppError DEVICE_NOT_FOUND */
export async function deviceOf(gns3: Gns3, lab: RunningLab, name: string, signal: AbortSignal): Promise<LabDevice> {
  const { devices } = await gns3.readLab(lab.projectId, { signal })
  const device = devices.find((one) => one.name === name)
  if (!device) throw new AppError('DEVICE_NOT_FOUND', { details: { device: name } })
  return device
}
