import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createGns3, type Gns3, type Gns3Options } from '../../../src/clients/gns3/index.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { saying } from '../../support/said.ts'

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const id = '00000000-0000-4000-8000-000000000001'
const project = { project_id: id, name: 'lab', status: 'opened', auto_close: true }

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void | Promise<void>

/** Servers that answer as none should, and as some do. */
describe('a GNS3 client before an odd server', () => {
  const closers: (() => Promise<unknown> | undefined)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  const listen = async (server: Server | TcpServer): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return address.port
  }
  const client = (port: number, options: Partial<Gns3Options> = {}): Gns3 => {
    const gns3 = createGns3({ host: '127.0.0.1', port, clock: systemClock, log: quiet, ...options })
    closers.push(() => gns3.close())
    return gns3
  }
  const serve = async (answer: Answer, options: Partial<Gns3Options> = {}) => {
    const asked: string[] = []
    const server = createServer(async (request, response) => {
      const body = (await buffer(request)).toString()
      asked.push(`${request.method} ${request.url}`)
      if (request.url === '/v3/version') return void response.writeHead(404).end('404: Not Found')
      if (request.url === '/v2/version') return void response.end('{"version":"2.2.54","local":false}')
      return answer(request, response, body)
    })
    closers.push(async () => {
      server.closeAllConnections()
      server.close()
    })
    const port = await listen(server)
    return { gns3: client(port, options), asked, port }
  }
  const json = (response: ServerResponse, value: unknown, status = 200) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  const labAnswer = ({ url }: IncomingMessage, { nodes = [], links = [] }: { nodes?: object[]; links?: object[] }) => {
    if (url?.endsWith('/nodes')) return nodes
    return url?.endsWith('/links') ? links : project
  }
  const tcp = async (onSocket: Parameters<typeof createTcpServer>[1], options: Partial<Gns3Options> = {}) => {
    const sockets = new Set<{ destroy(): void }>()
    const server = createTcpServer({}, (socket) => {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      onSocket?.(socket)
    })
    closers.push(async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return client(await listen(server), options)
  }

  it('says that nobody listens', async () => {
    const server = createTcpServer()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    await expect(client(port).listProjects()).rejects.toMatchObject({ code: 'GNS3_UNREACHABLE', details: { reason: 'ECONNREFUSED' } })
  })

  it('says that the name is unknown', async () => {
    const gns3 = client(80, { host: 'no-such-host.invalid' })
    await expect(gns3.listProjects()).rejects.toMatchObject({ code: 'GNS3_UNREACHABLE' })
  })

  it('says that a server which takes the request and stays silent did not answer in time', async () => {
    const gns3 = await tcp(() => undefined, { timeouts: { readMs: 50 } })
    await expect(gns3.listProjects()).rejects.toMatchObject({ code: 'GNS3_TIMEOUT', details: { reason: saying('50 ms') } })
  })

  it('says so too when the answer stops in the middle', async () => {
    const { gns3 } = await serve((_request, response) => void response.write('[{"project_id":'), { timeouts: { readMs: 200 } })
    await expect(gns3.listProjects()).rejects.toMatchObject({ code: 'GNS3_TIMEOUT' })
  })

  it('takes a connection that is cut for a server out of reach', async () => {
    const gns3 = await tcp((socket) => socket.once('data', () => socket.destroy()))
    await expect(gns3.listProjects()).rejects.toMatchObject({ code: 'GNS3_UNREACHABLE' })
    const { gns3: cut } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('[', () => response.destroy())
    })
    await expect(cut.listProjects()).rejects.toMatchObject({ code: 'GNS3_UNREACHABLE' })
  })

  it('takes bytes that are no HTTP for an answer that cannot be understood', async () => {
    const gns3 = await tcp((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    await expect(gns3.listProjects()).rejects.toMatchObject({ code: 'GNS3_UNEXPECTED_ANSWER' })
  })

  it.skipIf(networkInterfaces().lo?.some(({ address }) => address === '::1') !== true)('reaches a server by its IPv6 address', async () => {
    const server = createServer((request, response) => json(response, { version: '3.0.6', host: request.headers.host }))
    closers.push(async () => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    expect(await client(address.port, { host: '::1' }).version()).toEqual({ api: 'v3', version: '3.0.6' })
  })

  it('takes another web server for no GNS3 server', async () => {
    const server = createServer((_request, response) => void response.writeHead(404).end('<h1>nothing</h1>'))
    closers.push(async () => void server.close())
    await expect(client(await listen(server)).version()).rejects.toMatchObject({ code: 'GNS3_UNEXPECTED_ANSWER' })
  })

  it('does not follow a redirect', async () => {
    const { gns3, asked } = await serve((_request, response) => void response.writeHead(302, { location: '/v2/elsewhere' }).end())
    await expect(gns3.listProjects()).rejects.toMatchObject({ code: 'GNS3_UNEXPECTED_ANSWER' })
    expect(asked).not.toContain('GET /v2/elsewhere')
  })

  it.each([
    ['no JSON', 'hello', 'no JSON'],
    ['an object for a list', '{}', 'GET /projects: must be a list'],
    ['a project without a state', JSON.stringify([{ project_id: id, name: 'x' }]), '0.status'],
  ])('refuses %s by name', async (_what, text, reason) => {
    const { gns3 } = await serve((_request, response) => void response.end(text))
    await expect(gns3.listProjects()).rejects.toMatchObject({
      code: 'GNS3_UNEXPECTED_ANSWER',
      details: { reason: saying(reason) },
    })
  })

  it('stops reading an answer without end', async () => {
    const { gns3 } = await serve((_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 0x20)
      const pour = () => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', pour)
      pour()
    })
    await expect(gns3.listProjects()).rejects.toMatchObject({
      code: 'GNS3_UNEXPECTED_ANSWER',
      details: { reason: saying('more than') },
    })
  })

  it('cuts a traceback of 2.2 out of what is shown', async () => {
    const message = `Traceback (most recent call last):\n${'  File "x"\n'.repeat(100)}OSError: disk full`
    const { gns3 } = await serve((_request, response) => json(response, { message, status: 500 }, 500))
    await expect(gns3.listProjects()).rejects.toMatchObject({ code: 'GNS3_UNEXPECTED_ANSWER', details: { reason: 'OSError: disk full' } })
  })

  it('ends a call with the reason of the signal, of the call and of the client', async () => {
    const one = new AbortController()
    const all = new AbortController()
    const { gns3 } = await serve(() => undefined, { signal: all.signal })
    await gns3.version()
    const first = gns3.listProjects({ signal: one.signal })
    const second = gns3.listProjects()
    one.abort(new Error('the job was cancelled'))
    await expect(first).rejects.toThrow('the job was cancelled')
    all.abort(new Error('the server stops'))
    await expect(second).rejects.toThrow('the server stops')
    await expect(gns3.listProjects()).rejects.toThrow('the server stops')
  })

  it('ends calls that are under way when it is closed', async () => {
    const { gns3 } = await serve(() => undefined)
    await gns3.version()
    const pending = gns3.listProjects()
    const ended = expect(pending).rejects.toThrow('closed')
    await gns3.close()
    await ended
  })

  it('never puts into a URL what is no id', async () => {
    const { gns3, asked } = await serve((_request, response) => json(response, project))
    for (const bad of ['../projects', 'x/../../v2/shutdown', '', `${id}?x`]) {
      await expect(gns3.getProject(bad)).rejects.toMatchObject({ code: 'GNS3_NOT_FOUND' })
      await expect(gns3.readDeviceFile(id, bad, 'a')).rejects.toMatchObject({ code: 'GNS3_NOT_FOUND' })
    }
    for (const path of ['../x', '/etc/passwd', 'a/../b', 'a\\b', '.hidden', '', 'a//b'])
      await expect(gns3.readProjectFile(id, path)).rejects.toMatchObject({ code: 'GNS3_REFUSED' })
    expect(asked).toEqual([])
  })

  it('opens again and again while the server is still closing the project', async () => {
    let tries = 0
    const { gns3, asked } = await serve((request, response) => {
      if (request.url?.endsWith('/open')) {
        tries += 1
        const message = 'Project is closing, please try again in a few seconds...'
        return tries < 3 ? json(response, { message, status: 409 }, 409) : json(response, project, 201)
      }
      return json(response, project)
    })
    expect(await gns3.openProject(id)).toMatchObject({ state: 'opened' })
    expect(asked.filter((each) => each.endsWith('/open'))).toHaveLength(3)
  })

  it('does not repeat any other conflict', async () => {
    const { gns3, asked } = await serve((_request, response) => json(response, { message: 'Cannot open: broken', status: 409 }, 409))
    await expect(gns3.openProject(id)).rejects.toMatchObject({ code: 'GNS3_CONFLICT' })
    expect(asked.filter((each) => each.endsWith('/open'))).toHaveLength(1)
  })

  it('believes what it reads afterwards, not the 2xx', async () => {
    const { gns3 } = await serve((_request, response) => json(response, project))
    await expect(gns3.setAutoClose(id, false)).rejects.toMatchObject({ code: 'GNS3_UNEXPECTED_ANSWER' })
    await expect(gns3.deleteProject(id)).rejects.toMatchObject({ code: 'GNS3_UNEXPECTED_ANSWER' })
    await expect(gns3.writeProjectFile(id, 'marker', 'x')).rejects.toMatchObject({ code: 'GNS3_UNEXPECTED_ANSWER' })
  })

  it('names the devices that GNS3 refuses to start, and why, and waits for the others', async () => {
    const nodes = ['R1', 'R2'].map((name, index) => ({
      node_id: `00000000-0000-4000-8000-00000000001${index}`,
      name,
      node_type: 'dynamips',
      status: 'stopped',
      console: 5000 + index,
      console_type: 'telnet',
    }))
    const { gns3 } = await serve(async (request, response) => {
      if (request.url?.endsWith('/nodes/start')) return json(response, { message: 'R2: no memory', status: 409 }, 409)
      if (request.url?.includes('10/start')) {
        // Starts late, as the first of two that start at once does.
        void delay(100).then(() => Object.assign(nodes[0] ?? {}, { status: 'started' }))
        return json(response, nodes[0])
      }
      if (request.url?.includes('11/start')) return json(response, { message: 'no memory left', status: 409 }, 409)
      if (request.url?.endsWith('/nodes')) return json(response, nodes)
      return json(response, request.url?.endsWith('/links') ? [] : project)
    })
    const progress: string[][] = []
    const starting = gns3.startAll(id, { onProgress: ({ waitingFor }) => progress.push([...waitingFor]) })
    await expect(starting).rejects.toMatchObject({ code: 'GNS3_DEVICE_NOT_STARTED', details: { device: 'R2', reason: 'no memory left' } })
    expect(progress).toEqual([['R1', 'R2'], ['R2']])
  })

  it('tells the progress while the start of all is still under way', async () => {
    const nodes = ['A', 'B'].map((name) => ({ node_id: name, name, node_type: 'qemu', status: 'stopped' }))
    let endStart = (): void => undefined
    const { gns3 } = await serve((request, response) => {
      if (!request.url?.endsWith('/nodes/start')) return json(response, labAnswer(request, { nodes }))
      Object.assign(nodes[0] ?? {}, { status: 'started' })
      endStart = () => {
        Object.assign(nodes[1] ?? {}, { status: 'started' })
        response.writeHead(204).end()
      }
    })
    const told: string[] = []
    await gns3.startAll(id, {
      onProgress: ({ started, total, waitingFor }) => {
        told.push(`${started}/${total} ${waitingFor.join()}`)
        if (started === 1) endStart()
      },
    })
    expect(told.slice(-2)).toEqual(['1/2 B', '2/2 '])
  })

  it('starts nothing more when the start of all fails for good', async () => {
    const { gns3, asked } = await serve((request, response) => {
      if (request.url?.endsWith('/nodes/start')) return json(response, { message: 'no such project' }, 404)
      return json(response, labAnswer(request, {}))
    })
    await expect(gns3.startAll(id)).rejects.toMatchObject({ code: 'GNS3_NOT_FOUND' })
    expect(asked.filter((each) => each.startsWith('POST'))).toHaveLength(1)
  })

  it('does not believe that a cable was cut, a project opened, when reading says otherwise', async () => {
    const link = { link_id: 'l', suspend: null, nodes: [] }
    const { gns3 } = await serve((request, response) => json(response, request.url?.includes('/links/') ? link : project))
    await expect(gns3.setLinkSuspended(id, 'l', true)).rejects.toMatchObject({ code: 'GNS3_UNEXPECTED_ANSWER' })
    await gns3.setLinkSuspended(id, 'l', false)
    const impatient = { ...systemClock, now: () => systemClock.now() * 10_000 }
    const { gns3: hasty } = await serve((_request, response) => json(response, project), { clock: impatient })
    await expect(hasty.closeProject(id)).rejects.toMatchObject({
      code: 'GNS3_UNEXPECTED_ANSWER',
      details: { reason: saying('opened') },
    })
  })

  it('does not take a server that fails for a file that is missing', async () => {
    const { gns3 } = await serve((request, response) =>
      request.url?.includes('/files/') ? json(response, { message: 'broken' }, 500) : json(response, project),
    )
    await expect(gns3.readProjectFile(id, 'marker')).rejects.toMatchObject({ code: 'GNS3_UNEXPECTED_ANSWER' })
  })

  it('takes a project without an auto_close field for one that closes by itself', async () => {
    const { gns3 } = await serve((_request, response) => json(response, { ...project, auto_close: undefined }))
    expect(await gns3.getProject(id)).toMatchObject({ autoClose: true })
  })

  it('reads only the head of an endless refusal', async () => {
    const { gns3 } = await serve((_request, response) => {
      response.writeHead(409)
      const pour = () => {
        while (!response.destroyed && response.write('must be stopped '.repeat(4_000)));
      }
      response.on('drain', pour)
      pour()
    })
    await expect(gns3.exportProject(id)).rejects.toMatchObject({ code: 'GNS3_CONFLICT' })
  })

  it('gives up at the deadline on a device that never starts or never stops', async () => {
    const node = { node_id: id, name: 'R1', node_type: 'qemu', status: 'suspended' }
    const { gns3 } = await serve((request, response) => {
      if (request.url?.endsWith('/nodes')) return json(response, [node])
      if (request.url?.endsWith('/links')) return json(response, [])
      return json(response, request.url?.includes('/nodes/') ? node : project)
    })
    const deadlineMs = 30
    await expect(gns3.startDevice(id, id, { deadlineMs })).rejects.toMatchObject({
      code: 'GNS3_DEVICE_NOT_STARTED',
      details: { device: 'R1' },
    })
    await expect(gns3.startAll(id, { deadlineMs })).rejects.toMatchObject({ code: 'GNS3_DEVICE_NOT_STARTED', details: { device: 'R1' } })
    await expect(gns3.stopDevice(id, id, { deadlineMs })).rejects.toMatchObject({ code: 'GNS3_UNEXPECTED_ANSWER' })
    await expect(gns3.stopAll(id, { deadlineMs })).rejects.toMatchObject({ code: 'GNS3_UNEXPECTED_ANSWER' })
  })

  it('never hands on a console host that the guest claims, nor a port outside the range', async () => {
    const node = (name: string, port: number | null, type: string | null) => ({
      node_id: name,
      name,
      node_type: 'vpcs',
      status: 'started',
      console: port,
      console_type: type,
      console_host: '198.51.100.7',
    })
    const nodes = [
      node('a', 5004, 'telnet'),
      node('b', 22, 'telnet'),
      node('c', 5005, 'none'),
      node('d', null, 'telnet'),
      node('e', 5006, null),
    ]
    const { gns3 } = await serve((request, response) => json(response, labAnswer(request, { nodes })), {
      consolePorts: { from: 5000, to: 10_000 },
    })
    const { devices } = await gns3.readLab(id)
    const consoleOf = (name: string) => {
      const device = devices.find((each) => each.name === name)
      if (!device) throw new Error(`no ${name}`)
      return gns3.consoleOf(device)
    }
    expect(consoleOf('a')).toEqual({ type: 'telnet', host: '127.0.0.1', port: 5004 })
    expect(() => consoleOf('b')).toThrow(expect.objectContaining({ code: 'GNS3_UNEXPECTED_ANSWER' }))
    expect([consoleOf('c'), consoleOf('d'), consoleOf('e')]).toEqual([null, null, null])
  })

  it('leaves out a link that somebody is still drawing', async () => {
    const end = { node_id: 'a', adapter_number: 0, port_number: 1 }
    const links = [
      { link_id: 'half', nodes: [end] },
      { link_id: 'whole', nodes: [end, { ...end, node_id: 'b', label: { text: 'e1' } }] },
    ]
    const { gns3 } = await serve((request, response) => json(response, labAnswer(request, { links })))
    expect((await gns3.readLab(id)).links).toEqual([
      {
        id: 'whole',
        ends: [
          { deviceId: 'a', adapter: 0, port: 1, label: null },
          { deviceId: 'b', adapter: 0, port: 1, label: 'e1' },
        ],
        suspended: false,
      },
    ])
  })

  it('lets a stream of an export break as a fault of GNS3, and leaves nothing open when it is not read', async () => {
    const { gns3 } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('PK', () => setImmediate(() => response.destroy()))
    })
    await expect(buffer(await gns3.exportProject(id))).rejects.toMatchObject({ code: 'GNS3_UNREACHABLE' })
    const unread = await gns3.exportProject(id)
    const closed = new Promise((resolve) => unread.once('close', resolve))
    unread.destroy()
    await closed
  })

  describe('that starts', () => {
    it('is waited for through refusals, silence and odd answers', async () => {
      let asked = 0
      const server = createServer((_request, response) => {
        asked += 1
        if (asked === 1) return void response.writeHead(503).end('starting')
        if (asked === 2) return void response.destroy()
        if (asked === 3) return void response.writeHead(200).end('{"version":"3.0.6"')
        if (response.req.url === '/v3/version') return void response.writeHead(404).end()
        return void response.end('{"version":"2.2.54"}')
      })
      closers.push(async () => void server.close())
      const clock = { ...systemClock, sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms === 1_000 ? 1 : ms, signal) }
      const gns3 = client(await listen(server), { clock })
      expect(await gns3.waitUntilAnswers()).toEqual({ api: 'v2', version: '2.2.54' })
      expect(asked).toBeGreaterThan(3)
    })

    it('is given up at the deadline with what was met last', async () => {
      const server = createTcpServer()
      const port = await listen(server)
      await new Promise((resolve) => server.close(resolve))
      await expect(client(port).waitUntilAnswers({ deadlineMs: 100 })).rejects.toMatchObject({ code: 'GNS3_UNREACHABLE' })
      const silent = await tcp(() => undefined)
      await expect(silent.waitUntilAnswers({ deadlineMs: 100 })).rejects.toMatchObject({ code: 'GNS3_TIMEOUT' })
    })

    it('is not waited for when it does not take our credentials, nor after an abort', async () => {
      const server = createServer((request, response) => void response.writeHead(request.url === '/v2/version' ? 401 : 404).end())
      closers.push(async () => void server.close())
      const gns3 = client(await listen(server))
      await expect(gns3.waitUntilAnswers()).rejects.toMatchObject({ code: 'GNS3_AUTH' })
      await expect(gns3.waitUntilAnswers({ signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
    })
  })

  describe('of 3.x', () => {
    const serve3 = async (answer: Answer) => {
      const logins: string[] = []
      const server = createServer(async (request, response) => {
        const body = (await buffer(request)).toString()
        if (request.url === '/v3/version') return json(response, { version: '3.0.6' })
        if (request.url === '/v3/access/users/authenticate') {
          logins.push(body)
          return json(response, { access_token: `token${logins.length}`, token_type: 'bearer' })
        }
        return answer(request, response, body)
      })
      closers.push(async () => void server.close())
      const port = await listen(server)
      return { gns3: client(port, { credentials: { username: 'admin', password: 'x' } }), logins, port }
    }

    it('is asked for a token once, and once more when that is no longer taken', async () => {
      const taken = new Set(['Bearer token1'])
      const { gns3, logins } = await serve3((request, response) =>
        taken.has(request.headers.authorization ?? '')
          ? json(response, [])
          : json(response, { message: 'Could not validate credentials' }, 401),
      )
      await gns3.listProjects()
      await gns3.listProjects()
      expect(logins).toEqual(['{"username":"admin","password":"x"}'])
      taken.clear()
      taken.add('Bearer token2')
      await gns3.listProjects()
      expect(logins).toHaveLength(2)
      taken.clear()
      await expect(gns3.listProjects()).rejects.toMatchObject({ code: 'GNS3_AUTH' })
      expect(logins).toHaveLength(3)
    })

    it('cannot be asked without credentials, and is asked nothing then', async () => {
      const asked: (string | undefined)[] = []
      const { port } = await serve3((request, response) => {
        asked.push(request.url)
        json(response, [])
      })
      await expect(client(port).listProjects()).rejects.toMatchObject({
        code: 'GNS3_AUTH',
        details: { reason: { key: 'details.gns3.noCredentials' } },
      })
      expect(asked).toEqual([])
    })
  })
})
