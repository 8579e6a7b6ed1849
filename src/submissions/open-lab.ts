import { AppError } from '../errors.ts'
import type { Exercise } from '../evaluation/index.ts'
import { accessGns3Lab, type LabAccess } from '../evaluations/index.ts'
import type { ExercisesService, RecordedLab, TemplateRow } from '../exercises/index.ts'
import { say } from '../lib/sentence.ts'
import type { LabLink } from '../vms/index.ts'
import { getRunningLab, type WorkVmRow, withRunningLab } from '../work-vms/index.ts'

export interface OpenLabParts {
  readonly exercises: ExercisesService
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
 * The project of a running lab, opened to be evaluated.
 * @throws AppError GNS3_*, LAB_NOT_READY when the lab as a whole cannot be reached
 */
export function withOpenLab<Result>(
  parts: OpenLabParts,
  { workVm, exercise, signal }: { readonly workVm: WorkVmRow; readonly exercise: Exercise; readonly signal: AbortSignal },
  use: (lab: OpenLab) => Promise<Result>,
): Promise<Result> {
  const running = getRunningLab(parts, workVm)
  const template = workVm.templateVmId === null ? undefined : parts.exercises.findTemplate(workVm.templateVmId)
  if (!template?.lab) throw new AppError('LAB_NOT_READY', { details: { state: say(`details.states.lab.${workVm.state}`) } })
  const { lab: recorded } = template
  const { projectId, endpoint } = running
  return withRunningLab(parts, running, signal, async (gns3) => {
    await gns3.openProject(projectId, { signal })
    return use({ access: accessGns3Lab({ gns3, projectId, exercise, allowDirect: false, workVmHost: endpoint.host }), recorded, template })
  })
}
