import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { run } from '../../src/cli/template-script.ts'
import { captureIo } from './captured-io.ts'

async function printed(): Promise<string> {
  const io = captureIo()
  expect(await run([], io)).toBe(0)
  return io.out()
}

describe('template-script', () => {
  it('prints a script that a plain shell can read', async () => {
    const checked = spawnSync('sh', ['-n'], { input: await printed(), encoding: 'utf8' })
    expect([checked.status, checked.stderr]).toEqual([0, ''])
  })

  it('runs GNS3 as a service that comes back, never with the option that kills others, and reachable from outside', async () => {
    const script = await printed()
    const service = /cat >\/etc\/systemd\/system\/gns3\.service <<'EOF'\n([\s\S]*?)\nEOF/.exec(script)?.[1] ?? ''
    expect(service).toMatch(/^Restart=on-failure$/m)
    expect(service).toMatch(/^ExecStart=\S+gns3server --config \S+$/m)
    expect(script).not.toMatch(/--pid/)
    expect(script).toMatch(/^host = 0\.0\.0\.0$/m)
    expect(script).toMatch(/^allow_remote_console = True$/m)
  })

  it('holds no secret, and leaves a machine without identity', async () => {
    const script = await printed()
    expect(script).toMatch(/^: "\$\{GNS3_PASSWORD:=\}"/m)
    expect(script).toMatch(/^password = \$GNS3_PASSWORD$/m)
    expect(script).toMatch(/: >\/etc\/machine-id/)
    expect(script).toMatch(/rm -f \/etc\/ssh\/ssh_host_\*_key/)
  })

  it('refuses to run as anybody but root, and versions it does not know', async () => {
    const script = await printed()
    const asNobody = spawnSync('sh', ['-s'], { input: `id() { echo 1000; }\n${script}`, encoding: 'utf8' })
    expect([asNobody.status, asNobody.stderr]).toEqual([1, 'template-script: run it as root\n'])
    const version = spawnSync('sh', ['-s'], { input: `id() { echo 0; }\nGNS3_VERSION=4\n${script}`, encoding: 'utf8' })
    expect([version.status, version.stderr]).toEqual([1, 'template-script: GNS3_VERSION=4 is neither 2.2 nor 3\n'])
  })

  it('refuses what it does not know', async () => {
    const io = captureIo()
    expect(await run(['extra'], io)).toBe(64)
    expect(io.err()).toContain('Usage: netpraxis template-script')
  })
})
