import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { AppError } from '../src/errors.ts'
import { createLog } from '../src/log.ts'
import { tempFolder } from './support/temp-folder.ts'

function openLog(options: { file?: string; level?: 'info' | 'debug' } = {}) {
  const console: string[] = []
  const made = createLog({ LOG_LEVEL: options.level ?? 'info', LOG_FILE: options.file }, { write: (text) => console.push(text) })
  return { ...made, lines: (): Record<string, unknown>[] => console.map((line) => JSON.parse(line)), text: () => console.join('') }
}

const planted = 'PLANTED-d41d8cd9'

describe('a line of the log', () => {
  it('tells when, how grave, which module and which request or job', () => {
    const { log, lines } = openLog()
    log.child({ module: 'jobs' }).child({ jobId: 'job-1', job: 'start-work-vm' }).warn({ attempts: 2 }, 'a job step failed')
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        module: 'jobs',
        jobId: 'job-1',
        job: 'start-work-vm',
        attempts: 2,
        msg: 'a job step failed',
      },
    ])
  })

  it('says of an error what kind it is, where it came from and what caused it', () => {
    const { log, lines } = openLog()
    log.error(
      { err: new AppError('PROXMOX_BUSY', { details: { reason: 'locked' }, cause: new Error('VM is locked (backup)') }) },
      'job failed',
    )
    expect(lines()[0]?.err).toMatchObject({
      code: 'PROXMOX_BUSY',
      details: { reason: 'locked' },
      message: expect.stringContaining('VM is locked (backup)'),
      stack: expect.stringContaining('log.test.ts'),
    })
  })

  it('goes to the console and to LOG_FILE alike, and nowhere when the level forbids it', () => {
    const file = join(tempFolder(), 'logs', 'netpraxis.log')
    const { log, text } = openLog({ file })
    log.debug({}, 'unheard')
    log.info({ module: 'http' }, 'heard')
    expect(text()).toContain('"heard"')
    expect(readFileSync(file, 'utf8')).toBe(text())
    expect(text()).not.toContain('unheard')
  })
})

describe('LOG_FILE', () => {
  it('is opened again after it was moved away, and what was in it stays where it went', () => {
    const file = join(tempFolder(), 'netpraxis.log')
    const { log, reopen } = openLog({ file })
    log.info({}, 'before')
    renameSync(file, `${file}.1`)
    log.info({}, 'still to the old one')
    reopen()
    log.info({}, 'after')
    expect(readFileSync(`${file}.1`, 'utf8').match(/before|still to the old one|after/g)).toEqual(['before', 'still to the old one'])
    expect(readFileSync(file, 'utf8').match(/before|still to the old one|after/g)).toEqual(['after'])
  })

  it('is continued, not begun anew, by the next start', () => {
    const file = join(tempFolder(), 'netpraxis.log')
    openLog({ file }).log.info({}, 'first start')
    openLog({ file }).log.info({}, 'second start')
    expect(readFileSync(file, 'utf8').match(/(first|second) start/g)).toEqual(['first start', 'second start'])
  })
})

describe('secrets', () => {
  it.each<[string, object]>([
    ['a password', { password: planted }],
    ['a token', { token: planted }],
    ['a ticket', { ticket: planted }],
    ['a CSRF token', { csrf: planted }],
    ["Proxmox's CSRF token", { headers: { CSRFPreventionToken: planted } }],
    ["Proxmox's cookie", { headers: { Cookie: `PVEAuthCookie=${planted}` } }],
    ['a header of either case', { headers: { Authorization: planted, 'X-CSRF-Token': planted } }],
    ['a form', { body: { username: 'ana', password: planted, csrf: planted } }],
    ['something deep', { request: { options: { auth: { username: 'root@pam', password: planted } } } }],
    ['something in a list', { devices: [{ name: 'R1', enablePassword: planted }] }],
    ['a setting', { config: { PROXMOX_TOKEN_SECRET: planted, SESSION_SECRET: planted, LDAP_BIND_PASSWORD: planted } }],
    ['an address', { url: `/events?lastEventId=1&token=${planted}` }],
    ['an address with another name', { url: `/x?Ticket=${planted}&a=1` }],
    ['the data of an error', { err: Object.assign(new Error('refused'), { request: { headers: { authorization: planted } } }) }],
  ])('are not written: %s', (_what, details) => {
    const { log, text } = openLog()
    log.info(details, 'planted')
    expect(text()).not.toContain(planted)
    expect(text()).toContain('[redacted]')
  })

  it('leave the rest of the line readable', () => {
    const { log, lines } = openLog()
    log.info({ device: 'R1', url: `/lab?token=${planted}&id=7`, auth: { username: 'ana', password: planted } }, 'asked')
    expect(lines()[0]).toMatchObject({ device: 'R1', url: '/lab?token=[redacted]&id=7', auth: { username: 'ana', password: '[redacted]' } })
  })

  it('does not change what is logged', () => {
    const { log } = openLog()
    const details = { auth: { password: planted } }
    log.info(details, 'asked')
    expect(details.auth.password).toBe(planted)
  })

  it('in what a request carries are not written, its id, method, path and status are', async () => {
    const { log, lines, text } = openLog({ level: 'debug' })
    const app = Fastify({ loggerInstance: log.child({ module: 'http' }), genReqId: () => 'request-1' })
    app.get('/x', async (_request, reply) => reply.header('set-cookie', `netpraxis=${planted}`).send('ok'))
    await app.inject({ url: `/x?token=${planted}&a=1`, headers: { authorization: `Bearer ${planted}`, cookie: `netpraxis=${planted}` } })
    await app.close()
    expect(text()).not.toContain(planted)
    expect(lines()[0]).toMatchObject({ module: 'http', reqId: 'request-1', req: { method: 'GET', url: '/x?token=[redacted]&a=1' } })
    expect(lines()[1]).toMatchObject({ reqId: 'request-1', res: { status: 200 } })
  })
})
