import { expect, it } from 'vitest'
import { openBench } from '../support/given.ts'

const minute = 60_000

function withReadyLab(environment: Record<string, string> = { LAB_IDLE_MINUTES: '60' }) {
  const bench = openBench({ environment })
  const course = bench.given.course()
  const exercise = bench.given.exercise({ courseId: course.id })
  const student = bench.given.enrolled(exercise)
  const { idleLabs, workVms } = bench.services
  const lab = bench.given.workVm(exercise, student, { state: 'ready', hibernatesAt: idleLabs.end() })
  const row = () => workVms.get(lab.id)
  return { ...bench, course, student, lab, row, idleLabs, workVms, warned: () => idleLabs.warnedOf(row()) }
}

it('warns a quarter of an hour before an idle lab is put to sleep, then does it', async () => {
  const { idleLabs, time, warned, row, jobs } = withReadyLab()
  await time.advance(44 * minute)
  expect([idleLabs.sweep(), warned()]).toEqual([0, null])
  await time.advance(minute)
  expect([idleLabs.sweep(), warned()]).toEqual([0, '2026-09-01T09:00:00.000Z'])
  await time.advance(15 * minute)
  expect([idleLabs.sweep(), row().state]).toEqual([1, 'stopping'])
  expect(jobs()).toMatchObject([{ name: 'stop-work-vm', payload: { how: 'hibernate', orStop: true } }])
  expect(idleLabs.sweep()).toBe(0)
})

it('is postponed by two hours at the wish of its student, and by using it', async () => {
  const { idleLabs, time, warned, row, student, lab, given } = withReadyLab()
  await time.advance(50 * minute)
  expect(() => idleLabs.keep(given.person('student'), lab.id)).toThrow(expect.objectContaining({ code: 'WORK_VM_NOT_FOUND' }))
  expect(idleLabs.keep(student, lab.id).hibernatesAt).toBe('2026-09-01T10:50:00.000Z')
  expect(warned()).toBeNull()
  // what was kept longer is not shortened by using it
  idleLabs.note(lab.id)
  expect(row().hibernatesAt).toBe('2026-09-01T10:50:00.000Z')
  await time.advance(115 * minute)
  idleLabs.note(lab.id)
  expect(row().hibernatesAt).toBe('2026-09-01T11:45:00.000Z')
})

it('leaves a lab alone that is checked or at work, and all where LAB_IDLE_MINUTES is 0', async () => {
  const { idleLabs, time, workVms, lab, row } = withReadyLab()
  workVms.freeze(lab.id, 'submission-1')
  await time.advance(61 * minute)
  expect([idleLabs.sweep(), row().state]).toEqual([0, 'ready'])
  const never = withReadyLab({ LAB_IDLE_MINUTES: '0' })
  expect(never.row().hibernatesAt).toBeNull()
  expect([never.idleLabs.sweep(), never.warned()]).toEqual([0, null])
})

it('is postponed by submitting', async () => {
  const { services, time, row, student, lab } = withReadyLab()
  await time.advance(50 * minute)
  await services.submissions.submit(student, lab.id)
  expect(row().hibernatesAt).toBe('2026-09-01T09:50:00.000Z')
})
