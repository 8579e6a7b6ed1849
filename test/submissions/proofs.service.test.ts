import { describe, expect, it } from 'vitest'
import { newId } from '../../src/lib/ids.ts'
import { isProven } from '../../src/submissions/prove-exercise.job.ts'
import { openBench } from '../support/given.ts'

function withTry(state: 'ready' | 'stopped' = 'ready') {
  const bench = openBench()
  const course = bench.given.course()
  const exercise = bench.given.exercise({ courseId: course.id, state: 'ready' })
  const workVm = bench.given.workVm(exercise, course.teacher, { purpose: 'try', state })
  const { evaluations, proofs, workVms } = bench.services
  const prove = () => proofs.prove(course.teacher, exercise.id, 'solution')
  const proof = (
    label: 'untouched' | 'solution',
    points: number,
    values: { undecidedPoints?: number; state?: 'done' | 'broken' | 'running' } = {},
  ) =>
    evaluations.insertRun({
      id: newId(),
      purpose: 'proof',
      label,
      workVmId: workVm.id,
      exerciseRevisionId: exercise.revisionId,
      engineVersion: '1',
      state: 'done',
      points,
      maxPoints: 10,
      undecidedPoints: 0,
      createdAt: new Date(bench.time.clock.now()).toISOString(),
      ...values,
    })
  return {
    ...bench,
    course,
    exercise,
    workVm,
    workVms,
    evaluations,
    proofs,
    prove,
    proof,
    isProven: () => isProven(evaluations, exercise.revisionId),
  }
}

describe('proving an exercise', () => {
  it("freezes the teacher's own lab and asks every check of it in a job", () => {
    const { prove, workVms, workVm, jobs, exercise } = withTry()
    const jobId = prove()
    expect(workVms.get(workVm.id).frozenFor).toBe('proof:solution')
    expect(jobs()).toMatchObject([
      { id: jobId, name: 'prove-exercise', payload: { exerciseId: exercise.id, workVmId: workVm.id, label: 'solution' } },
    ])
    expect(prove).toThrow(expect.objectContaining({ code: 'LAB_FROZEN' }))
  })

  it('needs a lab that is ready, and a teacher of the course', () => {
    expect(withTry('stopped').prove).toThrow(
      expect.objectContaining({ code: 'LAB_NOT_READY', details: { state: { key: 'details.states.lab.stopped' } } }),
    )
    const { proofs, given, exercise } = withTry()
    expect(() => proofs.prove(given.enrolled(exercise), exercise.id, 'solution')).toThrow(
      expect.objectContaining({ code: 'EXERCISE_NOT_FOUND' }),
    )
  })

  it.each(['draft', 'building', 'failed', 'archived'] as const)('is refused while the exercise is %s', (state) => {
    const { services, exercise, prove } = withTry()
    services.exercises.setState(exercise.id, state)
    expect(prove).toThrow(
      expect.objectContaining({ code: 'EXERCISE_STATE', details: { state: { key: `details.states.exercise.${state}` } } }),
    )
  })
})

describe('an exercise is proven', () => {
  it('when the untouched lab does not score full and the solution does', () => {
    const { proof, isProven: proven } = withTry()
    expect(proven()).toBe(false)
    proof('untouched', 3)
    expect(proven()).toBe(false)
    proof('solution', 10)
    expect(proven()).toBe(true)
  })

  it.each<[string, (bench: ReturnType<typeof withTry>) => void]>([
    ['the untouched lab scores full already', ({ proof }) => void proof('untouched', 10)],
    ['the last solution does not score full', ({ proof }) => void proof('solution', 9)],
    ['something of the solution is undecided', ({ proof }) => void proof('solution', 10, { undecidedPoints: 1 })],
    ['the last proof was broken off', ({ proof }) => void proof('solution', 10, { state: 'broken' })],
  ])('no longer when %s', async (_what, change) => {
    const bench = withTry()
    bench.proof('untouched', 0)
    bench.proof('solution', 10)
    await bench.time.advance(1_000)
    change(bench)
    expect(bench.isProven()).toBe(false)
  })
})
