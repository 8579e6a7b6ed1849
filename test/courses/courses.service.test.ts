import { describe, expect, it } from 'vitest'
import { openBench } from '../support/given.ts'

const refused = (code: string) => expect.objectContaining({ code })

describe('what somebody may do in a course', () => {
  it.each([
    ['teacher', 'participate assist teach'],
    ['assistant', 'participate assist'],
    ['student', 'participate'],
  ] as const)('as %s is: %s', (role, rights) => {
    const { services, given } = openBench()
    const course = given.course()
    const member = given.person('student')
    services.courses.putMember(course.id, { userId: member.id, role, groupName: null }, null)
    const found = (['participate', 'assist', 'teach'] as const).filter((right) => services.courses.can(member, course.id, right))
    expect(found.join(' ')).toBe(rights)
  })

  it('is everything for an administrator and nothing for a teacher of another course', () => {
    const { services, given } = openBench()
    const [course, other] = [given.course(), given.course()]
    expect(services.courses.can(given.person('admin'), course.id, 'teach')).toBe(true)
    expect(services.courses.can(other.teacher, course.id, 'participate')).toBe(false)
  })

  it('is found out by nobody from outside: not yours is not found', () => {
    const { services, given } = openBench()
    const student = given.person('student')
    const course = given.course({ students: [student] })
    expect(() => services.courses.get(given.person('teacher'), course.id, 'participate')).toThrow(refused('COURSE_NOT_FOUND'))
    expect(() => services.courses.get(given.person('admin'), 'none', 'participate')).toThrow(refused('COURSE_NOT_FOUND'))
    expect(() => services.courses.get(student, course.id, 'assist')).toThrow(refused('FORBIDDEN'))
  })
})

describe('a course', () => {
  it('is taught by whoever made it, in the time zone of the server unless another is given', () => {
    const { services, given } = openBench({ environment: { TIME_ZONE: 'Europe/Lisbon' } })
    const teacher = given.person('teacher')
    const course = services.courses.create(teacher, { name: 'Networks', term: '2026/27' })
    expect(course.timeZone).toBe('Europe/Lisbon')
    expect(services.courses.roleIn(teacher, course.id)).toBe('teacher')
    expect(services.courses.listFor(teacher)).toMatchObject([{ course: { id: course.id }, role: 'teacher' }])
    expect(services.courses.listFor(given.person('teacher'))).toEqual([])
    expect(services.courses.listFor(given.person('admin'))).toHaveLength(1)
  })

  it('is changed in what is given and by its teachers alone', () => {
    const { services, given } = openBench()
    const assistant = given.person('assistant')
    const course = given.course({ assistants: [assistant] })
    expect(services.courses.update(course.teacher, course.id, { term: '2027/28', name: undefined })).toMatchObject({
      term: '2027/28',
      name: expect.stringContaining('Networks'),
    })
    expect(services.courses.update(course.teacher, course.id, {})).toMatchObject({ term: '2027/28' })
    expect(() => services.courses.update(assistant, course.id, { name: 'mine' })).toThrow(refused('FORBIDDEN'))
  })

  it('keeps the group of a member that is put again without one, and counts its students', () => {
    const { services, given } = openBench()
    const [course, student] = [given.course(), given.person('student')]
    const put = (groupName: string | null) =>
      services.courses.putMember(course.id, { userId: student.id, role: 'student', groupName }, null)
    put('P1')
    put(null)
    expect(services.courses.findMember(course.id, student.id)?.groupName).toBe('P1')
    put('P2')
    expect(services.courses.findMember(course.id, student.id)?.groupName).toBe('P2')
    expect(services.courses.countStudents([course.id]).get(course.id)).toBe(1)
    services.courses.removeMember(course.teacher, course.id, student.id)
    expect(services.courses.countStudents([course.id]).get(course.id)).toBeUndefined()
  })
})
