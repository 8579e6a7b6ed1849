import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import { type AppError, isAppError } from '../errors.ts'
import { type Actor, actorOf } from '../http/access.ts'
import { createRate, keepAlive } from '../http/socket-care.ts'
import type { Services } from '../services.ts'
import { currentLocale, runInLocale } from '../strings/index.ts'
import { clientMessage, closeCodes, type ServerMessage } from './messages.ts'
import type { SeatedViewer } from './terminals.service.ts'
import type { Viewer } from './viewers.ts'

/** A person and the terminal's own repetition of a key stay far below this. */
const messagesPerSecond = 200

/** A socket as a viewer of a terminal. */
function toViewer(socket: WebSocket, actor: Actor, mayType: boolean): Viewer {
  const locale = currentLocale()
  const tell = (message: ServerMessage) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
  }
  return {
    userId: actor.id,
    name: actor.displayName,
    mayType,
    tell,
    show: (text) => {
      if (text !== '' && socket.readyState === socket.OPEN) socket.send(Buffer.from(text, 'utf8'))
    },
    get unsentBytes() {
      return socket.bufferedAmount
    },
    close: (code, reason) => {
      tell({ type: 'closed', text: runInLocale(locale, reason) })
      socket.close(code)
    },
    inLanguage: (run) => runInLocale(locale, run),
  }
}

/** @returns undefined for what no page of ours sends */
function parse(raw: string) {
  try {
    return clientMessage.safeParse(JSON.parse(raw)).data
  } catch {
    return undefined // no JSON
  }
}

export interface SocketRequest {
  readonly workVmId: string
  readonly device: string
}

/** Serves one page's terminal until either side ends it. Who may be here was checked before the upgrade. */
export function serveTerminal(services: Services, socket: WebSocket, request: FastifyRequest, { workVmId, device }: SocketRequest): void {
  const { terminals, translate } = services
  const actor = actorOf(request)
  const refuse = (error: AppError) => {
    const code = error.code === 'TERMINAL_LIMIT' ? closeCodes.tooMany : closeCodes.labGone
    toViewer(socket, actor, false).close(code, () => translate(`errors.${error.code}`, { requestId: request.id, ...error.details }))
  }
  let seated: SeatedViewer
  let viewer: Viewer
  try {
    const { workVm, isOwner } = terminals.find(actor, workVmId, device)
    viewer = toViewer(socket, actor, isOwner)
    seated = terminals.sitDown(workVm, device, { actor, viewer })
  } catch (error) {
    if (!isAppError(error)) throw error
    refuse(error)
    return
  }
  keepAlive(socket)
  const isInTime = createRate(messagesPerSecond)
  socket.on('message', (data, isBinary) => {
    const message = isBinary ? undefined : parse(data.toString())
    if (message === undefined) return viewer.close(closeCodes.badMessage, () => translate('errors.BAD_REQUEST', { reason: '' }))
    if (isInTime()) seated.hear(message)
    else viewer.tell({ type: 'notice', text: viewer.inLanguage(() => translate('pages.terminals.notices.refused.tooFast')) })
  })
  socket.on('error', (error) => request.log.debug({ err: error }, 'a terminal socket failed'))
  socket.on('close', () => seated.leave())
}
