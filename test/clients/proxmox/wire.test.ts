import { afterEach, describe, expect, it } from 'vitest'
import { createProxmox, type Proxmox, type ProxmoxAuth } from '../../../src/clients/proxmox/index.ts'
import { createWire } from '../../../src/clients/proxmox/wire.ts'
import { type AppError, isAppError } from '../../../src/errors.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { inWords } from '../../support/said.ts'
import { answer, fastClock, ok, type RawAnswer, type RawRequest, refuse, silent, startRaw } from './support.ts'

const token: ProxmoxAuth = { kind: 'token', tokenId: 'lab@pve!app', secret: 'a-b-c' }
const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function server(respond: (request: RawRequest) => RawAnswer) {
  const raw = await startRaw(respond)
  cleanups.push(raw.stop)
  return raw
}

function client(raw: { url: string; caFile: string }, more: Partial<Parameters<typeof createProxmox>[0]> = {}): Proxmox {
  const proxmox = createProxmox({ urls: [raw.url], auth: token, tls: { caFile: raw.caFile }, clock: fastClock(50), log: silent, ...more })
  cleanups.push(proxmox.close)
  return proxmox
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  try {
    await work
  } catch (error) {
    if (isAppError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

const version = { version: '8.4.21', release: '8.4', repoid: '2606ac85' }
const write = { signal: new AbortController().signal, priority: 'interactive' as const }

describe('answers', () => {
  it('are read although each carries two Connection headers', async () => {
    const raw = await server(() => ok(version))
    const proxmox = client(raw)
    for (let n = 0; n < 5; n += 1) expect(await proxmox.version()).toEqual({ version: '8.4.21', release: '8.4' })
  })

  it('may have numbers as text, flags as text, and fields nobody knows', async () => {
    const raw = await server(() =>
      ok([{ id: 'qemu/100', type: 'qemu', vmid: '100', node: 'pve1', template: '1', mem: '5', new: {}, tags: 'a;b' }]),
    )
    expect((await client(raw).resources('vm'))[0]).toMatchObject({ vmid: 100, template: true, mem: 5, tags: ['a', 'b'] })
  })

  it('that are no envelope, or another shape, are PROXMOX_UNEXPECTED_ANSWER', async () => {
    let body = '<html>Welcome</html>'
    const raw = await server(() => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    const proxmox = client(raw)
    expect((await failure(proxmox.version())).code).toBe('PROXMOX_UNEXPECTED_ANSWER')
    body = JSON.stringify({ data: { version: 8 } })
    expect((await failure(proxmox.version())).code).toBe('PROXMOX_UNEXPECTED_ANSWER')
  })

  it('take the error text from the reason phrase where the body has none (before 8.4)', async () => {
    const raw = await server(() => answer(500, "storage 'nope' does not exist", { data: null }))
    expect((await failure(client(raw).storages('pve1'))).details.reason).toBe("storage 'nope' does not exist")
  })

  it('take the error text from the message of the body, trimmed, with what each parameter lacks', async () => {
    const raw = await server(() =>
      answer(400, 'Parameter verification failed.', {
        data: null,
        message: 'Parameter verification failed.\n',
        errors: { vmid: 'too small\n' },
      }),
    )
    const error = await failure(client(raw).storages('pve1'))
    expect(error.details.reason).toBe('Parameter verification failed. vmid: too small')
    expect(error.code).toBe('PROXMOX_REFUSED')
  })

  it('of 596 with an empty body are repeated for a read and end as PROXMOX_TIMEOUT', async () => {
    const raw = await server(() => answer(596, 'Connection timed out', undefined))
    expect((await failure(client(raw).nodes())).code).toBe('PROXMOX_TIMEOUT')
    expect(raw.requests.length).toBe(3)
  })

  it('of 595 say that a node is down', async () => {
    const raw = await server(() => answer(595, 'No route to host', undefined))
    expect((await failure(client(raw).storages('pve9'))).code).toBe('PROXMOX_UNREACHABLE')
  })

  it('of 401 with an empty body are PROXMOX_AUTH, and a token is not tried twice', async () => {
    const raw = await server(() => answer(401, 'Authentication failed!', undefined))
    const error = await failure(client(raw).version())
    expect([error.code, error.details.reason]).toEqual(['PROXMOX_AUTH', 'Authentication failed!'])
    expect(raw.requests.length).toBe(1)
  })

  it('that never come end as PROXMOX_TIMEOUT', async () => {
    const raw = await server(() => 'hang')
    const wire = createWire({ urls: [raw.url], tls: { caFile: raw.caFile }, clock: systemClock, headersTimeoutMs: 300 })
    cleanups.push(wire.close)
    expect((await failure(wire.send({ method: 'GET', path: '/version', encoded: '' }, {}))).code).toBe('PROXMOX_TIMEOUT')
  })

  it.each([
    ['is waited for, since it alone names what was begun', true],
    ['is waited for no longer than a while', false],
  ])('to a write that its caller gives up meanwhile %s', async (_what, isAnswered) => {
    const upid = 'UPID:pve1:0003A1B2:0A1B2C3D:00000001:qmstart:100:lab@pve!app:'
    const caller = new AbortController()
    const raw = await server(({ method, path }) => {
      if (method === 'GET') return ok(path.endsWith('/current') ? { vmid: 100, status: 'stopped', qmpstatus: 'stopped' } : { digest: 'd' })
      caller.abort(new Error('given up'))
      return isAnswered ? ok(upid) : 'hang'
    })
    const named: string[] = []
    const request = { node: 'pve1', vmid: 100, priority: 'batch' as const, onUpid: (name: string) => void named.push(name) }
    await expect(client(raw).ensureStarted({ ...request, signal: caller.signal })).rejects.toThrow('given up')
    expect(named).toEqual(isAnswered ? [upid] : [])
    expect(raw.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  it('that never come are given up when the caller does', async () => {
    const raw = await server(() => 'hang')
    const abort = new AbortController()
    const asked = client(raw).version({ signal: abort.signal })
    abort.abort(new Error('cancelled'))
    await expect(asked).rejects.toThrow('cancelled')
  })
})

describe('requests', () => {
  it('carry forms with a length as bodies of writes, queries and no body on GET and DELETE', async () => {
    const config = { description: 'netpraxis:a:101:work', digest: 'd' }
    const raw = await server((request) => {
      if (request.method === 'PUT') return ok(null)
      return request.path.includes('/config')
        ? ok({ ...config, ...(raw.requests.some((one) => one.method === 'PUT') ? { tags: 'x;y' } : {}) })
        : ok([])
    })
    const proxmox = client(raw)
    await proxmox.ensureConfig({ node: 'pve1', vmid: 101, set: { tags: 'x;y' }, ...write })
    await proxmox.resources('vm')
    const put = raw.requests.find((one) => one.method === 'PUT')
    expect(put?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': '10',
      authorization: 'PVEAPIToken=lab@pve!app=a-b-c',
    })
    expect(put?.headers['transfer-encoding']).toBeUndefined()
    expect(put?.body).toBe('tags=x%3By')
    const get = raw.requests.find((one) => one.path === '/cluster/resources?type=vm')
    expect(get?.headers['content-length']).toBeUndefined()
    expect(get?.headers['content-type']).toBeUndefined()
  })

  it('change nothing when the configuration is as asked', async () => {
    const raw = await server(() => ok({ memory: '4096', description: 'x' }))
    await client(raw).ensureConfig({ node: 'pve1', vmid: 101, set: { memory: 4096, protection: 0 }, ...write })
    expect(raw.requests.map((one) => one.method)).toEqual(['GET'])
  })

  it('of a read are made again after a reset', async () => {
    let seen = 0
    const raw = await server(() => {
      seen += 1
      return seen < 3 ? 'reset' : ok(version)
    })
    expect((await client(raw).version()).release).toBe('8.4')
  })

  it('of a write are not made again after a reset before a look', async () => {
    const raw = await server((request) => {
      if (request.method === 'PUT') return 'reset'
      if (request.path.startsWith('/nodes/pve1/tasks')) return ok([], { total: 0 })
      return ok({ memory: raw.requests.some((one) => one.method === 'PUT') ? '4096' : '2048' })
    })
    await client(raw).ensureConfig({ node: 'pve1', vmid: 101, set: { memory: 4096 }, ...write })
    expect(raw.requests.filter((one) => one.method === 'PUT').length).toBe(1)
  })

  it('go to the next URL when the first cannot be reached, and stay there', async () => {
    const raw = await server(() => ok(version))
    const proxmox = client(raw, { urls: ['https://127.0.0.1:1', raw.url] })
    for (let n = 0; n < 3; n += 1) expect((await proxmox.version()).release).toBe('8.4')
  })

  it('to nobody are PROXMOX_UNREACHABLE', async () => {
    const raw = await server(() => ok(version))
    expect((await failure(client(raw, { urls: ['https://127.0.0.1:1'] }).version())).code).toBe('PROXMOX_UNREACHABLE')
  })
})

describe('TLS', () => {
  it('accepts the pinned certificate, however the fingerprint is written', async () => {
    const raw = await server(() => ok(version))
    for (const fingerprint of [raw.fingerprint, raw.fingerprint.replaceAll(':', '').toLowerCase()]) {
      expect((await client(raw, { tls: { fingerprint } }).version()).release).toBe('8.4')
    }
  })

  it('sends not a byte to a server with another certificate than the pinned one', async () => {
    const raw = await server(() => ok(version))
    const error = await failure(client(raw, { tls: { fingerprint: 'ab'.repeat(32) } }).version())
    expect(error.code).toBe('PROXMOX_CERTIFICATE')
    expect(error.details.reason).toContain(raw.fingerprint)
    expect(raw.requests).toEqual([])
  })

  it('refuses a certificate that no known authority signed', async () => {
    const raw = await server(() => ok(version))
    expect((await failure(client(raw, { tls: {} }).version())).code).toBe('PROXMOX_CERTIFICATE')
    expect(raw.requests).toEqual([])
  })

  it('says which file cannot be read, and that a fingerprint is none', async () => {
    const raw = await server(() => ok(version))
    expect(() => client(raw, { tls: { caFile: '/nowhere/ca.pem' } })).toThrow('CONFIG_INVALID')
    expect(() => client(raw, { tls: { fingerprint: 'AA:BB' } })).toThrow('CONFIG_INVALID')
  })

  it('needs both the authority and the pin where both are given', async () => {
    const [raw, other] = [await server(() => ok(version)), await server(() => ok(version))]
    const error = await failure(client(raw, { tls: { caFile: other.caFile, fingerprint: raw.fingerprint } }).version())
    expect(error.code).toBe('PROXMOX_CERTIFICATE')
  })
})

describe('tickets', () => {
  const password: ProxmoxAuth = { kind: 'password', username: 'lab@pve', password: 'pass word' }
  const ticket = (n: number) =>
    ok({ username: 'lab@pve', ticket: `PVE:lab@pve:6B02442${n}::a+b/c==`, CSRFPreventionToken: `6B02442${n}:x` })

  it('are fetched once for all, sent percent-encoded, with the CSRF token on writes only', async () => {
    const raw = await server((request) => {
      if (request.path === '/access/ticket') return ticket(1)
      return request.method === 'PUT' || request.path === '/version'
        ? ok(request.method === 'PUT' ? null : version)
        : ok({ memory: raw.requests.some((one) => one.method === 'PUT') ? '2' : '1' })
    })
    const proxmox = client(raw, { auth: password })
    await Promise.all([1, 2, 3].map(() => proxmox.version()))
    await proxmox.ensureConfig({ node: 'pve1', vmid: 101, set: { memory: 2 }, ...write })
    const signIns = raw.requests.filter((one) => one.path === '/access/ticket')
    expect(signIns.map((one) => one.body)).toEqual(['username=lab%40pve&password=pass+word'])
    const get = raw.requests.find((one) => one.path === '/version')
    expect(get?.headers.cookie).toBe('PVEAuthCookie=PVE%3Alab%40pve%3A6B024421%3A%3Aa%2Bb%2Fc%3D%3D')
    expect(get?.headers.csrfpreventiontoken).toBeUndefined()
    expect(raw.requests.find((one) => one.method === 'PUT')?.headers.csrfpreventiontoken).toBe('6B024421:x')
  })

  it('are replaced once when refused, and the request is repeated', async () => {
    let issued = 0
    const raw = await server((request) => {
      if (request.path === '/access/ticket') {
        issued += 1
        return ticket(issued)
      }
      return request.headers.cookie?.includes('6B024421') === true ? answer(401, 'Authentication failed!', undefined) : ok(version)
    })
    expect((await client(raw, { auth: password }).version()).release).toBe('8.4')
    expect(issued).toBe(2)
  })

  it('are renewed early with themselves as the password', async () => {
    let now = 1_000_000
    const raw = await server((request) => (request.path === '/access/ticket' ? ticket(1) : ok(version)))
    const proxmox = client(raw, { auth: password, clock: { now: () => now, sleep: async () => undefined } })
    await proxmox.version()
    now += 61 * 60_000
    await proxmox.version()
    expect(raw.requests.filter((one) => one.path === '/access/ticket').map((one) => new URLSearchParams(one.body).get('password'))).toEqual(
      ['pass word', 'PVE:lab@pve:6B024421::a+b/c=='],
    )
  })

  it('that want a second factor are refused with what to do instead', async () => {
    const raw = await server(() => ok({ username: 'lab@pve', ticket: 'PVE:!tfa!%7B%7D:6B:', CSRFPreventionToken: 'x', NeedTFA: 1 }))
    const error = await failure(client(raw, { auth: password }).version())
    expect(error.code).toBe('PROXMOX_AUTH')
    expect(inWords(error.details.reason)).toContain('second factor')
  })

  it('for a wrong password are PROXMOX_AUTH', async () => {
    const raw = await server(() => refuse(401, 'authentication failure'))
    expect((await failure(client(raw, { auth: password }).version())).code).toBe('PROXMOX_AUTH')
  })
})

describe('reads', () => {
  it('tell a VM that does not exist from one that may not be seen', async () => {
    const raw = await server((request) =>
      request.path.includes('/999/')
        ? refuse(500, "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist")
        : refuse(403, 'Permission check failed (/vms/100, VM.Audit)'),
    )
    const proxmox = client(raw)
    expect(await proxmox.vmConfig('pve1', 999)).toBeUndefined()
    expect(await proxmox.vmStatus('pve1', 999)).toBeUndefined()
    expect((await failure(proxmox.vmConfig('pve1', 100))).code).toBe('PROXMOX_AUTH')
  })

  it('page a task log to its end', async () => {
    const lines = Array.from({ length: 1_203 }, (_, index) => ({ n: index + 1, t: `line ${index + 1}` }))
    const raw = await server((request) => {
      const query = new URL(request.path, 'https://x').searchParams
      const start = Number(query.get('start'))
      return ok(lines.slice(start, start + Number(query.get('limit'))), { total: lines.length })
    })
    const log = await client(raw).taskLog('UPID:pve1:0003A1B2:0A1B2C3D:6742A0F1:qmclone:9000:lab@pve!app:')
    expect([log.length, log.at(-1)]).toEqual([1_203, 'line 1203'])
  })

  it('take a log that does not exist for an empty one', async () => {
    const raw = await server(() => ok({ n: 1, t: 'unable to open file - No such file or directory' }))
    expect(await client(raw).taskLog('UPID:pve1:0003A1B2:0A1B2C3D:6742A0F1:qmclone:9000:lab@pve!app:')).toEqual([])
  })

  it('ask the guest agent once, and tell silence from absence', async () => {
    let text = 'QEMU guest agent is not running'
    const raw = await server(() => refuse(500, text))
    const proxmox = client(raw)
    expect(await proxmox.agentInterfaces('pve1', 101)).toBe('not-running')
    text = 'No QEMU guest agent configured'
    expect(await proxmox.agentInterfaces('pve1', 101)).toBe('not-configured')
    expect(raw.requests.length).toBe(2)
  })

  it('accept an interface without addresses', async () => {
    const raw = await server(() =>
      ok({
        result: [
          { name: 'ens18', 'hardware-address': 'BC:24:11:AA:BB:CC' },
          { name: 'lo', 'ip-addresses': [{ 'ip-address': '127.0.0.1', 'ip-address-type': 'ipv4', prefix: 8 }] },
        ],
      }),
    )
    expect(await client(raw).agentInterfaces('pve1', 101)).toEqual([
      { name: 'ens18', mac: 'bc:24:11:aa:bb:cc', addresses: [] },
      { name: 'lo', addresses: [{ address: '127.0.0.1', family: 'ipv4', prefix: 8 }] },
    ])
  })

  it('find no VM where the lagging list still shows one', async () => {
    const raw = await server((request) =>
      request.path.startsWith('/cluster')
        ? ok([{ id: 'qemu/101', type: 'qemu', vmid: 101, node: 'pve1', status: 'stopped' }])
        : refuse(500, "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist"),
    )
    expect(await client(raw).findVm(101)).toBeUndefined()
  })
})
