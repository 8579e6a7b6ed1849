import { describe, expect, it } from 'vitest'
import { resourceAnswer } from '../../src/clients/proxmox/schemas.ts'
import { isAppError } from '../../src/errors.ts'
import { findPlace, findSource } from '../../src/vms/index.ts'

const { signal } = new AbortController()
const node = (name: string, status = 'online', cpu = 0.1) =>
  resourceAnswer.parse({
    id: `node/${name}`,
    type: 'node',
    node: name,
    status,
    ...(status === 'online' ? { cpu, mem: 1, maxmem: 10, maxcpu: 8 } : {}),
  })
const storage = (on: string, name: string, shared: 0 | 1, status = 'available') =>
  resourceAnswer.parse({ id: `storage/${on}/${name}`, type: 'storage', node: on, storage: name, shared, status, content: 'images' })
const vm = (vmid: number, on: string) => resourceAnswer.parse({ id: `qemu/${vmid}`, type: 'qemu', vmid, node: on, status: 'stopped' })

interface World {
  readonly resources: ReturnType<typeof node>[]
  /** The storage that each template lies on. */
  readonly on?: Readonly<Record<number, string>>
  readonly type?: string
  readonly canLink?: boolean
}

/** A node that is down answers nothing. */
function proxmoxOf({ resources, on = {}, type = 'dir', canLink = true }: World): never {
  const isUp = (name: string) => resources.some((one) => one.type === 'node' && one.node === name && one.status === 'online')
  return {
    resources: async () => resources,
    volumeOwners: async () => new Set([20_001]),
    canLinkClone: async () => canLink,
    storages: async () => [{ storage: 'chosen', type, content: ['images'], active: true, enabled: true, shared: false }],
    vmConfig: async (name: string, vmid: number) => {
      if (!isUp(name)) throw new Error(`${name} was asked, which is down`)
      return { drives: [{ key: 'scsi0', storage: on[vmid] }] }
    },
  } as never
}

const place = (world: World, templates: readonly { vmid: number; pveNode: string }[]) =>
  findPlace(
    proxmoxOf(world),
    templates.map((one) => ({ ...one, id: String(one.vmid) })),
    { allowed: [], signal },
  )

describe('the place of a clone', () => {
  it('is a node that holds the template, the least loaded of those, and each other is told why not', async () => {
    const resources = [
      node('a', 'online', 0.9),
      node('b', 'online', 0.5),
      node('c'),
      node('d'),
      ...['a', 'b', 'c', 'd'].map((on) => storage(on, 'local', 0)),
    ]
    const found = await place({ resources, on: { 1: 'local', 2: 'local', 3: 'local' } }, [
      { vmid: 1, pveNode: 'a' },
      { vmid: 2, pveNode: 'b' },
      { vmid: 3, pveNode: 'd' },
    ])
    expect([found.pveNode, found.template.vmid]).toEqual(['d', 3])
    expect(Object.fromEntries(found.considered.map(({ node: name, skipped }) => [name, skipped]))).toEqual({
      a: 'cpu',
      b: null,
      c: 'template',
      d: null,
    })
  })

  it('is any node that shares the template’s storage, where that storage answers', async () => {
    const resources = [
      node('a', 'online', 0.7),
      node('b'),
      node('c'),
      storage('a', 'ceph', 1),
      storage('b', 'ceph', 1),
      storage('c', 'ceph', 1, 'unknown'),
    ]
    const found = await place({ resources, on: { 1: 'ceph' } }, [{ vmid: 1, pveNode: 'a' }])
    expect([found.pveNode, found.template.pveNode]).toEqual(['b', 'a'])
    expect(found.considered.find(({ node: name }) => name === 'c')?.skipped).toBe('storage')
  })

  it('is never on a node that is down, whose templates are not asked for either', async () => {
    const resources = [node('a', 'offline'), node('b', 'online', 0.6), storage('b', 'local', 0)]
    const templates = [
      { vmid: 1, pveNode: 'a' },
      { vmid: 2, pveNode: 'b' },
    ]
    expect((await place({ resources, on: { 2: 'local' } }, templates)).pveNode).toBe('b')
    const nowhere = place({ resources, on: {} }, templates.slice(0, 1))
    await expect(nowhere).rejects.toMatchObject({ code: 'NO_PLACEMENT' })
  })
})

describe('the copy of a base template that is taken', () => {
  const copies = [
    { vmid: 9_000, node: 'a' },
    { vmid: 9_010, node: 'b' },
  ]
  const source = (world: World, chosen?: string) => findSource(proxmoxOf(world), copies, { storage: chosen, signal })

  it('is that of the quieter node, and the other one while that is down; ids that Proxmox has are known', async () => {
    const up = [node('a', 'online', 0.7), node('b'), vm(20_000, 'b')]
    expect(await source({ resources: up })).toMatchObject({ vmid: 9_010, node: 'b', taken: new Set([20_000, 20_001]) })
    expect(await source({ resources: [node('a', 'online', 0.7), node('b', 'offline')] })).toMatchObject({ vmid: 9_000, node: 'a' })
  })

  it('is refused before anything is copied where nothing could be linked to it', async () => {
    const failure = async (work: Promise<unknown>) => work.catch((error: unknown) => (isAppError(error) ? error.code : error))
    expect(await failure(source({ resources: [node('a')], canLink: false }))).toBe('PROXMOX_REFUSED')
    expect(await failure(source({ resources: [node('a')], type: 'lvm' }, 'chosen'))).toBe('PROXMOX_REFUSED')
    expect(await failure(source({ resources: [node('a')], type: 'lvmthin' }, 'chosen'))).toMatchObject({ vmid: 9_000 })
  })
})
