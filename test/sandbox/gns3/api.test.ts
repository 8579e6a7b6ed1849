import { randomUUID } from 'node:crypto'
import { request, WebSocket } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type Lab, listOf, memberOf, startLab, until } from './lab.ts'

const messageOf = (answer: Answer): string => String(memberOf(answer.json, 'message'))

const basic = (username: string, password: string): string => `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

async function openedProject(lab: Lab): Promise<string> {
  const id = await lab.importSample('sample2-two-pcs-solved')
  await lab.call('POST', `/projects/${id}/open`)
  return id
}

describe('who may ask a 2.2', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab({ credentials: { username: 'gns3', password: 'secret' } })
  })
  afterAll(() => lab.end())

  it('answers 401 without a body and names Basic when credentials are missing or wrong', async () => {
    for (const authorization of ['', basic('gns3', 'wrong'), basic('gns3', 'secret').replace('Basic', 'basic')]) {
      const response = await request(`${lab.url}/version`, { headers: authorization ? { authorization } : {} })
      expect(response.statusCode).toBe(401)
      expect(response.headers['www-authenticate']).toBe('Basic realm="GNS3 server"')
      expect(response.headers.connection).toBe('close')
      expect(await response.body.text()).toBe('')
    }
    expect((await lab.call('GET', '/version')).status).toBe(200)
  })

  it('answers an unknown route with 404, not 401: that is how a client tells 2.2 from 3.x', async () => {
    const response = await request(lab.url.replace('/v2', '/v3/version'))
    expect([response.statusCode, await response.body.text()]).toEqual([404, '404: Not Found'])
  })

  it('asks nothing of a console websocket, and credentials of the notifications', async () => {
    const id = await openedProject(lab)
    await lab.call('POST', `/projects/${id}/nodes/start`)
    const pc = await lab.node(id, 'PC1')
    const socket = new WebSocket(`${lab.url.replace('http', 'ws')}/projects/${id}/nodes/${pc.node_id}/console/ws`)
    socket.binaryType = 'arraybuffer'
    let bytes = Buffer.alloc(0)
    socket.addEventListener('message', ({ data }) => {
      bytes = Buffer.concat([bytes, Buffer.from(data)])
    })
    await until(() => bytes.includes('PC1>'), 'the prompt on the websocket')
    expect(bytes.subarray(0, 12)).toEqual(Buffer.from([0xff, 0xfb, 1, 0xff, 0xfb, 3, 0xff, 0xfb, 0, 0xff, 0xfd, 0]))
    socket.send('show ip\r')
    await until(() => bytes.includes('10.0.0.1/24'), 'the answer on the websocket')
    socket.close()
    const refused = new WebSocket(`${lab.url.replace('http', 'ws')}/notifications/ws`)
    let failed = false
    refused.addEventListener('error', () => {
      failed = true
    })
    await until(() => failed, 'the refusal')
  })
})

describe('who may ask a 3.x', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab({ version: '3.x', credentials: { username: 'admin', password: 'secret' } })
  })
  afterAll(() => lab.end())

  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await request(`${lab.url}${path}`, { headers })
    return { status: response.statusCode, challenge: response.headers['www-authenticate'], body: await response.body.json() }
  }

  it('tells its version to everybody', async () => {
    expect(await ask('/version')).toMatchObject({ status: 200, body: { version: '3.0.6', local: false } })
  })

  it('refuses without a token, with a bad one and with a bad password, each in its words', async () => {
    expect(await ask('/projects')).toEqual({ status: 401, challenge: 'Bearer', body: { message: 'Not authenticated' } })
    const bad = await ask('/projects', { authorization: 'Bearer x.y.z' })
    expect(bad).toEqual({ status: 401, challenge: 'Bearer', body: { message: 'Could not validate credentials' } })
    const login = await lab.call('POST', '/access/users/authenticate', { body: { username: 'admin', password: 'nope' } })
    expect([login.status, messageOf(login)]).toEqual([401, 'Authentication was unsuccessful.'])
  })

  it('gives a token to the form as well and takes it in the query', async () => {
    const login = await lab.call('POST', '/access/users/login', {
      raw: 'username=admin&password=secret',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(login.json).toMatchObject({ token_type: 'bearer' })
    expect((await ask(`/projects?token=${String(memberOf(login.json, 'access_token'))}`)).status).toBe(200)
  })

  it('lets a token expire after a day', async () => {
    let now = Date.now()
    const clock = { now: () => now, sleep: () => Promise.resolve() }
    const aged = await startLab({ version: '3.x', clock })
    expect((await aged.call('GET', '/projects')).status).toBe(200)
    now += 1440 * 60_000 + 1000
    expect((await aged.call('GET', '/projects')).status).toBe(401)
    await aged.end()
  })
})

describe('errors of 2.2', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab()
  })
  afterAll(() => lab.end())

  it('says what is unknown, closed, malformed or too much', async () => {
    const id = randomUUID()
    expect((await lab.call('GET', `/projects/${id}`)).json).toEqual({ message: `Project ID ${id} doesn't exist`, status: 404 })
    const made = await lab.call('POST', '/projects', { body: { name: 'one', colour: 'red' } })
    expect(made.json).toEqual({
      message:
        "JSON schema error with API request '/v2/projects' and JSON data '{'name': 'one', 'colour': 'red'}': Additional properties are not allowed ('colour' was unexpected)",
      status: 400,
      path: '/v2/projects',
      request: { name: 'one', colour: 'red' },
      method: 'POST',
    })
    const broken = await lab.call('POST', '/projects', { raw: '{"name":' })
    expect(broken.status).toBe(400)
    expect(broken.json).toMatchObject({ request: { malformed_json: '{"name":' }, method: 'POST', path: '/v2/projects' })
    expect(messageOf(broken)).toMatch(/^Invalid JSON /)
    expect((await lab.call('POST', '/projects', { body: {} })).text).toContain("'name' is a required property")
    const closed = await lab.importSample('sample1-two-pcs-unconfigured')
    const refused = await lab.call('POST', `/projects/${closed}/nodes/start`)
    expect(refused.json).toEqual({ message: 'The project is not opened', status: 403 })
  })

  it('answers unknown routes and methods as plain text', async () => {
    expect((await lab.call('GET', '/nothing')).text).toBe('404: Not Found')
    const method = await lab.call('DELETE', '/version')
    expect([method.status, method.text]).toEqual([405, '405: Method Not Allowed'])
    expect((await lab.call('GET', `/projects/${randomUUID()}/locked`)).status).toBe(404)
  })

  it('indents and sorts its answers and closes the connection', async () => {
    const answer = await lab.call('GET', '/version')
    expect(answer.text).toBe('{\n    "local": false,\n    "version": "2.2.54"\n}')
    expect(answer.headers.connection).toBe('close')
    expect(answer.headers['x-route']).toBe('/v2/version')
  })
})

