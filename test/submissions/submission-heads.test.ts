import { expect, it } from 'vitest'
import { makeHeads } from '../../src/submissions/submission-heads.ts'
import { openBench } from '../support/given.ts'

const dueAt = '2026-09-01T09:00:00.000Z'

it.each([
  ['in time, at the due time itself', dueAt, 0, false],
  ['late, a moment after it', '2026-09-01T09:00:00.001Z', 0, true],
  ['in time with the extra time of its student', '2026-09-01T09:10:00.000Z', 10, false],
  ['late beyond the extra time too', '2026-09-01T09:10:00.001Z', 10, true],
] as const)('a submission is %s', (_what, acceptedAt, extraMinutes, isLate) => {
  const { given, services } = openBench()
  const course = given.course()
  const exercise = given.exercise({ courseId: course.id, rules: { dueAt } })
  const student = given.enrolled(exercise)
  if (extraMinutes > 0) services.exercises.allow(course.teacher, exercise.id, student.id, { extraMinutes, extraAttempts: 0 })
  const submission = given.submission(given.workVm(exercise, student), { state: 'done', acceptedAt })
  const facts = { dueAt: services.exercises.rulesFor(exercise, student.id).dueAt, isWithheld: false, maxPoints: 10, criteriaOf: () => [] }
  expect(makeHeads([submission], facts).map((head) => head.isLate)).toEqual([isLate])
})
