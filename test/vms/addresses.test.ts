import { describe, expect, it } from 'vitest'
import type { AgentInterface, Proxmox } from '../../src/clients/proxmox/index.ts'
import { createAddressFinder, createHostAddresses, judgeClaim, staticAddress } from '../../src/vms/index.ts'
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts'

const mac = 'BC:24:11:00:00:01'
const rules = { networks: ['10.20.0.0/16', '2001:db8:1::/64'], forbidden: ['10.20.0.5', '2001:db8:1::5'] }
const everything = { networks: ['0.0.0.0/0', '::/0'], forbidden: rules.forbidden }
const judge = (address: string, by = rules, of = mac) => judgeClaim({ address, mac: of }, mac, by)

describe('an address that a guest reports', () => {
  it.each(['10.20.0.6', '10.20.255.254', '2001:db8:1::6'])('is believed when it lies in LAB_NETWORKS (%s)', (address) => {
    expect(judge(address)).toBeNull()
  })

  it('belongs to the interface that Proxmox knows, in whatever case its address is written', () => {
    expect(judge('10.20.0.6', rules, mac.toLowerCase())).toBeNull()
    expect(judge('10.20.0.6', rules, 'BC:24:11:00:00:02')).toBe('mac')
    expect(judge('10.20.0.6', rules, '')).toBe('mac')
  })

  it.each(['', '10.20.0', '10.20.0.6/16', 'localhost', '10.20.0.6 ', '0x0a140006', '10.020.0.6'])('is none when it reads %j', (address) => {
    expect(judge(address)).toBe('not-an-address')
  })

  it.each(['10.21.0.1', '192.168.1.1', '2001:db8:2::1', '::'])('is refused outside of LAB_NETWORKS (%s)', (address) => {
    expect(judge(address)).not.toBeNull()
  })

  it.each(['10.20.0.5', '::ffff:10.20.0.5', '::ffff:0a14:0005', '2001:db8:1::5', '2001:0db8:0001:0:0:0:0:5'])(
    'is refused when it is one of ours or of Proxmox, however it is written (%s)',
    (address) => {
      expect(judge(address, everything)).toBe('forbidden')
    },
  )

  it.each(['127.0.0.1', '127.1.2.3', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '0.0.0.0', '::', '0.1.2.3'])(
    'is never this machine itself, also in a network that is wide enough (%s)',
    (address) => {
      expect(judge(address, everything)).not.toBeNull()
    },
  )

  it.each(['224.0.0.1', '255.255.255.255', 'ff02::1'])('is never one of many machines (%s)', (address) => {
    expect(judge(address, everything)).not.toBeNull()
  })

  it('may be loopback where that is named, as in the sandbox', () => {
    const sandbox = { networks: ['127.77.0.0/16'], forbidden: ['127.0.0.1'] }
    expect([
      judge('127.77.0.9', sandbox),
      judge('127.78.0.9', sandbox),
      judge('127.0.0.1', { ...sandbox, networks: ['127.0.0.0/8'] }),
    ]).toEqual([null, 'loopback', 'forbidden'])
  })

  it('is refused without any network, and a link-local one with a zone too', () => {
    expect(judge('10.20.0.6', { networks: [], forbidden: [] })).toBe('network')
    expect(judge('fe80::1%eth0', everything)).not.toBeNull()
  })

  it('is judged although what is forbidden is known by name alone', () => {
    expect(judge('10.20.0.6', { ...rules, forbidden: ['pve.example.org', ''] })).toBeNull()
  })
})

describe('the static address of a VM', () => {
  it.each([
    ['10.20.0.0/16', 0, '10.20.0.2'],
    ['10.20.0.0/16', 300, '10.20.1.46'],
    ['10.20.0.77/24', 0, '10.20.0.2'],
    ['10.20.0.0/24', 252, '10.20.0.254'],
    ['10.20.0.0/24', 253, undefined],
    ['10.20.0.0/31', 0, undefined],
    ['2001:db8::/64', 0, undefined],
  ])('in %s is number %i: %s', (network, index, address) => {
    expect(staticAddress(network, index)).toBe(address)
  })
})

/** Lets whoever waits begin to, then seconds go by. */
async function pass(time: VirtualClock, seconds: number): Promise<void> {
  await time.settle()
  for (let second = 0; second < seconds; second += 1) await time.advance(1_000)
}

