import { describe, expect, it } from 'vitest'
import type { Gns3 } from '../../src/clients/gns3/index.ts'
import { createLabLink } from '../../src/vms/index.ts'
import { openBench } from '../support/given.ts'

const { signal } = new AbortController()

/** A GNS3 whose project holds this marker. */
function serverWith(content: string | undefined) {
  const written: string[] = []
  const gns3 = {
    readProjectFile: async () => (content === undefined ? undefined : Buffer.from(content)),
    writeProjectFile: async (_project: string, _path: string, text: string) => void written.push(text),
  } as unknown as Gns3
  const link = createLabLink({ proxmox: Object.create(null), addresses: Object.create(null), connectGns3: () => gns3 })
  const check = (mayWrite: boolean) => link.checkMarker(gns3, 'project-1', 'mine', mayWrite, signal)
  return { check, written }
}

describe('the GNS3 at an address', () => {
  it('is believed when it shows the marker of the lab', async () => {
    const { check, written } = serverWith('mine\n')
    await check(false)
    expect(written).toEqual([])
  })

  it('of another lab is found out by its marker, also at the first start, and nothing is written there', async () => {
    const { check, written } = serverWith('theirs\n')
    for (const mayWrite of [true, false]) await expect(check(mayWrite)).rejects.toMatchObject({ code: 'GNS3_MARKER_FOREIGN' })
    expect(written).toEqual([])
  })

  it('gets the marker at the first start alone: one that lost it later is somebody else', async () => {
    const { check, written } = serverWith(undefined)
    await expect(check(false)).rejects.toMatchObject({ code: 'GNS3_MARKER_FOREIGN' })
    await check(true)
    expect(written).toEqual(['mine\n'])
  })
})

describe('the address that a guest claims', () => {
  /** As the server is wired: with the addresses that its settings name. @param claims on the interface that Proxmox knows */
  function find(claims: readonly string[], taken: readonly string[] = []) {
    const mac = 'BC:24:11:00:00:01'
    const { services } = openBench({
      environment: { LAB_NETWORKS: '127.0.0.0/8', LAB_ADDRESSES: 'agent', PROXMOX_URL: 'https://127.0.0.2:8006,https://127.0.0.3:8006' },
      proxmox: {
        vmConfig: async () => ({ nets: [{ key: 'net0', mac }] }) as never,
        agentInterfaces: async () =>
          [{ name: 'eth0', mac, addresses: claims.map((address) => ({ address, family: 'ipv4' as const })) }] as never,
      },
    })
    const isClaimed = ({ host }: { host: string }) => taken.includes(host)
    return services.labLink.findAddress({ pveNode: 'pve1', vmid: 20_001, isClaimed, signal })
  }

  it('is not that of this server, of Proxmox by any of its addresses, or of a neighbour', async () => {
    const claims = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.7', '127.0.0.8']
    expect((await find(claims, ['127.0.0.7'])).host).toBe('127.0.0.8')
  })
})
