import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/lib/clock.ts'
import { createLabNetwork, type LabNetwork, openConsoleListener } from '../../../src/sandbox/network/index.ts'
import { memoryFiles } from '../network/lab-kit.ts'

const GREETING = 'fffb01fffb03fffb00fffd00'
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

async function startPc(): Promise<{ network: LabNetwork; port: number }> {
  const network = createLabNetwork({ clock: systemClock, speed: 50 })
  network.addNode({ id: 'PC1', name: 'PC1', type: 'vpcs', properties: {}, files: memoryFiles({ 'startup.vpc': 'set pcname PC1\n' }) })
  await network.start('PC1')
  const console = network.console('PC1')
  if (console === null) throw new Error('a PC has a console')
  const listener = await openConsoleListener({ console, host: '127.0.0.1', port: 0 })
  cleanups.push(() => network.close(), listener.close)
  return { network, port: listener.port }
}

function dial(port: number) {
  const socket: Socket = connect(port, '127.0.0.1')
  let received = Buffer.alloc(0)
  let ended = false
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
  })
  socket.on('end', () => {
    ended = true
  })
  cleanups.push(() => socket.destroy())
  const until = async (isThere: () => boolean) => {
    for (let tries = 0; tries < 500; tries += 1) {
      if (isThere()) return
      await new Promise((resolve) => setImmediate(resolve))
      await systemClock.sleep(5)
    }
    throw new Error(`did not come: ${JSON.stringify(received.toString('latin1'))}`)
  }
  return { socket, hex: () => received.toString('hex'), text: () => received.toString('latin1'), hasEnded: () => ended, until }
}

describe('the telnet proxy in front of a console', () => {
  it('greets, then hands over what was printed before anybody came', async () => {
    const { port } = await startPc()
    const client = dial(port)
    await client.until(() => client.text().endsWith('PC1> '))
    expect(client.hex().startsWith(`${GREETING}fffd01fffb01fffd03fffb030d0d0a`)).toBe(true)
    const second = dial(port)
    await second.until(() => second.hex().length >= GREETING.length)
    expect(second.hex()).toBe(GREETING)
  })

  it('answers DO SGA with WILL SGA every time and an unknown DO with WONT', async () => {
    const { port } = await startPc()
    const client = dial(port)
    await client.until(() => client.text().endsWith('PC1> '))
    const before = client.hex().length
    client.socket.write(Buffer.from([255, 253, 3, 255]))
    client.socket.write(Buffer.from([253, 3, 255, 253, 31, 255, 251, 24]))
    await client.until(() => client.hex().length >= before + 18)
    expect(client.hex().slice(before)).toBe('fffb03fffb03fffc1f')
  })

  it('shares one session: both see what either types', async () => {
    const { port } = await startPc()
    const [a, b] = [dial(port), dial(port)]
    await a.until(() => a.text().includes('PC1> ') || b.text().includes('PC1> '))
    a.socket.write('echo hi\r')
    await b.until(() => b.text().includes('echo hi\r\nhi\r\n\rPC1> '))
    await a.until(() => a.text().includes('echo hi\r\nhi\r\n\rPC1> '))
    a.socket.destroy()
    b.socket.write('echo on\r')
    await b.until(() => b.text().includes('\non\r\n'))
  })

  it('ends the connection when the device stops', async () => {
    const { network, port } = await startPc()
    const client = dial(port)
    await client.until(() => client.hex().length > 30)
    await network.stop('PC1')
    await client.until(client.hasEnded)
  })

  it('refuses connections once it is closed', async () => {
    const { port } = await startPc()
    await cleanups.pop()?.()
    await expect(
      new Promise((resolve, reject) => connect(port, '127.0.0.1').on('connect', resolve).on('error', reject)),
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
