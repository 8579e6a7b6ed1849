import type { Clock } from '../../../src/lib/clock.ts'
import { createLabNetwork, type LabNetwork, type NodeFiles } from '../../../src/sandbox/network/index.ts'

/** A clock that only moves when told to; sleepers wake in the order of their time. */
export function createManualClock() {
  let now = Date.UTC(2026, 10, 22)
  let sleepers: { at: number; wake: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: now + ms, wake: resolve }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((each) => each !== sleeper)
          reject(signal.reason)
        })
      }),
  }
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  const advance = async (ms: number): Promise<void> => {
    const end = now + ms
    for (;;) {
      const next = sleepers.filter((each) => each.at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      sleepers = sleepers.filter((each) => each !== next)
      now = Math.max(now, next.at)
      next.wake()
      await turn()
    }
    now = end
    await turn()
  }
  return { clock, advance }
}

export type MemoryFiles = NodeFiles & { readonly all: Map<string, Uint8Array> }

export function memoryFiles(texts: Record<string, string> = {}): MemoryFiles {
  const all = new Map<string, Uint8Array>(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]))
  return { all, read: (path) => all.get(path), write: (path, data) => void all.set(path, data) }
}

export interface TestConsole {
  /** Everything the device has printed so far and nobody asked for. */
  text(): string
  type(text: string): void
  /** Types, waits for the pattern at the end of what came since, answers it. Fails after `maxMs` emulated ms. */
  ask(text: string, until: RegExp, maxMs?: number): Promise<string>
  waitFor(pattern: RegExp, maxMs?: number): Promise<string>
  isClosed(): boolean
}

/** A lab whose time is the test's. */
export function createTestLab(options: { seed?: number } = {}) {
  const { clock, advance } = createManualClock()
  const network = createLabNetwork({ clock, speed: 1, ...(options.seed === undefined ? {} : { seed: options.seed }) })
  const files = new Map<string, MemoryFiles>()
  let links = 0
  const add = (id: string, type: string, properties: Record<string, unknown> = {}, texts: Record<string, string> = {}): void => {
    const own = memoryFiles(texts)
    files.set(id, own)
    network.addNode({ id, name: id, type, properties, files: own })
  }
  const link = (a: string, b: string): string => {
    const [from, to] = [a, b].map(parseEnd)
    const id = `link${++links}`
    if (from === undefined || to === undefined) throw new Error('two ends needed')
    network.addLink({ id, ends: [from, to] })
    return id
  }
  return {
    network,
    clock,
    advance,
    add,
    link,
    files: (id: string) => files.get(id) ?? memoryFiles(),
    open: (id: string) => openTestConsole(network, id, advance),
  }
}

/** `R1:0/1` is adapter 0, port 1. */
function parseEnd(text: string) {
  const [nodeId = '', place = '0/0'] = text.split(':')
  const [adapter = 0, port = 0] = place.split('/').map(Number)
  return { nodeId, adapter, port }
}

export function openTestConsole(network: LabNetwork, id: string, advance: (ms: number) => Promise<void>): TestConsole {
  const shared = network.console(id)
  if (shared === null) throw new Error(`${id} has no console`)
  let text = ''
  let closed = false
  const attachment = shared.attach(
    (chunk) => {
      text += Buffer.from(chunk).toString('latin1')
    },
    () => {
      closed = true
    },
  )
  const waitFor = async (pattern: RegExp, maxMs = 60_000): Promise<string> => {
    for (let waited = 0; waited <= maxMs; waited += 5) {
      if (pattern.test(text)) {
        const seen = text
        text = ''
        return seen
      }
      await advance(5)
    }
    throw new Error(`${id}: ${pattern} did not come; there was ${JSON.stringify(text)}`)
  }
  return {
    text: () => text,
    isClosed: () => closed,
    type: (typed) => attachment.write(Buffer.from(typed, 'latin1')),
    waitFor,
    ask: (typed, until, maxMs) => {
      attachment.write(Buffer.from(typed, 'latin1'))
      return waitFor(until, maxMs)
    },
  }
}
