import { type CourseRow, courseHead } from '../courses/index.ts'
import type { ExerciseRow } from '../exercises/index.ts'
import type { FormView } from '../http/page-context.ts'
import { hasMessage, type Translate } from '../strings/index.ts'
import { type BoardEntry, type Light, sortByNeed } from './board.ts'
import type { ClassroomService } from './classroom.service.ts'
import type { BoardPage, BoardTile } from './classroom.views.ts'

export interface BoardPageParts {
  readonly exercise: ExerciseRow
  readonly course: CourseRow
  readonly criteria: number
  readonly entries: readonly BoardEntry[]
  readonly messages: ReturnType<ClassroomService['listMessages']>
  readonly sort: BoardPage['sort']
  readonly mayTell: boolean
  readonly mayTeach: boolean
  readonly isComposing: boolean
  readonly form: FormView
  readonly t: Translate
}

function errorOf({ fault }: BoardEntry, t: Translate): string | null {
  if (fault === null) return null
  return hasMessage(`errors.${fault.code}`) ? t(`errors.${fault.code}`, fault.details ?? {}) : fault.code
}

/** In minutes, from two hours on in hours: nobody counts seconds here. */
function sinceText({ sinceMs }: BoardEntry, t: Translate): string | null {
  if (sinceMs === null) return null
  const minutes = Math.floor(sinceMs / 60_000)
  return minutes < 120
    ? t('pages.board.sinceMinutes', { count: minutes })
    : t('pages.board.sinceHours', { count: Math.floor(minutes / 60) })
}

function boardTile(entry: BoardEntry, criteria: number, t: Translate): BoardTile {
  const { line, lab } = entry
  return {
    userId: line.userId,
    name: line.name,
    username: line.username,
    group: line.group,
    labState: lab?.state ?? 'none',
    light: entry.light,
    passed: entry.passed,
    total: line.submission === null ? criteria : line.criteria.length,
    inconclusive: line.criteria.filter(({ verdict }) => verdict === 'inconclusive').length,
    submissionHref: line.submission === null ? null : `/submissions/${line.submission.id}`,
    lastChangeAt: entry.lastChangeAt,
    since: sinceText(entry, t),
    helpSince: entry.helpSince,
    isStuck: entry.isStuck,
    error: errorOf(entry, t),
  }
}

function countEntries(entries: readonly BoardEntry[]): BoardPage['counts'] {
  const count = (is: (entry: BoardEntry) => boolean) => entries.filter(is).length
  const ofLight = (light: Light) => count((entry) => entry.light === light)
  return {
    absent: ofLight('absent'),
    none: ofLight('none'),
    some: ofLight('some'),
    all: ofLight('all'),
    hands: count((entry) => entry.helpSince !== null),
    stuck: count((entry) => entry.isStuck),
    failed: count((entry) => entry.fault !== null),
  }
}

/** The class at work, who needs somebody first. */
export function boardPage({ exercise, course, entries, t, ...parts }: BoardPageParts): BoardPage {
  const sorted = parts.sort === 'name' ? entries : sortByNeed(entries)
  return {
    exercise: { id: exercise.id, title: exercise.title, course: courseHead(course) },
    timeZone: course.timeZone,
    tiles: sorted.map((entry) => boardTile(entry, parts.criteria, t)),
    sort: parts.sort,
    counts: countEntries(entries),
    mayTeach: parts.mayTeach,
    endsAt: exercise.rules.closesAt ?? exercise.rules.dueAt,
    frozenAt: exercise.rules.submissionsFrozenAt,
    messages: parts.messages.map(({ message, sender }) => ({
      ...{ id: message.id, text: message.text, from: sender, at: message.createdAt, endsAt: message.endsAt },
    })),
    mayTell: parts.mayTell,
    isComposing: parts.mayTell && parts.isComposing,
    form: parts.form,
  }
}
