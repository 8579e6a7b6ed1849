import { readFileSync } from 'node:fs'
import { connect } from 'node:tls'
import { describe, expect, it } from 'vitest'
import type { ProxmoxSandbox } from '../../../src/sandbox/proxmox/index.ts'
import { client, finish, givenSandbox, temporaryFolder } from './client.ts'

/** Sends raw bytes and answers all that comes back until the server closes. */
function raw(sandbox: ProxmoxSandbox, content: string): Promise<string> {
  const { port } = new URL(sandbox.proxmoxUrl)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), ca: readFileSync(sandbox.caFile), servername: 'localhost' }, () =>
      socket.write(content),
    )
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    socket.on('close', () => resolve(received))
    socket.on('error', reject)
  })
}

const version = (extra = '', last = true): string =>
  `GET /api2/json/version HTTP/1.1\r\nHost: localhost\r\n${extra}${last ? 'Connection: close\r\n' : ''}\r\n`

describe('the front door', () => {
  it('is HTTPS with a certificate of its own CA and the announced fingerprint', async () => {
    const { sandbox } = await givenSandbox()
    const { port } = new URL(sandbox.proxmoxUrl)
    const fingerprint = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: Number(port), ca: readFileSync(sandbox.caFile) }, () => {
        resolve(socket.getPeerCertificate().fingerprint256)
        socket.destroy()
      })
      socket.on('error', reject)
    })
    expect(fingerprint).toBe(sandbox.fingerprint)
  })

  it.each([
    [
      'a body with DELETE',
      'DELETE /api2/json/version HTTP/1.1\r\nContent-Length: 1\r\n\r\nx',
      "HTTP/1.1 501 Unexpected content for method 'DELETE'",
    ],
    [
      'a chunked body',
      'POST /api2/json/version HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n',
      'HTTP/1.1 501 chunked transfer encoding not supported',
    ],
    ['another verb', 'PATCH /api2/json/version HTTP/1.1\r\n\r\n', "HTTP/1.1 501 method 'PATCH' not available"],
    ['HTTP/2', 'GET /api2/json/version HTTP/2.0\r\n\r\n', 'HTTP/1.1 506 http protocol version not supported'],
    ['a body that is too large', 'POST /api2/json/pools HTTP/1.1\r\nContent-Length: 600000\r\n\r\n', 'HTTP/1.1 501 for data too large'],
  ])('refuses %s', async (_what, request, expected) => {
    const { sandbox } = await givenSandbox()
    const answer = await raw(sandbox, request)
    expect(answer.split('\r\n')[0]).toBe(expected)
    expect(answer).toContain('Connection: close')
    expect(answer).not.toContain('Content-Type')
  })

  it('keeps a connection for another request and sends both Connection headers then', async () => {
    const { sandbox } = await givenSandbox()
    const authorization = `Authorization: PVEAPIToken=${sandbox.tokenId}=${sandbox.tokenSecret}\r\n`
    const answer = await raw(sandbox, version(authorization, false) + version(authorization))
    expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
    expect(answer.match(/Connection: Keep-Alive/g)).toHaveLength(1)
    expect(answer).toContain('Server: pve-api-daemon/3.0')
  })

  it.each([
    [false, 2],
    [true, 1],
  ])('says close beside it but where handshakes are to be spared (%s)', async (savesHandshakes, closes) => {
    const { sandbox } = await givenSandbox({ savesHandshakes })
    const authorization = `Authorization: PVEAPIToken=${sandbox.tokenId}=${sandbox.tokenSecret}\r\n`
    const answer = await raw(sandbox, version(authorization, false) + version(authorization))
    expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
    expect(answer.match(/Connection: close/g)).toHaveLength(closes)
  })

  it('closes the connection after an error', async () => {
    const { sandbox } = await givenSandbox()
    const answer = await raw(sandbox, version('', false) + version())
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(answer.split('\r\n')[0]).toBe('HTTP/1.1 401 No ticket')
  })

  it('gives up after thirty seconds what waits for one of three workers, and the handler runs on', async () => {
    const { ask, sandbox } = await givenSandbox({ speed: 20, durations: { agentTimeout: 20_000 } })
    await finish(ask, await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 }))
    sandbox.setFaults({ faults: [{ fault: 'agent-never' }] })
    await finish(ask, await ask('POST', '/nodes/pve1/qemu/2000/status/start'))
    const pings = Array.from({ length: 6 }, () => ask('POST', '/nodes/pve1/qemu/2000/agent/ping'))
    const codes = (await Promise.all(pings)).map((answer) => answer.status)
    // how many are late depends on when each came in
    expect(codes.filter((code) => code === 500).length).toBeGreaterThanOrEqual(3)
    expect(codes.filter((code) => code === 596).length).toBeGreaterThanOrEqual(1)
    expect((await ask('GET', '/cluster/resources')).status).toBe(200)
  })
})

