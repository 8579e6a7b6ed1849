import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const tools = ['sh', 'dirname', 'readlink', 'sed', 'cksum', 'cat', 'grep', 'tail', 'mktemp', 'rm', 'find', 'sort', 'xargs', 'tr']
let folder: string
let bin: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launcher #'))
  bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const tool of tools) symlinkSync(spawnSync('which', [tool], { encoding: 'utf8' }).stdout.trim(), join(bin, tool))
})
afterEach(() => rmSync(folder, { recursive: true }))

const program = (name: string, script: string) => {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
}
const withNode = () => symlinkSync(process.execPath, join(bin, 'node'))

/** A checkout in which nothing is installed. */
function makeBareCheckout(): string {
  const checkout = join(folder, 'check out')
  mkdirSync(join(checkout, 'src/cli'), { recursive: true })
  for (const file of ['netpraxis', 'package.json', 'package-lock.json', 'src/cli/installed-packages.mjs'])
    cpSync(join(repository, file), join(checkout, file))
  return checkout
}

/** A checkout of our sources whose packages are the repository's own. */
function makeInstalledCheckout(): string {
  const checkout = makeBareCheckout()
  for (const part of ['src', 'tsconfig.json']) cpSync(join(repository, part), join(checkout, part), { recursive: true })
  const modules = join(checkout, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(join(repository, 'node_modules')))
    if (!name.startsWith('.netpraxis')) symlinkSync(join(repository, 'node_modules', name), join(modules, name))
  return checkout
}

/** Runs the launcher from another folder, with nothing but our own programs in the PATH. */
const launch = (root: string, ...args: string[]) =>
  spawnSync(join(root, 'netpraxis'), args, { cwd: folder, encoding: 'utf8', env: { PATH: bin, TMPDIR: folder } })

describe('the launcher', () => {
  it('says in one line what to do without Node', () => {
    const { status, stderr, stdout } = launch(makeBareCheckout(), 'demo')
    expect(stderr).toMatch(/^netpraxis: Node\.js is missing: install .+\n$/u)
    expect([status, stdout]).toEqual([69, ''])
  })

  it('says in one line what to do with an old Node', () => {
    program('node', "printf 'old\\n18.20.4\\n108-linux-x64\\n/usr\\n\\n'")
    const { status, stderr } = launch(makeBareCheckout(), 'demo')
    expect(stderr).toMatch(/^netpraxis: Node 18\.20\.4 does not fit: install Node 22 .+\n$/u)
    expect(status).toBe(69)
  })

  it('says in one line what to do without npm', () => {
    withNode()
    const { status, stderr } = launch(makeBareCheckout(), 'demo')
    expect(stderr).toMatch(/^netpraxis: npm is missing: install .+\n$/u)
    expect(status).toBe(69)
  })

  it('names the packages to install when better-sqlite3 cannot be compiled', () => {
    withNode()
    program('npm', "echo 'npm error gyp ERR! find Python' >&2; exit 1")
    const { status, stderr } = launch(makeBareCheckout(), 'demo')
    expect(stderr).toMatch(/better-sqlite3 has no prebuilt binary here .+ install python3 make g\+\+ \(.+\) and start again\n$/u)
    expect(status).toBe(69)
  })

  it.each([
    ['demo', '--omit=dev'],
    ['test', '--include=dev'],
  ])('installs for %s with %s, in its own folder, whatever the other is', (command, option) => {
    withNode()
    const checkout = makeBareCheckout()
    program('npm', `printf '%s|' "$PWD" "$@" >'${folder}/asked'; exit 1`)
    const { status } = launch(checkout, command)
    expect(spawnSync('cat', [join(folder, 'asked')], { encoding: 'utf8' }).stdout).toMatch(new RegExp(`check out\\|ci\\|${option}\\|`, 'u'))
    expect(status).toBe(69)
  })

  it('installs nothing when the packages are there, and hands over in the folder of the caller', () => {
    withNode()
    program('npm', 'echo npm was called >&2; exit 1')
    const wrong = launch(repository, 'evaluate', 'no-such-file.yaml', '--gns3', 'http://127.0.0.1:1')
    expect(wrong.stderr).not.toContain('npm')
    expect([wrong.status, wrong.stderr]).toEqual([64, expect.stringContaining('no-such-file.yaml')])
    const help = launch(repository, '--help')
    expect([help.status, help.stdout]).toEqual([0, expect.stringContaining('netpraxis COMMAND')])
  })

  it('makes data that no other account can read', () => {
    withNode()
    const DATA_DIR = join(folder, 'data')
    const env = { PATH: bin, TMPDIR: folder, DATA_DIR }
    const { status } = spawnSync(join(repository, 'netpraxis'), ['user', 'add', 'first', '--role', 'admin'], { cwd: folder, env })
    const modes = ['', 'netpraxis.sqlite'].map((name) => (statSync(join(DATA_DIR, name)).mode & 0o777).toString(8))
    expect([status, ...modes]).toEqual([0, '700', '600'])
  })

  it('ends in order, with its status, when nobody reads it any more', async () => {
    withNode()
    const child = spawn(join(repository, 'netpraxis'), ['doctor'], { cwd: folder, env: { PATH: bin, TMPDIR: folder } })
    child.stdout.destroy()
    let problems = ''
    child.stderr.on('data', (chunk: Buffer) => {
      problems += chunk.toString('utf8')
    })
    const status = await new Promise((resolve) => child.once('close', resolve))
    expect([problems, status]).toEqual(['', 1])
  })

  it('compiles what it was not compiled from yet, and runs that', () => {
    withNode()
    const checkout = makeInstalledCheckout()
    const isCompiling = () => launch(checkout, 'help').stderr.includes('compiling')
    expect([isCompiling(), isCompiling()]).toEqual([true, false])
    const usage = join(checkout, 'src/strings/en/commands.ts')
    const before = readFileSync(usage, 'utf8')
    writeFileSync(usage, before.replace('Usage: netpraxis', 'Usage: other'))
    expect(launch(checkout, 'help').stdout).toContain('Usage: other')
    writeFileSync(usage, before)
    expect(launch(checkout, 'help')).toMatchObject({ stdout: expect.stringContaining('Usage: netpraxis'), stderr: '' })
    for (const change of ['one', 'two']) {
      writeFileSync(usage, `${before}// ${change}\n`)
      launch(checkout, 'help')
    }
    expect(readdirSync(join(checkout, 'node_modules/.netpraxis-program'))).toHaveLength(3)
  })

  it('says why when a source cannot be compiled, and leaves nothing half done', () => {
    withNode()
    const checkout = makeInstalledCheckout()
    writeFileSync(join(checkout, 'src/cli/main.ts'), 'const = 1\n')
    const { status, stderr } = launch(checkout, 'help')
    expect(stderr).toContain('src/cli/main.ts:1:6')
    expect(stderr).toMatch(/netpraxis: the program could not be compiled: the lines above say why\n$/u)
    expect([status, readdirSync(join(checkout, 'node_modules/.netpraxis-program'))]).toEqual([69, []])
  })
})
