import { describe, expect, it } from 'vitest'
import type { Directory } from '../../src/auth/index.ts'
import { everybody } from '../../src/courses/index.ts'
import { tables } from '../../src/db/index.ts'
import { AppError } from '../../src/errors.ts'
import { actorFor, exerciseText, openBench } from '../support/given.ts'

function withExercise(options: { directory?: Directory; text?: string } = {}) {
  const bench = openBench({ directory: options.directory ?? null })
  const course = bench.given.course()
  const exercise = bench.given.exercise({ courseId: course.id, ...(options.text ? { text: options.text } : {}) })
  const { enrollments } = bench.services
  const rows = () =>
    [tables.users, tables.enrollments, tables.courseMembers, tables.workVms, tables.jobs].map(
      (table) => bench.db.query.select().from(table).all().length,
    )
  return {
    ...bench,
    course,
    exercise,
    rows,
    enroll: (list: string) => enrollments.enroll(course.teacher, exercise.id, list),
    dryRun: async (list: string) =>
      (await enrollments.dryRun(course.teacher, exercise.id, list)).map(({ username, outcome }) => `${username} ${outcome}`),
  }
}

describe('enrolling a list', () => {
  it('makes accounts with one-time passwords, memberships with groups, enrollments and a job each', async () => {
    const { enroll, services, course, exercise, jobs } = withExercise()
    const result = await enroll('username;name;group\nana;Ana Almeida;P1\nbruno;;P2')
    expect(result).toMatchObject({ created: 2, unchanged: 0, rejected: [] })
    expect(jobs().map((job) => job.name)).toEqual(['create-work-vm', 'create-work-vm'])
    expect(result.jobIds).toEqual(jobs().map((job) => job.id))
    const [shown] = result.oneTimePasswords
    expect(shown).toMatchObject({ username: 'ana', name: 'Ana Almeida' })
    expect(await services.users.verify('ana', shown?.password ?? '')).toMatchObject({ role: 'student', passwordMustChange: true })
    expect(services.enrollments.listActive(exercise.id, everybody).map(({ user, groupName }) => `${user.username} ${groupName}`)).toEqual([
      'ana P1',
      'bruno P2',
    ])
    expect(services.courses.countStudents([course.id]).get(course.id)).toBe(2)
  })

  it('again changes nothing and shows no password', async () => {
    const { enroll, rows } = withExercise()
    const list = 'username,group\nana,P1\nbruno,P1'
    await enroll(list)
    const before = rows()
    expect(await enroll(list)).toEqual({ created: 0, unchanged: 2, rejected: [], jobIds: [], oneTimePasswords: [] })
    expect(rows()).toEqual(before)
  })

  it('again with another group changes the group alone, and without one leaves it', async () => {
    const { enroll, services, exercise } = withExercise()
    const group = () => services.enrollments.listActive(exercise.id, everybody).map(({ groupName }) => groupName)
    await enroll('username,group\nana,P1')
    await enroll('username,group\nana,P2')
    expect(group()).toEqual(['P2'])
    await enroll('ana')
    expect(group()).toEqual(['P2'])
  })

  it('lists the lines it leaves out, and enrolls the others', async () => {
    const { enroll } = withExercise()
    const result = await enroll('username\nana\nana\nbad name\nbruno')
    expect(result.created).toBe(2)
    expect(result.rejected.map(({ line, outcome, message }) => [line, outcome, message])).toEqual([
      [3, 'duplicate', 'This name stands in the list already.'],
      [4, 'malformed', expect.stringContaining('cannot be a user name')],
    ])
  })

  it('makes no VM yet where the exercise makes it at the first start', async () => {
    const { enroll, jobs, services, exercise } = withExercise({ text: exerciseText.replace('project:', 'create: start\nproject:') })
    expect((await enroll('ana')).jobIds).toEqual([])
    expect(jobs()).toEqual([])
    expect(services.workVms.listByExercise(exercise.id)).toMatchObject([{ state: 'requested', vmid: null }])
  })

  it('leaves a teacher of the course a teacher', async () => {
    const { enroll, services, course } = withExercise()
    await enroll(`username,group\n${course.teacher.username},P1`)
    expect(services.courses.findMember(course.id, course.teacher.id)).toMatchObject({ role: 'teacher', groupName: null })
  })

  it('is for the teachers of the course, and for an exercise that is ready or published', async () => {
    const { services, given, course, exercise } = withExercise()
    const assistant = given.person('assistant')
    services.courses.putMember(course.id, { userId: assistant.id, role: 'assistant', groupName: null }, null)
    await expect(services.enrollments.enroll(assistant, exercise.id, 'ana')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(services.enrollments.dryRun(given.person('teacher'), exercise.id, 'ana')).rejects.toMatchObject({
      code: 'EXERCISE_NOT_FOUND',
    })
    for (const state of ['draft', 'building', 'failed', 'archived'] as const) {
      const other = given.exercise({ courseId: course.id, state })
      await expect(services.enrollments.enroll(course.teacher, other.id, 'ana')).rejects.toMatchObject({
        code: 'EXERCISE_STATE',
        details: { state: { key: `details.states.exercise.${state}` } },
      })
    }
  })
})

it('tells in a dry run what each line would do, and does none of it', async () => {
  const { dryRun, enroll, given, rows } = withExercise()
  given.user({ username: 'known' })
  await enroll('enrolled')
  const before = rows()
  expect(await dryRun('enrolled\nknown\nnew\nnew\nbad name')).toEqual([
    'enrolled enrolled',
    'known known',
    'new will-create',
    'new duplicate',
    'bad name malformed',
  ])
  expect(rows()).toEqual(before)
})

describe('with a directory', () => {
  const person = {
    externalId: 'uuid-bruno',
    username: 'bruno',
    displayName: 'Bruno Barros',
    email: 'b@example.org',
    studentNumber: '4711',
    role: 'student' as const,
  }
  const directory: Directory = {
    authenticate: async () => null,
    lookUp: async (names) => new Map(names.includes('bruno') ? [['bruno', person]] : []),
  }

  it('only names that it has are enrolled, without passwords of ours', async () => {
    const { dryRun, enroll, services } = withExercise({ directory })
    expect(await dryRun('bruno\nnobody')).toEqual(['bruno will-create', 'nobody not-in-directory'])
    const result = await enroll('bruno\nnobody')
    expect(result).toMatchObject({
      created: 1,
      oneTimePasswords: [],
      rejected: [{ username: 'nobody', message: 'The directory does not know this name.' }],
    })
    expect(services.users.findByUsername('bruno')).toMatchObject({
      ...{ source: 'ldap', displayName: 'Bruno Barros', studentNumber: '4711', passwordHash: null },
    })
  })

  it('whose name went to somebody else, the new person is enrolled and the account of the old one is left alone', async () => {
    const { dryRun, enroll, services, exercise } = withExercise({ directory })
    const before = services.users.takeOverFromDirectory({ ...person, externalId: 'uuid-of-old-bruno', displayName: 'Bruno Braga' })
    expect(await dryRun('bruno')).toEqual(['bruno will-create'])
    await enroll('bruno')
    const after = services.users.findByUsername('bruno')
    expect([after?.displayName, after?.id === before.id]).toEqual(['Bruno Barros', false])
    expect(services.enrollments.listActive(exercise.id, everybody).map(({ user }) => user.id)).toEqual([after?.id])
  })

  it('whoever has left it is not enrolled anew, although the account is still here', async () => {
    const { dryRun, services } = withExercise({ directory })
    services.users.takeOverFromDirectory({ ...person, externalId: 'uuid-carla', username: 'carla' })
    expect(await dryRun('carla')).toEqual(['carla not-in-directory'])
  })

  it('that does not answer, nothing is changed', async () => {
    const down: Directory = {
      ...directory,
      lookUp: async () => {
        throw new AppError('LDAP_UNAVAILABLE')
      },
    }
    const { enroll, rows } = withExercise({ directory: down })
    const before = rows()
    await expect(enroll('bruno')).rejects.toMatchObject({ code: 'LDAP_UNAVAILABLE' })
    expect(rows()).toEqual(before)
  })
})

describe('taking a student out', () => {
  async function withStudent() {
    const bench = withExercise()
    await bench.enroll('ana')
    const ana = bench.services.users.findByUsername('ana')
    if (!ana) throw new Error('ana is missing')
    const workVm = () => bench.services.workVms.listByExercise(bench.exercise.id)[0]
    bench.services.workVms.update(workVm()?.id ?? '', { state: 'stopped', vmid: 21_000, pveNode: 'pve1' })
    for (const { id } of bench.jobs()) bench.services.jobsRepository.update(id, { state: 'done' })
    return { ...bench, ana, workVm, unenroll: () => bench.services.enrollments.unenroll(bench.course.teacher, bench.exercise.id, ana.id) }
  }

  it('can be undone by a teacher while the lab lies in the bin: enrolled again, with the lab as it was', async () => {
    const { unenroll, services, exercise, course, ana, workVm, given } = await withStudent()
    const { enrollments } = services
    const lab = workVm()?.id ?? ''
    const code = (work: () => unknown) => {
      try {
        return work()
      } catch (error) {
        return error instanceof AppError ? error.code : error
      }
    }
    expect(code(() => enrollments.undelete(course.teacher, lab))).toBe('WORK_VM_STATE')
    unenroll()
    const assistant = given.person('assistant')
    services.courses.putMember(course.id, { userId: assistant.id, role: 'assistant', groupName: null }, null)
    expect([assistant, actorFor(ana), given.person('teacher')].map((actor) => code(() => enrollments.undelete(actor, lab)))).toEqual([
      'FORBIDDEN',
      'WORK_VM_NOT_FOUND',
      'WORK_VM_NOT_FOUND',
    ])
    expect(enrollments.listActive(exercise.id, everybody)).toEqual([])
    expect(enrollments.undelete(course.teacher, lab)).toMatchObject({ state: 'stopped', vmid: 21_000 })
    expect(enrollments.listActive(exercise.id, everybody).map(({ user }) => user.username)).toEqual(['ana'])
    unenroll()
    services.exercises.setState(exercise.id, 'archived')
    expect(code(() => enrollments.undelete(course.teacher, lab))).toBe('EXERCISE_STATE')
  })

  it('archives the enrollment and puts the VM into the bin; the student is still in the course', async () => {
    const { unenroll, services, exercise, course, ana, workVm } = await withStudent()
    unenroll()
    expect(services.enrollments.listActive(exercise.id, everybody)).toEqual([])
    expect(workVm()?.state).toBe('binned')
    expect(services.courses.findMember(course.id, ana.id)?.role).toBe('student')
    expect(unenroll).toThrow(expect.objectContaining({ code: 'ENROLLMENT_NOT_FOUND' }))
  })

  it('and in again gives him the VM as he left it', async () => {
    const { unenroll, enroll, workVm, services, exercise } = await withStudent()
    const before = workVm()?.id
    unenroll()
    expect(await enroll('ana')).toMatchObject({ created: 1, jobIds: [] })
    expect(workVm()).toMatchObject({ id: before, state: 'stopped', vmid: 21_000 })
    expect(services.workVms.listByExercise(exercise.id)).toHaveLength(1)
  })
})
