import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createServer, type TLSSocket } from 'node:tls'
import { generate } from 'selfsigned'
import type { Log } from '../../../src/clients/proxmox/index.ts'
import type { Clock } from '../../../src/lib/clock.ts'

export const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** Time that goes `factor` times as fast as the real one, so that back-offs of seconds take milliseconds. */
export function fastClock(factor: number): Clock {
  const startedAt = Date.now()
  return {
    now: () => startedAt + (Date.now() - startedAt) * factor,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      await delay(ms / factor, undefined, signal === undefined ? {} : { signal })
    },
  }
}

export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What is written for a request, byte by byte; `reset` breaks the connection, `hang` never answers. */
export type RawAnswer = string | 'reset' | 'hang'

/** A raw answer with the headers that Proxmox sends, its two Connection headers included. */
export function answer(status: number, reason: string, body: unknown): string {
  const text = body === undefined ? '' : JSON.stringify(body)
  const type = body === undefined ? '' : 'Content-Type: application/json;charset=UTF-8\r\n'
  const connection = status < 400 ? 'Connection: close\r\nConnection: Keep-Alive\r\n' : 'Connection: close\r\n'
  return `HTTP/1.1 ${status} ${reason}\r\nCache-Control: max-age=0\r\n${connection}Server: pve-api-daemon/3.0\r\nContent-Length: ${Buffer.byteLength(text)}\r\n${type}\r\n${text}`
}

export const ok = (data: unknown, more: object = {}): string => answer(200, 'OK', { data, ...more })
export const refuse = (status: number, text: string): string => answer(status, text, { data: null, message: `${text}\n` })

function parseRequest(text: string): RawRequest | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const body = text.slice(end + 4)
  if (Buffer.byteLength(body) < Number(headers['content-length'] ?? 0)) return undefined
  const [method = '', path = ''] = first.split(' ')
  return { method, path: path.replace('/api2/json', ''), headers, body }
}

/** A TLS server on loopback that answers with raw bytes and remembers what it was sent. */
export async function startRaw(respond: (request: RawRequest) => RawAnswer) {
  const certificate = await generate([{ name: 'commonName', value: 'pve1' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  })
  const requests: RawRequest[] = []
  const sockets = new Set<TLSSocket>()
  const server = createServer({ key: certificate.private, cert: certificate.cert }, (socket) => {
    sockets.add(socket)
    let buffered = ''
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      buffered += chunk.toString('utf8')
      const request = parseRequest(buffered)
      if (request === undefined) return
      buffered = ''
      requests.push(request)
      const raw = respond(request)
      if (raw === 'hang') return
      if (raw === 'reset') return void socket.destroy()
      socket.write(raw)
      if (/\r\nConnection: close\r\n(?!Connection: Keep)/.test(raw)) socket.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const folder = mkdtempSync(join(tmpdir(), 'proxmox-raw-'))
  const caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, certificate.cert)
  const address = server.address()
  const port = isAddress(address) ? address.port : 0
  return {
    url: `https://127.0.0.1:${port}`,
    caFile,
    fingerprint: await fingerprintOf(certificate.cert),
    requests,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const isAddress = (address: string | AddressInfo | null): address is AddressInfo => typeof address === 'object' && address !== null

async function fingerprintOf(pem: string): Promise<string> {
  const { X509Certificate } = await import('node:crypto')
  return new X509Certificate(pem).fingerprint256
}
