import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { isApiError } from './api-error.ts'
import { isBasicAllowed, type Tokens } from './auth.ts'
import { prefixOf } from './http-server.ts'
import { getNode } from './nodes.ts'
import { closeWhenAlone } from './notification.routes.ts'
import { controllerTopic } from './notifications.ts'
import { compileRoutes, matchPath } from './router.ts'
import { getProject, type ServerState } from './server-state.ts'
import { acceptSocket, type ServerSocket } from './websocket.ts'

interface SocketCall {
  readonly params: Readonly<Record<string, string>>
  /** Completes the handshake; only once the thing that is asked for was found. */
  readonly accept: () => ServerSocket
}

interface SocketRoute {
  readonly path: string
  readonly handle: (call: SocketCall) => Promise<void>
}

/** GNS3's own console stream begins so, on the websocket too (telnet negotiation included). */
const greeting = Buffer.from([0xff, 0xfb, 1, 0xff, 0xfb, 3, 0xff, 0xfb, 0, 0xff, 0xfd, 0])

/** Adds the websockets: notifications and consoles. */
export function serveSockets(server: Server, state: ServerState, tokens: Tokens): void {
  const compiled = compileRoutes(prefixOf(state.runtime), socketRoutes(state))
  server.on('upgrade', (request, stream) => {
    stream.on('error', () => stream.destroy())
    const url = new URL(request.url ?? '/', 'http://gns3')
    const match = compiled.map((route) => matchPath(route, url.pathname)).find((found) => found !== undefined)
    if (!match) return refuse(stream, 404)
    if (!mayConnect(state, tokens, request, url)) return refuse(stream, state.runtime.version === '2.2' ? 401 : 403)
    match.route
      .handle({ params: match.params, accept: () => acceptSocket({ key: request.headers['sec-websocket-key'] ?? '' }, stream) })
      .catch((error: unknown) => {
        refuse(stream, isApiError(error) ? error.status : 500)
      })
  })
}

/** 2.2 asks nothing of consoles, whatever its settings: whoever reaches the port may type. 3.x wants the token in the URL. */
function mayConnect(state: ServerState, tokens: Tokens, request: IncomingMessage, url: URL): boolean {
  if (state.runtime.version === '3.x') return tokens.userOf(url.searchParams.get('token') ?? '') !== undefined
  return url.pathname.endsWith('console/ws') || isBasicAllowed(state.runtime, request.headers.authorization)
}

function refuse(stream: Duplex, status: number): void {
  const authenticate = status === 401 ? 'WWW-Authenticate: Basic realm="GNS3 server"\r\n' : ''
  stream.end(`HTTP/1.1 ${status} Refused\r\n${authenticate}Content-Length: 0\r\nConnection: close\r\n\r\n`)
}

function socketRoutes(state: ServerState): SocketRoute[] {
  const follow = async (topic: string, socket: ServerSocket) => {
    const gone = new AbortController()
    socket.onClose(() => gone.abort())
    await state.notifications.follow(topic, { send: (line) => socket.sendText(line), gone: gone.signal })
  }
  return [
    { path: '/notifications/ws', handle: ({ accept }) => follow(controllerTopic, accept()) },
    {
      path: '/projects/{project_id}/notifications/ws',
      handle: async ({ params, accept }) => {
        const project = getProject(state, params.project_id)
        await follow(project.id, accept())
        await closeWhenAlone(state, project)
      },
    },
    { path: '/projects/{project_id}/nodes/{node_id}/console/ws', handle: async (call) => serveConsole(state, call) },
  ]
}

function serveConsole(state: ServerState, { params, accept }: SocketCall): void {
  const project = getProject(state, params.project_id)
  const node = getNode(project, params.node_id)
  const device = project.network?.console(node.id)
  const socket = accept()
  if (!device || !node.listener) {
    socket.close(1000)
    return
  }
  socket.sendBinary(greeting)
  const attachment = device.attach(
    (chunk) => socket.sendBinary(chunk),
    () => socket.close(1000),
  )
  socket.onMessage(({ bytes, isText }) => {
    // 3.x forwards text alone
    if (isText || state.runtime.version === '2.2') attachment.write(bytes)
  })
  socket.onClose(() => attachment.detach())
}
