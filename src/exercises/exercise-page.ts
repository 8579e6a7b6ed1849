import type { CourseRow } from '../courses/index.ts'
import { courseHead } from '../courses/index.ts'
import { type Criterion, explain, findCommandModule } from '../evaluation/index.ts'
import type { StepView } from '../jobs/steps.views.ts'
import { hasMessage, type Translate } from '../strings/index.ts'
import { type ProofReading, proofCell, provingOf } from './exercise-proof.ts'
import type { ExerciseRow, RevisionRow, TemplateRow, UploadRow } from './exercises.repository.ts'
import type { ExercisePage } from './exercises.views.ts'
import { drawRecordedLab, drawUpload } from './lab-drawing.ts'
import { renderStatement } from './statement.ts'

export interface ExercisePageParts {
  readonly exercise: ExerciseRow
  readonly revision: RevisionRow
  readonly course: CourseRow
  readonly template: TemplateRow | undefined
  readonly upload: UploadRow | undefined
  readonly job: { readonly id: string; readonly steps: readonly StepView[] } | null
  readonly proofs: readonly ProofReading[]
  readonly secrets: ExercisePage['secrets']
  readonly trialState: string | null
  readonly numbers: ExercisePage['numbers']
  readonly mayTeach: boolean
  readonly t: Translate
}

/** The kind of check in words; its own name where the catalogue does not know it any more. */
export const moduleName = (module: string, t: Translate): string =>
  hasMessage(`pages.modules.${module}.name`) ? t(`pages.modules.${module}.name`) : module

/** What a criterion asks for, as the sentence that its evidence is compared with. */
export function criterionSentence({ module, device, params }: Criterion, t: Translate): string {
  const read = findCommandModule(module)?.readParams(params)
  if (!read || !('reading' in read)) return ''
  return explain({ device: device ?? null, reason: { code: '', data: {} }, expected: read.reading.expected }, t).expected
}

function buildOf({ exercise, job, t }: ExercisePageParts): ExercisePage['build'] {
  const states = { draft: 'none', building: 'running', failed: 'failed', ready: 'done', published: 'done', archived: 'done' } as const
  const error =
    exercise.errorCode === null
      ? null
      : {
          code: exercise.errorCode,
          message: t(`errors.${exercise.errorCode}`, { requestId: '', ...exercise.errorDetails }),
          tried: t('pages.exercises.buildTried'),
          reference: job?.id ?? null,
        }
  return { state: states[exercise.state], steps: job?.steps ?? [], jobId: job?.id ?? null, error }
}

function devicesOf({ revision, template, upload }: ExercisePageParts): ExercisePage['devices'] {
  const platformOf = (name: string) => revision.definition.devices[name]?.platform ?? null
  const known =
    template?.lab?.devices ?? upload?.summary.devices ?? Object.keys(revision.definition.devices).map((name) => ({ name, type: '' }))
  return known
    .map(({ name, type }) => ({ name, type, platform: platformOf(name) }))
    .sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }))
}

function topologyOf({ template, upload }: ExercisePageParts) {
  if (template?.lab) return drawRecordedLab(template.lab)
  return upload ? drawUpload(upload.summary) : null
}

/** `/exercises/:id` as its teachers and assistants see it. */
export function exercisePage(parts: ExercisePageParts): ExercisePage {
  const { exercise, revision, course, template, proofs, mayTeach, t } = parts
  const { criteria, topology } = revision.definition
  const maxPoints = criteria.reduce((sum, criterion) => sum + criterion.points, 0)
  const { proof, trial, proofNeedsLab, isUnproven, may } = provingOf(parts)
  return {
    exercise: {
      id: exercise.id,
      title: exercise.title,
      state: exercise.state,
      course: courseHead(course),
      revision: revision.number,
      isUnproven,
      maxPoints,
      topologyRule: topology,
      dueAt: exercise.rules.dueAt,
      statementHtml: renderStatement(revision.statement),
    },
    timeZone: course.timeZone,
    build: buildOf(parts),
    template: template?.vmid ? { vmid: String(template.vmid), name: exercise.title, node: template.pveNode ?? '' } : null,
    topology: topologyOf(parts),
    devices: devicesOf(parts),
    criteria: criteria.map((criterion) => ({
      id: criterion.id,
      title: criterion.title,
      moduleName: moduleName(criterion.module, t),
      device: criterion.device ?? null,
      sentence: criterionSentence(criterion, t),
      maxPoints: criterion.points,
      isVisible: criterion.visible,
      proof: proofs.map((one) => proofCell(one, criterion, t)),
    })),
    proof,
    secrets: parts.secrets,
    trial,
    proofNeedsLab,
    numbers: parts.numbers,
    may: {
      edit: mayTeach && exercise.state !== 'building' && exercise.state !== 'archived',
      build: mayTeach && exercise.state === 'failed',
      ...may,
      archive: mayTeach && exercise.state !== 'building' && exercise.state !== 'archived',
    },
  }
}
