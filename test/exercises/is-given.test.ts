import { expect, it } from 'vitest'
import { openBench } from '../support/given.ts'

it('what students were given stays open while a new revision is built, and when that fails; what was never published does not', () => {
  const { services, given } = openBench()
  const exercise = given.exercise({ courseId: given.course().id })
  const student = given.enrolled(exercise)
  const seen = () => services.exercises.listForStudent(student.id).map(({ id }) => services.exercises.find(student, id, 'see').state)
  for (const state of ['building', 'failed'] as const) {
    services.exercises.setState(exercise.id, state, { publishedAt: null })
    expect(seen()).toEqual([])
    expect(() => services.exercises.find(student, exercise.id, 'see')).toThrow(expect.objectContaining({ code: 'EXERCISE_NOT_FOUND' }))
    services.exercises.setState(exercise.id, state, { publishedAt: '2026-09-01T08:00:00.000Z' })
    expect(seen()).toEqual([state])
  }
})
