import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { tables } from '../../src/db/index.ts'
import { cookieOf, passwordOf } from '../support/app.ts'
import { waitFor } from '../support/wait.ts'
import { closeApp, device, type ScreenBench, startScreenBench } from './screen-bench.ts'
import { openViewer, type Viewer } from './viewer.ts'

const origin = 'http://127.0.0.1:8080'
let bench: ScreenBench
beforeAll(async () => {
  bench = await startScreenBench()
})
afterAll(() => bench?.end())

let world: Awaited<ReturnType<typeof setUp>>
const viewers: Viewer[] = []
beforeEach(async () => {
  world = await setUp()
})
afterEach(async () => {
  for (const viewer of viewers.splice(0)) viewer.close()
  await closeApp(world.app)
})

async function setUp() {
  const { app, workVm, ana } = await bench.openApp()
  await app.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.app.server.address() as AddressInfo // listens on a port
  const cookieFor = async (username: string) => cookieOf(await app.stranger.post('/sign-in', { username, password: passwordOf(username) }))
  const open = async (path: string, cookie: string, from: string = origin) => {
    const viewer = await openViewer(`ws://127.0.0.1:${port}/work-vms/${workVm.id}/${path}`, { cookie, origin: from })
    viewers.push(viewer)
    return viewer
  }
  /** The answer to a handshake that is refused. */
  const refused = (path: string, cookie: string, from: string | null = origin) =>
    app.app
      .injectWS(`/work-vms/${workVm.id}/${path}`, { headers: { cookie, ...(from === null ? {} : { origin: from }) } })
      .then(() => 'opened', String)
  return { app, workVm, ana, cookieFor, open, refused }
}

const desk = `devices/${device}/screen`
const isShown = (viewer: Viewer) => viewer.said.some(({ line }) => line === 'open')
const hasPicture = (viewer: Viewer) => viewer.bytes().length > 500

async function shownTo(viewer: Viewer): Promise<Viewer> {
  await waitFor('the connection', () => isShown(viewer))
  viewer.begin()
  await waitFor('the picture', () => hasPicture(viewer))
  return viewer
}

describe('the screen of a device', () => {
  it('is shown to its owner, and takes his keys', async () => {
    const { open, cookieFor } = world
    const viewer = await shownTo(await open(desk, await cookieFor('ana')))
    const bytes = viewer.bytes()
    expect(bytes.subarray(0, 18).toString('latin1')).toBe('RFB 003.008\n\x01\x01\0\0\0\0')
    expect([bytes.readUInt16BE(18), bytes.readUInt16BE(20)]).toEqual([640, 400])
    expect(viewer.said.at(-1)).toMatchObject({ type: 'state', line: 'open', takesInput: true, checkedForMs: null })
    viewer.ask(true)
    viewer.press('help')
    await waitFor('the echo', () => viewer.bytes().length > bytes.length)
  })

  it('is opened to nobody else, from no other page, and for no other device', async () => {
    const { refused, open, cookieFor } = world
    const [ana, ben, tess] = [await cookieFor('ana'), await cookieFor('ben'), await cookieFor('tess')]
    expect(await refused(desk, '')).toMatch(/40[13]|303/u)
    expect(await refused(desk, ana, 'https://evil.example.org')).toContain('403')
    expect(await refused(desk, ana, null)).toContain('403')
    expect(await refused(desk, ben)).toContain('404')
    expect(await refused(desk, tess)).toContain('403')
    for (const name of ['PC1', 'nobody']) {
      const viewer = await open(`devices/${name}/screen`, ana)
      await waitFor('the end', () => viewer.end.code === 4002)
      expect(viewer.bytes().length).toBe(0)
    }
  })

  it('says while the lab is checked that nothing is taken', async () => {
    const { app, workVm, open, cookieFor } = world
    const viewer = await shownTo(await open(desk, await cookieFor('ana')))
    app.services.workVms.update(workVm.id, { frozenFor: 'a submission' })
    await waitFor('the word', () => viewer.said.at(-1)?.takesInput === false)
    expect(viewer.said.at(-1)?.checkedForMs).not.toBeNull()
    app.services.workVms.update(workVm.id, { frozenFor: null })
    await waitFor('the word', () => viewer.said.at(-1)?.takesInput === true)
  })

  it('ends with the lab, the sign-out, and what no page of ours says', async () => {
    const { app, ana, workVm, open, cookieFor } = world
    const [first, second] = [
      await shownTo(await open(desk, await cookieFor('ana'))),
      await shownTo(await open(desk, await cookieFor('ana'))),
    ]
    first.cutText()
    await waitFor('the end of the first', () => first.end.code === 4004)
    app.services.auth.endOtherSessions(ana.id)
    await waitFor('the end of the second', () => second.end.code === 4001)
    const third = await shownTo(await open(desk, await cookieFor('ana')))
    app.services.workVms.update(workVm.id, { state: 'stopping' })
    await waitFor('the end of the third', () => third.end.code === 4002)
  })

  it('may be looked at by staff that said why, who types nothing and is named to the owner', async () => {
    const { app, workVm, open } = world
    const tess = await app.signIn('tess')
    await tess.post(`/work-vms/${workVm.id}/watch`, { reason: 'she asked for help' })
    const owner = await shownTo(await open(desk, await world.cookieFor('ana')))
    // the session that gave the reason
    const watcher = await shownTo(await open(desk, tess.cookie))
    expect(watcher.said.at(-1)).toMatchObject({ takesInput: false })
    await waitFor('her name', () => String(owner.said.at(-1)?.watchersText).includes('tess'))
    await tess.post(`/work-vms/${workVm.id}/watch/end`)
    await waitFor('the end', () => watcher.end.code === 4001)
  })
})

