import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { eq } from 'drizzle-orm'
import { afterEach, describe, expect, it } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { actorFor, exerciseText } from '../support/given.ts'
import { waitFor } from '../support/wait.ts'
import { type HostileMachine, nodeId, page, projectId, startHostileMachine } from './hostile-machine.ts'
import { createLabVisitor, pattern } from './lab-visitor.ts'

let app: TestApp | undefined
let machine: HostileMachine | undefined
const sockets: Duplex[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await app?.close()
  await machine?.close()
  app = undefined
  machine = undefined
})

async function setUp({ isFree = false } = {}) {
  const world = await startTestApp({
    environment: { LAB_HOST_PATTERN: pattern, GNS3_USERNAME: 'gns3', GNS3_PASSWORD: 'of the machine', LAB_NETWORKS: '127.0.0.0/8' },
  })
  app = world
  const vm = await startHostileMachine()
  machine = vm
  await world.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = world.app.server.address() as AddressInfo // listens on a port
  const { given, services } = world
  const [ana, ben] = [await world.addUser('ana'), await world.addUser('ben')]
  const tess = await world.addUser('tess', 'teacher')
  const course = given.course()
  services.courses.putMember(course.id, { userId: tess.id, role: 'teacher', groupName: null }, null)
  const text = isFree ? exerciseText.replace('title: Two PCs', 'title: Two PCs\ntopology: free') : exerciseText
  const exercise = given.exercise({ courseId: course.id, text })
  for (const student of [ana, ben]) given.enrolled(exercise, actorFor(student))
  services.db.query.update(tables.templateVms).set({ gns3ProjectId: projectId }).where(eq(tables.templateVms.id, exercise.templateId)).run()
  const ready = {
    state: 'ready' as const,
    endpoint: { host: '127.0.0.1', port: vm.port },
    readyAt: new Date().toISOString(),
    marker: 'marker',
  }
  const lab = given.workVm(exercise, actorFor(ana), ready)
  const other = given.workVm(exercise, actorFor(ben), ready)

  return { world, vm, lab, other, ...createLabVisitor(world, port, sockets) }
}

const own = `/v2/projects/${projectId}`

describe("a lab's host name", () => {
  it('lets in by a ticket of the lab that is good once, and by nothing else', async () => {
    const { lab, other, ask, enter, signIn, hostOf } = await setUp()
    const ana = await signIn('ana')
    const { to, entered, at } = await enter(ana, lab.id)
    expect(to.host).toBe(hostOf(lab.id))
    expect(entered.status).toBe(303)
    expect(entered.headers['set-cookie']?.[0]).toMatch(/^netpraxis-lab=[^;]{43}; Path=\/; HttpOnly; SameSite=Lax$/u)
    expect((await ask(own, at)).status).toBe(200)
    expect((await ask(`${to.pathname}${to.search}`, { host: to.host })).status).toBe(401)
    expect((await ask(own, { host: hostOf(lab.id) })).status).toBe(401)
    expect((await ask(own, { host: hostOf(lab.id), headers: { cookie: ana } })).status).toBe(401)
    expect((await ask(own, { ...at, host: hostOf(other.id) })).status).toBe(401)
  })

  it('has none of our pages, and our host name none of its', async () => {
    const { lab, ask, enter, signIn, hostOf } = await setUp()
    const ana = await signIn('ana')
    const { at } = await enter(ana, lab.id)
    for (const path of ['/sign-in', '/api/v1/me', '/account', `/exercises`, '/healthz']) {
      expect((await ask(path, { host: hostOf(lab.id), headers: { cookie: `${ana}; ${at.headers.cookie}` } })).status, path).toBe(404)
    }
    expect((await ask('/netpraxis/state', { host: '127.0.0.1:8080', headers: at.headers })).status).toBe(404)
  })

  it('is closed to the lab of somebody else, and to staff without a reason', async () => {
    const { world, lab, signIn } = await setUp()
    const [ben, tess] = [await signIn('ben'), await signIn('tess')]
    const open = (cookie: string) => world.app.inject({ url: `/work-vms/${lab.id}/gns3`, headers: { cookie } })
    expect((await open(ben)).statusCode).toBe(404)
    expect((await open(tess)).headers.location).toBe(`/work-vms/${lab.id}/terminals`)
    expect((await open('')).headers.location).toMatch(/^\/sign-in/u)
  })

  it('ends with the session, and with the lab', async () => {
    const { world, lab, ask, connect, enter, signIn } = await setUp()
    const { at } = await enter(await signIn('ana'), lab.id)
    const origin = { origin: `http://${at.host}` }
    const socket = await connect(`${own}/notifications/ws`, { host: at.host, headers: { ...at.headers, ...origin } })
    expect(socket.status).toBe(101)
    world.services.auth.endOtherSessions(lab.userId)
    await waitFor('the end of the socket', () => socket.end.code !== null)
    expect((await ask(own, at)).status).toBe(401)

    const again = await enter(await signIn('ana'), lab.id)
    const second = await connect(`${own}/notifications/ws`, { host: at.host, headers: { ...again.at.headers, ...origin } })
    world.services.workVms.update(lab.id, { state: 'stopping' })
    await waitFor('the end of the second', () => second.end.code !== null)
    expect((await ask(own, again.at)).status).toBe(409)
  })
})