describe('errors of 3.x', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab({ version: '3.x' })
  })
  afterAll(() => lab.end())

  it('says what is unknown, no UUID, incomplete, or missing a body', async () => {
    const id = randomUUID()
    expect((await lab.call('GET', `/projects/${id}`)).json).toEqual({ message: `Project ID ${id} doesn't exist` })
    expect((await lab.call('GET', '/projects/7')).status).toBe(422)
    const incomplete = await lab.call('POST', '/projects', { body: { colour: 'red' } })
    expect(incomplete.status).toBe(422)
    expect(messageOf(incomplete)).toContain("'loc': ('body', 'name')")
    expect((await lab.call('POST', '/projects', { body: { name: 'one', colour: 'red' } })).status).toBe(201)
    expect((await lab.call('POST', '/projects', { raw: '{"name":' })).status).toBe(422)
    expect((await lab.call('GET', '/nothing')).json).toEqual({ detail: 'Not Found' })
    expect((await lab.call('DELETE', '/version')).json).toEqual({ detail: 'Method Not Allowed' })
  })

  it('wants a body for starting one node', async () => {
    const id = await openedProject(lab)
    const pc = await lab.node(id, 'PC1')
    expect((await lab.call('POST', `/projects/${id}/nodes/${pc.node_id}/start`)).status).toBe(422)
    expect((await lab.call('POST', `/projects/${id}/nodes/${pc.node_id}/start`, { body: {} })).status).toBe(204)
  })

  it('locks and isolates', async () => {
    const id = await openedProject(lab)
    expect((await lab.call('GET', `/projects/${id}/locked`)).json).toBe(false)
    expect((await lab.call('POST', `/projects/${id}/lock`)).status).toBe(204)
    const pc = await lab.node(id, 'PC1')
    const refused = await lab.call('DELETE', `/projects/${id}/nodes/${pc.node_id}`)
    expect([refused.status, messageOf(refused)]).toEqual([409, 'Node PC1 cannot be deleted because it is locked'])
    expect((await lab.call('POST', `/projects/${id}/nodes/${pc.node_id}/isolate`)).status).toBe(204)
    const links = listOf(await lab.call('GET', `/projects/${id}/nodes/${pc.node_id}/links`))
    expect(links.map((link) => link.suspend)).toEqual([true])
  })
})