const lookUp = async (host: string) => {
  if (host === 'pve.example.org') return [{ address: '10.20.0.5' }]
  throw new Error('ENOTFOUND')
}

describe('the addresses of hosts', () => {
  it('are looked up each time; while a name is not found, what it was last counts', async () => {
    const answers = [[{ address: '10.0.0.1' }], [{ address: '10.0.0.2' }, { address: '2001:db8::2' }], null]
    const warnings: object[] = []
    const addresses = createHostAddresses({
      hosts: ['192.0.2.1', 'pve.example.org'],
      log: { warn: (details) => void warnings.push(details) },
      lookUp: async () => answers.shift() ?? Promise.reject(new Error('ENOTFOUND')),
    })
    expect(await addresses()).toEqual(['192.0.2.1', '10.0.0.1'])
    expect(await addresses()).toEqual(['192.0.2.1', '10.0.0.2', '2001:db8::2'])
    expect(await addresses()).toEqual(['192.0.2.1', '10.0.0.2', '2001:db8::2'])
    expect(warnings).toMatchObject([{ host: 'pve.example.org' }])
  })
})

describe('looking for an address', () => {
  const heard = (...addresses: string[]): AgentInterface[] => [
    { name: 'lo', mac: '00:00:00:00:00:00', addresses: [{ address: '127.0.0.1', family: 'ipv4' }] } as never,
    { name: 'eth0', mac, addresses: addresses.map((address) => ({ address, family: 'ipv4' })) } as never,
  ]
  type Answer = Awaited<ReturnType<Proxmox['agentInterfaces']>>

  /** An agent that gives one answer after the other, the last one for ever. */
  function look(answers: readonly Answer[], isClaimed: (host: string) => boolean = () => false) {
    const time = createVirtualClock(0)
    let asked = 0
    const proxmox = {
      vmConfig: async () => ({ nets: [{ key: 'net0', mac }] }),
      agentInterfaces: async () => answers[Math.min(asked++, answers.length - 1)],
    } as unknown as Proxmox
    const finder = createAddressFinder({
      mode: { kind: 'agent' },
      proxmox,
      networks: rules.networks,
      forbidden: createHostAddresses({ hosts: ['pve.example.org', '2001:db8:1::5'], log: { warn: () => undefined }, lookUp }),
      gns3Port: 3080,
      clock: time.clock,
      firstVmid: 20_000,
      pollMs: 1_000,
      deadlineMs: 10_000,
    })
    const found = finder
      .find({ pveNode: 'pve1', vmid: 20_001, isClaimed: ({ host }) => isClaimed(host), signal: new AbortController().signal })
      .catch((error: unknown) => error)
    return { found, time, asked: () => asked }
  }

  it('waits while the guest boots', async () => {
    const { found, time, asked } = look(['not-running', heard(), heard('10.20.0.6')])
    await pass(time, 3)
    expect(await found).toEqual({ host: '10.20.0.6', port: 3080 })
    expect(asked()).toBe(3)
  })

  it('takes the first that may be used: none of a host that settings name', async () => {
    const { found } = look([heard('192.168.1.1', '10.20.0.5', '10.20.0.7')])
    expect(await found).toEqual({ host: '10.20.0.7', port: 3080 })
  })

  it('says which address was refused and why, when none can be used in time', async () => {
    const { found, time } = look([heard('192.168.1.1')])
    await pass(time, 12)
    expect(await found).toMatchObject({
      code: 'LAB_ADDRESS_REFUSED',
      details: { address: '192.168.1.1', reason: { key: 'details.address.network' } },
    })
  })

  it('does not take what another VM of ours uses', async () => {
    const { found, time } = look([heard('10.20.0.6')], (host) => host === '10.20.0.6')
    await pass(time, 12)
    expect(await found).toMatchObject({ code: 'LAB_ADDRESS_REFUSED', details: { address: '10.20.0.6' } })
  })

  it('says that there was none when the guest told none', async () => {
    const { found, time } = look(['not-running'])
    await pass(time, 12)
    expect(await found).toMatchObject({ code: 'LAB_ADDRESS_MISSING' })
  })

  it('gives up at once when no agent is configured', async () => {
    expect(await look(['not-configured']).found).toMatchObject({ code: 'LAB_ADDRESS_REFUSED' })
  })
})
