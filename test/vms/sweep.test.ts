import { expect, it } from 'vitest'
import { resourceAnswer } from '../../src/clients/proxmox/schemas.ts'
import { AppError } from '../../src/errors.ts'
import { sweepOwners } from '../../src/vms/index.ts'

const storage = (node: string, name: string, shared: 0 | 1, status = 'available') =>
  resourceAnswer.parse({ id: `storage/${node}/${name}`, type: 'storage', node, storage: name, shared, status, content: 'images' })
const vm = (vmid: number, node: string) => resourceAnswer.parse({ id: `qemu/${vmid}`, type: 'qemu', vmid, node, status: 'stopped' })

/** What lies on each place, by the ids of its volumes' owners. */
async function sweep(content: Readonly<Record<string, readonly number[]>>, resources: ReturnType<typeof vm>[]) {
  const freed: string[] = []
  const destroyed: number[] = []
  const lines: string[] = []
  const read: string[] = []
  const proxmox = {
    resources: async () => resources,
    findVm: async () => undefined,
    storageContent: async (node: string, name: string) => {
      read.push(`${node}/${name}`)
      return (content[`${node}/${name}`] ?? []).map((vmid) => ({ volid: `${name}:vm-${vmid}-disk-0`, vmid, size: 1, format: 'raw' }))
    },
    freeVolume: async ({ node, volid }: { node: string; volid: string }) => void freed.push(`${node} ${volid}`),
    ensureDestroyed: async ({ vmid }: { vmid: number }) => {
      if (vmid === 20_002) throw new AppError('PROXMOX_NOT_OURS', { details: { vmid } })
      destroyed.push(vmid)
      return { freed: [], leftovers: [], unread: [] }
    },
  }
  const ledger = {
    listOfOwners: () => [20_001, 20_002].map((vmid) => ({ vmid, pveNode: 'pve1', purpose: 'work' })),
    storagesOf: (vmid: number) => (vmid === 20_001 ? ['local'] : ['ceph']),
    markOf: () => 'mark',
    noteReleased: () => undefined,
  }
  const context = {
    signal: new AbortController().signal,
    priority: 'batch',
    data: {},
    line: (line: string) => lines.push(line),
    save: () => undefined,
  }
  await sweepOwners({ proxmox, ledger } as never, context as never, ['a lab'])
  return { freed, destroyed, lines, read }
}

it('frees what is left of a VM on every node, since it may have been moved, and a shared storage is read once', async () => {
  const { freed, read } = await sweep({ 'pve1/local': [20_001], 'pve2/local': [20_001, 30_000], 'pve1/ceph': [20_002] }, [
    ...['pve1', 'pve2'].flatMap((node) => [storage(node, 'local', 0), storage(node, 'ceph', 1), storage(node, 'other', 0)]),
  ])
  expect(freed).toEqual(['pve1 local:vm-20001-disk-0', 'pve1 ceph:vm-20002-disk-0', 'pve2 local:vm-20001-disk-0'])
  expect(read).toEqual(['pve1/local', 'pve1/ceph', 'pve2/local'])
})

it('touches no volume on a storage where that id never had one of ours', async () => {
  const { freed } = await sweep({ 'pve1/ceph': [20_001], 'pve1/local': [20_002] }, [
    storage('pve1', 'local', 0),
    storage('pve1', 'ceph', 1),
  ])
  expect(freed).toEqual([])
})

it('removes a VM wherever it is by now, and leaves one of somebody else under our number', async () => {
  const { destroyed, lines } = await sweep({}, [vm(20_001, 'pve3'), vm(20_002, 'pve2'), vm(20_003, 'pve1')])
  expect(destroyed).toEqual([20_001])
  expect(lines).toContain('VM 20002 does not carry our mark and stays')
})

it('says which storage did not answer and goes on with the others', async () => {
  const { freed, lines } = await sweep({ 'pve2/local': [20_001] }, [storage('pve1', 'local', 0, 'unknown'), storage('pve2', 'local', 0)])
  expect(freed).toEqual(['pve2 local:vm-20001-disk-0'])
  expect(lines).toContain('local on pve1 does not answer')
})
