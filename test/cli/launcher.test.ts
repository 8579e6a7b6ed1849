import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const tools = ['sh', 'dirname', 'readlink', 'sed', 'cksum', 'cat', 'grep', 'tail', 'mktemp', 'rm']
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
})
