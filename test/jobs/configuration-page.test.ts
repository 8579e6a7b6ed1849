import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig, reportSettings, settingNames } from '../../src/config.ts'
import { configurationPage } from '../../src/jobs/configuration-page.ts'
import { createTranslator } from '../../src/strings/index.ts'
import { startTestApp } from '../support/app.ts'

const proxmox = {
  PROXMOX_URL: 'https://root:hunter2@pve.example.org:8006',
  PROXMOX_TOKEN_ID: 'netpraxis@pve!token',
  PROXMOX_TOKEN_SECRET: 'very-secret-token',
  LAB_NETWORKS: '10.0.0.0/8',
}
const reportOf = (name: string, environment: Readonly<Record<string, string>>) =>
  reportSettings(loadConfig(environment)).find((report) => report.name === name)

describe('the report of the settings', () => {
  it('explains every setting there is, once', () => {
    const names = configurationPage(loadConfig({}), createTranslator()).groups.flatMap(({ settings }) => settings.map(({ name }) => name))
    expect(names.sort()).toEqual([...settingNames].sort())
  })

  it.each([
    ['PORT', {}, { state: 'default', value: '8080' }],
    ['PORT', { PORT: '9000' }, { state: 'given', value: '9000' }],
    ['PUBLIC_URL', { PORT: '9000' }, { state: 'default', value: 'http://127.0.0.1:9000' }],
    ['DATABASE_FILE', { DATA_DIR: '/srv/praxis' }, { state: 'default', value: '/srv/praxis/netpraxis.sqlite' }],
    ['PROXMOX_NODES', {}, { state: 'none', value: null }],
    ['GNS3_CONSOLE_PORTS', {}, { state: 'default', value: '5000-10000' }],
    ['LAB_ADDRESSES', { LAB_ADDRESSES: 'cloud-init:10.1.0.0/16' }, { state: 'given', value: 'cloud-init:10.1.0.0/16' }],
  ])('says of %s with %o how it works: %o', (name, environment, expected) => {
    expect(reportOf(name, environment as Record<string, string>)).toMatchObject(expected)
  })

  it('shows no secret, not even one inside an address', () => {
    const environment = { ...proxmox, ALERT_WEBHOOK_URL: 'https://hooks.example.org/services/T00/B00/secret', SECRET_KEY: 'k'.repeat(40) }
    const text = JSON.stringify(reportSettings(loadConfig(environment)))
    for (const secret of ['hunter2', 'very-secret-token', 'B00', 'kkkk']) expect(text).not.toContain(secret)
    expect(reportOf('SECRET_KEY', environment)).toMatchObject({ state: 'given', isSecret: true, value: null })
    expect(text).toContain('https://hooks.example.org/…')
  })

  it('says what the next start would refuse: a file that is gone since', () => {
    const folder = mkdtempSync(join(tmpdir(), 'netpraxis-config-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'ca.pem')
    writeFileSync(file, 'x')
    const config = loadConfig({ PROXMOX_CA_FILE: file })
    rmSync(file)
    const problem = reportSettings(config).find(({ name }) => name === 'PROXMOX_CA_FILE')?.problem
    expect(problem?.key).toBe('config.noFile')
  })
})

it('is a page for administrators alone', async () => {
  const on = await startTestApp()
  onTestFinished(() => on.close())
  await on.addUser('root', 'admin')
  await on.addUser('tina', 'teacher')
  const page = await (await on.signIn('root')).get('/admin/configuration')
  expect([page.statusCode, page.body.includes('PROXMOX_TOKEN_SECRET')]).toEqual([200, true])
  expect((await (await on.signIn('tina')).get('/admin/configuration')).statusCode).toBe(403)
})
