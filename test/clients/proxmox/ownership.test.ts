import { afterEach, describe, expect, it } from 'vitest'
import { createProxmox, type Proxmox } from '../../../src/clients/proxmox/index.ts'
import { type AppError, isAppError } from '../../../src/errors.ts'
import { inWords } from '../../support/said.ts'
import { answer, fastClock, ok, type RawAnswer, refuse, silent, startRaw } from './support.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const volid = 'lab:base-900-disk-0/vm-2101-disk-0'
const upid = 'UPID:pve1:0003A1B2:0A1B2C3D:6742A0F1:imgdel:2101@lab:lab@pve!app:'
const write = { signal: new AbortController().signal, priority: 'repair' as const }
const noConfig = (vmid: number, node = 'pve1') => refuse(500, `Configuration file 'nodes/${node}/qemu-server/${vmid}.conf' does not exist`)

/** A cluster in which volume `volid` lies on storage `lab`; what else there is the test says. */
async function given(world: { vms?: object[]; configs?: Record<number, RawAnswer>; volumes?: object[] }) {
  const raw = await startRaw((request) => {
    const config = /\/qemu\/(\d+)\/config$/.exec(request.path)?.[1]
    if (config !== undefined) return world.configs?.[Number(config)] ?? noConfig(Number(config))
    if (request.path.startsWith('/cluster/resources')) return ok(world.vms ?? [])
    if (request.path.includes('/content')) {
      if (request.method === 'DELETE') return ok(upid)
      const isFreed = raw.requests.some((one) => one.method === 'DELETE')
      return ok([...(isFreed ? [] : [{ volid, vmid: 2101, size: 1, format: 'raw', content: 'images' }]), ...(world.volumes ?? [])])
    }
    if (request.path.includes('/status')) return ok({ upid, status: 'stopped', exitstatus: 'OK' })
    if (request.path.includes('/log')) return ok([{ n: 1, t: 'TASK OK' }], { total: 1 })
    return ok([{ storage: 'lab', type: 'zfspool', content: 'images', active: 1, enabled: 1, shared: 0 }])
  })
  cleanups.push(raw.stop)
  const proxmox: Proxmox = createProxmox({
    urls: [raw.url],
    auth: { kind: 'token', tokenId: 'lab@pve!app', secret: 's' },
    tls: { fingerprint: raw.fingerprint },
    clock: fastClock(50),
    log: silent,
  })
  cleanups.push(proxmox.close)
  return { proxmox, deletes: () => raw.requests.filter((one) => one.method === 'DELETE').length }
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  try {
    await work
  } catch (error) {
    if (isAppError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

const listed = (vmid: number, node = 'pve1', type = 'qemu') => ({ id: `${type}/${vmid}`, type, vmid, node, status: 'stopped' })

describe('a volume is freed', () => {
  it('when no configuration names it and its id has none', async () => {
    const { proxmox, deletes } = await given({
      vms: [listed(2102)],
      configs: { 2102: ok({ scsi0: 'lab:base-900-disk-0/vm-2102-disk-0' }) },
    })
    expect(await proxmox.freeVolume({ node: 'pve1', vmid: 2101, volid, ...write })).toBe(true)
    expect(deletes()).toBe(1)
  })

  it('not when another VM uses it', async () => {
    const { proxmox, deletes } = await given({ vms: [listed(2102)], configs: { 2102: ok({ scsi1: `${volid},size=1G` }) } })
    expect((await failure(proxmox.freeVolume({ node: 'pve1', vmid: 2101, volid, ...write }))).code).toBe('PROXMOX_NOT_OURS')
    expect(deletes()).toBe(0)
  })

  it('not when its id has a configuration here, though the list does not show it yet', async () => {
    const { proxmox, deletes } = await given({ configs: { 2101: ok({ name: 'new' }) } })
    expect((await failure(proxmox.freeVolume({ node: 'pve1', vmid: 2101, volid, ...write }))).code).toBe('PROXMOX_NOT_OURS')
    expect(deletes()).toBe(0)
  })

  it('not when the configuration of some VM cannot be seen', async () => {
    const { proxmox, deletes } = await given({ vms: [listed(2102, 'pve2')], configs: { 2102: answer(595, 'No route to host', undefined) } })
    expect((await failure(proxmox.freeVolume({ node: 'pve1', vmid: 2101, volid, ...write }))).code).toBe('PROXMOX_UNREACHABLE')
    expect(deletes()).toBe(0)
  })

  it('not when another volume hangs on it', async () => {
    const child = { volid: 'lab:vm-2101-disk-0/vm-2105-disk-0', vmid: 2105, size: 1, format: 'raw' }
    const { proxmox, deletes } = await given({ volumes: [child] })
    expect((await failure(proxmox.freeVolume({ node: 'pve1', vmid: 2101, volid, ...write }))).code).toBe('PROXMOX_NOT_OURS')
    expect(deletes()).toBe(0)
  })
})

describe('a VM id', () => {
  const request = {
    node: 'pve1',
    source: 900,
    vmid: 2101,
    name: 'x',
    description: 'netpraxis:test:2101:work',
    full: false,
    onUpid: () => undefined,
    ...write,
  }

  it('is taken when a foreign VM on another node has it', async () => {
    const { proxmox } = await given({ vms: [listed(2101, 'pve2')], configs: { 2101: ok({ description: 'somebody' }) } })
    const { code, details } = await failure(proxmox.ensureClone(request))
    expect([code, inWords(details.reason)]).toEqual(['PROXMOX_ID_TAKEN', 'VM 2101 exists on pve2 without our mark'])
  })

  it('is ours only with the mark of this installation', async () => {
    const { proxmox, deletes } = await given({ vms: [listed(2101)], configs: { 2101: ok({ description: 'netpraxis:other:2101:work' }) } })
    const destroy = proxmox.ensureDestroyed({
      node: 'pve1',
      vmid: 2101,
      expectedDescription: 'netpraxis:test:2101:work',
      onUpid: () => undefined,
      ...write,
    })
    expect((await failure(destroy)).code).toBe('PROXMOX_NOT_OURS')
    expect(deletes()).toBe(0)
  })
})
