import { generateKeyPairSync } from 'node:crypto'
import { type AddressInfo, Socket } from 'node:net'
import { Server } from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openConsole } from '../../../src/clients/console/index.ts'
import { consoleOptions } from './fake-transport.ts'

/** A host whose commands are over before they have begun: channel, output and status leave in one piece. */
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
})
const host = new Server({ hostKeys: [privateKey] }, (client) => {
  client.on('error', () => undefined)
  client.on('authentication', (context) => {
    if (context.method === 'password') context.accept()
    else context.reject(['password'])
  })
  client.on('session', (accept) => {
    const session = accept()
    session.on('pty', (agree) => agree?.())
    session.on('exec', (agree) => {
      // ssh2 does not hand its socket out, and only the socket can hold the three messages together
      const socket: unknown = Reflect.get(client, '_sock')
      if (!(socket instanceof Socket)) throw new Error('no socket')
      socket.cork()
      const channel = agree()
      channel.write('done\n')
      channel.exit(3)
      channel.end()
      setImmediate(() => socket.uncork())
    })
  })
})

beforeAll(() => new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => host.close(resolve)))

it('has the exit status of commands that end at once', async () => {
  const { port }: AddressInfo = Object(host.address())
  const session = await openConsole(
    consoleOptions('linux', { target: { kind: 'ssh', host: '127.0.0.1', port }, credentials: { username: 'lab', password: 'lab' } }),
  )
  for (let count = 0; count < 3; count += 1) {
    expect(await session.ask('true')).toMatchObject({ ended: 'prompt', exitCode: 3, text: 'done\n' })
  }
  await session.close()
})
