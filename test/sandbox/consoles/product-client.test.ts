import { afterEach, describe, expect, it } from 'vitest'
import { type ConsoleSession, openConsole } from '../../../src/clients/console/index.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { createLabNetwork, openConsoleListener } from '../../../src/sandbox/network/index.ts'
import { consoleOptions } from '../../clients/console/fake-transport.ts'
import { memoryFiles } from '../network/lab-kit.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

/** One device on a switch with a PC at 10.0.0.9, asked over a real socket by the product's own console client. */
async function openDevice(
  platform: string,
  node: { type: string; properties?: Record<string, unknown>; files?: Record<string, string> },
  extra: Parameters<typeof consoleOptions>[1] = {},
): Promise<ConsoleSession> {
  const network = createLabNetwork({ clock: systemClock, speed: 50 })
  cleanups.push(() => network.close())
  network.addNode({ id: 'X', name: 'X', type: node.type, properties: node.properties ?? {}, files: memoryFiles(node.files) })
  network.addNode({ id: 'PC9', name: 'PC9', type: 'vpcs', properties: {}, files: memoryFiles({ 'startup.vpc': 'ip 10.0.0.9/24\n' }) })
  network.addLink({
    id: 'l',
    ends: [
      { nodeId: 'X', adapter: 0, port: 0 },
      { nodeId: 'PC9', adapter: 0, port: 0 },
    ],
  })
  await network.start('PC9')
  await network.start('X')
  const console = network.console('X')
  if (console === null) throw new Error('no console')
  const listener = await openConsoleListener({ console, host: '127.0.0.1', port: 0 })
  cleanups.push(listener.close)
  const target = { kind: 'telnet' as const, host: '127.0.0.1', port: listener.port }
  const session = await openConsole(consoleOptions(platform, { device: 'X', target, readyTimeoutMs: 15_000, clock: systemClock, ...extra }))
  cleanups.push(() => session.close())
  return session
}

const interfaces = { 'etc/network/interfaces': 'iface eth0 inet static\n address 10.0.0.1/24\n' }

describe('the console client of the product', () => {
  it('asks a VPCS', async () => {
    const session = await openDevice('vpcs', { type: 'vpcs', files: { 'startup.vpc': 'set pcname X\nip 10.0.0.1/24\n' } })
    const answer = await session.ask('ping 10.0.0.9 -c 2')
    expect(answer).toMatchObject({ ended: 'prompt' })
    expect(answer.text.match(/^84 bytes from 10\.0\.0\.9 icmp_seq=\d ttl=64/gm)).toHaveLength(2)
  })

  it('asks a router that was never configured, past its dialog', async () => {
    const session = await openDevice('cisco_ios', { type: 'dynamips', properties: { platform: 'c3725' } })
    const answer = await session.ask('show ip interface brief')
    expect(answer).toMatchObject({ ended: 'prompt' })
    expect(answer.text).toContain('FastEthernet0/1            unassigned      YES unset  administratively down down')
  })

  it('asks bash and busybox from its clean shell, exit status included', async () => {
    for (const image of ['debian', 'alpine']) {
      const session = await openDevice('linux', { type: 'docker', properties: { image }, files: interfaces })
      const answer = await session.ask('ping -n -c 2 -i 0.2 -W 1 10.0.0.9')
      expect(answer).toMatchObject({ ended: 'prompt', exitCode: 0 })
      expect(answer.text).toMatch(/^2 packets transmitted, 2 (packets )?received, 0% packet loss/m)
      expect(session.notes).toEqual([])
    }
  })

  it('logs in where a machine asks for it', async () => {
    const credentials = { username: 'root', password: 'cisco' }
    const session = await openDevice('linux', { type: 'qemu', properties: { sandbox: { login: credentials } } }, { credentials })
    expect(await session.ask('hostname')).toMatchObject({ ended: 'prompt', exitCode: 0, text: 'X\n' })
  })
})
