import { describe, expect, it } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { isWithin, readRanges } from '../../src/exams/address-ranges.ts'
import { createCollection } from '../../src/exams/index.ts'
import { openBench } from '../support/given.ts'

const opensAt = '2026-09-01T07:00:00.000Z'
const closesAt = '2026-09-01T09:00:00.000Z'
const settings = { addresses: [] as string[], singleSession: true, collect: 'missing' as const }

function withExam(change: { rules?: object; settings?: object } = {}) {
  const bench = openBench()
  const course = bench.given.course()
  const exercise = bench.given.exercise({ courseId: course.id, rules: { opensAt, closesAt, ...change.rules } })
  const { exams, submissions } = bench.services
  exams.switchOn(course.teacher, exercise.id, { ...settings, ...change.settings }, '127.0.0.1')
  const student = (values: Parameters<typeof bench.given.workVm>[2] = {}) => {
    const actor = bench.given.enrolled(exercise)
    return { actor, lab: bench.given.workVm(exercise, actor, { state: 'ready', readyAt: opensAt, ...values }) }
  }
  const audit = () => bench.db.query.select().from(tables.auditEvents).all()
  const collecting = () => bench.jobs().filter(({ name }) => name === 'collect-exam')
  return { ...bench, course, exercise, exams, submissions, student, audit, collecting }
}

describe('allowed addresses', () => {
  it.each([
    ['10.1.2.3', ['10.1.0.0/16'], true],
    ['10.2.2.3', ['10.1.0.0/16'], false],
    ['::ffff:10.1.2.3', ['10.1.0.0/16'], true],
    ['2001:db8::5', ['10.1.0.0/16', '2001:db8::/32'], true],
    ['fe80::1%eth0', ['fe80::/10'], true],
    ['not an address', ['0.0.0.0/0'], false],
    ['10.2.2.3', [], true],
  ])('%s within %j: %s', (address, ranges, isIn) => {
    expect(isWithin(address, ranges)).toBe(isIn)
  })

  it('are read one a line or parted by commas, each once, and what is none is named', () => {
    expect(readRanges('10.1.0.0/16\n10.0.0.5, 10.0.0.5;2001:db8::1\n\nroom 5')).toEqual({
      ranges: ['10.1.0.0/16', '10.0.0.5/32', '2001:db8::1/128', 'room', '5'],
      wrong: ['room', '5'],
    })
  })
})

describe('exam mode', () => {
  it('is switched by teachers of the course and administrators alone, and the audit log says who', () => {
    const { exams, exercise, course, given, student, audit } = withExam()
    given.person('teacher')
    const assistant = given.person('assistant')
    for (const actor of [student().actor, assistant, given.person('teacher')]) {
      expect(() => exams.switchOn(actor, exercise.id, settings, '')).toThrow()
      expect(() => exams.switchOff(actor, exercise.id, '')).toThrow()
      expect(() => exams.end(actor, exercise.id, '')).toThrow()
    }
    expect(exams.find(exercise.id)?.state).toBe('on')
    const admin = given.person('admin')
    exams.switchOff(admin, exercise.id, '10.0.0.9')
    expect(audit().filter(({ action }) => action.startsWith('exam.'))).toMatchObject([
      { action: 'exam.on', actorId: course.teacher.id, objectId: exercise.id, address: '127.0.0.1' },
      { action: 'exam.off', actorId: admin.id, address: '10.0.0.9' },
    ])
  })

  it('needs a beginning and an end', () => {
    const { given, services, course } = withExam()
    const other = given.exercise({ courseId: course.id, rules: { opensAt } })
    expect(() => services.exams.switchOn(course.teacher, other.id, settings, '')).toThrow(
      expect.objectContaining({ code: 'EXAM_NEEDS_WINDOW' }),
    )
  })

  it('withholds results, and goes on doing so after it is switched off', () => {
    const { exams, exercise, course, services } = withExam()
    exams.switchOff(course.teacher, exercise.id, '')
    expect(services.exercises.areResultsWithheld(services.exercises.get(exercise.id))).toBe(true)
  })

  it('refuses who comes from elsewhere, while it runs and with his own extra time', async () => {
    const { exams, student, time, services, course, exercise } = withExam({ settings: { addresses: ['10.1.0.0/16'] } })
    const [ana, bruno] = [student().actor, student().actor]
    services.exercises.allow(course.teacher, exercise.id, bruno.id, { extraMinutes: 30, extraAttempts: 0 })
    const codes = (address: string) => [ana, bruno].map((actor) => exams.refusalOf(actor, address)?.code)
    expect(codes('10.1.9.9')).toEqual([undefined, undefined])
    expect(codes('10.2.9.9')).toEqual(['EXAM_ELSEWHERE', 'EXAM_ELSEWHERE'])
    expect(exams.refusalOf(course.teacher, '10.2.9.9')).toBeNull()
    await time.advance(61 * 60_000)
    expect(codes('10.2.9.9')).toEqual([undefined, 'EXAM_ELSEWHERE'])
    await time.advance(30 * 60_000)
    expect(codes('10.2.9.9')).toEqual([undefined, undefined])
  })

  it('lets in with no key of a program, which is a session that nobody sees; unless several sessions are allowed', () => {
    const keyOf = ({ student }: ReturnType<typeof withExam>) => {
      const { actor } = student()
      return { ...actor, session: { ...actor.session, kind: 'token' as const } }
    }
    const [single, several] = [withExam(), withExam({ settings: { singleSession: false } })]
    expect(single.exams.refusalOf(keyOf(single), '10.1.1.1')?.code).toBe('EXAM_KEY')
    expect(several.exams.refusalOf(keyOf(several), '10.1.1.1')).toBeNull()
  })

  it('is sat while it is open, by those of its students whose time is not over: their own tickets are off meanwhile', async () => {
    const { exams, student, time, services, course, exercise } = withExam()
    const [ana, bruno] = [student().actor, student().actor]
    services.exercises.allow(course.teacher, exercise.id, bruno.id, { extraMinutes: 30, extraAttempts: 0 })
    const sitting = () => [ana, bruno, course.teacher].map(({ id }) => exams.isSitting(id))
    expect(sitting()).toEqual([true, true, false])
    await time.advance(61 * 60_000)
    expect(sitting()).toEqual([false, true, false])
    await time.advance(30 * 60_000)
    expect(sitting()).toEqual([false, false, false])
  })
})