describe.each(['2.2', '3.x'] as const)('nodes and links of %s', (version) => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab({ version })
  })
  afterAll(() => lab.end())

  it('starts and stops idempotently; switches are always on', async () => {
    const id = await openedProject(lab)
    const pc = await lab.node(id, 'PC1')
    for (let turn = 0; turn < 2; turn++) {
      const answer = await lab.call('POST', `/projects/${id}/nodes/${pc.node_id}/start`, { body: {} })
      expect(answer.status).toBe(version === '2.2' ? 200 : 204)
      // the answer of 2.2 shows the node as it was before
      if (version === '2.2') expect(answer.json).toMatchObject({ name: 'PC1', status: turn === 0 ? 'stopped' : 'started' })
      else expect(answer.text).toBe('')
    }
    await lab.call('POST', `/projects/${id}/nodes/${pc.node_id}/suspend`)
    expect((await lab.node(id, 'PC1')).status).toBe('started')
    await lab.call('POST', `/projects/${id}/nodes/stop`)
    expect((await lab.node(id, 'PC1')).status).toBe('stopped')
    const bridge = await lab.node(id, 'Switch1')
    expect(bridge).toMatchObject({ status: 'started', console_type: 'none' })
    expect((await lab.call('POST', `/projects/${id}/nodes/${bridge.node_id}/stop`)).status).toBe(version === '2.2' ? 200 : 204)
    expect((await lab.call('POST', `/projects/${id}/nodes/${pc.node_id}/console/reset`)).status).toBe(204)
  })

  it('reserves two ports per VPCS and another port when the stored one is taken', async () => {
    const first = await openedProject(lab)
    const second = await openedProject(lab)
    const ports = [
      ...listOf(await lab.call('GET', `/projects/${first}/nodes`)),
      ...listOf(await lab.call('GET', `/projects/${second}/nodes`)),
    ].map((node) => node.console)
    expect(new Set(ports).size).toBe(6)
    expect((ports[1] ?? 0) - (ports[0] ?? 0)).toBeGreaterThanOrEqual(2)
  })

  it('makes nodes directly and from a template, which alone brings a startup file', async () => {
    const made = await lab.call('POST', '/projects', { body: { name: `nodes-${version}` } })
    const id = String(memberOf(made.json, 'project_id'))
    const direct = await lab.call('POST', `/projects/${id}/nodes`, { body: { name: 'Bare', node_type: 'vpcs', compute_id: 'local' } })
    expect(direct.status).toBe(201)
    const templates = listOf(await lab.call('GET', '/templates'))
    const vpcs = templates.find((template) => template.template_type === 'vpcs')
    const from = await lab.call('POST', `/projects/${id}/templates/${String(vpcs?.template_id)}`, {
      body: { x: 10, y: 20, compute_id: 'local' },
    })
    expect(from.status).toBe(201)
    expect(from.json).toMatchObject({ name: 'PC1', x: 10, y: 20, node_type: 'vpcs' })
    const file = (answer: Answer) => `/projects/${id}/nodes/${String(memberOf(answer.json, 'node_id'))}/files/startup.vpc`
    expect((await lab.call('GET', file(direct))).status).toBe(404)
    expect((await lab.call('GET', file(from))).text).toContain('set pcname PC1')
    expect((await lab.call('GET', file(from).replace('startup.vpc', '..%2fx'))).status).toBe(403)
    expect((await lab.call('POST', file(direct), { raw: 'ip 10.1.1.1/24\n' })).status).toBe(201)
  })

  it('refuses a used port and leaves the links as they were', async () => {
    const id = await openedProject(lab)
    const [pc, bridge] = [await lab.node(id, 'PC1'), await lab.node(id, 'Switch1')]
    const nodes = [
      { node_id: pc.node_id, adapter_number: 0, port_number: 0 },
      { node_id: bridge.node_id, adapter_number: 0, port_number: 5 },
    ]
    expect((await lab.call('POST', `/projects/${id}/links`, { body: { nodes } })).status).toBe(409)
    expect(listOf(await lab.call('GET', `/projects/${id}/links`)).length).toBe(2)
  })

  it('refuses a filter of the wrong arity and keeps it; 3.x refuses the clearing too', async () => {
    const id = await openedProject(lab)
    await lab.call('POST', `/projects/${id}/nodes/start`)
    const [link] = listOf(await lab.call('GET', `/projects/${id}/links`))
    const path = `/projects/${id}/links/${String(link?.link_id)}`
    expect(listOf(await lab.call('GET', `${path}/available_filters`)).map((filter) => filter.type)).toEqual([
      'frequency_drop',
      'packet_loss',
      'delay',
      'corrupt',
      'bpf',
    ])
    expect((await lab.call('PUT', path, { body: { filters: { packet_loss: [100, 0] } } })).status).toBe(409)
    expect((await lab.call('GET', path)).json).toMatchObject({ filters: { packet_loss: [100, 0] } })
    expect((await lab.call('PUT', path, { body: { filters: {} } })).status).toBe(version === '2.2' ? 201 : 409)
    expect((await lab.call('PUT', path, { body: { filters: {} } })).status).toBeLessThan(300)
    expect((await lab.call('PUT', path, { body: { filters: { delay: [200, 0] } } })).status).toBeLessThan(300)
  })

  it('serves requests on one node one after the other', async () => {
    const id = await openedProject(lab)
    const pc = await lab.node(id, 'PC1')
    const one = `/projects/${id}/nodes/${pc.node_id}`
    const answers = await Promise.all([
      lab.call('POST', `${one}/start`, { body: {} }),
      lab.call('POST', `${one}/stop`),
      lab.call('DELETE', one),
    ])
    expect(answers.every((answer) => answer.status < 300)).toBe(true)
    expect((await lab.call('GET', one)).status).toBe(404)
  })

  it('shows computes as its version does, and symbols as SVG', async () => {
    expect(listOf(await lab.call('GET', '/computes')).length).toBe(version === '2.2' ? 1 : 0)
    const symbol = await lab.call('GET', '/symbols/:/symbols/vpcs_guest.svg/raw')
    expect(symbol.headers['content-type']).toBe('image/svg+xml')
    expect(symbol.text).toMatch(/^<svg /)
  })
})

