import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { waitFor } from '../support/wait.ts'
import { type SharedConsole, startSharedConsole } from './shared-console.ts'

/** A router of FRR's own daemons in a network namespace, with a static route; its consoles are vtysh behind a shared console. */
export async function startFrr() {
  const name = `np${randomBytes(3).toString('hex')}`
  const inside = (...command: string[]) => spawnSync('ip', ['netns', 'exec', name, ...command], { encoding: 'utf8' })
  spawnSync('ip', ['netns', 'add', name])
  inside('ip', 'link', 'set', 'lo', 'up')
  for (const folder of [`/etc/frr/${name}`, `/var/run/frr/${name}`]) mkdirSync(folder, { recursive: true })
  writeFileSync(`/etc/frr/${name}/vtysh.conf`, 'service integrated-vtysh-config\n')
  writeFileSync(`/etc/frr/${name}/frr.conf`, 'ip route 10.9.0.0/16 blackhole\n')
  spawnSync('chown', ['-R', 'frr:frr', `/etc/frr/${name}`, `/var/run/frr/${name}`])
  for (const daemon of ['zebra', 'staticd']) inside(`/usr/lib/frr/${daemon}`, '-N', name, '-d', '-A', '127.0.0.1', '-u', 'frr', '-g', 'frr')
  inside('vtysh', '-N', name, '-b')
  await waitFor('the static route', () => inside('vtysh', '-N', name, '-c', 'show ip route').stdout.includes('10.9.0.0/16'))

  return {
    name,
    inside,
    openConsole: async (): Promise<SharedConsole> => {
      const console = await startSharedConsole(['ip', 'netns', 'exec', name, 'vtysh', '-N', name])
      await waitFor('vtysh', () => console.printed().endsWith('# '))
      return console
    },
    end: (): void => {
      const { stdout } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' })
      for (const pid of stdout
        .split('\n')
        .map(Number)
        .filter((id) => id > 0))
        process.kill(pid, 'SIGKILL')
      spawnSync('ip', ['netns', 'delete', name])
      for (const folder of [`/etc/frr/${name}`, `/var/run/frr/${name}`]) rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type FrrMachine = Awaited<ReturnType<typeof startFrr>>
export const frrNeeds = ['script', 'vtysh', 'zebra', 'staticd', 'ip', 'namespaces', 'root'] as const
