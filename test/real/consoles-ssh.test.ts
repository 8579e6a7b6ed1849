import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type HostKeyPins, openConsole, type PlatformDefinition } from '../../src/clients/console/index.ts'
import { consoleOptions, platforms } from '../clients/console/fake-transport.ts'
import { describeWith } from '../needs.ts'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  await new Promise((resolve) => server.close(resolve))
  return address.port
}

async function untilOpen(port: number): Promise<void> {
  const deadline = Date.now() + 15_000
  while (spawnSync('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`]).status !== 0) {
    if (Date.now() > deadline) throw new Error('sshd does not listen')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

const old = ['KexAlgorithms=diffie-hellman-group1-sha1', 'Ciphers=aes128-cbc', 'MACs=hmac-sha1', 'HostKeyAlgorithms=ssh-rsa']

describeWith(['sshd', 'ssh-keygen', 'login', 'root'], 'a device behind the work VM, by OpenSSH as both', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'))
  const user = `np${randomBytes(3).toString('hex')}`
  const password = randomBytes(9).toString('hex')
  let daemons: ChildProcess[] = []

  beforeAll(() => {
    for (const [name, type] of [
      ['jump', 'ed25519'],
      ['device', 'ed25519'],
      ['other', 'ed25519'],
      ['old', 'rsa'],
    ] as const)
      spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', join(folder, name)])
    spawnSync('useradd', ['-m', '-s', '/bin/bash', user])
    spawnSync('chpasswd', { input: `${user}:${password}\n` })
    mkdirSync('/run/sshd', { recursive: true })
  })
  afterEach(() => {
    for (const daemon of daemons) daemon.kill('SIGKILL')
    daemons = []
  })
  afterAll(() => {
    spawnSync('userdel', ['-r', user])
    rmSync(folder, { recursive: true })
  })

  const startSshd = async (key: string, port: number, extra: readonly string[] = []): Promise<number> => {
    const settings = [
      'UsePAM=no',
      'PidFile=none',
      'ListenAddress=127.0.0.1',
      'PasswordAuthentication=yes',
      'AllowTcpForwarding=yes',
      ...extra,
    ]
    const options = settings.flatMap((setting) => ['-o', setting])
    daemons.push(
      spawn('/usr/sbin/sshd', ['-D', '-e', '-f', '/dev/null', '-h', join(folder, key), '-p', `${port}`, ...options], { stdio: 'ignore' }),
    )
    await untilOpen(port)
    return port
  }
  const createPins = (): HostKeyPins & { readonly all: Map<string, string> } => {
    const all = new Map<string, string>()
    return { all, find: (endpoint) => all.get(endpoint), remember: (endpoint, key) => void all.set(endpoint, key) }
  }
  interface Way {
    readonly jump: number
    readonly device: number
    readonly hostKeys: HostKeyPins
    readonly jumpPassword?: string
    readonly platform?: PlatformDefinition
  }
  const open = ({ jump, device, hostKeys, jumpPassword = password, platform = platforms.get('linux') }: Way) =>
    openConsole({
      ...consoleOptions('linux', {
        target: { kind: 'ssh', host: '127.0.0.1', port: device, jump: { host: '127.0.0.1', port: jump } },
        credentials: { username: user, password, jump: { username: user, password: jumpPassword } },
        hostKeys,
      }),
      platform,
    })

  it('is asked through it, and both host keys are remembered at the first time', async () => {
    const way = {
      jump: await startSshd('jump', await freePort()),
      device: await startSshd('device', await freePort()),
      hostKeys: createPins(),
    }
    const first = await open(way)
    expect(await first.ask('id -un')).toMatchObject({ exitCode: 0, text: `${user}\n` })
    await first.close()
    expect([...way.hostKeys.all.keys()]).toEqual(['work-vm', `work-vm/127.0.0.1:${way.device}`])
    expect(new Set(way.hostKeys.all.values()).size).toBe(2)
    expect(first.notes.map(({ kind }) => kind)).toEqual(['host-key-not-pinned'])
    const second = await open(way)
    expect(second.notes).toEqual([])
    await second.close()
  })

  it('that shows another key later is refused before the password goes out', async () => {
    const way = {
      jump: await startSshd('jump', await freePort()),
      device: await startSshd('device', await freePort()),
      hostKeys: createPins(),
    }
    await (await open(way)).close()
    daemons.pop()?.kill('SIGKILL')
    await startSshd('other', way.device)
    await expect(open(way)).rejects.toMatchObject({ code: 'CONSOLE_HOST_KEY' })
  })

  it('is not looked for when the work VM shows another key or refuses the login', async () => {
    const way = { jump: await startSshd('jump', await freePort()), device: await startSshd('device', await freePort()) }
    const hostKeys = createPins()
    hostKeys.remember('work-vm', `SHA256:${'A'.repeat(43)}`)
    await expect(open({ ...way, hostKeys })).rejects.toMatchObject({ code: 'CONSOLE_HOST_KEY' })
    await expect(open({ ...way, hostKeys: createPins(), jumpPassword: 'wrong' })).rejects.toMatchObject({ code: 'CONSOLE_LOGIN_REFUSED' })
  })

  it('that does not listen, or that the work VM does not forward to, is unreachable', async () => {
    const closed = await freePort()
    const jump = await startSshd('jump', await freePort())
    await expect(open({ jump, device: closed, hostKeys: createPins() })).rejects.toMatchObject({ code: 'CONSOLE_UNREACHABLE' })
    const strict = await startSshd('jump', await freePort(), ['DisableForwarding=yes'])
    const device = await startSshd('device', await freePort())
    await expect(open({ jump: strict, device, hostKeys: createPins() })).rejects.toMatchObject({ code: 'CONSOLE_UNREACHABLE' })
  })

  it('with the algorithms of long ago is reached only where the platform says so', async () => {
    const way = {
      jump: await startSshd('jump', await freePort()),
      device: await startSshd('old', await freePort(), old),
      hostKeys: createPins(),
    }
    await expect(open(way)).rejects.toMatchObject({ code: 'CONSOLE_UNREACHABLE' })
    const session = await open({ ...way, platform: { ...platforms.get('linux'), ssh: platforms.get('cisco_ios').ssh } })
    expect((await session.ask('echo old')).text).toBe('old\n')
    await session.close()
  })
})
