import { readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startProxmox } from '../../../src/sandbox/proxmox/index.ts'
import { temporaryFolder } from './client.ts'

const start = (stateDir: string) => startProxmox({ stateDir, speed: 50 })

describe('a sandbox started again', () => {
  it('makes the base templates that a kill in the midst of the first start left out, and no second disk', async () => {
    const stateDir = temporaryFolder()
    await (await start(stateDir)).close()
    rmSync(join(stateDir, 'base-templates.json'))
    rmSync(join(stateDir, 'qemu-server', '9001.json'))
    const sandbox = await start(stateDir)
    expect(sandbox.templates.map(({ vmid }) => vmid)).toEqual([9_000, 9_001, 9_010, 9_011])
    const state = sandbox.state()
    expect(state.volumes.map(({ vmid }) => vmid).sort()).toEqual([9_000, 9_001, 9_010, 9_011])
    expect(state.orphans).toEqual([])
    await sandbox.close()
  })

  it('does not bring back what was removed on purpose', async () => {
    const stateDir = temporaryFolder()
    await (await start(stateDir)).close()
    rmSync(join(stateDir, 'qemu-server', '9001.json'))
    const sandbox = await start(stateDir)
    expect(sandbox.templates.map(({ vmid }) => vmid)).toEqual([9_000, 9_010, 9_011])
    await sandbox.close()
  })

  it('knows a volume by its folder when a kill came between renaming and writing', async () => {
    const stateDir = temporaryFolder()
    await (await start(stateDir)).close()
    const volumes = join(stateDir, 'volumes')
    const name = readdirSync(volumes).find((one) => one.includes('base-9000-'))
    if (name === undefined) throw new Error('the template has no volume')
    renameSync(join(volumes, name), join(volumes, name.replace('base-', 'vm-')))
    const sandbox = await start(stateDir)
    expect(sandbox.state().orphans).toEqual([expect.stringContaining('vm-9000-disk-0')])
    await sandbox.close()
  })
})
