import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { tables } from '../../src/db/index.ts'
import { type Lab, startLab } from '../sandbox/gns3/lab.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { actorFor } from '../support/given.ts'
import { waitFor } from '../support/wait.ts'
import { createLabVisitor, pattern } from './lab-visitor.ts'

const credentials = { username: 'admin', password: 'of the machine' }
/** What the web UI of 3.x sends as its token: it wants one, and ours is worth nothing. */
const asTheUi = { authorization: 'Bearer by-netpraxis' }

/** Seen on gns3-server 3.0.6 with its own web UI; the requests are those of that UI. */
describe("GNS3 3.x at a lab's host name", () => {
  let gns3: Lab
  let app: TestApp
  const sockets: Duplex[] = []

  beforeAll(async () => {
    gns3 = await startLab({ version: '3.x', credentials })
    app = await startTestApp({
      environment: {
        ...{ LAB_HOST_PATTERN: pattern, LAB_NETWORKS: '127.0.0.0/8' },
        ...{ GNS3_USERNAME: credentials.username, GNS3_PASSWORD: credentials.password },
      },
    })
    await app.app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })
  afterAll(async () => {
    await app?.close()
    await gns3?.end()
  })

  async function setUp() {
    const projectId = await gns3.importSample('sample1-two-pcs-unconfigured')
    await gns3.call('POST', `/projects/${projectId}/open`)
    await gns3.call('POST', `/projects/${projectId}/nodes/start`)
    await gns3.call('POST', `/projects/${projectId}/files/netpraxis-marker.txt`, { raw: Buffer.from('marker\n') })
    const { given, services } = app
    const students = [`ana${projectId.slice(0, 6)}`, `tess${projectId.slice(0, 6)}`] as const
    const ana = await app.addUser(students[0])
    const tess = await app.addUser(students[1], 'teacher')
    const course = given.course()
    services.courses.putMember(course.id, { userId: tess.id, role: 'teacher', groupName: null }, null)
    const exercise = given.exercise({ courseId: course.id })
    given.enrolled(exercise, actorFor(ana))
    const { templateVms } = tables
    services.db.query.update(templateVms).set({ gns3ProjectId: projectId }).where(eq(templateVms.id, exercise.templateId)).run()
    const endpoint = { host: '127.0.0.1', port: gns3.guest.apiPort }
    const ready = { state: 'ready' as const, endpoint, readyAt: new Date().toISOString(), marker: 'marker' }
    const lab = given.workVm(exercise, actorFor(ana), ready)
    const { port } = app.app.server.address() as AddressInfo // listens on a port
    const visitor = createLabVisitor(app, port, sockets)
    const { at } = await visitor.enter(await visitor.signIn(ana.username), lab.id)
    const signedIn = { host: at.host, headers: { ...at.headers, ...asTheUi } }
    const pc1 = await gns3.node(projectId, 'PC1')
    return { ...visitor, lab, tess, endpoint, signedIn, pc1, own: `/v3/projects/${projectId}`, projectId }
  }

  it('is shown by its own web UI, signed in with a token that is worth nothing', async () => {
    const { ask, signedIn, endpoint, own, projectId } = await setUp()
    const client = app.services.labLink.connectGns3(endpoint)
    const { version } = await client.version()
    await app.services.gns3Ui.copy(client, version, AbortSignal.timeout(60_000))
    await client.close()
    const start = await ask('/', signedIn)
    expect(start.headers.location).toBe(`/static/web-ui/controller/1/project/${projectId}`)
    const shown = await ask(String(start.headers.location), signedIn)
    expect(shown.status).toBe(200)
    expect(shown.body.indexOf('/netpraxis/lab.js')).toBeLessThan(shown.body.indexOf('main.js'))
    expect((await ask('/netpraxis/lab.js', signedIn)).body).toContain("authToken: 'by-netpraxis'")

    const me = await ask('/v3/access/users/me', signedIn)
    expect(z.object({ username: z.string() }).parse(JSON.parse(me.body))).toEqual({ username: 'admin' })
    const answers = await Promise.all(
      ['', '/nodes', '/links', '/drawings', '/locked', '/stats'].map((path) => ask(`${own}${path}`, signedIn)),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    for (const { body, headers } of [start, shown, me, ...answers]) {
      expect(`${body}${JSON.stringify(headers)}`).not.toMatch(/eyJ|of the machine/u)
    }
  })

  it('tells what happens and lets type by websockets that carry that token in their address', async () => {
    const { connect, write, signedIn, pc1, own } = await setUp()
    const headers = { ...signedIn.headers, origin: `http://${signedIn.host}` }
    const told = await connect(`${own}/notifications/ws?token=by-netpraxis`, { host: signedIn.host, headers })
    const console = await connect(`${own}/nodes/${pc1.node_id}/console/ws?token=by-netpraxis`, { host: signedIn.host, headers })
    expect([told.status, console.status]).toEqual([101, 101])
    await waitFor('the prompt', () => /PC1> $/u.test(console.told.join('')))
    console.type('show ip\r')
    await waitFor('the answer', () => console.told.join('').includes('IP/MASK'))
    expect((await write(`${own}/nodes/${pc1.node_id}/reload`, signedIn)).status).toBeLessThan(300)
    await waitFor('the news of the device', () => told.told.join('').includes('node.updated'))
  })

  it('is not administered through a lab', async () => {
    const { write, ask, signedIn, own } = await setUp()
    const reads = [
      '/v3/access/users',
      '/v3/access/groups',
      '/v3/access/roles',
      '/v3/access/acl',
      '/v3/images',
      '/v3/pools',
      `${own}/export`,
    ]
    for (const path of reads) expect((await ask(path, signedIn)).status, path).toBe(403)
    for (const [method, path] of [
      ['POST', '/v3/access/users/authenticate'],
      ['POST', '/v3/access/users/login'],
      ['PUT', '/v3/access/users/me'],
      ['POST', '/v3/controller/shutdown'],
      ['POST', '/v3/templates'],
      ['POST', `${own}/lock`],
      ['POST', `${own}/close`],
      ['DELETE', own],
    ] as const)
      expect((await write(path, signedIn, { password: 'mine' }, method)).status, path).toBe(403)
  })

  it('answers a device that is saved as it is without touching it, also to those who may change nothing', async () => {
    const { ask, write, signedIn, pc1, own, lab } = await setUp()
    const path = `${own}/nodes/${pc1.node_id}`
    const known = z.record(z.string(), z.unknown()).parse(JSON.parse((await ask(path, signedIn)).body))
    const save = (change: object) => write(path, signedIn, { ...known, ...change }, 'PUT')
    app.services.workVms.update(lab.id, { frozenFor: 'submission' })
    const answered = await save({})
    expect([answered.status, z.object({ name: z.string() }).parse(JSON.parse(answered.body))]).toEqual([200, { name: 'PC1' }])
    expect((await save({ name: 'mine' })).status).toBe(409)
    app.services.workVms.update(lab.id, { frozenFor: null })
    expect((await save({ name: 'mine' })).status).toBe(403)
  })
})