describe('what a machine that a student controls says', () => {
  it('never gets our cookies or tokens, and shows nothing but its own credentials', async () => {
    const { vm, lab, ask, write, enter, signIn } = await setUp()
    const ana = await signIn('ana')
    const { at } = await enter(ana, lab.id)
    const headers = { cookie: `${ana}; ${at.headers.cookie}`, authorization: 'Bearer ours', 'x-forwarded-for': '10.0.0.1' }
    await ask(`${own}?token=ours`, { host: at.host, headers })
    await write(`${own}/nodes/${nodeId}/start`, { host: at.host, headers })
    const sent = JSON.stringify(vm.asked)
    for (const secret of ['netpraxis-lab', 'ours', 'x-forwarded-for', ana.split('=')[1] ?? '-']) expect(sent).not.toContain(secret)
    const basic = `Basic ${Buffer.from('gns3:of the machine').toString('base64')}`
    expect(vm.asked.find(({ line }) => line === `GET ${own}`)?.headers.authorization).toBe(basic)
  })

  it('sets no cookie, asks for no password, leads nowhere, and is no page', async () => {
    const { lab, ask, enter, signIn } = await setUp()
    const { at } = await enter(await signIn('ana'), lab.id)
    const answers = await Promise.all(['', '/nodes', '/links', '/drawings'].map((path) => ask(`${own}${path}`, at)))
    for (const { headers } of answers) {
      expect(headers['set-cookie']).toBeUndefined()
      expect(headers['www-authenticate']).toBeUndefined()
      expect(headers.location).toBeUndefined()
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['content-type']).not.toContain('html')
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 502, 502])
    expect(answers[1]).toMatchObject({
      body: page,
      headers: { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' },
    })
    const drawn = await ask('/v2/symbols/:/symbols/vpcs_guest.svg/raw', at)
    expect(drawn.headers).toMatchObject({ 'content-type': 'image/svg+xml' })
    expect(drawn.headers['content-security-policy']).toContain('sandbox')
  })

  it('does not become the web UI: there is a copy of the base template’s, or none', async () => {
    const { lab, ask, enter, signIn } = await setUp()
    const { at } = await enter(await signIn('ana'), lab.id)
    const start = await ask('/', at)
    expect(start.headers.location).toBe(`/static/web-ui/server/1/project/${projectId}`)
    const shown = await ask(String(start.headers.location), at)
    expect(shown).toMatchObject({ status: 409 })
    expect(shown.body).toContain('no copy of the web UI of GNS3 2.2.59')
  })
})

