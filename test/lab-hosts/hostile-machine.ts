import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

export const projectId = '11111111-2222-4333-8444-555555555555'
export const nodeId = 'aaaaaaaa-2222-4333-8444-555555555555'
export const page = '<!doctype html><script>document.title = "taken over"</script>'

export interface HostileMachine {
  readonly port: number
  /** What came, oldest first. */
  readonly asked: { readonly line: string; readonly headers: IncomingMessage['headers']; readonly body: string }[]
  /** What its console was sent. */
  readonly typed: string[]
  close(): Promise<void>
}

/** A work VM in a student's hands: GNS3 as far as it must be to be let in, and for the rest cookies, redirects, pages and lies. */
export async function startHostileMachine(): Promise<HostileMachine> {
  const asked: HostileMachine['asked'] = []
  const typed: string[] = []
  const sockets: Duplex[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
    const bad = { 'set-cookie': ['netpraxis=mine; Path=/', '__Host-netpraxis=mine; Path=/; Secure'], 'www-authenticate': 'Basic realm="x"' }
    const say = (status: number, type: string, text: string) => {
      response.writeHead(status, { ...bad, 'content-type': type, location: 'https://evil.example.org/' }).end(text)
    }
    const path = request.url ?? ''
    if (path === '/v3/version') return say(404, 'text/plain', 'no')
    if (path === '/v2/version') return say(200, 'application/json', '{"version":"2.2.59"}')
    if (path.endsWith('/files/netpraxis-marker.txt')) return say(200, 'text/plain', 'marker\n')
    if (path === `/v2/projects/${projectId}`) return say(200, 'application/json', JSON.stringify({ project_id: projectId, name: 'x' }))
    if (path.endsWith('/nodes')) return say(200, 'text/html', page)
    if (path.endsWith('/links')) return say(302, 'text/html', page)
    if (path.endsWith('/drawings')) return say(401, 'text/html', page)
    if (path.endsWith('/raw')) return say(200, 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    return say(200, 'application/json', '{}')
  })
  server.on('upgrade', (request, socket) => {
    sockets.push(socket)
    asked.push({ line: `UPGRADE ${request.url}`, headers: request.headers, body: '' })
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSet-Cookie: netpraxis=mine\r\n\r\n`,
    )
    socket.write(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from('hello')]))
    socket.on('data', (frame: Buffer) => {
      if ((frame.readUInt8(0) & 15) !== 1) return
      const mask = frame.subarray(2, 6)
      typed.push(Buffer.from(frame.subarray(6).map((byte, index) => byte ^ (mask[index % 4] ?? 0))).toString('utf8'))
    })
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port, // listens on a port
    asked,
    typed,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of sockets) socket.destroy()
      }),
  }
}
