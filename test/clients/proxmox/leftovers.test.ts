import { describe, expect, it } from 'vitest'
import { client } from '../../sandbox/proxmox/client.ts'
import { clone, destroy, mark, options, type Sandbox, start } from './sandbox-lab.ts'

const asking = (sandbox: Sandbox) =>
  client(sandbox.proxmoxUrl, sandbox.caFile, { authorization: `PVEAPIToken=${sandbox.tokenId}=${sandbox.tokenSecret}` })

/** A volume with a VM's number, as a migration leaves one that could not remove its source. */
const leave = (sandbox: Sandbox, node: string, storage: string, vmid: number) =>
  asking(sandbox)('POST', `/nodes/${node}/storage/${storage}/content`, { filename: `vm-${vmid}-disk-0`, size: '1G', vmid })

describe('a deletion', () => {
  it('looks for what is left on other nodes, too, where a storage of the same name is another one', async () => {
    const { sandbox, proxmox } = await start()
    await clone(proxmox, 2101)
    expect((await leave(sandbox, 'pve2', 'lab', 2101)).status).toBe(200)
    const request = { node: 'pve1', vmid: 2101, expectedDescription: mark(2101), storages: ['labshared', 'lab'] }
    const gone = await proxmox.ensureDestroyed({ ...request, ...options().options })
    expect(gone.freed).toEqual([expect.stringMatching(/^lab:.*vm-2101-disk-0/)])
    expect(sandbox.state().volumes.filter((volume) => volume.vmid === 2101)).toEqual([])
  })

  it('says on which node it could not free, so that the next try goes there', async () => {
    const { sandbox, proxmox } = await start([{ fault: 'refused', method: 'DELETE', path: '/storage/' }])
    await clone(proxmox, 2101)
    await leave(sandbox, 'pve2', 'lab', 2101)
    const request = { node: 'pve1', vmid: 2101, expectedDescription: mark(2101), storages: ['lab'] }
    const { leftovers } = await proxmox.ensureDestroyed({ ...request, ...options().options })
    expect(leftovers).toMatchObject([{ node: 'pve2', vmid: 2101 }])
    sandbox.setFaults({ faults: [] })
    const [left] = leftovers
    const free = { node: left?.node ?? '', volid: left?.volid ?? '', vmid: 2101, signal: new AbortController().signal }
    expect(await proxmox.freeVolume({ ...free, priority: 'repair' })).toBe(true)
    expect(sandbox.state().orphans).toEqual([])
  })

  it('names the places that it could not look at', async () => {
    const { sandbox, proxmox } = await start()
    await clone(proxmox, 2101)
    sandbox.setFaults({ faults: [{ fault: 'node-down', node: 'pve2' }] })
    const request = { node: 'pve1', vmid: 2101, expectedDescription: mark(2101), storages: ['labshared', 'lab', 'gone'] }
    const { unread } = await proxmox.ensureDestroyed({ ...request, ...options().options })
    expect(unread).toEqual(['pve2/lab', 'pve1/gone'])
  })

  it('leaves neither rights nor a place in a pool nor firewall rules behind', async () => {
    const { sandbox, proxmox } = await start()
    const ask = asking(sandbox)
    await ask('POST', '/pools', { poolid: 'course' })
    await clone(proxmox, 2101)
    await ask('PUT', '/pools/course', { vms: 2101 })
    await ask('PUT', '/access/acl', { path: '/vms/2101', users: 'netpraxis@pve', roles: 'PVEVMUser' })
    const firewall = { options: { enable: true }, rules: [], ipsets: { us: ['10.0.0.1'] } }
    await proxmox.writeFirewall({ node: 'pve1', vmid: 2101, firewall, signal: new AbortController().signal, priority: 'batch' })
    expect(JSON.stringify((await ask('GET', '/access/acl')).body)).toContain('/vms/2101')
    await destroy(proxmox, 2101)
    expect(JSON.stringify((await ask('GET', '/access/acl')).body)).not.toContain('/vms/2101')
    expect(JSON.stringify((await ask('GET', '/pools/course')).body)).not.toContain('2101')
    // a VM that takes the number afterwards finds nothing of the old one
    await clone(proxmox, 2101)
    expect(await proxmox.readFirewall('pve1', 2101)).toMatchObject({ rules: [], ipsets: {} })
  })
})
