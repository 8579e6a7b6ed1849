import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readSandboxArguments } from '../../src/cli/sandbox.ts'
import { type Ask, client } from '../sandbox/proxmox/client.ts'

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

const stateSchema = z.object({
  vms: z.array(z.object({ vmid: z.number() })),
  volumes: z.array(z.object({ vmid: z.number() })),
  runningTasks: z.number(),
})

const ask = (at: z.infer<typeof announcement>, ...request: Parameters<Ask>) =>
  client(at.proxmoxUrl, at.caFile, { authorization: `PVEAPIToken=${at.tokenId}=${at.tokenSecret}` })(...request)

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

  it('comes back whole from a kill in the midst of a clone', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'netpraxis-cli-'))
    cleanups.push(() => rmSync(stateDir, { recursive: true, force: true }))
    const killed = start(stateDir)
    const before = announcement.parse(JSON.parse(await firstLine(killed)))
    const upid = z.string().parse((await ask(before, 'POST', '/nodes/pve1/qemu/9000/clone', { newid: 20_000, full: 1 })).body?.data)
    const stateOf = async (at: typeof before) => {
      const answer = await fetch(`${at.controlUrl}/sandbox/state`, { headers: { authorization: `Bearer ${at.controlSecret}` } })
      return stateSchema.parse(await answer.json())
    }
    // the configuration is there and the disk is being copied
    await expect.poll(async () => (await stateOf(before)).volumes.some(({ vmid }) => vmid === 20_000), { timeout: 15_000 }).toBe(true)
    const ended = new Promise((resolve) => killed.on('exit', resolve))
    killed.kill('SIGKILL')
    await ended

    const after = announcement.parse(JSON.parse(await firstLine(start(stateDir))))
    expect(after).toMatchObject({ fingerprint: before.fingerprint, tokenSecret: before.tokenSecret, templates: before.templates })
    const status = await ask(after, 'GET', `/nodes/pve1/tasks/${encodeURIComponent(upid)}/status`)
    expect(status.body?.data).toMatchObject({ status: 'stopped', exitstatus: 'unexpected status' })
    const config = await ask(after, 'GET', '/nodes/pve1/qemu/20000/config')
    expect(config.body?.data).toMatchObject({ lock: 'clone' })
    const state = await stateOf(after)
    expect(state.runningTasks).toBe(0)
    expect(state.vms.map(({ vmid }) => vmid)).toEqual(expect.arrayContaining([9_000, 9_001, 9_010, 9_011, 20_000]))
    // nothing of the template was harmed: it is cloned again
    const again = z.string().parse((await ask(after, 'POST', '/nodes/pve1/qemu/9000/clone', { newid: 20_001 })).body?.data)
    const exit = async () => (await ask(after, 'GET', `/nodes/pve1/tasks/${encodeURIComponent(again)}/status`)).body?.data
    await expect.poll(exit, { timeout: 15_000 }).toMatchObject({ exitstatus: 'OK' })
  })

  it('waits for an earlier one on the same folder to end', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'netpraxis-cli-'))
    cleanups.push(() => rmSync(stateDir, { recursive: true, force: true }))
    const first = start(stateDir)
    await firstLine(first)
    const second = start(stateDir)
    const announced = firstLine(second)
    first.kill('SIGTERM')
    const said = announcement.parse(JSON.parse(await announced))
    expect(said.templates).toHaveLength(4)
    expect(first.exitCode).toBe(0)
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
