import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readSandboxArguments } from '../../src/cli/sandbox.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
})

const announcement = z.object({
  proxmoxUrl: z.url(),
  caFile: z.string(),
  fingerprint: z.string(),
  tokenId: z.string(),
  tokenSecret: z.string(),
  templates: z.array(z.object({ vmid: z.number(), name: z.string(), node: z.string() })),
  controlUrl: z.url(),
  controlSecret: z.string(),
})

const command = fileURLToPath(new URL('../../src/cli/sandbox.ts', import.meta.url))
const script = `
  const { run } = await import(${JSON.stringify(command)})
  const end = new AbortController()
  process.on('SIGTERM', () => end.abort())
  process.exitCode = await run(process.argv.slice(1), { stdout: process.stdout, stderr: process.stderr, env: {}, signal: end.signal })
`

function start(stateDir: string): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script, '--', '--speed', '20', '--state', stateDir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  cleanups.push(() => child.kill('SIGKILL'))
  return child
}

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += String(chunk)
      if (text.includes('\n')) resolve(text.split('\n')[0] ?? '')
    })
    child.on('exit', (code) => reject(new Error(`ended with ${code}`)))
  })

describe('netpraxis sandbox', () => {
  it('announces itself with one JSON line, serves, and ends with status 0 when told to', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'netpraxis-cli-'))
    cleanups.push(() => rmSync(stateDir, { recursive: true, force: true }))
    const child = start(stateDir)
    const said = announcement.parse(JSON.parse(await firstLine(child)))
    expect(said.templates.map((template) => template.name)).toContain('gns3-22-base')
    const answer = await fetch(`${said.controlUrl}/sandbox/endpoints`, { headers: { authorization: `Bearer ${said.controlSecret}` } })
    expect(await answer.json()).toEqual({})
    expect((await fetch(`${said.controlUrl}/sandbox/state`)).status).toBe(401)
    const ended = new Promise((resolve) => child.on('exit', resolve))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  it.each([
    ['--speed', '21'],
    ['--speed', 'fast'],
    ['--port', '70000'],
    ['--colour', 'red'],
  ])('refuses %s %s', (...argv) => {
    expect(() => readSandboxArguments(argv)).toThrow('Usage: netpraxis sandbox')
  })
})
