import { expect, it } from 'vitest'
import { queuePositionOf } from '../../src/work-vms/index.ts'
import { actorFor, exerciseText } from '../support/given.ts'
import { openLabBench } from '../support/lab-bench.ts'
import { waitFor } from '../support/wait.ts'

it('a node of 32 GB runs exactly seven labs of 4 GB with the default reserve; the eighth waits in place 1 and is next', async () => {
  const bench = await openLabBench({ sandbox: { nodes: ['pve1'], nodeMemoryBytes: 32 * 2 ** 30 } })
  const { id: courseId, teacher } = bench.given.course()
  const exercise = bench.exercise(courseId)
  await bench.giveTemplate(exercise.templateId, 4_096)
  const services = bench.services()
  const names = Array.from({ length: 8 }, (_, index) => `student${index}`)
  await services.enrollments.enroll(teacher, exercise.id, ['username', ...names].join('\n'))
  await bench.settled()
  const labs = () => services.workVms.listByExercise(exercise.id)
  expect(labs().map(({ memoryMb }) => memoryMb)).toEqual(Array(8).fill(4_096))
  for (const lab of labs()) services.workVms.power(actorFor(services.users.get(lab.userId)), lab.id, 'start')
  const inState = (state: string) => labs().filter((lab) => lab.state === state)
  await waitFor(
    'all to be admitted or told to wait',
    () => inState('starting').length === 7 && queuePositionOf(services, inState('queued')[0]),
  )
  expect(inState('queued').map((lab) => queuePositionOf(services, lab))).toEqual([1])
  const [one] = inState('starting')
  services.workVms.power(teacher, one?.id ?? '', 'stop')
  await waitFor('the eighth to be let in', () => inState('queued').length === 0)
  expect(inState('starting')).toHaveLength(7)
})

it('a lab is replaced by one of the new revision at wish, and stays on its own until then', async () => {
  const bench = await openLabBench()
  const { id: courseId, teacher } = bench.given.course()
  const exercise = bench.exercise(courseId)
  await bench.services().enrollments.enroll(teacher, exercise.id, 'username\nana')
  await bench.settled()
  const { workVms } = bench.services()
  const [lab] = workVms.listByExercise(exercise.id)
  const row = () => workVms.get(lab?.id ?? '')
  expect(workVms.isOutdated(row())).toBe(false)
  const newer = bench.exercise(courseId, exerciseText.replace('Two PCs', 'Two PCs, changed'))
  bench.useRevisionOf(newer, exercise.id)
  expect(workVms.isOutdated(row())).toBe(true)
  workVms.power(teacher, row().id, 'reset')
  await bench.settled()
  expect(row().exerciseRevisionId).toBe(exercise.revisionId)
  const before = row().vmid
  workVms.power(teacher, row().id, 'replace')
  await bench.settled()
  expect(row()).toMatchObject({ exerciseRevisionId: newer.revisionId, templateVmId: newer.templateId, state: 'stopped' })
  expect([row().vmid === before, workVms.isOutdated(row()), bench.onProxmox().vms.length]).toEqual([false, false, 1])
})
