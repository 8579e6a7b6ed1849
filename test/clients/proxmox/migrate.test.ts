import { expect, it } from 'vitest'
import { clone, failure, mark, options, posts, start, vm } from './sandbox-lab.ts'

const moved = (more: Parameters<typeof options>[0] = {}) => ({ node: 'pve1', vmid: 2101, target: 'pve2', ...options(more).options })

it('moves a running VM live and a stopped one with its configuration alone, each once', async () => {
  const { sandbox, proxmox } = await start()
  await clone(proxmox, 2101)
  expect(await proxmox.ensureMigrated(moved())).toBe('pve2')
  expect(vm(sandbox, 2101)).toMatchObject({ node: 'pve2', lock: null, running: false })

  await proxmox.ensureStarted({ node: 'pve2', vmid: 2101, ...options().options })
  expect(await proxmox.migrationCheck('pve2', 2101)).toEqual({ running: true, bound: [], refused: [], allowed: ['pve1'] })
  expect(await proxmox.ensureMigrated({ ...moved(), target: 'pve1' })).toBe('pve1')
  expect(vm(sandbox, 2101)).toMatchObject({ node: 'pve1', lock: null, running: true })
  expect(await proxmox.ensureMigrated({ ...moved(), target: 'pve1' })).toBe('pve1')
  expect(posts(sandbox, '/migrate')).toBe(2)
})

it('asks once when the answer is lost, and follows the task that runs', async () => {
  const { sandbox, proxmox } = await start([{ fault: 'unknown-outcome', path: '/migrate$', method: 'POST', nth: 1 }])
  await clone(proxmox, 2101)
  expect(await proxmox.ensureMigrated(moved())).toBe('pve2')
  expect(posts(sandbox, '/migrate')).toBe(1)
  expect(vm(sandbox, 2101)?.node).toBe('pve2')
})

it('leaves a VM where it is whose disk only its node has', async () => {
  const { sandbox, proxmox } = await start()
  const about = { source: 9_010, vmid: 2101, name: 'lab', description: mark(2101), full: false }
  await proxmox.ensureClone({ node: 'pve2', ...about, ...options().options })
  const refused = await failure(proxmox.ensureMigrated({ ...moved(), node: 'pve2', target: 'pve1' }))
  expect(refused.code).toBe('PROXMOX_REFUSED')
  expect(JSON.stringify(refused.details)).toContain('lab:9010/base-9010-disk-0.qcow2/2101/vm-2101-disk-0.qcow2')
  expect([posts(sandbox, '/migrate'), vm(sandbox, 2101)?.node]).toEqual([0, 'pve2'])
})

it('says so when the target is lost on the way, and the VM stays', async () => {
  const { sandbox, proxmox } = await start([{ fault: 'node-down', node: 'pve2' }])
  await clone(proxmox, 2101)
  expect((await failure(proxmox.ensureMigrated(moved()))).code).toBe('PROXMOX_TASK_FAILED')
  expect(vm(sandbox, 2101)).toMatchObject({ node: 'pve1', lock: null })
})
