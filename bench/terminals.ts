import { createServer, type Socket } from 'node:net'
import { pino } from 'pino'
import { connectTelnet } from '../src/clients/console/index.ts'
import { systemClock } from '../src/lib/clock.ts'
import { createTranslator } from '../src/strings/index.ts'
import { createTerminal } from '../src/terminals/terminal.ts'
import type { Viewer } from '../src/terminals/viewers.ts'
import type { Benchmark } from './benchmark.ts'

const terminals = 30
const linesEach = 4_000
const lineOf = (terminal: number, index: number): string => `terminal ${terminal} line ${index} ${'.'.repeat(50)}\r\n`
const greeting = Buffer.from([255, 251, 1, 255, 251, 3, 255, 251, 0, 255, 253, 0])

/** A console per connection, which pours its lines as fast as they are taken once a key was pressed. */
async function startConsoles() {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const number = sockets.size
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.write(greeting)
    socket.on('data', (chunk) => {
      // a key, and not an answer to the greeting
      if (!chunk.includes(13)) return
      for (let index = 0; index < linesEach; index += 1) socket.write(lineOf(number, index))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const close = () => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  }
  return { port: address.port, close }
}

async function openOne(port: number) {
  const seen = { text: '', isOpen: false }
  const viewer: Viewer = {
    ...{ userId: 'bench', name: 'bench', mayType: true, unsentBytes: 0, close: () => undefined, inLanguage: (run) => run() },
    tell: (message) => {
      if (message.type === 'state') seen.isOpen = message.line === 'open'
    },
    show: (text) => {
      seen.text += text
    },
  }
  const terminal = createTerminal({
    ...{ device: 'bench', platform: null, checkedSince: () => null, clock: systemClock },
    ...{ log: pino({ level: 'silent' }), translate: createTranslator() },
    connect: (size, signal) =>
      connectTelnet({ ...{ device: 'bench', host: '127.0.0.1', port, timeoutMs: 10_000 }, clock: systemClock, signal, size }),
  })
  terminal.attach(viewer)
  while (!seen.isOpen) await systemClock.sleep(5)
  return { terminal, viewer, seen }
}

/** Lines that are missing or not in their order, of one terminal. */
function countLost(text: string): number {
  const numbers = [...text.matchAll(/line (\d+) \.{50}\r\n/gu)].map(([, index]) => Number(index))
  return Array.from({ length: linesEach }, (_, index) => numbers[index] === index).filter((isThere) => !isThere).length
}

export const openTerminals: Benchmark = {
  name: 'terminals',
  title: 'Thirty open terminals',
  how: `${terminals} devices pour ${linesEach} lines each at the same time; one viewer per terminal takes them. Every line must arrive, in its order. The baseline is the size of what was poured.`,
  run: async (say) => {
    const consoles = await startConsoles()
    const opened = await Promise.all(Array.from({ length: terminals }, () => openOne(consoles.port)))
    say(`${opened.length} terminals are open`)
    const before = Date.now()
    for (const { terminal, viewer } of opened) terminal.handle(viewer, { type: 'keys', data: '\r' })
    const last = `line ${linesEach - 1} `
    const until = Date.now() + 120_000
    while (opened.some(({ seen }) => !seen.text.includes(last)) && Date.now() < until) await systemClock.sleep(50)
    const tookMs = Date.now() - before
    const lost = opened.reduce((sum, { seen }) => sum + countLost(seen.text), 0)
    await Promise.all(opened.map(({ terminal }) => terminal.close(() => 'over')))
    await consoles.close()
    return [
      { what: `lines lost of ${terminals * linesEach}`, value: lost, unit: 'count', aim: { atMost: 0 } },
      { what: 'until the last line was shown', value: tookMs / 1_000, unit: 's' },
      { what: 'memory of the process afterwards', value: process.memoryUsage().rss / 1_048_576, unit: 'MB' },
    ]
  },
}