describe('the console of a work VM', () => {
  it('is for teachers and administrators who said why, which is kept', async () => {
    const { app, workVm, refused, cookieFor } = world
    const page = `/work-vms/${workVm.id}/console`
    for (const username of ['ana', 'ben', 'otto']) {
      const browser = await app.signIn(username)
      expect((await browser.get(page)).statusCode).toBe(404)
      expect((await browser.post(page, { reason: 'curious' })).statusCode).toBe(404)
      expect(await refused('console/screen', await cookieFor(username))).toContain('404')
    }
    expect(await refused('console/screen', await cookieFor('root'))).toContain('403')
    const tess = await app.signIn('tess')
    expect((await tess.get(page)).body).toContain('Why do you open it?')
    expect((await tess.post(page, { reason: '' })).statusCode).toBe(422)
    expect((await tess.post(page, { reason: 'it does not start' })).headers.location).toBe(page)
    expect((await tess.get(page)).body).toContain('it does not start')
    const [event] = app.services.db.query.select().from(tables.auditEvents).where(eq(tables.auditEvents.action, 'work-vm.console')).all()
    expect(event).toMatchObject({ objectId: workVm.id, details: { reason: 'it does not start' } })
  })

  it('is shown without its ticket or password, and closed with the reason', async () => {
    const { app, workVm, open } = world
    await bench.giveMachine(app, workVm)
    const tess = await app.signIn('tess')
    await tess.post(`/work-vms/${workVm.id}/console`, { reason: 'it does not start' })
    const viewer = await shownTo(await open('console/screen', tess.cookie))
    expect(viewer.bytes().toString('latin1')).not.toContain('PVEVNC')
    expect(viewer.said.at(-1)).toMatchObject({ line: 'open', takesInput: true })
    const { length } = viewer.bytes()
    viewer.ask(true)
    viewer.press('root')
    await waitFor('the echo', () => viewer.bytes().length > length)
    await tess.post(`/work-vms/${workVm.id}/console/end`)
    await waitFor('the end', () => viewer.end.code === 4001)
  })

  it('is not shown of a machine that is not ours', async () => {
    const { app, workVm, open } = world
    const { vmid, options } = await bench.giveMachine(app, workVm)
    await bench.proxmox.ensureConfig({ node: 'pve1', vmid, set: { description: 'mine alone' }, ...options })
    const tess = await app.signIn('tess')
    await tess.post(`/work-vms/${workVm.id}/console`, { reason: 'it does not start' })
    const viewer = await open('console/screen', tess.cookie)
    await waitFor('the end', () => viewer.end.code === 1013)
    expect(viewer.bytes().length).toBe(0)
  })
})