describe.each(['2.2', '3.x'] as const)('the event stream of %s', (version) => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab({ version })
  })
  afterAll(() => lab.end())
  const streams: AbortController[] = []
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.abort()
  })

  async function listen(path: string): Promise<{ lines: string[]; leave: () => void }> {
    const leaving = new AbortController()
    streams.push(leaving)
    const token =
      version === '3.x'
        ? memberOf(
            (await lab.call('POST', '/access/users/authenticate', { body: { username: 'admin', password: 'admin' } })).json,
            'access_token',
          )
        : ''
    const response = await request(`${lab.url}${path}`, { headers: { authorization: `Bearer ${String(token)}` }, signal: leaving.signal })
    const lines: string[] = []
    response.body.on('data', (chunk: Buffer) => lines.push(...chunk.toString('utf8').split('\n').filter(Boolean)))
    response.body.on('error', () => leaving.abort())
    return { lines, leave: () => leaving.abort() }
  }

  it('pings at once and again, and tells what happens to nodes', async () => {
    const id = await openedProject(lab)
    const { lines } = await listen(`/projects/${id}/notifications`)
    await until(() => lines.filter((line) => line.includes('"ping"')).length >= 2, 'two pings')
    const pc = await lab.node(id, 'PC1')
    await lab.call('POST', `/projects/${id}/nodes/${pc.node_id}/start`, { body: {} })
    await until(() => lines.some((line) => line.includes('"node.updated"') && line.includes('"started"')), 'node.updated')
    expect(lines.map((line) => memberOf(JSON.parse(line), 'action'))).toContain('ping')
  })

  it('closes the project some seconds after the last listener left, unless auto_close is off', async () => {
    const [closing, staying] = [await openedProject(lab), await openedProject(lab)]
    await lab.call('PUT', `/projects/${staying}`, { body: { auto_close: false } })
    for (const id of [closing, staying]) {
      await lab.call('POST', `/projects/${id}/nodes/start`)
      const { lines, leave } = await listen(`/projects/${id}/notifications`)
      await until(() => lines.length > 0, 'the first ping')
      leave()
    }
    const statusOf = async (id: string) => memberOf((await lab.call('GET', `/projects/${id}`)).json, 'status')
    await until(async () => (await statusOf(closing)) === 'closed', 'the project to close by itself')
    expect(await statusOf(staying)).toBe('opened')
  })
})
