import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { run } from '../../src/cli/doctor.ts'
import { openDatabase } from '../../src/db/index.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { startProxmox } from '../../src/sandbox/proxmox/index.ts'
import { temporaryFolder } from '../sandbox/proxmox/client.ts'
import { captureIo } from './captured-io.ts'

const firstOwnVmid = 20_000
/** The sandbox's base template whose GNS3 asks for a password. */
const withPassword = 9_001

async function startCluster() {
  const sandbox = await startProxmox({ stateDir: temporaryFolder(), speed: 100 })
  onTestFinished(sandbox.close)
  const dataDir = temporaryFolder()
  const db = openDatabase(join(dataDir, 'netpraxis.sqlite'))
  migrateDatabase(db)
  db.close()
  const env = {
    DATA_DIR: dataDir,
    SANDBOX: 'true',
    PROXMOX_URL: sandbox.proxmoxUrl,
    PROXMOX_CA_FILE: sandbox.caFile,
    PROXMOX_TOKEN_ID: sandbox.tokenId,
    PROXMOX_TOKEN_SECRET: sandbox.tokenSecret,
    PROXMOX_BASE_TEMPLATES: '9000',
    LAB_NETWORKS: '127.77.0.0/16',
    GNS3_USERNAME: 'admin',
    GNS3_PASSWORD: 'admin',
  }
  const left = () => sandbox.state().vms.filter(({ vmid }) => vmid >= firstOwnVmid)
  return { sandbox, env, left }
}

describe('doctor --template', () => {
  it('boots a clone, names each point that is in order, and removes it with its disks', async () => {
    const { sandbox, env, left } = await startCluster()
    const io = captureIo(env)
    const status = await run(['--template', '9000'], io)
    expect(io.out()).toMatch(/^ok {6}Clone: made, started, and reached at 127\.77\./m)
    expect(io.out()).toMatch(/^ok {6}GNS3: version 2\.2\.\d+ answers/m)
    expect(io.out()).toMatch(/^ok {6}Devices: all 3 of a small project run, their consoles answer/m)
    expect(io.out()).toMatch(/^ok {6}Clone 20000 was removed with its disks$/m)
    expect(io.out()).toMatch(/^warning GNS3: it asks for no password/m)
    expect(io.out()).not.toContain(sandbox.tokenSecret)
    expect([status, left(), sandbox.state().orphans]).toEqual([0, [], []])
  }, 60_000)

  it('says what to do about what is missing, and removes the clone all the same', async () => {
    const { sandbox, env, left } = await startCluster()
    const io = captureIo({ ...env, GNS3_PASSWORD: 'another' })
    expect(await run(['--template', String(withPassword)], io)).toBe(1)
    expect(io.out()).toMatch(/^FAILING GNS3: .*\n {8}→ GNS3 must run as a service/m)
    expect([left(), sandbox.state().orphans]).toEqual([[], []])
  }, 60_000)

  it('makes no clone of what is no template, and refuses what is no number', async () => {
    const { env, left } = await startCluster()
    const io = captureIo(env)
    expect(await run(['--template', '777'], io)).toBe(1)
    expect(io.out()).toContain('Base template 777: there is no such VM')
    expect(left()).toEqual([])
    expect(await run(['--template', 'abc'], captureIo(env))).toBe(64)
  })
})
