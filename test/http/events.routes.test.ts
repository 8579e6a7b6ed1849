import { afterEach, beforeEach, expect, it } from 'vitest'
import { passwordOf, startTestApp, type TestApp } from '../support/app.ts'
import { actorFor } from '../support/given.ts'
import { waitFor } from '../support/wait.ts'

let on: TestApp
let origin: string
beforeEach(async () => {
  on = await startTestApp()
  origin = await on.app.listen({ port: 0, host: '127.0.0.1' })
})
afterEach(async () => {
  on.app.server.closeAllConnections()
  await on.close()
})

/** An event stream as a program reads it, and who reads it. */
async function listen(username: string, headers: Record<string, string> = {}) {
  const user = on.services.users.findByUsername(username) ?? (await on.addUser(username))
  const signedIn = await on.app.inject({ method: 'POST', url: '/api/v1/session', payload: { username, password: passwordOf(username) } })
  const answer = await fetch(`${origin}/api/v1/events`, { headers: { authorization: `Bearer ${signedIn.json().token}`, ...headers } })
  let text = ''
  let isOver = false
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  const read = async () => {
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) text += chunk.value
  }
  void read()
    .catch(() => undefined)
    .finally(() => {
      isOver = true
    })
  const names = () => [...text.matchAll(/^event: ?(.+)$/gm)].map((match) => match[1])
  const numbers = () => [...text.matchAll(/"n":(\d+)/g)].map((match) => Number(match[1]))
  return { user, names, numbers, text: () => text, isOver: () => isOver }
}

const publish = (n: number, userIds: readonly string[]) =>
  on.services.events.publish({ name: 'work-vm', data: { n }, audience: { userIds, courseId: null } })

it('sends what concerns the reader and nothing of others', async () => {
  const [ana, bruno] = [await listen('ana'), await listen('bruno')]
  await waitFor('both streams', () => ana.names().length === 1 && bruno.names().length === 1)
  publish(1, [bruno.user.id])
  publish(2, [ana.user.id])
  publish(3, [ana.user.id, bruno.user.id])
  await waitFor('the events', () => ana.numbers().length === 2 && bruno.numbers().length === 2)
  expect([ana.numbers(), bruno.numbers()]).toEqual([
    [2, 3],
    [1, 3],
  ])
})

it('goes on after the event that was seen last, and keeps that place until the missed ones came', async () => {
  const { id } = await on.addUser('ana')
  publish(1, [id])
  const seen = on.services.events.lastId
  publish(2, [id])
  publish(3, [id])
  const ana = await listen('ana', { 'last-event-id': seen })
  await waitFor('what was missed', () => ana.numbers().length === 2)
  expect(ana.numbers()).toEqual([2, 3])
  expect(/id: ?(\S+)\n/.exec(ana.text())?.[1]).toBe(seen)
})

it('tells whoever was away too long to read everything again', async () => {
  const ana = await listen('ana', { 'last-event-id': 'an-earlier-start-7' })
  await waitFor('the word', () => ana.names().length === 1)
  expect(ana.names()).toEqual(['reset'])
})

it('ends with the session', async () => {
  const ana = await listen('ana')
  await waitFor('the stream', () => ana.names().length === 1)
  on.services.users.setActive(ana.user.id, false, ana.user.id)
  publish(1, [ana.user.id])
  await waitFor('the end of the stream', () => ana.isOver())
  expect(ana.numbers()).toEqual([])
})

it.each<[string, (userId: string) => void]>([
  ['everything is signed out', (userId) => on.services.auth.endOtherSessions(userId)],
  ['the password is set anew', async (userId) => void (await on.services.users.resetPassword(userId, userId))],
  ['the role changes', (userId) => on.services.users.setRole(userId, 'assistant', userId)],
  ['the account is closed', (userId) => on.services.users.setActive(userId, false, userId)],
])('ends at once when %s, though nothing happens meanwhile', async (_what, act) => {
  const [ana, bruno] = [await listen('ana'), await listen('bruno')]
  await waitFor('both streams', () => ana.names().length === 1 && bruno.names().length === 1)
  act(ana.user.id)
  await waitFor('the end of the stream', () => ana.isOver())
  expect(bruno.isOver()).toBe(false)
})

it('opened with a key ends at once when the key is taken back', async () => {
  const owner = actorFor(await on.addUser('rui'))
  const key = on.services.apiTokens.create(owner, { name: 'script', scope: 'read', days: 9 })
  const stream = await listen('ana', { authorization: `Bearer ${key}` })
  await waitFor('the stream', () => stream.names().length === 1)
  on.services.apiTokens.revokeAll(owner.id)
  await waitFor('the end of the stream', () => stream.isOver())
})

it('has room for as many tabs as somebody opens, and for no flood of streams; others are not concerned', async () => {
  const { id } = await on.addUser('ana')
  const bearer = async (username: string) => {
    const payload = { username, password: passwordOf(username) }
    const { token } = (await on.app.inject({ method: 'POST', url: '/api/v1/session', payload })).json()
    return { authorization: `Bearer ${token}` }
  }
  const headers = await bearer('ana')
  const open = async (these = headers) => (await fetch(`${origin}/api/v1/events`, { headers: these })).status
  const statuses: number[] = []
  for (let count = 0; count < 32; count += 1) statuses.push(await open())
  expect(statuses.filter((status) => status === 200)).toHaveLength(30)
  expect(statuses.slice(30)).toEqual([429, 429])
  await on.addUser('bruno')
  expect(await open(await bearer('bruno'))).toBe(200)
  // a stream that ends makes room
  on.services.auth.endOtherSessions(id)
  const again = await bearer('ana')
  await waitFor('room', async () => (await open(again)) === 200)
})
