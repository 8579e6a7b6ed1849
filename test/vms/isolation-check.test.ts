import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { probePort } from '../../src/clients/console/index.ts'
import type { VmFirewall } from '../../src/clients/proxmox/index.ts'
import { AppError } from '../../src/errors.ts'
import { createIsolationCheck } from '../../src/vms/index.ts'
import { boundTo, firewallOf } from '../../src/vms/isolation.ts'

const server = { serverAddresses: ['10.20.0.5'], gns3Port: 3_080, consolePorts: { from: 5_000, to: 10_000 } }
const wanted = firewallOf('isolated', server)
const { signal } = new AbortController()

interface World {
  isOn?: boolean
  net0?: string
  found?: VmFirewall
  heard?: 'silent' | 'answered' | 'unreached' | null
  isDown?: boolean
}

function begin(world: World = {}) {
  const time = { now: 0 }
  const asked: string[] = []
  const { heard = 'silent' } = world
  const check = createIsolationCheck({
    proxmox: {
      isFirewallOn: async () => {
        if (world.isDown) throw new AppError('PROXMOX_UNREACHABLE')
        return world.isOn ?? true
      },
      vmConfig: async () => ({ raw: { net0: world.net0 ?? 'virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1' } }) as never,
      readFirewall: async () => world.found ?? wanted,
    },
    knock:
      heard === null
        ? null
        : async (host) => {
            asked.push(host)
            return heard
          },
    clock: { now: () => time.now, sleep: async () => undefined },
    log: { warn: () => undefined },
  })
  const vm = { vmid: 20_001, pveNode: 'pve1', endpoint: { host: '10.9.0.4', port: 3_080 }, wanted, direct: null }
  return { check, vm, asked, time }
}
const found = async (world: World, asks: VmFirewall = wanted, direct: string | null = null) => {
  const { check, vm } = begin(world)
  const { state, gap } = await check.check({ ...vm, wanted: asks, direct }, signal)
  return [state, gap]
}

describe('a lab is called isolated', () => {
  it('when its rules read back as they must be and a closed port stays silent', async () => {
    expect(await found({})).toEqual(['isolated', null])
    expect(await found({ found: boundTo(wanted, '10.9.0.4/24') })).toEqual(['isolated', null])
  })

  it.each([
    ['the datacenter firewall is off', { isOn: false }, 'datacenter'],
    ['its card is not behind the firewall', { net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0' }, 'card'],
    ['its own firewall is off', { found: { ...wanted, options: { ...wanted.options, enable: false } } }, 'switched-off'],
    ['it lets out everything', { found: { ...wanted, options: { ...wanted.options, policyOut: 'ACCEPT' as const } } }, 'rules'],
    [
      'somebody added a rule',
      { found: { ...wanted, rules: [...wanted.rules, { type: 'in', action: 'ACCEPT', enable: true } as const] } },
      'rules',
    ],
    ['other servers are let in', { found: { ...wanted, ipsets: { netpraxis: ['0.0.0.0/0'] } } }, 'rules'],
    ['a closed port answers', { heard: 'answered' as const }, 'answered'],
  ])('never when %s', async (_name, world, gap) => {
    expect(await found(world)).toEqual(['open', gap])
  })

  it('never for an exercise that lets everything out', async () => {
    expect(await found({}, firewallOf('open', server))).toEqual(['open', 'exercise'])
  })

  it('never while its student is let in directly, and neither with another address nor with more than that', async () => {
    const letIn = (address: string) => firewallOf('isolated', server, address)
    expect(await found({ found: letIn('10.1.2.3') }, letIn('10.1.2.3'), '10.1.2.3')).toEqual(['open', 'direct'])
    expect(await found({ found: letIn('10.1.2.4') }, letIn('10.1.2.3'), '10.1.2.3')).toEqual(['open', 'rules'])
    expect(await found({ found: letIn('10.1.2.3') })).toEqual(['open', 'rules'])
  })

  it('not on the word of its rules alone, where no knock was possible', async () => {
    expect(await found({ heard: 'unreached' })).toEqual(['unproven', 'not-probed'])
    expect(await found({ heard: null })).toEqual(['unproven', 'not-probed'])
  })
})

describe('what is known of a lab', () => {
  it('is nothing at first, looked up in the background, kept for ten minutes and for this address', async () => {
    const { check, vm, asked, time } = begin()
    expect(check.stateOf(vm)).toBeNull()
    await expect.poll(() => check.stateOf(vm)?.state, { timeout: 20_000 }).toBe('isolated')
    expect(asked).toEqual(['10.9.0.4'])
    expect(check.stateOf({ ...vm, endpoint: { host: '10.9.0.5', port: 3_080 } })).toBeNull()
    await expect.poll(() => asked, { timeout: 20_000 }).toEqual(['10.9.0.4', '10.9.0.5'])
    time.now += 11 * 60_000
    expect(check.stateOf({ ...vm, endpoint: { host: '10.9.0.5', port: 3_080 } })).toBeNull()
  })

  it('is nothing while Proxmox does not answer', async () => {
    const { check, vm } = begin({ isDown: true })
    expect(check.stateOf(vm)).toBeNull()
    await new Promise((resolve) => setImmediate(resolve))
    expect(check.stateOf(vm)).toBeNull()
  })
})

describe('a knock at a port', () => {
  it('is answered by whoever listens, and by a refusal', async () => {
    const listener = createServer()
    const port = await new Promise<number>((resolve) => {
      listener.listen(0, '127.0.0.1', () => {
        const address = listener.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
    expect(await probePort({ host: '127.0.0.1', port, waitMs: 60_000 })).toBe('answered')
    await new Promise((resolve) => listener.close(resolve))
    expect(await probePort({ host: '127.0.0.1', port, waitMs: 60_000 })).toBe('answered')
    onTestFinished(() => void listener.close())
  })

  it('reaches nothing where there is no such address', async () => {
    expect(await probePort({ host: 'no-such-host.invalid', port: 9, waitMs: 60_000 })).toBe('unreached')
  })
})
