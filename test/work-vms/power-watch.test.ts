import { describe, expect, it } from 'vitest'
import { resourceAnswer } from '../../src/clients/proxmox/schemas.ts'
import { createPowerWatch } from '../../src/work-vms/index.ts'
import { openBench } from '../support/given.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A ready lab, and a Proxmox that says of its VM what the test says. */
function withReadyLab(
  vm: { listed: 'running' | 'stopped' | 'unknown'; status: 'running' | 'stopped' | null; node?: string },
  frozenFor: string | null = null,
) {
  const bench = openBench()
  const course = bench.given.course()
  const exercise = bench.given.exercise({ courseId: course.id })
  const student = bench.given.enrolled(exercise)
  const workVm = bench.given.workVm(exercise, student, {
    state: 'ready',
    vmid: 20_100,
    pveNode: 'pve1',
    frozenFor,
    endpoint: { host: '10.0.0.9', port: 3080 },
  })
  const asked: string[] = []
  const node = vm.node ?? 'pve1'
  const look = createPowerWatch({
    workVms: bench.services.workVms,
    exercises: bench.services.exercises,
    ledger: bench.services.ledger,
    log: quiet,
    proxmox: {
      resources: async () => {
        asked.push('list')
        const moved = { type: 'qemu', node, status: 'stopped', template: 1 }
        const templates = bench.services.exercises
          .listReadyTemplates()
          .map(({ vmid }) => resourceAnswer.parse({ ...moved, id: `qemu/${vmid}`, vmid }))
        return [...templates, resourceAnswer.parse({ id: 'qemu/20100', type: 'qemu', vmid: 20_100, node, name: 'lab', status: vm.listed })]
      },
      findVm: async () =>
        vm.status === null ? undefined : { node, vmid: 20_100, status: vm.status, template: false, tags: [], description: '' },
      vmStatus: async () =>
        vm.status === null ? undefined : { status: vm.status, qmpstatus: vm.status, template: false, agent: true, uptimeS: 1, tags: [] },
    },
  })
  return {
    template: () => bench.services.exercises.listReadyTemplates()[0]?.pveNode,
    look,
    asked,
    now: () => bench.services.workVms.get(workVm.id),
  }
}

describe('labs that were switched off from outside', () => {
  it('are stopped on our pages too, so that their students can start them', async () => {
    const { look, now } = withReadyLab({ listed: 'stopped', status: 'stopped' })
    expect(await look()).toBe(1)
    expect(now()).toMatchObject({ state: 'stopped', endpoint: null })
  })

  it('are not taken for stopped by the list alone, which lags', async () => {
    const { look, now } = withReadyLab({ listed: 'stopped', status: 'running' })
    expect(await look()).toBe(0)
    expect(now().state).toBe('ready')
  })

  it('are followed to another node', async () => {
    const { look, now } = withReadyLab({ listed: 'stopped', status: 'running', node: 'pve2' })
    await look()
    expect(now()).toMatchObject({ state: 'ready', pveNode: 'pve2' })
  })

  it('are followed with their templates, wherever Proxmox moved them', async () => {
    const { look, now, template } = withReadyLab({ listed: 'running', status: 'running', node: 'pve2' })
    await look()
    expect([now().pveNode, template()]).toEqual(['pve2', 'pve2'])
  })

  it('are left alone while their node is lost: nobody knows', async () => {
    const { look, now } = withReadyLab({ listed: 'unknown', status: 'stopped' })
    expect(await look()).toBe(0)
    expect(now().state).toBe('ready')
  })

  it('whose VM is gone are failed, not silently stopped', async () => {
    const { look, now } = withReadyLab({ listed: 'stopped', status: null })
    await look()
    expect(now()).toMatchObject({ state: 'failed', errorCode: 'PROXMOX_NOT_FOUND' })
  })

  it('are left to the evaluation while one is under way', async () => {
    const { look, now, asked } = withReadyLab({ listed: 'stopped', status: 'stopped' }, 'some submission')
    expect(await look()).toBe(0)
    expect(asked).toEqual(['list'])
    expect(now().state).toBe('ready')
  })
})
