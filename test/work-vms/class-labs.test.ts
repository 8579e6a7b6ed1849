import { describe, expect, it } from 'vitest'
import { everybody } from '../../src/courses/index.ts'
import { openLabBench } from '../support/lab-bench.ts'
import { waitFor } from '../support/wait.ts'

const first = 20_000
const names = (count: number) => ['username', ...Array.from({ length: count }, (_, index) => `student${index}`)].join('\n')

/** A class whose list was confirmed; its labs are being made. */
async function enrollClass(count: number, options: Parameters<typeof openLabBench>[0] = {}) {
  const bench = await openLabBench(options)
  const { id: courseId, teacher } = bench.given.course()
  const exercise = bench.exercise(courseId)
  const result = await bench.services().enrollments.enroll(teacher, exercise.id, names(count))
  const counts = () => {
    const making = bench.services().classLabs.read(exercise.id, everybody)
    const entries = Object.entries(making).flatMap(([part, labs]) => (labs.length > 0 ? [[part, labs.length] as const] : []))
    return Object.fromEntries(entries)
  }
  return { ...bench, teacher, exercise, result, counts, made: () => counts().made ?? 0 }
}

describe('a class that is enrolled in one go', () => {
  it('has all labs but those whose clone fails for good, which are named with the cause and made once that is gone', async () => {
    const count = 20
    // every tenth number: the ids of the others come in between, in whatever order their jobs book them
    const faults = [9, 19].map((index) => ({ fault: 'storage-full' as const, operation: 'clone' as const, vmid: first + index }))
    const { services, result, counts, settled, exercise, teacher, sandbox, onProxmox, workVms } = await enrollClass(count, { faults })
    expect(result.jobIds).toHaveLength(count)
    await settled()
    expect(counts()).toEqual({ made: 18, failed: 2 })
    const { failed } = services().classLabs.read(exercise.id, everybody)
    expect(failed.map(({ errorCode, errorDetails }) => [errorCode, JSON.stringify(errorDetails).includes('No space left')])).toEqual(
      Array(2).fill(['PROXMOX_TASK_FAILED', true]),
    )
    expect(onProxmox()).toMatchObject({ vms: { length: 18 }, orphans: [] })
    sandbox.setFaults({ faults: [] })
    const again = services().classLabs.make(teacher, exercise.id, 'failed')
    expect(again).toHaveLength(2)
    // a second press makes nothing twice
    expect(services().classLabs.make(teacher, exercise.id, 'failed')).toEqual([])
    await settled()
    expect(counts()).toEqual({ made: count })
    expect(new Set(workVms().map(({ vmid }) => vmid))).toEqual(new Set(onProxmox().vms.map(({ vmid }) => vmid)))
  })

  it('that is cancelled in the middle leaves what is there, undoes what has begun, and is finished later', async () => {
    const { services, counts, made, settled, exercise, teacher, onProxmox, workVms } = await enrollClass(8)
    await waitFor('the first labs', () => made() >= 2)
    const stopped = services().classLabs.cancel(teacher, exercise.id)
    expect(stopped).toBeGreaterThan(0)
    await settled()
    expect(counts()).toEqual({ made: 8 - stopped, missing: stopped })
    const kept = workVms().flatMap(({ vmid }) => (vmid === null ? [] : [vmid]))
    expect(onProxmox()).toMatchObject({ orphans: [] })
    expect(onProxmox().vms.map(({ vmid }) => vmid)).toEqual(expect.arrayContaining(kept))
    expect(onProxmox().vms).toHaveLength(kept.length)
    expect(services().enrollments.listActive(exercise.id, everybody)).toHaveLength(8)
    expect(services().classLabs.make(teacher, exercise.id, 'missing')).toHaveLength(stopped)
    await settled()
    expect(counts()).toEqual({ made: 8 })
  })

  it('goes on after a restart in the middle, with one VM for each', async () => {
    const { made, counts, settled, restart, onProxmox, workVms } = await enrollClass(8)
    await waitFor('the first labs', () => made() >= 2)
    await restart()
    await settled()
    expect(counts()).toEqual({ made: 8 })
    expect(onProxmox()).toMatchObject({ vms: { length: 8 }, orphans: [] })
    expect(new Set(workVms().map(({ vmid }) => vmid)).size).toBe(8)
  })
})

it('does not stop the lab of a student who waits for it himself', async () => {
  const { services, exercise, teacher, jobs, workVms, result } = await enrollClass(3, {
    faults: [{ fault: 'slow-storage', operation: 'clone', ms: 600_000 }],
  })
  await waitFor('all to be under way', () => workVms().every(({ vmid }) => vmid !== null))
  const [own] = workVms()
  services().workVms.power({ ...teacher }, own?.id ?? '', 'start')
  expect(services().classLabs.cancel(teacher, exercise.id)).toBe(2)
  const cancelled = jobs().filter(({ cancelRequestedAt }) => cancelRequestedAt !== null)
  expect(cancelled.map(({ id }) => id).sort()).toEqual(
    result.jobIds.filter((id) => jobs().find((job) => job.id === id)?.key !== `work-vm:${own?.id}`).sort(),
  )
})

it('is for the staff of the course, and stopping it for its teachers', async () => {
  const { services, exercise, given } = await enrollClass(1)
  const assistant = given.person('assistant')
  services().courses.putMember(exercise.courseId, { userId: assistant.id, role: 'assistant', groupName: null }, null)
  const refused = (code: string) => expect.objectContaining({ code })
  expect(services().classLabs.make(assistant, exercise.id, 'failed')).toEqual([])
  expect(() => services().classLabs.cancel(assistant, exercise.id)).toThrow(refused('FORBIDDEN'))
  for (const stranger of [given.person('teacher'), given.person('student')]) {
    expect(() => services().classLabs.make(stranger, exercise.id, 'failed')).toThrow(refused('EXERCISE_NOT_FOUND'))
    expect(() => services().classLabs.cancel(stranger, exercise.id)).toThrow(refused('EXERCISE_NOT_FOUND'))
  }
})
