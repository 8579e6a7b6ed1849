import { AppError } from '../errors.ts'
import type { Actor } from '../http/access.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Audit } from '../users/index.ts'
import type { CourseRow, CoursesRepository, MemberRole } from './courses.repository.ts'

/** What somebody may do in a course. A teacher may all that an assistant may, and staff all that a participant may. */
export type CourseRight = 'participate' | 'assist' | 'teach'

const rightsOf: Record<MemberRole, readonly CourseRight[]> = {
  student: ['participate'],
  assistant: ['participate', 'assist'],
  teacher: ['participate', 'assist', 'teach'],
}

/** True for the students that somebody sees: all of a course, or those of his group. */
export type StudentScope = (userId: string) => boolean
/** For what the server does by itself, and for whoever sees the whole class. */
export const everybody: StudentScope = () => true

export interface CoursesOptions {
  readonly repository: CoursesRepository
  readonly audit: Audit
  readonly clock: Clock
  readonly defaultTimeZone: string
  /** Called when somebody may see less, or more, than before: what is open looks again. */
  readonly onAccessChanged?: () => void
}

/** Courses: a term, a time zone, teachers, a roster with groups. "Not yours" is "not found". */
export function createCoursesService({ repository, audit, clock, defaultTimeZone, onAccessChanged = () => undefined }: CoursesOptions) {
  const roleIn = (actor: Actor, courseId: string): MemberRole | null => {
    if (actor.role === 'admin') return 'teacher'
    return repository.findMember(courseId, actor.id)?.role ?? null
  }

  const can = (actor: Actor, courseId: string, right: CourseRight): boolean => {
    const role = roleIn(actor, courseId)
    return role !== null && rightsOf[role].includes(right)
  }

  /** The group that an assistant is there for; null for whoever sees the whole class. */
  const groupOf = (actor: Actor, courseId: string): string | null => {
    if (actor.role === 'admin') return null
    const member = repository.findMember(courseId, actor.id)
    return member?.role === 'assistant' ? member.groupName : null
  }

  /** The students of whom somebody sees labs, submissions and marks: an assistant of a group those of the group, and what is his own. */
  const studentsOf = (actor: Actor, courseId: string): StudentScope => {
    if (!can(actor, courseId, 'assist')) return () => false
    const group = groupOf(actor, courseId)
    if (group === null) return everybody
    return (userId) => userId === actor.id || isIn(courseId, userId, group)
  }
  const isIn = (courseId: string, userId: string, group: string): boolean => {
    const member = repository.findMember(courseId, userId)
    return member?.role === 'student' && member.groupName === group
  }

  /** @throws AppError COURSE_NOT_FOUND for a stranger, FORBIDDEN for a participant who lacks the right */
  const get = (actor: Actor, courseId: string, right: CourseRight): CourseRow => {
    const course = repository.find(courseId)
    if (!course || !can(actor, courseId, 'participate')) throw new AppError('COURSE_NOT_FOUND')
    if (!can(actor, courseId, right)) throw new AppError('FORBIDDEN')
    return course
  }

  const listFor = (actor: Actor): { course: CourseRow; role: MemberRole }[] => {
    if (actor.role !== 'admin') return repository.listOf(actor.id)
    return repository
      .listAll()
      .map((course) => ({ course, role: repository.findMember(course.id, actor.id)?.role ?? ('teacher' as const) }))
  }

  return {
    roleIn,
    can,
    groupOf,
    studentsOf,
    get,
    find: repository.find,
    listOfUser: repository.listOf,
    listFor,
    countStudents: (courseIds: readonly string[]): ReadonlyMap<string, number> =>
      new Map(repository.countStudents(courseIds).map((row) => [row.courseId, row.count])),
    /** Staff, and the students that the caller sees. */
    listMembers: (courseId: string, scope: StudentScope) =>
      repository.listMembers(courseId).filter(({ member }) => member.role !== 'student' || scope(member.userId)),
    findMember: repository.findMember,

    create(actor: Actor, input: { name: string; term: string; timeZone?: string | undefined }): CourseRow {
      const row = {
        id: newId(),
        name: input.name,
        term: input.term,
        timeZone: input.timeZone ?? defaultTimeZone,
        state: 'active' as const,
        createdBy: actor.id,
        createdAt: isoNow(clock),
      }
      repository.inTransaction(() => {
        repository.insert(row)
        repository.insertMember({ courseId: row.id, userId: actor.id, role: 'teacher', createdAt: isoNow(clock) })
        audit.record({ actorId: actor.id, action: 'course.create', objectType: 'course', objectId: row.id })
      })
      return row
    },

    update(
      actor: Actor,
      courseId: string,
      change: {
        name?: string | undefined
        term?: string | undefined
        timeZone?: string | undefined
        state?: 'active' | 'archived' | undefined
      },
    ): CourseRow {
      get(actor, courseId, 'teach')
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
      repository.inTransaction(() => {
        if (Object.keys(given).length > 0) repository.update(courseId, given)
        audit.record({ actorId: actor.id, action: 'course.update', objectType: 'course', objectId: courseId, details: given })
      })
      return get(actor, courseId, 'teach')
    },

    /**
     * Adds an account to the roster, or changes its role and group there. A student keeps his group where none is named; staff without one
     * is there for the whole class. Call inside a transaction when rows belong together.
     * @param by who did it; null for the server itself
     */
    putMember(
      courseId: string,
      member: { userId: string; role: MemberRole; groupName: string | null },
      by: Pick<Actor, 'id'> | null,
    ): void {
      const known = repository.findMember(courseId, member.userId)
      const kept = known?.role === 'student' && member.role === 'student' ? known.groupName : null
      const { userId, role } = member
      const groupName = member.groupName ?? kept
      if (known?.role === role && known.groupName === groupName) return
      repository.inTransaction(() => {
        if (known) repository.updateMember(courseId, userId, { role, groupName })
        else repository.insertMember({ courseId, userId, role, groupName, createdAt: isoNow(clock) })
        audit.record({
          ...{ actorId: by?.id ?? null, onBehalfOf: userId, objectType: 'course', objectId: courseId },
          ...{ action: known ? 'course.member-changed' : 'course.member-added' },
          details: { role, group: groupName, ...(known ? { before: { role: known.role, group: known.groupName } } : {}) },
        })
      })
      if (known) onAccessChanged()
    },

    removeMember(actor: Actor, courseId: string, userId: string): void {
      get(actor, courseId, 'teach')
      repository.inTransaction(() => {
        repository.deleteMember(courseId, userId)
        audit.record({ actorId: actor.id, action: 'course.member-removed', objectType: 'course', objectId: courseId, details: { userId } })
      })
      onAccessChanged()
    },

    inTransaction: repository.inTransaction,
  }
}

export type CoursesService = ReturnType<typeof createCoursesService>
