import { createServer, type Server, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import { createFakeIos, type FakeIosOptions } from '../clients/console/fake-ios.ts'

export const labProjectId = '11111111-2222-4333-8444-555555555555'
export const labMarker = 'marker-of-this-lab'
const [r1, r2] = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002']

interface LabNode {
  readonly node_id: string
  readonly name: string
  readonly node_type: string
}
interface LabLink {
  readonly link_id: string
  readonly nodes: readonly { readonly node_id: string; readonly adapter_number: number; readonly port_number: number }[]
}
const end = (node_id: string, port_number = 0) => ({ node_id, adapter_number: 0, port_number })
export const handedOut: { nodes: readonly LabNode[]; links: readonly LabLink[] } = {
  nodes: [
    { node_id: r1, name: 'R1', node_type: 'dynamips' },
    { node_id: r2, name: 'R2', node_type: 'dynamips' },
  ],
  links: [{ link_id: 'cable', nodes: [end(r1), end(r2)] }],
}

/** How a work VM differs from one that nobody tampered with. */
export interface Tampering {
  /** By the end of a path of its GNS3 API: what it answers instead. */
  readonly answers?: Readonly<Record<string, (response: ServerResponse) => void>>
  readonly nodes?: readonly LabNode[]
  readonly links?: readonly LabLink[]
  /** Lines in the configuration of R1. */
  readonly configuration?: readonly string[]
  readonly device?: FakeIosOptions['answers']
  /** Instead of R1. */
  readonly console?: (socket: Socket) => void
}

const route = [
  'Routing entry for 10.0.2.0/24',
  '  Known via "static", distance 1, metric 0',
  '  Routing Descriptor Blocks:',
  '  * 10.0.12.2',
  '      Route metric is 0, traffic share count is 1',
  '',
].join('\r\n')
const configurationOf = (lines: readonly string[]) =>
  ['Building configuration...', '!', 'version 15.2', 'hostname R1', ...lines, 'end', ''].join('\r\n')

/** The fake router at a telnet port, as GNS3 gives it out. */
function serveRouter({ configuration = [], device = {}, console: instead }: Tampering): TcpServer {
  return createTcpServer((socket) => {
    socket.on('error', () => socket.destroy())
    if (instead) return instead(socket)
    const { transport } = createFakeIos({
      answers: {
        'show running-config': configurationOf(configuration),
        'show startup-config': configurationOf(configuration),
        'show privilege': 'Current privilege level is 15\r\n',
        'show ip route 10.0.2.0 255.255.255.0': route,
        ...device,
      },
    }).device
    socket.write(Buffer.from([255, 251, 1, 255, 251, 3, 255, 251, 0, 255, 253, 0]))
    transport.attach({ data: (bytes) => void socket.write(bytes), closed: () => socket.end() })
    socket.on('data', (bytes: Buffer) => transport.write(withoutTelnet(bytes)))
  })
}

/** Drops `IAC verb option`; we send nothing longer unasked. */
function withoutTelnet(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === 255) at += 2
    else text += String.fromCharCode(bytes[at] ?? 0)
  }
  return text
}

const sayJson = (response: ServerResponse, value: unknown): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))

function serveGns3(tampering: Tampering, consolePort: number): Server {
  const { nodes = handedOut.nodes, links = handedOut.links, answers = {} } = tampering
  return createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const instead = Object.entries(answers).find(([end]) => path.endsWith(end))?.[1]
    if (instead) return instead(response)
    if (path === '/v2/version') return sayJson(response, { version: '2.2.54' })
    if (path.endsWith('/files/netpraxis-marker.txt')) return void response.end(`${labMarker}\n`)
    if (path.endsWith('/open') || path === `/v2/projects/${labProjectId}`)
      return sayJson(response, { project_id: labProjectId, name: 'lab', status: 'opened', auto_close: false })
    const running = { status: 'started', console: consolePort, console_type: 'telnet' }
    if (path.endsWith('/nodes'))
      return sayJson(
        response,
        nodes.map((node) => ({ ...running, ...node })),
      ) // the one console is R1's
    if (path.endsWith('/links')) return sayJson(response, links)
    return void response.writeHead(404).end('{"message":"no"}')
  })
}

const listen = (server: TcpServer, host: string): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    }),
  )

export interface TamperedMachine {
  readonly endpoint: { readonly host: string; readonly port: number }
  close(): void
}

/** A work VM in the hands of its student, on an address of its own: GNS3 2.2 with two routers, and whatever he changed. */
export async function startTamperedMachine(host: string, tampering: Tampering): Promise<TamperedMachine> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => void sockets.add(socket)
  const router = serveRouter(tampering).on('connection', keep)
  const gns3 = serveGns3(tampering, await listen(router, host)).on('connection', keep)
  return {
    endpoint: { host, port: await listen(gns3, host) },
    close: () => {
      for (const server of [router, gns3]) server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
