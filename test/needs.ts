import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe } from 'vitest'

/**
 * What a suite needs of the system. A missing program is named; the suite is skipped, and fails under CI=true. What the kernel forbids
 * (namespaces) is skipped with its reason, also under CI.
 */
const probes: Readonly<Record<string, () => string | undefined>> = {
  namespaces: () => (spawnSync('unshare', ['-n', 'true']).status === 0 ? undefined : 'this kernel or user may not make network namespaces'),
  machines: () =>
    runs('unshare', ['-n', '-m', '-p', '-u', '--fork', '--mount-proc', 'true'])
      ? undefined
      : 'this kernel or user may not make machines of namespaces',
  // a user-mode kernel that gets as far as its first process may trace processes and execute in /dev/shm
  'own-kernel': () => (canRunKernel() ? undefined : 'user-mode Linux cannot run here (ptrace, or /dev/shm without execution)'),
  root: () => (process.getuid?.() === 0 ? undefined : 'these devices need root'),
}
const runs = (program: string, args: readonly string[]): boolean => spawnSync(program, args).status === 0

function canRunKernel(): boolean {
  const kernel = [
    'mem=64M',
    'root=/dev/root',
    'rootfstype=hostfs',
    'rootflags=/',
    'ro',
    'init=/bin/true',
    'con=null',
    'con0=null,fd:1',
    'panic=-1',
  ]
  const { stdout } = spawnSync('linux.uml', [`uml_dir=${tmpdir()}`, ...kernel], { encoding: 'utf8', timeout: 20_000 })
  return stdout?.includes('as init process') === true
}

/** Programs outside the PATH of an ordinary user. */
const places = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/lib/frr']

function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...places]
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return existsSync(file)
  } catch {
    return false
  }
}

/** What of this is missing, in words; empty when everything is there. */
export function missing(...names: readonly string[]): { readonly programs: readonly string[]; readonly forbidden: readonly string[] } {
  const programs = names.filter((name) => probes[name] === undefined && findProgram(name) === undefined)
  const forbidden = names.flatMap((name) => probes[name]?.() ?? [])
  return { programs, forbidden }
}

/**
 * `describe` for a suite that needs programs (`vpcs`, `vtysh`) or powers (`namespaces`, `root`).
 * The reason stands in the suite's name, so that the runner counts and shows it.
 */
export function describeWith(needs: readonly string[], name: string, suite: () => void): void {
  const { programs, forbidden } = missing(...needs)
  if (programs.length === 0 && forbidden.length === 0) {
    describe(name, suite)
    return
  }
  const reason = [...programs.map((program) => `${program} is not installed`), ...forbidden].join('; ')
  if (programs.length > 0 && process.env.CI === 'true') throw new Error(`${name}: ${reason}`)
  process.stderr.write(`skipped: ${name}: ${reason}\n`)
  describe.skip(`${name} (skipped: ${reason})`, suite)
}