describe('who may do what', () => {
  it('gives a token with privilege separation nothing but its own rights', async () => {
    const { ask, sandbox } = await givenSandbox()
    const made = await ask('POST', '/access/users/netpraxis@pve/token/small', { privsep: 1 })
    const secret = /"value":"([^"]+)"/.exec(made.text)?.[1] ?? ''
    const small = client(sandbox.proxmoxUrl, sandbox.caFile, { authorization: `PVEAPIToken=netpraxis@pve!small=${secret}` })
    expect((await small('GET', '/nodes/pve1/qemu')).body?.data).toEqual([])
    expect((await small('GET', '/nodes/pve1/qemu/9000/config')).reason).toBe('Permission check failed (/vms/9000, VM.Audit)')
    await ask('PUT', '/access/acl', { path: '/vms/9000', tokens: 'netpraxis@pve!small', roles: 'PVETemplateUser' })
    expect((await small('GET', '/nodes/pve1/qemu/9000/config')).status).toBe(200)
    expect((await small('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 })).status).toBe(403)
    expect((await small('GET', '/nodes/pve1/qemu/9001/config')).status).toBe(403)
  })

  it('asks a ticket for its CSRF token on writes only, and renews it with the ticket as password', async () => {
    const { sandbox } = await givenSandbox({ rootPassword: 'correct horse' })
    const open = client(sandbox.proxmoxUrl, sandbox.caFile, {})
    const login = await open('POST', '/access/ticket', { username: 'root@pam', password: 'correct horse' })
    const ticket = /"ticket":"([^"]+)"/.exec(login.text)?.[1] ?? ''
    const csrf = /"CSRFPreventionToken":"([^"]+)"/.exec(login.text)?.[1] ?? ''
    const root = client(sandbox.proxmoxUrl, sandbox.caFile, { cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}` })
    expect((await root('GET', '/version')).status).toBe(200)
    expect((await root('POST', '/pools', { poolid: 'p' })).reason).toBe('Permission denied - invalid csrf token')
    expect((await root('POST', '/pools', { poolid: 'p' }, { csrfpreventiontoken: csrf })).status).toBe(200)
    expect((await open('POST', '/access/ticket', { username: 'root@pam', password: ticket })).status).toBe(200)
    expect((await open('POST', '/access/ticket', { username: 'root@pam', password: 'wrong' })).reason).toBe('authentication failure')
  })
})

describe('the state on disk', () => {
  it('goes on after a restart: VMs, volumes, task logs, token and certificate; all VMs are off', async () => {
    const stateDir = temporaryFolder()
    const first = await givenSandbox({ stateDir })
    const cloned = await first.ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000, name: 'kept' })
    await finish(first.ask, cloned)
    await finish(first.ask, await first.ask('POST', '/nodes/pve1/qemu/2000/status/start'))
    await first.sandbox.close()
    const second = await givenSandbox({ stateDir })
    expect(second.sandbox).toMatchObject({ fingerprint: first.sandbox.fingerprint, tokenSecret: first.sandbox.tokenSecret })
    expect((await second.ask('GET', '/nodes/pve1/qemu/2000/status/current')).body?.data).toMatchObject({ status: 'stopped', name: 'kept' })
    expect((await finish(second.ask, cloned)).exit).toBe('OK')
    expect(second.sandbox.state().orphans).toEqual([])
  })

  it('reads a worker that was running when the sandbox died as unexpected status', async () => {
    const stateDir = temporaryFolder()
    const { ask } = await givenSandbox({ stateDir, durations: { volumeClone: 10_000_000 } })
    const cloned = await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 })
    await expect.poll(async () => (await ask('GET', '/nodes/pve1/qemu/2000/config')).status, { timeout: 20_000 }).toBe(200)
    // the first is still there: as if it had been killed at this instant
    const second = await givenSandbox({ stateDir })
    expect((await finish(second.ask, cloned)).exit).toBe('unexpected status')
    expect((await second.ask('GET', '/nodes/pve1/qemu/2000/config')).body?.data).toMatchObject({ lock: 'clone' })
  })

  it('hibernates a VM into a volume and gives its guest the memory back', async () => {
    const restored: unknown[] = []
    const { ask, sandbox } = await givenSandbox({
      guestFactory: async (options) => {
        restored.push(options.restored)
        const nothing = async () => undefined
        return {
          apiPort: 1,
          freeze: () => undefined,
          thaw: () => undefined,
          hibernate: async () => ({ memory: 42 }),
          stop: nothing,
          shutdown: nothing,
        }
      },
    })
    await finish(ask, await ask('POST', '/nodes/pve1/qemu/9000/clone', { newid: 2000 }))
    await finish(ask, await ask('POST', '/nodes/pve1/qemu/2000/status/start'))
    await expect.poll(() => restored, { timeout: 20_000 }).toEqual([undefined])
    await expect.poll(() => Object.keys(sandbox.state().endpoints), { timeout: 20_000 }).toEqual(['2000'])
    expect((await finish(ask, await ask('POST', '/nodes/pve1/qemu/2000/status/suspend', { todisk: 1 }))).exit).toBe('OK')
    expect((await ask('GET', '/nodes/pve1/qemu/2000/status/current')).body?.data).toMatchObject({ status: 'stopped', lock: 'suspended' })
    expect((await finish(ask, await ask('POST', '/nodes/pve1/qemu/2000/status/start'))).exit).toBe('OK')
    await expect.poll(() => restored, { timeout: 20_000 }).toEqual([undefined, { memory: 42 }])
    expect(sandbox.state().volumes.filter((volume) => volume.vmid === 2000)).toHaveLength(1)
    expect((await ask('GET', '/nodes/pve1/qemu/2000/config')).text).not.toContain('suspended')
  })
})
