import { expect, it } from 'vitest'
import { defaultLimits } from '../../../src/clients/console/contract.ts'
import { createStream } from '../../../src/clients/console/stream.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import { createFakeDevice } from './fake-transport.ts'

/** Every timer ends in the next turn of the event loop: whoever waits is woken in the middle of whatever happens. */
const hasty = (): Clock => {
  let now = 0
  return {
    now: () => now,
    sleep: async (_ms, signal) => {
      await new Promise((resolve) => setImmediate(resolve))
      signal?.throwIfAborted()
      now += 1
    },
  }
}

const prompt = '\x1b[1mR1# \x1b[0m'

it('is judged only when bytes and screen fit together: an older screen shows a prompt while a piece is on its way', async () => {
  const device = createFakeDevice((typed) => device.say(`${typed}\n${'10.0.0.1 is up\r\n'.repeat(200)}${prompt}`), [4096])
  const end = new AbortController()
  const stream = createStream({ transport: device.transport, clock: hasty(), signal: end.signal, limits: defaultLimits })
  device.say(`an earlier answer\r\n${prompt}`)
  await device.said()
  await stream.applied()
  const seen: string[] = []
  for (const command of ['show one', 'show two', 'show three']) {
    await stream.begin('R1# ')
    const isOver = () => stream.rawHead(4096).includes(command) && stream.tail() === 'R1# '
    stream.send(`${command}\r`)
    await stream.until(isOver, { timeoutMs: 10_000 })
    seen.push(`${stream.lines()[0]} ${stream.lines().length}`)
  }
  stream.close()
  expect(seen).toEqual(['R1# show one 201', 'R1# show two 201', 'R1# show three 201'])
})

it('keeps the bytes in order however they come, and hands out the last of them', async () => {
  const text = Array.from({ length: 9_000 }, (_, index) => `line ${index}\r\n`).join('')
  // small ones, which go together, and large ones, which are taken in slices
  const device = createFakeDevice(() => undefined, [1, 700, 40_000, 3])
  const end = new AbortController()
  const stream = createStream({ transport: device.transport, clock: hasty(), signal: end.signal, limits: defaultLimits })
  await stream.begin('')
  device.say(text)
  await device.said()
  await stream.applied()
  expect([stream.rawBytes(), stream.rawFrom(text.length - 11).toString()]).toEqual([text.length, 'line 8999\r\n'])
  expect([stream.raw().toString() === text, stream.rawFrom(5).length]).toEqual([true, text.length - 5])
  expect(stream.lines()).toEqual(text.split('\r\n').slice(0, -1))
  stream.close()
})
