import { AppError } from '../errors.ts'
import type { Exercise } from '../evaluation/index.ts'
import { accessGns3Lab, type LabAccess } from '../evaluations/index.ts'
import type { ExercisesService, RecordedLab, TemplateRow } from '../exercises/index.ts'
import { say } from '../lib/sentence.ts'
import type { LabLink } from '../vms/index.ts'
import type { WorkVmRow } from '../work-vms/index.ts'

export interface OpenLabParts {
  readonly exercises: Pick<ExercisesService, 'findTemplate'>
  readonly labLink: LabLink
}

/** A lab that answers as the one that was handed out. */
export interface OpenLab {
  readonly access: LabAccess
  /** As it was handed out. */
  readonly recorded: RecordedLab
  readonly template: TemplateRow
}

/**
 * Reaches the GNS3 of a work VM, makes sure by the marker that it is this lab, and opens its project.
 * @throws AppError GNS3_*, LAB_NOT_READY when the lab as a whole cannot be reached
 */
export function withOpenLab<Result>(
  { exercises, labLink }: OpenLabParts,
  { workVm, exercise, signal }: { readonly workVm: WorkVmRow; readonly exercise: Exercise; readonly signal: AbortSignal },
  use: (lab: OpenLab) => Promise<Result>,
): Promise<Result> {
  const { endpoint, marker } = workVm
  const template = workVm.templateVmId === null ? undefined : exercises.findTemplate(workVm.templateVmId)
  if (!endpoint || !template?.gns3ProjectId || !template.lab || marker === null)
    throw new AppError('LAB_NOT_READY', { details: { state: say(`details.states.lab.${workVm.state}`) } })
  const { gns3ProjectId: projectId, lab: recorded } = template
  return labLink.withGns3(endpoint, signal, async (gns3) => {
    await labLink.checkMarker(gns3, projectId, marker, false, signal)
    await gns3.openProject(projectId, { signal })
    return use({ access: accessGns3Lab({ gns3, projectId, exercise, allowDirect: false, workVmHost: endpoint.host }), recorded, template })
  })
}
