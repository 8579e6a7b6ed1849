import type { PageRole } from '../http/page-context.ts'
import type { CourseRow, MemberRole } from './courses.repository.ts'
import type { CourseCard, CourseExerciseRow, CourseHead, ExerciseState, RosterRow } from './courses.views.ts'

/** What the course's pages know of an exercise and its class. */
export interface CourseExercise {
  readonly id: string
  readonly title: string
  readonly state: ExerciseState
  readonly isProven: boolean
  readonly publishedUnproven: boolean
  readonly criteria: number
  readonly maxPoints: number
  readonly dueAt: string | null
  readonly enrolled: number
  readonly labsReady: number
  readonly submitted: number
  readonly medianPoints: number | null
  readonly waitingForReview: number
  readonly submissionsOpen: number
  /** Students who started a lab or submitted something. */
  readonly started: number
  /** Students whose lab is ready and has not changed for half an hour. */
  readonly stuck: number
  /** Students who asked for help. */
  readonly hands: number
  readonly labsFailed: number
}

interface Member {
  readonly member: { readonly role: MemberRole; readonly groupName: string | null }
  readonly user: { readonly id: string; readonly username: string; readonly displayName: string; readonly email: string | null }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

export const courseHead = (course: Pick<CourseRow, 'id' | 'name' | 'term'>): CourseHead => ({
  id: course.id,
  title: course.name,
  term: course.term,
})

export function courseCard(course: CourseRow, role: PageRole, students: number, exercises: readonly CourseExercise[]): CourseCard {
  const live = exercises.filter((exercise) => exercise.state !== 'archived')
  return {
    ...courseHead(course),
    role,
    students,
    exercises: live.length,
    published: live.filter((exercise) => exercise.state === 'published').length,
    labsReady: sum(live.map((exercise) => exercise.labsReady)),
    submissionsOpen: sum(live.map((exercise) => exercise.submissionsOpen)),
    hands: sum(live.map((exercise) => exercise.hands)),
    waitingForReview: sum(live.map((exercise) => exercise.waitingForReview)),
  }
}

/** Ready ones are marked while their proof is missing, published ones when it was missing at the time. */
const isUnproven = ({ state, isProven, publishedUnproven }: CourseExercise): boolean =>
  (state === 'ready' && !isProven) || (state === 'published' && publishedUnproven && !isProven)

export const exerciseRow = (exercise: CourseExercise): CourseExerciseRow => ({
  id: exercise.id,
  title: exercise.title,
  state: exercise.state,
  isUnproven: isUnproven(exercise),
  criteria: exercise.criteria,
  maxPoints: exercise.maxPoints,
  dueAt: exercise.dueAt,
  enrolled: exercise.enrolled,
  labsReady: exercise.labsReady,
  submitted: exercise.submitted,
  medianPoints: exercise.medianPoints,
  waitingForReview: exercise.waitingForReview,
  started: exercise.started,
  stuck: exercise.stuck,
  hands: exercise.hands,
  labsFailed: exercise.labsFailed,
})

export const rosterRow = ({ member, user }: Member): RosterRow => ({
  userId: user.id,
  username: user.username,
  name: user.displayName,
  email: user.email,
  role: member.role,
  group: member.groupName,
})

/** The groups of a roster with their sizes, in the order of their names. */
export function groupsOf(rows: readonly Pick<RosterRow, 'group'>[]): { name: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { group } of rows) if (group !== null) counts.set(group, (counts.get(group) ?? 0) + 1)
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }))
}
