import type { CourseRow } from '../courses/index.ts'
import { courseHead } from '../courses/index.ts'
import {
  type Exercise,
  type ExerciseDevice,
  hasConsole,
  platforms,
  readCriteria,
  readExerciseModel,
  worstCaseSeconds,
} from '../evaluation/index.ts'
import type { FormView } from '../http/page-context.ts'
import type { Translate } from '../strings/index.ts'
import type { BaseTemplatesSeen } from './base-templates.ts'
import { listModuleGroups, makeCriterionRow, readCriterion } from './criterion-form.ts'
import { askedDevices, type DeviceDraft, deviceDraft, type ExerciseDraft } from './exercise-draft.ts'
import type { ExerciseRow, UploadRow } from './exercises.repository.ts'
import type { BaseTemplate } from './exercises.service.ts'
import type { AskedNowView, Choice, ConnectFormRow, DeviceFormRow, EditorStepView, ExerciseFormPage } from './exercises.views.ts'
import { drawUpload } from './lab-drawing.ts'

export interface ExerciseFormParts {
  readonly course: CourseRow
  readonly exercise: ExerciseRow | null
  readonly existing: Exercise | null
  readonly draft: ExerciseDraft
  readonly problem: Pick<FormView, 'problems' | 'message'>
  readonly baseTemplates: BaseTemplatesSeen<BaseTemplate>
  readonly upload: { readonly token: string; readonly row: UploadRow } | null
  readonly platforms: readonly Choice[]
  readonly trial: ExerciseFormPage['trial']
  readonly proving: ExerciseFormPage['proving']
  readonly asked: AskedNowView | null
  /** EVALUATION_TIMEOUT_MINUTES, in seconds. */
  readonly budgetSeconds: number
  /** EVALUATION_CONSOLES. */
  readonly maxConsoles: number
  readonly t: Translate
}

/** Every device of the project; what was typed about it, else what the exercise says, else a guess. */
export function matchDevices(draft: ExerciseDraft, upload: UploadRow | undefined): ExerciseDraft {
  if (!upload) return draft
  const typed = new Map(draft.devices.map((device) => [device.name, device]))
  const isKnown = (platform: string) => platforms.some(({ id }) => id === platform)
  const devices = upload.summary.devices.map(({ name, platform }) => {
    const guess = platform !== null && isKnown(platform) ? platform : ''
    return typed.get(name) ?? deviceDraft({ name, platform: guess })
  })
  return { ...draft, devices }
}

const ways = ['console', 'ssh'] as const

/** The way to a device; one that only a file can name stays in the list where the file has it. */
function connectRow({ connect }: DeviceDraft, before: ExerciseDevice['connect']): ConnectFormRow {
  const { jumpPassword: _typed, ...shown } = connect
  const via = shown.via === '' ? 'console' : shown.via
  return {
    ...shown,
    via,
    ways: via === 'file' ? [...ways, 'file'] : ways,
    hasJumpPassword: shown.keptJumpPassword !== '' || before?.jumpPassword !== undefined,
  }
}

/** What the project says of a console that cannot be asked; null where it can, or nobody asks there. */
function consoleNote({ platform, connect }: DeviceDraft, consoleType: string | null, t: Translate): string | null {
  if (consoleType === null || consoleType === 'telnet' || connect.via === 'ssh' || !hasConsole(platform)) return null
  return consoleType === 'none' ? t('exerciseProblems.noConsole') : t('exerciseProblems.graphicalConsole', { console: consoleType })
}

function deviceRows({ draft, existing, upload, t }: ExerciseFormParts): DeviceFormRow[] {
  const known = new Map(upload?.row.summary.devices.map((device) => [device.name, device]))
  return draft.devices.map((device, index) => {
    const before = existing?.devices[device.name]
    return {
      index,
      name: device.name,
      type: known.get(device.name)?.type ?? '',
      platform: device.platform,
      isGuessed: device.platform !== '' && before === undefined && device.platform === known.get(device.name)?.platform,
      username: device.username,
      hasPassword: device.keptPassword !== '' || before?.password !== undefined,
      hasEnablePassword: device.keptEnablePassword !== '' || before?.enablePassword !== undefined,
      keptPassword: device.keptPassword,
      keptEnablePassword: device.keptEnablePassword,
      connect: connectRow(device, before?.connect),
      consoleNote: consoleNote(device, known.get(device.name)?.consoleType ?? null, t),
    }
  })
}

/** The longest that checking takes; null while there is no check, or one that is not complete. */
function worstCaseOf({ devices, criteria, input, values }: ExerciseDraft, maxConsoles: number): number | null {
  const pasted = input === 'yaml' ? readCriteria(values.yaml ?? '') : null
  const typed = pasted !== null && 'criteria' in pasted ? pasted.criteria : criteria.map(readCriterion)
  const { exercise } = readExerciseModel({
    netpraxis: 1,
    title: 'worst case',
    devices: Object.fromEntries(askedDevices(devices).map(({ name, platform }) => [name, { platform }])),
    // what people read has no part in it, and may still be missing
    criteria: typed.map((criterion, index) => ({ ...criterion, title: `check ${index}`, hint: undefined, points: 0 })),
  })
  return exercise === undefined ? null : worstCaseSeconds(exercise, maxConsoles)
}

