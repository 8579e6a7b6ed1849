import { describe, expect, it, onTestFinished } from 'vitest'
import type { Proxmox } from '../../src/clients/proxmox/index.ts'
import { resourceAnswer } from '../../src/clients/proxmox/schemas.ts'
import { AppError } from '../../src/errors.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

const foreign = resourceAnswer.parse({
  id: 'qemu/20007',
  type: 'qemu',
  vmid: 20_007,
  node: 'pve1',
  name: 'mine & yours',
  status: 'stopped',
})
const config = { description: 'by hand', tags: [], template: false, protection: false, agent: false, drives: [], nets: [], raw: {} }

/** A cluster of one node with one VM of somebody else. */
const proxmox: Partial<Proxmox> = {
  clusterStatus: async () => ({ quorate: true, nodes: [{ name: 'pve1', online: true, local: true }] }),
  listTasks: async () => [],
  storages: async () => [],
  resources: async () => [foreign],
  vmConfig: async () => config,
}

let on: TestApp
const begin = async (world: Partial<Proxmox>) => {
  on = await startTestApp({ proxmox: world, environment: { PROXMOX_VMID_MIN: '20000', PROXMOX_VMID_MAX: '20999' } })
  onTestFinished(() => on.close())
  await on.addUser('admin', 'admin')
  return on.signIn('admin')
}

describe('the comparison with Proxmox', () => {
  it('says that nobody has looked yet, then shows what does not agree, and touches nothing', async () => {
    const admin = await begin(proxmox)
    expect((await admin.get('/admin/reconcile')).body).toContain('Not compared since the server started')
    const looked = await admin.post('/admin/reconcile/look')
    expect([looked.statusCode, looked.headers.location]).toEqual([303, '/admin/reconcile'])
    const page = (await admin.get('/admin/reconcile')).body
    expect(page).toContain('mine &amp; yours')
    expect(page).toContain('A VM of somebody else in our range of numbers.')
    expect(page).not.toContain('/admin/reconcile/20007')
  })

  it('refuses to remove what an old page offered and is not ours', async () => {
    const admin = await begin(proxmox)
    for (const verb of ['remove', 'adopt']) expect((await admin.post(`/admin/reconcile/20007/${verb}`)).statusCode).toBe(404)
    expect((await admin.post('/admin/reconcile/20007; x/remove')).statusCode).toBe(422)
  })

  it('says so when Proxmox does not answer', async () => {
    const admin = await begin({ ...proxmox, clusterStatus: () => Promise.reject(new AppError('PROXMOX_TIMEOUT')) })
    await admin.post('/admin/reconcile/mend')
    expect((await admin.get('/admin/reconcile')).body).toContain('role="alert"')
  })

  it('is for administrators alone', async () => {
    await begin(proxmox)
    await on.addUser('teacher', 'teacher')
    const teacher = await on.signIn('teacher')
    expect((await teacher.get('/admin/reconcile')).statusCode).toBe(403)
    expect((await teacher.post('/admin/reconcile/mend')).statusCode).toBe(403)
  })
})
