import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cookieOf, passwordOf } from '../support/app.ts'
import { type AttackBench, openAttackBench } from './attack-bench.ts'

let on: AttackBench
let path: string
let cookie: string
beforeAll(async () => {
  on = await openAttackBench()
  const endpoint = { host: '127.77.0.9', port: 1 }
  const lab = on.given.workVm(on.exercise, on.student, { state: 'ready', readyAt: new Date().toISOString(), marker: 'm', endpoint })
  path = `/work-vms/${lab.id}/devices/PC1/terminal`
  cookie = cookieOf(await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') }))
})
afterAll(async () => {
  await on?.services.terminals.close()
  await on?.close()
})

/** The status of the answer to an upgrade that is refused. */
async function open(headers: Record<string, string>): Promise<string> {
  try {
    const socket = await on.app.injectWS(path, { headers })
    socket.terminate()
    return 'opened'
  } catch (error) {
    return error instanceof Error ? error.message : 'no error'
  }
}

describe('a websocket to a terminal', () => {
  it.each<[string, string | undefined]>([
    ['a foreign site', 'https://evil.example'],
    ['a lab on the same site', 'http://lab-1.localhost:8080'],
    ['the same host on another port', 'http://127.0.0.1:8081'],
    ['the same host with another scheme', 'https://127.0.0.1:8080'],
    ['a sandboxed frame', 'null'],
    ['a name that begins like ours', 'http://127.0.0.1:8080.evil.example'],
    ['nobody who says so', undefined],
  ])('is refused to %s, with the right cookie', async (_what, origin) => {
    const [before, from] = [on.state(), on.log().length]
    expect(await open({ cookie, ...(origin === undefined ? {} : { origin }) })).toMatch(/403/)
    expect(on.state()).toBe(before)
    expect(on.log().slice(from)).toMatch(/"security":true.*ORIGIN_REFUSED|ORIGIN_REFUSED.*"security":true/)
  })

  it('is refused to a classmate of its owner, from a page of ours', async () => {
    const other = cookieOf(await on.stranger.post('/sign-in', { username: 'bruno', password: passwordOf('bruno') }))
    const from = on.log().length
    expect(await open({ cookie: other, origin: 'http://127.0.0.1:8080' })).toMatch(/404/)
    expect(on.log().slice(from)).toMatch(/WORK_VM_NOT_FOUND/)
  })

  it('is opened for the owner from a page of ours, so that the refusals above are about the origin', async () => {
    expect(await open({ cookie, origin: 'http://127.0.0.1:8080' })).toBe('opened')
  })
})
