import { describe, expect, it, onTestFinished } from 'vitest'
import type { Proxmox } from '../../src/clients/proxmox/index.ts'
import { resourceAnswer } from '../../src/clients/proxmox/schemas.ts'
import { AppError } from '../../src/errors.ts'
import { startTestApp } from '../support/app.ts'

const node = (name: string, cpu: number, memory: number) =>
  resourceAnswer.parse({ id: `node/${name}`, type: 'node', node: name, status: 'online', cpu, mem: memory * 100, maxmem: 100, maxcpu: 8 })
const cluster = [node('pve1', 0.8, 0.6), node('pve2', 0.2, 0.7), node('pve3', 0.1, 0.91)]
const down = resourceAnswer.parse({ id: 'node/pve4', type: 'node', node: 'pve4', status: 'offline' })

async function begin(proxmox: Partial<Proxmox>) {
  const on = await startTestApp({ proxmox })
  onTestFinished(() => on.close())
  await on.addUser('admin', 'admin')
  const exercise = on.given.exercise({ courseId: on.given.course().id })
  const workVm = on.given.workVm(exercise, on.given.enrolled(exercise), { state: 'ready', vmid: 20_001, pveNode: 'pve1' })
  return { on, workVm, admin: await on.signIn('admin') }
}
const text = (body: string) => body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

describe('the page of the nodes', () => {
  it('says where the next VM would go and why not elsewhere', async () => {
    const { admin } = await begin({ resources: async () => [...cluster, down] })
    const page = text((await admin.get('/admin/nodes')).body)
    expect(page).toContain('pve2 0.31 Takes the next')
    expect(page).toContain('pve1 0.58 Could take it')
    expect(page).toContain('pve3 0.32 Skipped: the memory is full (91 %)')
    expect(page).toContain('pve4 – Skipped: offline')
  })

  it('moves a lab once, keeps why and who, and tells what came of it', async () => {
    const { on, admin, workVm } = await begin({ resources: async () => [...cluster, down] })
    expect((await admin.post(`/admin/nodes/labs/${workVm.id}/move`, { target: 'pve4' })).statusCode).toBe(503)
    expect((await admin.post(`/admin/nodes/labs/${workVm.id}/move`, { target: 'pve2' })).statusCode).toBe(303)
    expect((await admin.post(`/admin/nodes/labs/${workVm.id}/move`, { target: 'pve3' })).statusCode).toBe(409)
    const [move, ...more] = on.services.placements.listLatest(10)
    expect([more, move]).toMatchObject([[], { kind: 'request', vmid: 20_001, fromNode: 'pve1', toNode: 'pve2', state: 'decided' }])
    on.services.placements.noteFailed(move?.id ?? '', new AppError('PROXMOX_BUSY'))
    const page = text((await admin.get('/admin/nodes')).body)
    expect(page).toContain('pve1 to pve2 pve1: 0.58, pve2: 0.31, pve3 skipped: the memory is full (91 %), pve4 skipped: offline Failed')
    expect(page).toContain('Moving')
  })

  it('comes also when Proxmox does not answer, with what was measured before', async () => {
    const world = { isDown: false }
    const { on, admin } = await begin({
      resources: async () => {
        if (world.isDown) throw new AppError('PROXMOX_UNREACHABLE')
        return cluster
      },
    })
    await on.services.hostMetrics.sample(new AbortController().signal)
    world.isDown = true
    for (const period of ['day', 'month', 'never']) {
      const answer = await admin.get(`/admin/nodes?period=${period}`)
      expect([answer.statusCode, answer.body.includes('role="alert"')]).toEqual([200, true])
    }
    expect((await admin.get('/admin/nodes')).body).toContain('CPU and memory of pve3, the last day')
  })

  it('is for administrators alone, as is the load of a VM, and that only of ours', async () => {
    const { on, admin, workVm } = await begin({ resources: async () => cluster })
    await on.addUser('teacher', 'teacher')
    const teacher = await on.signIn('teacher')
    for (const path of ['/admin/nodes', '/admin/nodes/vms/20001']) expect((await teacher.get(path)).statusCode).toBe(403)
    expect((await teacher.post(`/admin/nodes/labs/${workVm.id}/move`, { target: 'pve2' })).statusCode).toBe(403)
    expect((await admin.get('/admin/nodes/vms/999')).statusCode).toBe(404)
    const ours = on.services.ledger.reserve({ purpose: 'work', ownerId: workVm.id, pveNode: 'pve1', taken: new Set() })
    expect((await admin.get(`/admin/nodes/vms/${ours}`)).statusCode).toBe(200)
  })
})
