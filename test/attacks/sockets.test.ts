import { expect, it, onTestFinished } from 'vitest'
import { openAttackBench } from './attack-bench.ts'
import { openSocket, terminalOf } from './cases/sockets.ts'

it('a terminal is opened for the owner from a page of ours, so that the refusals of the other origins are about the origin', async () => {
  const on = await openAttackBench()
  onTestFinished(async () => {
    await on.services.terminals.close()
    await on.close()
  })
  const { path, cookie } = await terminalOf(on)
  expect(await openSocket(on, path, { cookie, origin: 'http://127.0.0.1:8080' })).toMatchObject({ statusCode: 101 })
})
