import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/doctor.ts'
import { checkPermissions, checkVersion, examineProxmox } from '../../src/cli/doctor-proxmox.ts'
import { createProxmox } from '../../src/clients/proxmox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/index.ts'
import { ensureMigrated } from '../../src/db/migrate.ts'
import { type StartGuest, startProxmox } from '../../src/sandbox/proxmox/index.ts'
import { createTranslator } from '../../src/strings/index.ts'
import { createVmLedger, createVmsRepository } from '../../src/vms/index.ts'
import { fastClock, silent } from '../clients/proxmox/support.ts'
import { client } from '../sandbox/proxmox/client.ts'
import { captureIo } from './captured-io.ts'

const t = createTranslator()
const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
const noGuest: StartGuest = async () => ({
  apiPort: 1,
  freeze: () => undefined,
  thaw: () => undefined,
  hibernate: async () => ({}),
  stop: async () => undefined,
  shutdown: async () => undefined,
})

async function startCluster() {
  const stateDir = mkdtempSync(join(tmpdir(), 'doctor-'))
  cleanups.push(() => rmSync(stateDir, { recursive: true, force: true }))
  const sandbox = await startProxmox({ stateDir, speed: 10, faults: { faults: [] }, durations: {}, guestFactory: noGuest })
  cleanups.push(sandbox.close)
  return sandbox
}

/** As an administrator does; we never do. */
async function switchFirewallOn(sandbox: Awaited<ReturnType<typeof startCluster>>): Promise<void> {
  const ask = client(sandbox.proxmoxUrl, sandbox.caFile, { authorization: `PVEAPIToken=${sandbox.tokenId}=${sandbox.tokenSecret}` })
  expect((await ask('PUT', '/cluster/firewall/options', { enable: 1 })).status).toBe(200)
}

const settings = {
  PROXMOX_BASE_TEMPLATES: [[9_000]],
  PROXMOX_STORAGE: undefined,
  PROXMOX_NODES: [],
  PROXMOX_VMID_MIN: 20_000,
  PROXMOX_VMID_MAX: 29_999,
}

describe('doctor', () => {
  it('finds nothing wrong with a cluster that is as it should be, and names what is not', async () => {
    const sandbox = await startCluster()
    const proxmox = createProxmox({
      urls: [sandbox.proxmoxUrl],
      auth: { kind: 'token', tokenId: sandbox.tokenId, secret: sandbox.tokenSecret },
      tls: { caFile: sandbox.caFile },
      clock: fastClock(10),
      log: silent,
    })
    cleanups.push(proxmox.close)
    const examined = async (change: object) => {
      const findings = await examineProxmox(proxmox, { ...settings, ...change })
      return findings.filter(({ state }) => state !== 'ok').map(({ state, about }) => [state, about.key])
    }
    // as it comes, the sandbox's datacenter firewall is off, like Proxmox's own
    expect(await examined({})).toEqual([['warning', 'doctor.firewallOff']])
    await switchFirewallOn(sandbox)
    expect(await examined({})).toEqual([])
    expect(
      await examined({
        PROXMOX_BASE_TEMPLATES: [[9_000, 777]],
        PROXMOX_STORAGE: 'nowhere',
        PROXMOX_NODES: ['pve9'],
        PROXMOX_VMID_MIN: 8_000,
      }),
    ).toEqual([
      ['failing', 'doctor.nodeUnknown'],
      ['failing', 'doctor.storageMissing'],
      ['failing', 'doctor.templateMissing'],
      ['failing', 'doctor.templateInRange'],
    ])
  })

  it('runs as a command: reads the settings, says each finding in a line with what to do, and fails when something is failing', async () => {
    const sandbox = await startCluster()
    const dataDir = mkdtempSync(join(tmpdir(), 'doctor-data-'))
    cleanups.push(() => rmSync(dataDir, { recursive: true, force: true }))
    const env = {
      DATA_DIR: dataDir,
      PROXMOX_URL: sandbox.proxmoxUrl,
      PROXMOX_CA_FILE: sandbox.caFile,
      PROXMOX_TOKEN_ID: sandbox.tokenId,
      PROXMOX_TOKEN_SECRET: sandbox.tokenSecret,
      PROXMOX_BASE_TEMPLATES: '9000',
      LAB_NETWORKS: '127.77.0.0/16',
    }
    const wrong = captureIo({ ...env, PROXMOX_BASE_TEMPLATES: '777' })
    expect(await run([], wrong)).toBe(1)
    expect(wrong.out()).toMatch(/^FAILING Base template 777: there is no such VM\n {8}→ Correct PROXMOX_BASE_TEMPLATES/m)
    expect(wrong.out()).not.toContain(sandbox.tokenSecret)
    const refused = captureIo({ ...env, PROXMOX_TOKEN_SECRET: '00000000-0000-0000-0000-000000000000' })
    expect(await run([], refused)).toBe(1)
    expect(refused.out()).toMatch(/^FAILING Proxmox: /m)
    expect(refused.out()).toContain('Disk: ')
  })

  it('is the first thing that a new installation is asked, and makes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'doctor-data-'))
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
    const env = { DATA_DIR: join(folder, 'not', 'there') }
    const first = captureIo(env)
    await run([], first)
    expect(first.out()).toMatch(/^[a-zA-Z]+ +Disk: /m)
    expect(first.out()).toMatch(/^warning Database: .+ is not there yet\n {8}→ A new installation: \.\/netpraxis user add/m)
    const template = captureIo(env)
    expect([await run(['--template', '9000'], template), template.out()]).toEqual([1, expect.stringContaining('FAILING Database: ')])
    expect(existsSync(join(folder, 'not'))).toBe(false)
  })

  it('compares Proxmox with the records of a server that has run, and changes neither', async () => {
    const sandbox = await startCluster()
    await switchFirewallOn(sandbox)
    const dataDir = mkdtempSync(join(tmpdir(), 'doctor-data-'))
    cleanups.push(() => rmSync(dataDir, { recursive: true, force: true }))
    const env = {
      DATA_DIR: dataDir,
      PROXMOX_URL: sandbox.proxmoxUrl,
      PROXMOX_CA_FILE: sandbox.caFile,
      PROXMOX_TOKEN_ID: sandbox.tokenId,
      PROXMOX_TOKEN_SECRET: sandbox.tokenSecret,
      PROXMOX_BASE_TEMPLATES: '9000',
      LAB_NETWORKS: '127.77.0.0/16',
    }
    const inspect = async () => {
      const io = captureIo(env)
      expect(await run([], io)).toBe(0)
      return io
        .out()
        .split('\n')
        .filter((line) => line.includes('our records'))
    }
    expect(await inspect(), 'no database yet').toEqual([])

    const db = openDatabase(loadConfig(env).DATABASE_FILE)
    cleanups.push(() => db.close())
    ensureMigrated(db, { autoMigrate: true })
    expect(await inspect()).toEqual(['ok      Proxmox has exactly the VMs and disks that our records have'])

    const proxmox = createProxmox({
      urls: [sandbox.proxmoxUrl],
      auth: { kind: 'token', tokenId: sandbox.tokenId, secret: sandbox.tokenSecret },
      tls: { caFile: sandbox.caFile },
      clock: fastClock(10),
      log: silent,
    })
    cleanups.push(proxmox.close)
    const { markOf } = createVmLedger({ repository: createVmsRepository(db), clock: fastClock(10), range: { from: 20_000, to: 29_999 } })
    const make = (vmid: number, description: string) =>
      proxmox.ensureClone({
        ...{ node: 'pve1', source: 9_000, vmid, name: `vm-${vmid}`, description, full: false },
        ...{ signal: AbortSignal.timeout(60_000), priority: 'batch', onUpid: () => undefined },
      })
    await make(20_001, 'netpraxis:other:20001:work')
    await make(20_002, markOf(20_002, 'work'))
    expect(await inspect()).toEqual([
      'warning Proxmox and our records: 1 difference. A VM with our mark that our records do not know: perhaps an older database was restored. (20002)',
      'ok      Proxmox and our records: 1 difference. A VM of somebody else in our range of numbers. It is never touched. (20001)',
    ])
    expect((await proxmox.resources('vm')).map(({ vmid }) => vmid)).toEqual(expect.arrayContaining([20_001, 20_002]))
  })

  it('refuses what it does not know', async () => {
    for (const argv of [['--bogus'], ['extra']]) {
      const io = captureIo({})
      expect(await run(argv, io)).toBe(64)
      expect(io.err()).toContain('Usage: netpraxis doctor')
    }
  })
})

