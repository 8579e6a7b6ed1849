import { describe, expect, it } from 'vitest'
import { resourceAnswer } from '../../src/clients/proxmox/schemas.ts'
import { openBench } from '../support/given.ts'
import { openLabBench } from '../support/lab-bench.ts'

const { signal } = new AbortController()
const minutes = 60_000

describe('a lab that is moved', () => {
  it('is on the other node afterwards, in Proxmox and in our rows, and the decision says so', async () => {
    const bench = await openLabBench()
    const exercise = bench.exercise(bench.given.course().id)
    const student = bench.given.enrolled(exercise)
    const services = bench.services()
    const { workVm } = services.workVms.provision({
      ...{ exercise: services.exercises.get(exercise.id), userId: student.id, purpose: 'student', enrollmentId: null },
      ...{ createNow: true, priority: 'batch', actorId: null },
    })
    await bench.settled()
    const { pveNode, vmid } = services.workVms.get(workVm.id)
    const target = pveNode === 'pve1' ? 'pve2' : 'pve1'
    const admin = { ...bench.given.person('admin'), mustChangePassword: false, session: { id: '', kind: 'browser' as const, csrf: '' } }
    await services.moves.request(admin, workVm.id, target, signal)
    await bench.settled()
    expect(services.workVms.get(workVm.id)).toMatchObject({ pveNode: target, state: 'stopped' })
    expect(bench.onProxmox().vms).toMatchObject([{ vmid, node: target }])
    expect(services.ledger.find(vmid ?? 0)?.pveNode).toBe(target)
    expect(services.placements.listLatest(2)).toMatchObject([
      { kind: 'request', state: 'done', toNode: target },
      { kind: 'clone', toNode: pveNode },
    ])
  })
})

describe('labs that move by themselves', () => {
  function begin(isAutomatic: boolean) {
    const world = { cpu: 0.7, bound: [] as string[] }
    const figures = (name: string, cpu: number) =>
      resourceAnswer.parse({ id: `node/${name}`, type: 'node', node: name, status: 'online', cpu, mem: 50, maxmem: 100, maxcpu: 8 })
    const lab = (vmid: number, mem: number) =>
      resourceAnswer.parse({
        ...{ id: `qemu/${vmid}`, type: 'qemu', vmid, node: 'pve1', status: 'running', cpu: 0.2, maxcpu: 2 },
        mem,
        maxmem: 8,
      })
    const bench = openBench({
      environment: { PROXMOX_BALANCE: String(isAutomatic) },
      proxmox: {
        resources: async () => [figures('pve1', world.cpu), figures('pve2', 0.1), lab(20_001, 4), lab(20_002, 2)],
        migrationCheck: async (_node, vmid) => ({ running: true, bound: vmid === 20_002 ? world.bound : [], refused: [] }),
      },
    })
    const exercise = bench.given.exercise({ courseId: bench.given.course().id })
    for (const vmid of [20_001, 20_002])
      bench.given.workVm(exercise, bench.given.enrolled(exercise), { state: 'ready', vmid, pveNode: 'pve1' })
    const moved = () => bench.services.placements.listLatest(9).map(({ kind, vmid, toNode }) => `${kind} ${vmid} ${toNode}`)
    return { world, moved, look: () => bench.services.moves.balance(signal), time: bench.time }
  }

  it('do so when the loads were far apart three times in a row, the smallest first, one at a time', async () => {
    const { look, moved } = begin(true)
    expect([await look(), await look(), await look(), await look()]).toEqual([false, false, true, false])
    expect(moved()).toEqual(['balance 20002 pve2'])
  })

  it('begin to count anew when the loads came together in between', async () => {
    const { look, world } = begin(true)
    await look()
    await look()
    world.cpu = 0.2
    await look()
    world.cpu = 0.7
    expect([await look(), await look(), await look()]).toEqual([false, false, true])
  })

  it('leave one where it is whose disk only its node has', async () => {
    const { look, world, moved } = begin(true)
    world.bound = ['local:vm-20002-disk-0']
    for (let count = 0; count < 3; count += 1) await look()
    expect(moved()).toEqual(['balance 20001 pve2'])
  })

  it('stay where they are unless it is asked for', async () => {
    const { look, moved, time } = begin(false)
    for (let count = 0; count < 5; count += 1) {
      expect(await look()).toBe(false)
      await time.advance(2 * minutes)
    }
    expect(moved()).toEqual([])
  })
})