describe('the end of an exam', () => {
  it('comes by itself, once, for those with a lab who have not submitted', async () => {
    const { exams, student, time, collecting, given } = withExam()
    student()
    given.submission(student().lab, { state: 'done' })
    student({ state: 'requested', vmid: null, readyAt: null })
    student({ state: 'stopped', readyAt: null })
    expect(exams.collectDue()).toBe(0)
    await time.advance(60 * 60_000 + 1)
    expect([exams.collectDue(), exams.collectDue()]).toEqual([1, 0])
    expect(collecting()).toHaveLength(1)
  })

  it('is none for an exam that is off, or where everybody has submitted', async () => {
    const { exams, student, time, given, course, exercise } = withExam()
    given.submission(student().lab, { state: 'done' })
    await time.advance(60 * 60_000 + 1)
    expect(exams.collectDue()).toBe(0)
    student()
    exams.switchOff(course.teacher, exercise.id, '')
    expect(exams.collectDue()).toBe(0)
  })

  it('leaves alone who submits in the last second, unless that could not be checked', async () => {
    const { exams, student, time, submissions, collecting } = withExam()
    const { actor, lab } = student()
    await time.advance(60 * 60_000)
    const { submission } = await submissions.submit(actor, lab.id)
    expect(submission.acceptedAt).toBe(closesAt)
    await time.advance(1)
    expect([exams.collectDue(), collecting()]).toEqual([0, []])
    submissions.update(submission.id, { state: 'failed' })
    expect(exams.collectDue()).toBe(1)
  })

  it('comes for a student with extra time at his own time, and once for each', async () => {
    const { exams, student, time, collecting, services, course, exercise } = withExam()
    const [, bruno] = [student(), student()]
    services.exercises.allow(course.teacher, exercise.id, bruno.actor.id, { extraMinutes: 30, extraAttempts: 0 })
    await time.advance(60 * 60_000 + 1)
    const due = () =>
      createCollection(services)
        .listDue(services.exercises.get(exercise.id), 'missing', false)
        .map(({ userId, endedAt }) => [userId === bruno.actor.id, endedAt])
    expect(due()).toEqual([[false, closesAt]])
    expect([exams.collectDue(), collecting().length]).toEqual([1, 1])
    await time.advance(30 * 60_000)
    expect(due()).toEqual([
      [false, closesAt],
      [true, '2026-09-01T09:30:00.000Z'],
    ])
  })

  it('takes what it could not check once more only when a teacher asks for it', async () => {
    const { student, time, given, services, exercise } = withExam()
    given.submission(student().lab, { state: 'failed', collectedBy: 'an earlier collection' })
    await time.advance(60 * 60_000 + 1)
    const due = (again: boolean) => createCollection(services).listDue(services.exercises.get(exercise.id), 'missing', again)
    expect([due(false).length, due(true).length]).toEqual([0, 1])
  })

  it('can be brought about by the teacher: it closes now, and students with extra time go on', () => {
    const { exams, student, course, exercise, services, collecting, time, audit } = withExam()
    const [ana, bruno] = [student().actor, student().actor]
    services.exercises.allow(course.teacher, exercise.id, bruno.id, { extraMinutes: 30, extraAttempts: 0 })
    const jobId = exams.end(course.teacher, exercise.id, '')
    expect(exams.end(course.teacher, exercise.id, '')).toBe(jobId)
    expect(collecting()).toHaveLength(1)
    expect(audit().filter(({ action }) => action === 'exam.end')).toMatchObject([
      { actorId: course.teacher.id },
      { actorId: course.teacher.id },
    ])
    const rules = services.exercises.get(exercise.id).rules
    expect(rules.closesAt).toBe(new Date(time.clock.now()).toISOString())
    expect(services.exercises.rulesFor(services.exercises.get(exercise.id), bruno.id).closesAt).toBe('2026-09-01T08:30:00.000Z')
    expect(services.exercises.rulesFor(services.exercises.get(exercise.id), ana.id).closesAt).toBe(rules.closesAt)
  })
})
