import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { systemClock } from '../../../src/lib/clock.ts'
import { type Guest, type GuestOptions, startGuest } from '../../../src/sandbox/gns3/index.ts'

/** Emulated durations are divided by this in the tests. */
export const testSpeed = 20

export interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
  /** The body as JSON. */
  readonly json: unknown
  readonly bytes: Buffer
}

export interface CallOptions {
  readonly body?: unknown
  readonly raw?: Buffer | string
  readonly headers?: Record<string, string>
}

export interface Lab {
  readonly guest: Guest
  readonly folder: string
  readonly url: string
  /** `path` without the version's prefix. */
  call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, options?: CallOptions): Promise<Answer>
  /** Imports under a fresh id; gives the id. */
  importSample(sample: Sample, name?: string): Promise<string>
  /** The node of that name in an opened project. */
  node(projectId: string, name: string): Promise<NodeView>
  end(): Promise<void>
}

export type Sample = 'sample1-two-pcs-unconfigured' | 'sample2-two-pcs-solved' | 'sample5-two-routers-two-pcs'

export const readSample = (sample: Sample): Promise<Buffer> =>
  readFile(new URL(`../../fixtures/projects/${sample}.gns3project`, import.meta.url))

export interface NodeView {
  readonly node_id: string
  readonly name: string
  readonly status: string
  readonly console: number
  readonly [member: string]: unknown
}

let nextPort = 20_000

/** Distinct console ports per lab, since all of them share 127.0.0.1. */
export function consoleRange(): { from: number; to: number } {
  nextPort += 60
  return { from: nextPort, to: nextPort + 59 }
}

const optionsOf = (folder: string, more: Partial<GuestOptions>): GuestOptions => ({
  folder,
  host: '127.0.0.1',
  apiPort: 0,
  consolePorts: consoleRange(),
  version: '2.2',
  credentials: null,
  clock: systemClock,
  speed: testSpeed,
  ...more,
})

/** A server of its own on a folder of its own, or on `folder` when it is to find what another one left. */
export async function startLab(more: Partial<GuestOptions> = {}): Promise<Lab> {
  const folder = more.folder ?? (await mkdtemp(join(tmpdir(), 'netpraxis-gns3-')))
  const options = optionsOf(folder, more)
  const guest = await startGuest(options)
  const prefix = options.version === '2.2' ? '/v2' : '/v3'
  const url = `http://127.0.0.1:${guest.apiPort}`
  let authorization: Record<string, string> = {}
  const call: Lab['call'] = async (method, path, given = {}) => {
    const isJson = given.body !== undefined
    const response = await request(`${url}${prefix}${path}`, {
      method,
      headers: { ...authorization, ...(isJson ? { 'content-type': 'application/json' } : {}), ...given.headers },
      body: isJson ? JSON.stringify(given.body) : (given.raw ?? null),
    })
    const bytes = Buffer.from(await response.body.arrayBuffer())
    const text = bytes.toString('utf8')
    return { status: response.statusCode, headers: response.headers, text, json: parse(text), bytes }
  }
  if (options.version === '3.x') {
    const answer = await call('POST', '/access/users/authenticate', {
      body: options.credentials ?? { username: 'admin', password: 'admin' },
    })
    authorization = { authorization: `Bearer ${memberOf(answer.json, 'access_token')}` }
  } else if (options.credentials) {
    const { username, password } = options.credentials
    authorization = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  }
  return {
    guest,
    folder,
    url: url + prefix,
    call,
    importSample: async (sample, name = `lab-${randomUUID()}`) => {
      const id = randomUUID()
      const answer = await call('POST', `/projects/${id}/import?name=${encodeURIComponent(name)}`, { raw: await readSample(sample) })
      if (answer.status !== 201) throw new Error(`import answered ${answer.status} ${answer.text}`)
      return id
    },
    node: async (projectId, name) => {
      const nodes = listOf(await call('GET', `/projects/${projectId}/nodes`))
      const node = nodes.find((one) => one.name === name)
      if (!node) throw new Error(`no node ${name}`)
      return node
    },
    end: async () => {
      await guest.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // not JSON: the test looks at `text`
    return undefined
  }
}

export const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined

/** The answer's list of nodes, as far as the tests look at it. */
export function listOf(answer: Answer): NodeView[] {
  if (!isList(answer.json)) throw new Error(`no list: ${answer.status} ${answer.text}`)
  return answer.json
}

const isList = (value: unknown): value is NodeView[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null)

/** Looks again until it is so; the limit is generous, a loaded machine is slow. */
export async function until(condition: () => Promise<boolean> | boolean, what: string, limitMs = 15_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what}`)
    await systemClock.sleep(10)
  }
}

export interface Terminal {
  /** Sends the line and waits until the pattern shows in what came since. */
  ask(line: string, pattern: RegExp): Promise<string>
  /** Presses Enter now and again until the pattern shows: a booting device takes no keys. */
  wake(pattern: RegExp): Promise<void>
  readonly isEnded: () => boolean
  close(): void
}

/** A telnet client that ignores negotiation. */
export async function openTerminal(port: number): Promise<Terminal> {
  const socket: Socket = connect(port, '127.0.0.1')
  let text = ''
  let ended = false
  let lastByteAt = Date.now()
  socket.on('data', (chunk) => {
    lastByteAt = Date.now()
    text += chunk.toString('latin1')
  })
  socket.on('end', () => {
    ended = true
  })
  socket.on('error', () => {
    ended = true
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('error', reject)
  })
  return {
    ask: async (line, pattern) => {
      // VPCS loses what is typed shortly after an Enter
      await until(() => Date.now() - lastByteAt > 40, 'a quiet console')
      text = ''
      socket.write(`${line}\r`)
      await until(() => pattern.test(text), `${String(pattern)} after "${line}", got ${JSON.stringify(text)}`)
      return text
    },
    wake: (pattern) =>
      until(
        async () => {
          socket.write('\r')
          await systemClock.sleep(100)
          return pattern.test(text)
        },
        `${String(pattern)} after Enter, got ${JSON.stringify(text)}`,
      ),
    isEnded: () => ended,
    close: () => socket.destroy(),
  }
}