const stepOfInput: readonly (readonly [RegExp, EditorStepView['id']])[] = [
  [/^(?:title|statement|create|topology)$/, 'basics'],
  [/^(?:opensAt|dueAt|closesAt|attempts|refillMinutes|results)$/, 'rules'],
  [/^(?:project|baseTemplate|memory|cores|disk|networkRate)$/, 'project'],
  [/^(?:devices|preconfigure)\b/, 'devices'],
  [/^(?:criteria\b|newModule$|yaml$)/, 'criteria'],
]

/** Proving and publishing are of what was saved: an exercise may be given out although nothing shows that its checks are right. */
function lastSteps(exercise: ExerciseRow | null): EditorStepView[] {
  const isPublished = exercise?.state === 'published'
  const unproven = isPublished ? 'unproven' : 'todo'
  return [
    { id: 'proof', href: '#proof-heading', state: exercise?.isProven ? 'done' : unproven },
    { id: 'publish', href: '#publish-heading', state: isPublished ? 'done' : 'todo' },
  ]
}

/** Where the teacher stands: a step with a problem, one that lacks something, one that is done. */
function stepsOf({ draft, problem, upload, exercise }: ExerciseFormParts): EditorStepView[] {
  const wrong = new Set(problem.problems.flatMap(({ field }) => stepOfInput.filter(([input]) => input.test(field)).map(([, step]) => step)))
  const hasChecks = draft.criteria.length > 0 || (draft.values.yaml ?? '').trim() !== ''
  const isDone = {
    basics: (draft.values.title ?? '').trim() !== '',
    project: upload !== null,
    devices: askedDevices(draft.devices).length > 0,
    criteria: hasChecks,
    rules: true,
  }
  const stateOf = (id: keyof typeof isDone) => (isDone[id] ? 'done' : 'todo')
  const inForm = (['basics', 'project', 'devices', 'criteria', 'rules'] as const).map((id): EditorStepView => {
    return { id, href: `#${id}-heading`, state: wrong.has(id) ? 'problem' : stateOf(id) }
  })
  return [...inForm, ...lastSteps(exercise)]
}

/** The one that was chosen stays in the list also where Proxmox cannot be asked, or has it no more: another one is chosen by hand alone. */
function baseTemplateChoices({
  baseTemplates: seen,
  draft,
  t,
}: ExerciseFormParts): Pick<ExerciseFormPage, 'baseTemplates' | 'baseTemplatesNote'> {
  const chosen = draft.values.baseTemplate ?? ''
  const listed = seen.items.map(({ vmid, name, node }) => ({ vmid: String(vmid), label: `${name} · ${node} (${vmid})` }))
  const isListed = chosen === '' || listed.some(({ vmid }) => vmid === chosen)
  const at = seen.listedAt === null ? null : new Date(seen.listedAt).toISOString()
  return {
    baseTemplates: isListed ? listed : [{ vmid: chosen, label: t('pages.exerciseForm.templateNotListed', { vmid: chosen }) }, ...listed],
    baseTemplatesNote: seen.isOld ? { listedAt: at } : null,
  }
}

/** The form with everything that was typed; a criterion's device stays in its list although it is not asked (any more). */
export function exerciseFormPage(parts: ExerciseFormParts): ExerciseFormPage {
  const { course, exercise, draft, problem, upload, t } = parts
  const asked = askedDevices(draft.devices)
  const criteria = draft.criteria.flatMap((values, index) => makeCriterionRow(index, values, asked, t) ?? [])
  const seconds = worstCaseOf(draft, parts.maxConsoles)
  const devices = deviceRows(parts)
  return {
    course: courseHead(course),
    timeZone: course.timeZone,
    exercise: exercise ? { id: exercise.id, title: exercise.title, state: exercise.state } : null,
    form: { values: draft.values, problems: problem.problems, message: problem.message },
    ...baseTemplateChoices(parts),
    upload: upload && {
      token: upload.token,
      fileName: upload.row.fileName,
      sizeBytes: upload.row.sizeBytes,
      devices: upload.row.summary.devices.length,
      links: upload.row.summary.links.length,
    },
    topology: upload ? drawUpload(upload.row.summary) : null,
    devices,
    areWaysOpen: devices.some(({ connect }) => connect.via !== 'console'),
    platforms: parts.platforms,
    preconfigure: draft.preconfigure.map((row, index) => ({ index, ...row })),
    criteria,
    modules: listModuleGroups(asked, t),
    worstCase: seconds === null ? null : { seconds, budgetSeconds: parts.budgetSeconds },
    input: draft.input,
    steps: stepsOf(parts),
    askedDevices: asked.map(({ name }) => name),
    trial: parts.trial,
    proving: parts.proving,
    asked: parts.asked,
  }
}