describe('a lab is changed', () => {
  it('from a page of its own host name alone', async () => {
    const { vm, lab, ask, write, connect, enter, signIn, hostOf } = await setUp()
    const { at } = await enter(await signIn('ana'), lab.id)
    const start = `${own}/nodes/${nodeId}/start`
    expect((await write(start, at)).status).toBe(200)
    for (const origin of ['http://127.0.0.1:8080', `http://${hostOf('another0')}`, 'null']) {
      const refused = await ask(start, { method: 'POST', host: at.host, headers: { ...at.headers, origin }, body: '' })
      expect(refused.status, origin).toBe(403)
      expect((await connect(`${own}/notifications/ws`, { host: at.host, headers: { ...at.headers, origin } })).status, origin).toBe(403)
    }
    expect((await ask(start, { method: 'POST', ...at })).status).toBe(403)
    expect(vm.asked.filter(({ line }) => line === `POST ${start}`)).toHaveLength(1)
  })

  it('as its exercise allows, and never deleted, closed, exported or captured', async () => {
    const { vm, lab, ask, write, enter, signIn } = await setUp()
    const { at } = await enter(await signIn('ana'), lab.id)
    expect((await write(`${own}/templates/${nodeId}`, at, { x: 1, y: 1 })).body).toContain('are given and cannot be changed')
    expect((await write(own, at, {}, 'DELETE')).status).toBe(403)
    expect((await write(`${own}/close`, at)).status).toBe(403)
    expect((await ask(`${own}/export`, at)).status).toBe(403)
    expect((await ask(`/v2/projects`, at)).body).toBe(`[{"project_id":"${projectId}","name":"x"}]`)
    expect(vm.asked.filter(({ line }) => line.startsWith('POST') || line.startsWith('DELETE'))).toEqual([])
  })

  it('by added devices where the topology is free', async () => {
    const { vm, lab, write, enter, signIn } = await setUp({ isFree: true })
    const { at } = await enter(await signIn('ana'), lab.id)
    expect((await write(`${own}/templates/${nodeId}`, at, { x: 1, y: 1, name: 'R9' })).status).toBe(200)
    expect(vm.asked.at(-1)).toMatchObject({ line: `POST ${own}/templates/${nodeId}`, body: '{"x":1,"y":1,"compute_id":"local"}' })
  })

  it('by nobody while it is being checked, and by nobody who looks on', async () => {
    const { world, vm, lab, ask, write, connect, enter, signIn, hostOf } = await setUp()
    const { at } = await enter(await signIn('ana'), lab.id)
    const origin = { origin: `http://${hostOf(lab.id)}` }
    const console = `${own}/nodes/${nodeId}/console/ws`
    const typing = await connect(console, { host: at.host, headers: { ...at.headers, ...origin } })
    await waitFor('the first words of the console', () => typing.told.includes('hello'))
    typing.type('before\r')
    await waitFor('what was typed', () => vm.typed.includes('before\r'))
    world.services.workVms.update(lab.id, { frozenFor: 'submission' })
    typing.type('meanwhile\r')
    // a second request behind it on the same server: what was typed has arrived by then
    expect((await write(`${own}/nodes/${nodeId}/stop`, at)).status).toBe(409)
    world.services.workVms.update(lab.id, { frozenFor: null })

    const tess = await world.signIn('tess')
    await tess.post(`/work-vms/${lab.id}/watch`, { reason: 'she asked for help' })
    const to = new URL(String((await tess.get(`/work-vms/${lab.id}/gns3`)).headers.location))
    const entered = await ask(`${to.pathname}${to.search}`, { host: to.host })
    const looking = { host: to.host, headers: { cookie: entered.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '' } }
    expect((await ask(own, looking)).status).toBe(200)
    expect((await write(`${own}/nodes/${nodeId}/stop`, looking)).body).toContain('You look on and can change nothing.')
    const watching = await connect(console, { host: to.host, headers: { ...looking.headers, ...origin } })
    watching.type('from the teacher\r')
    typing.type('after\r')
    await waitFor('what was typed after', () => vm.typed.includes('after\r'))
    expect(vm.typed).toEqual(['before\r', 'after\r'])
  })
})
