import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { type ProxmoxOptions, type ProxmoxSandbox, startProxmox } from '../../../src/sandbox/proxmox/index.ts'

const bodySchema = z.object({
  data: z.unknown(),
  message: z.string().optional(),
  errors: z.record(z.string(), z.string()).optional(),
  total: z.number().optional(),
})
type Body = z.infer<typeof bodySchema>

/** An answer as a program sees it. */
export interface Answer {
  readonly status: number
  readonly reason: string
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
  readonly body: Body | undefined
}

export type Ask = (
  method: string,
  path: string,
  values?: Record<string, string | number>,
  headers?: Record<string, string>,
) => Promise<Answer>

/** Plain HTTPS calls, checked against the sandbox's own CA, with the given credentials. */
export function client(url: string, caFile: string, credentials: Record<string, string>): Ask {
  const dispatcher = new Agent({ connect: { ca: readFileSync(caFile, 'utf8') }, headersTimeout: 60_000 })
  onTestFinished(() => dispatcher.close())
  return async (method, path, values = {}, headers = {}) => {
    const form = new URLSearchParams(Object.entries(values).map(([name, value]): [string, string] => [name, String(value)])).toString()
    const hasBody = method === 'POST' || method === 'PUT'
    const query = !hasBody && form !== '' ? `?${form}` : ''
    const answer = await request(`${url}/api2/json${path}${query}`, {
      method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).parse(method),
      dispatcher,
      headers: { ...credentials, ...headers, ...(hasBody ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
      ...(hasBody ? { body: form } : {}),
    })
    const text = await answer.body.text()
    return {
      status: answer.statusCode,
      reason: answer.statusText,
      headers: answer.headers,
      text,
      body: text === '' ? undefined : bodySchema.parse(JSON.parse(text)),
    }
  }
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'netpraxis-sandbox-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A guest that only exists: no GNS3 behind it. */
export const quietGuest: NonNullable<ProxmoxOptions['guestFactory']> = async (options) => ({
  apiPort: options.apiPort,
  freeze: () => undefined,
  thaw: () => undefined,
  hibernate: async () => ({ memory: 'kept' }),
  stop: async () => undefined,
  shutdown: async () => undefined,
})

/** A sandbox for one test: durations pass two hundred times as fast, and it is closed at the end. */
export async function givenSandbox(options: Partial<ProxmoxOptions> = {}): Promise<{ sandbox: ProxmoxSandbox; ask: Ask }> {
  const sandbox = await startProxmox({ stateDir: options.stateDir ?? temporaryFolder(), speed: 200, guestFactory: quietGuest, ...options })
  onTestFinished(() => sandbox.close())
  const ask = client(sandbox.proxmoxUrl, sandbox.caFile, { authorization: `PVEAPIToken=${sandbox.tokenId}=${sandbox.tokenSecret}` })
  return { sandbox, ask }
}

const statusSchema = z.object({ status: z.string(), exitstatus: z.string().optional() })
const logSchema = z.array(z.object({ n: z.number(), t: z.string() }))

/** Polls until the task has ended; answers how, and its log. */
export async function finish(ask: Ask, answer: Answer): Promise<{ exit: string; log: string[] }> {
  const upid = z.string().startsWith('UPID:').parse(answer.body?.data)
  const node = upid.split(':')[1]
  const path = `/nodes/${node}/tasks/${encodeURIComponent(upid)}`
  for (;;) {
    const { status, exitstatus } = statusSchema.parse((await ask('GET', `${path}/status`)).body?.data)
    if (status === 'stopped') {
      const log = logSchema.parse((await ask('GET', `${path}/log`, { limit: 0 })).body?.data)
      return { exit: exitstatus ?? '', log: log.map((line) => line.t) }
    }
  }
}