describe('the rights of the account', () => {
  const all = {
    '/': ['Sys.Audit'],
    '/nodes': ['Sys.Audit'],
    '/vms': [
      ...['VM.Allocate', 'VM.Clone', 'VM.Audit', 'VM.PowerMgmt', 'VM.Migrate', 'VM.Config.Disk', 'VM.Config.Network', 'VM.Config.Options'],
      ...['VM.Config.Memory', 'VM.Config.CPU', 'VM.Config.Cloudinit', 'VM.Monitor'],
    ],
    '/storage': ['Datastore.AllocateSpace', 'Datastore.Audit', 'Datastore.Allocate'],
  }
  const missing = (permissions: Readonly<Record<string, readonly string[]>>, storage?: string) =>
    checkPermissions(Object.fromEntries(Object.entries(permissions).map(([path, names]) => [path, [...names]])), storage)
      .filter(({ state }) => state === 'failing')
      .map(({ about, todo }) => [t(about.key, about.values), t(todo?.key ?? '', todo?.values)])

  it('are enough under the names of 7 and 8, and of 9', () => {
    expect(missing(all)).toEqual([])
    expect(missing({ ...all, '/vms': all['/vms'].map((name) => (name === 'VM.Monitor' ? 'VM.GuestAgent.Audit' : name)) })).toEqual([])
  })

  it('that are missing are named with the line that gives them', () => {
    const [found] = missing({ ...all, '/vms': all['/vms'].filter((name) => name !== 'VM.Clone') })
    expect(found?.[0]).toBe('Proxmox: at /vms the account lacks VM.Clone')
    expect(found?.[1]).toContain('pveum role add NetPraxis -privs "VM.Clone"')
  })

  it('at a storage count before those above it', () => {
    expect(missing({ ...all, '/storage/lab': ['Datastore.Audit'] }, 'lab')).toHaveLength(1)
    expect(missing({ ...all, '/storage/other': [] }, 'lab')).toEqual([])
  })

  it('of an account without any are all missing', () => {
    expect(missing({})).toHaveLength(3)
  })
})

describe('the version of Proxmox', () => {
  it.each([
    ['7.4-17', 'ok'],
    ['8.4.21', 'ok'],
    ['9.0.3', 'ok'],
    ['7.3', 'failing'],
    ['6.4-15', 'failing'],
    ['10.0', 'warning'],
  ])('%s is %s', (version, state) => {
    expect(checkVersion(version).state).toBe(state)
  })
})
