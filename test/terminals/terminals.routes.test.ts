import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { cookieOf, passwordOf, startTestApp, type TestApp } from '../support/app.ts'
import { actorFor } from '../support/given.ts'
import { waitFor } from '../support/wait.ts'

const origin = 'http://127.0.0.1:8080'
const message = z.looseObject({ type: z.string() })

let world: TestApp | undefined
afterEach(async () => {
  await world?.services.terminals.close()
  await world?.close()
  world = undefined
})

/** A lab that is ready as far as the rows say; no GNS3 answers at its address. */
async function setUp() {
  const app = await startTestApp()
  world = app
  const { given } = app
  const [ana, ben] = [await app.addUser('ana'), await app.addUser('ben')]
  const tess = await app.addUser('tess', 'teacher')
  const course = given.course()
  app.services.courses.putMember(course.id, { userId: tess.id, role: 'teacher', groupName: null }, null)
  const exercise = given.exercise({ courseId: course.id })
  given.enrolled(exercise, actorFor(ana))
  given.enrolled(exercise, actorFor(ben))
  const lab = given.workVm(exercise, actorFor(ana), {
    state: 'ready',
    endpoint: { host: '127.77.0.9', port: 1 },
    readyAt: new Date().toISOString(),
    marker: 'marker',
  })
  const cookieFor = async (username: string) => cookieOf(await app.stranger.post('/sign-in', { username, password: passwordOf(username) }))

  /** @returns the HTTP status of a refusal, or what the socket says */
  async function connect(cookie: string, { from = origin, device = 'PC1' }: { from?: string | null; device?: string } = {}) {
    const told: z.infer<typeof message>[] = []
    const end: { code: number | null } = { code: null }
    const headers = { cookie, ...(from === null ? {} : { origin: from }) }
    const socket = await app.app.injectWS(
      `/work-vms/${lab.id}/devices/${device}/terminal`,
      { headers },
      {
        onInit: (opening) => {
          opening.on('message', (data, isBinary) => {
            if (!isBinary) told.push(message.parse(JSON.parse(String(data))))
          })
          opening.on('close', (code) => {
            end.code = code
          })
        },
      },
    )
    return { socket, told, end }
  }
  return { app, lab, exercise, ana, cookieFor, connect }
}

describe('the socket of a terminal', () => {
  it('is opened for the owner from a page of ours, and for nobody else', async () => {
    const { cookieFor, connect } = await setUp()
    const [ana, ben, tess] = [await cookieFor('ana'), await cookieFor('ben'), await cookieFor('tess')]
    await expect(connect('')).rejects.toThrow(/40[13]|303/u)
    await expect(connect(ana, { from: 'https://evil.example.org' })).rejects.toThrow('403')
    await expect(connect(ana, { from: null })).rejects.toThrow('403')
    await expect(connect(ben)).rejects.toThrow('404')
    await expect(connect(tess)).rejects.toThrow('403')
    const { told } = await connect(ana)
    await waitFor('its state', () => told.some(({ type, typing }) => type === 'state' && typing === 'you'))
  })

  it('says why it closes: no such device, a lab that is switched off', async () => {
    const { app, lab, cookieFor, connect } = await setUp()
    const ana = await cookieFor('ana')
    const unknown = await connect(ana, { device: 'nobody' })
    await waitFor('the end', () => unknown.end.code !== null)
    expect(unknown.told).toEqual([{ type: 'closed', text: 'The lab has no such device.' }])
    const { told, end } = await connect(ana)
    await waitFor('its state', () => told.length > 0)
    app.services.workVms.update(lab.id, { state: 'stopping' })
    await waitFor('the end', () => end.code === 4002)
    expect(told.at(-1)).toEqual({ type: 'closed', text: 'The lab was switched off or made anew.' })
  })

  it('ends with the sign-out, and with a change of the role', async () => {
    const { app, ana, cookieFor, connect } = await setUp()
    const [first, second] = [await cookieFor('ana'), await cookieFor('ana')]
    const sockets = [await connect(first), await connect(second)]
    await waitFor('both', () => sockets.every(({ told }) => told.length > 0))
    app.services.auth.signOut(sessionOf(app, first))
    await waitFor('the end of the first', () => sockets[0]?.end.code === 4001)
    expect(sockets[1]?.end.code).toBeNull()
    app.services.auth.endOtherSessions(ana.id)
    await waitFor('the end of the second', () => sockets[1]?.end.code === 4001)
  })

  it('is closed to whoever sends what no page of ours sends', async () => {
    const { cookieFor, connect } = await setUp()
    const { socket, told, end } = await connect(await cookieFor('ana'))
    await waitFor('its state', () => told.length > 0)
    socket.send('{"type":"keys","data":7}')
    await waitFor('the end', () => end.code === 4004)
  })
})

/** Who a cookie stands for. */
function sessionOf({ app, services }: TestApp, cookie: string) {
  const payload = z.object({ sid: z.string() }).parse(app.jwt.decode(cookie.split('=')[1] ?? ''))
  const actor = services.auth.findActor(payload.sid)
  if (!actor) throw new Error('no session')
  return actor
}

describe('staff that looks on', () => {
  it('says why first; the audit log keeps it, and the page shows it', async () => {
    const { app, lab, cookieFor, connect } = await setUp()
    const tess = await app.signIn('tess')
    expect((await tess.get(`/work-vms/${lab.id}/terminals?device=PC1`)).body).toContain('Why do you look on?')
    expect((await tess.post(`/work-vms/${lab.id}/watch`, { reason: '', device: 'PC1' })).statusCode).toBe(422)
    const answer = await tess.post(`/work-vms/${lab.id}/watch`, { reason: 'she asked for help', device: 'PC1' })
    expect(answer.headers.location).toBe(`/work-vms/${lab.id}/terminals?device=PC1`)
    expect((await tess.get(`/work-vms/${lab.id}/terminals?device=PC1`)).body).toContain('she asked for help')
    // another session of hers has to say it anew
    await expect(connect(await cookieFor('tess'))).rejects.toThrow('403')
  })

  it('is not found by other students', async () => {
    const { app, lab } = await setUp()
    const ben = await app.signIn('ben')
    expect((await ben.get(`/work-vms/${lab.id}/terminals`)).statusCode).toBe(404)
    expect((await ben.post(`/work-vms/${lab.id}/watch`, { reason: 'curious' })).statusCode).toBe(404)
  })
})
