import { describe, expect, it } from 'vitest'
import { openLabBench } from '../support/lab-bench.ts'
import { waitFor } from '../support/wait.ts'

async function archivedSoon(students: number) {
  const bench = await openLabBench()
  const { id: courseId, teacher } = bench.given.course()
  const exercise = bench.exercise(courseId)
  await bench.giveTemplate(exercise.templateId)
  const names = Array.from({ length: students }, (_, index) => `student${index}`)
  await bench.services().enrollments.enroll(teacher, exercise.id, ['username', ...names].join('\n'))
  await bench.settled()
  return { ...bench, exercise, teacher, archive: () => bench.services().exercises.archive(teacher, exercise.id) }
}

describe('an exercise that is archived', () => {
  it('loses its labs, then its template, and what came to be afterwards; submissions stay', async () => {
    const { archive, services, workVms, given, onProxmox, settled, proxmox, exercise, jobs } = await archivedSoon(3)
    expect(onProxmox().vms).toHaveLength(4)
    const [lab, gone] = services().workVms.listByExercise(exercise.id)
    const submission = lab && given.submission(lab, { state: 'done', points: 3 })
    // a lab that was replaced, and whose clone Proxmox makes long after its request was given up
    const { ledger } = services()
    const late = ledger.reserve({ purpose: 'work', ownerId: gone?.id ?? '', pveNode: 'pve1', taken: new Set() })
    ledger.noteReleased(late, { volumes: [], reason: '' })
    await proxmox.ensureClone({
      ...{ node: 'pve1', source: 9_000, vmid: late, name: 'late', description: ledger.markOf(late, 'work'), full: false },
      ...{ signal: new AbortController().signal, priority: 'batch', onUpid: () => undefined },
    })
    archive()
    await settled()
    expect(onProxmox()).toEqual({ vms: [], orphans: [] })
    expect(workVms().map(({ state }) => state)).toEqual(Array(3).fill('deleted'))
    expect(
      services()
        .exercises.listTemplatesOfExercise(exercise.id)
        .map(({ state }) => state),
    ).toEqual(['deleted'])
    expect(jobs().filter(({ state }) => state !== 'done')).toEqual([])
    expect(services().submissions.get(submission?.id ?? '')).toMatchObject({ state: 'done', points: 3 })
  })

  it('goes on after a restart, and says which VMs resist without holding the others', async () => {
    const { archive, services, sandbox, restart, onProxmox, settled, workVms, exercise, jobs } = await archivedSoon(3)
    const [stubborn] = workVms()
    const vmid = stubborn?.vmid ?? 0
    // Proxmox lets nobody touch it as long as it is marked so by somebody else
    sandbox.setFaults({ faults: [{ fault: 'refused', method: 'DELETE', path: `/qemu/${vmid}` }] })
    archive()
    await waitFor('a lab to be gone', () => workVms().some(({ state }) => state === 'deleted'))
    await restart()
    await waitFor('the others to be gone', () => workVms().filter(({ state }) => state === 'deleted').length === 2)
    expect(onProxmox().vms.map((vm) => vm.vmid)).toContain(vmid)
    sandbox.setFaults({ faults: [] })
    await settled()
    expect(onProxmox()).toEqual({ vms: [], orphans: [] })
    expect(jobs().find(({ name }) => name === 'delete-exercise-vms')?.state).toBe('done')
    expect(services().workVms.listByExercise(exercise.id)).toEqual([])
  })
})
