import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SharedConsole, startSharedConsole } from '../../test/real/shared-console.ts'
import { waitUntil } from '../support/wait-until.ts'

const waitMs = 30_000

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => {
    const address = server.address()
    return address === null || typeof address === 'string' ? 0 : address.port
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

const isOpen = (port: number) => spawnSync('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`]).status === 0 || undefined

export const isInstalled = (...programs: string[]): boolean =>
  programs.every((program) => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/usr/lib/frr; command -v ${program}`]).status === 0)

/** Real VPCS, each two joined by UDP. @returns their console ports, neighbours side by side */
export async function startVpcs(count: number): Promise<{ ports: number[]; stop: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-vpcs-'))
  const all = await freePorts(count * 2)
  const ports = all.slice(0, count)
  const udp = all.slice(count)
  for (const [index, port] of ports.entries()) {
    const pair = index % 2 === 0 ? index + 1 : index - 1
    const args = ['-p', `${port}`, '-m', `${index + 1}`, '-s', `${udp[index]}`, '-c', `${udp[pair]}`, '-t', '127.0.0.1']
    spawn('vpcs', args, { cwd: folder, detached: true, stdio: 'ignore' }).unref()
  }
  for (const port of ports) await waitUntil('a VPCS console', async () => isOpen(port), waitMs)
  const stop = () => {
    // it leaves its parent: each is found by its own port
    for (const port of ports) {
      const { stdout } = spawnSync('pgrep', ['-f', '--', `vpcs -p ${port} `], { encoding: 'utf8' })
      for (const pid of stdout
        .split('\n')
        .map(Number)
        .filter((id) => id > 0 && id !== process.pid))
        process.kill(pid, 'SIGKILL')
    }
    rmSync(folder, { recursive: true, force: true })
  }
  return { ports, stop }
}

/** FRR's zebra and staticd in a network namespace, with routes to show; `open` gives a console at vtysh. */
export async function startFrr(): Promise<{ open: () => Promise<SharedConsole>; stop: () => void }> {
  const name = `nb${randomBytes(3).toString('hex')}`
  const inside = (...command: string[]) => spawnSync('ip', ['netns', 'exec', name, ...command], { encoding: 'utf8' })
  spawnSync('ip', ['netns', 'add', name])
  inside('ip', 'link', 'set', 'lo', 'up')
  const folders = [`/etc/frr/${name}`, `/var/run/frr/${name}`]
  for (const folder of folders) mkdirSync(folder, { recursive: true })
  writeFileSync(`/etc/frr/${name}/vtysh.conf`, 'service integrated-vtysh-config\n')
  writeFileSync(`/etc/frr/${name}/frr.conf`, Array.from({ length: 20 }, (_, index) => `ip route 10.${index}.0.0/16 blackhole\n`).join(''))
  spawnSync('chown', ['-R', 'frr:frr', ...folders])
  for (const daemon of ['zebra', 'staticd']) inside(`/usr/lib/frr/${daemon}`, '-N', name, '-d', '-A', '127.0.0.1', '-u', 'frr', '-g', 'frr')
  inside('vtysh', '-N', name, '-b')
  await waitUntil(
    'the routes',
    async () => inside('vtysh', '-N', name, '-c', 'show ip route').stdout.includes('10.19.0.0/16') || undefined,
    waitMs,
  )
  const stop = () => {
    const { stdout } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' })
    for (const pid of stdout
      .split('\n')
      .map(Number)
      .filter((id) => id > 0))
      process.kill(pid, 'SIGKILL')
    spawnSync('ip', ['netns', 'delete', name])
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
  return { open: () => startConsole(['ip', 'netns', 'exec', name, 'vtysh', '-N', name]), stop }
}

/** A program on a shared console, once it has shown a prompt. */
export async function startConsole(command: readonly string[]): Promise<SharedConsole> {
  const console = await startSharedConsole(command)
  await waitUntil('a prompt', async () => /[#$] $/u.test(console.printed()) || undefined, waitMs)
  return console
}

export interface SshHost {
  readonly port: number
  readonly username: string
  readonly password: string
  readonly hostKey: string
  stop(): void
}

/** OpenSSH with an account of its own. */
export async function startSshd(): Promise<SshHost> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-sshd-'))
  const username = `nb${randomBytes(3).toString('hex')}`
  const password = randomBytes(9).toString('hex')
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')])
  const blob = Buffer.from(readFileSync(join(folder, 'key.pub'), 'utf8').split(' ')[1] ?? '', 'base64')
  spawnSync('useradd', ['-m', '-s', '/bin/bash', username])
  spawnSync('chpasswd', { input: `${username}:${password}\n` })
  mkdirSync('/run/sshd', { recursive: true })
  const [port = 0] = await freePorts(1)
  const options = ['UsePAM=no', 'PidFile=none', 'ListenAddress=127.0.0.1', 'PasswordAuthentication=yes'].flatMap((one) => ['-o', one])
  const daemon: ChildProcess = spawn('/usr/sbin/sshd', ['-D', '-f', '/dev/null', '-h', join(folder, 'key'), '-p', `${port}`, ...options], {
    stdio: 'ignore',
  })
  await waitUntil('sshd', async () => isOpen(port), waitMs)
  const stop = () => {
    daemon.kill('SIGKILL')
    spawnSync('userdel', ['-r', username])
    rmSync(folder, { recursive: true, force: true })
  }
  return { port, username, password, hostKey: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '')}`, stop }
}
