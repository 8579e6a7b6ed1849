import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { ensurePeople } from '../../src/demo/people.ts'
import { demoEnvironment } from '../../src/demo/settings.ts'
import { openBench } from '../support/given.ts'

describe("the demo's people", () => {
  it('are of every role, sign in with the passwords that are told, and need not change them', async () => {
    const { services } = openBench()
    const accounts = await ensurePeople(services, [], true)
    expect(new Set(accounts.map(({ role }) => role))).toEqual(new Set(['admin', 'teacher', 'assistant', 'student']))
    for (const { username, password, role } of accounts)
      expect(await services.users.verify(username, password)).toMatchObject({ role, passwordMustChange: false })
    expect(await ensurePeople(services, accounts, true)).toEqual(accounts)
  })

  it('have passwords that nobody can guess as soon as others can reach the server, also those of an earlier start on loopback', async () => {
    const { services } = openBench()
    const onLoopback = await ensurePeople(services, [], true)
    const open = await ensurePeople(services, onLoopback, false)
    for (const { username, password } of open) {
      expect(onLoopback.map((account) => account.password)).not.toContain(password)
      expect(await services.users.verify(username, password)).toMatchObject({ passwordMustChange: false })
      expect(await services.users.verify(username, `${username}-demo-2026`)).toBeNull()
    }
    expect(await ensurePeople(services, open, false)).toEqual(open)
  })

  it('can sign in although the file with their passwords was lost', async () => {
    const { services } = openBench()
    await ensurePeople(services, [], false)
    for (const { username, password } of await ensurePeople(services, [], false))
      expect(await services.users.verify(username, password)).not.toBeNull()
  })
})

it('takes its settings from the sandbox, and few from whoever starts it', () => {
  const sandbox = {
    proxmoxUrl: 'https://127.0.0.1:8006',
    caFile: '/dev/null',
    fingerprint: '',
    tokenId: 'a@pve!b',
    tokenSecret: 'secret',
    templates: [{ vmid: 9000, name: 'base', node: 'pve1' }],
    controlUrl: '',
    controlSecret: '',
  }
  const environment = {
    PROXMOX_URL: 'https://the-real-one:8006',
    PROXMOX_TOKEN_SECRET: 'real',
    LOG_LEVEL: 'debug',
    DATABASE_FILE: '/srv/real.sqlite',
  }
  const config = loadConfig(demoEnvironment({ environment, dataDir: '/tmp/demo', port: 8081, sandbox }))
  expect(config).toMatchObject({
    SANDBOX: true,
    PORT: 8081,
    LOG_LEVEL: 'debug',
    PROXMOX_URL: ['https://127.0.0.1:8006'],
    PROXMOX_TOKEN_SECRET: 'secret',
    PROXMOX_BASE_TEMPLATES: [[9_000]],
    DATABASE_FILE: '/tmp/demo/netpraxis.sqlite',
    UPLOADS_DIR: '/tmp/demo/uploads',
  })
})
