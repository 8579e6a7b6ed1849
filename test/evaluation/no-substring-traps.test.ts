import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PingFacts } from '../../src/evaluation/command-modules/ping.ts'
import type { ConsoleFixture } from './console-fixture.ts'
import { readAnswers, readFixture } from './console-fixture.ts'

const count = fc.integer({ min: 1, max: 20 })

async function facts(platform: string, params: object, text: string): Promise<PingFacts['target'] | undefined> {
  const fixture: ConsoleFixture = {
    platform,
    module: 'ping',
    name: 'made',
    expected: { source: 'made', device: 'D', platforms: {}, params: { warmup: 0, maxDrop: 0, ...params }, verdict: '', reason: '' },
    answers: readAnswers(text),
  }
  const read = (await readFixture(fixture)).facts
  // the reader's own type: the fixture helper knows facts as JSON only
  return read === undefined ? undefined : (JSON.parse(JSON.stringify(read)) as PingFacts).target
}

describe('numbers are parsed, never matched', () => {
  it('reads any count of replies of iputils, 10 as 10 and 0 as 0', async () => {
    await fc.assert(
      fc.asyncProperty(count, count, async (sent, wanted) => {
        const received = Math.min(sent, wanted - 1)
        const lines = Array.from({ length: received }, (_, index) => `64 bytes from 10.0.0.2: icmp_seq=${index + 1} ttl=64 time=0.3 ms`)
        const loss = Math.round((1 - received / sent) * 1e4) / 100
        const text = `### D: ping 10.0.0.2\nPING\n${lines.join('\n')}\n\n${sent} packets transmitted, ${received} received, ${loss}% packet loss, time 1ms\n### D: ip addr\n1: eth0: <UP> mtu 1\n    inet 10.0.0.1/24 scope global eth0\n`
        expect(await facts('linux', { to: '10.0.0.2', count: sent, expect: 'failure' }, text)).toMatchObject({ sent, received })
      }),
    )
  })

  it('reads any count of replies of the ping of NX-OS and Junos, 10 as 10 and 0 as 0', async () => {
    await fc.assert(
      fc.asyncProperty(count, count, fc.constantFrom('cisco_nxos', 'juniper_junos'), async (sent, wanted, platform) => {
        const received = Math.min(sent, wanted - 1)
        const lines = Array.from({ length: received }, (_, index) => `64 bytes from 10.0.0.2: icmp_seq=${index} ttl=64 time=0.3 ms`)
        const loss = Math.round((1 - received / sent) * 100)
        const addresses = {
          cisco_nxos: 'show ip interface brief\nIP Interface Status for VRF "default"(1)',
          juniper_junos: 'show interfaces terse\nInterface               Admin Link Proto    Local                 Remote',
        }
        const text = `### D: ping 10.0.0.2\nPING\n${lines.join('\n')}\n\n${sent} packets transmitted, ${received} packets received, ${loss}% packet loss\n### D: ${addresses[platform]}\n`
        expect(await facts(platform, { to: '10.0.0.2', count: sent, expect: 'failure' }, text)).toMatchObject({ sent, received })
      }),
    )
  })

  it('reads any rate of IOS, 100 percent as all and 0 percent as none', async () => {
    await fc.assert(
      fc.asyncProperty(count, count, async (sent, wanted) => {
        const received = Math.min(sent, wanted - 1)
        const percent = Math.floor((received / sent) * 100)
        const text = `### D: ping 10.0.0.2\n${'!'.repeat(received)}${'.'.repeat(sent - received)}\nSuccess rate is ${percent} percent (${received}/${sent})\n### D: show ip interface brief\nInterface  IP-Address OK? Method Status Protocol\n`
        expect(await facts('cisco_ios', { to: '10.0.0.2', count: sent, expect: 'failure' }, text)).toMatchObject({ sent, received })
      }),
    )
  })

  it('counts on VPCS only replies of the very target, not of one whose text begins alike', async () => {
    const other = Array.from({ length: 5 }, (_, index) => `84 bytes from 10.0.0.22 icmp_seq=${index + 1} ttl=64 time=0.3 ms`).join('\n')
    expect(await facts('vpcs', { to: '10.0.0.2', expect: 'failure' }, `### D: ping 10.0.0.2\n${other}\n`)).toBeUndefined()
  })

  it('does not count five error messages as five replies', async () => {
    const errors = Array.from(
      { length: 5 },
      (_, n) => `*10.0.0.2 icmp_seq=${n + 1} ttl=64 time=0.3 ms (ICMP type:3, code:1, Destination host unreachable)`,
    )
    const read = await facts('vpcs', { to: '10.0.0.2', expect: 'failure' }, `### D: ping 10.0.0.2\n${errors.join('\n')}\n`)
    expect(read).toMatchObject({ sent: 5, received: 0, errors: [{ from: '10.0.0.2', kind: 'host-unreachable', count: 5 }] })
  })

  it('gives the same facts wherever the text is cut into lines by trailing blanks', async () => {
    const text = `### D: ping 10.0.0.2 \n\n84 bytes from 10.0.0.2 icmp_seq=1 ttl=64 time=0.3 ms   \n### D: show ip\n\nIP/MASK     : 10.0.0.1/24  \nGATEWAY     : 0.0.0.0\n`
    expect(await facts('vpcs', { to: '10.0.0.2', count: 1, expect: 'failure' }, text)).toMatchObject({ received: 1 })
  })
})
