import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import { isAppError } from '../errors.ts'
import { createRate, keepAlive } from '../http/socket-care.ts'
import type { Services } from '../services.ts'
import { currentLocale, runInLocale } from '../strings/index.ts'
import { closeCodes } from './messages.ts'
import type { ScreenPage } from './seat.ts'

/** A person, the pointer included, stays far below this; each is a few bytes. */
const messagesPerSecond = 500
const mostMessageBytes = 16 * 1024

function toPage(socket: WebSocket): ScreenPage {
  const locale = currentLocale()
  const isThere = () => socket.readyState === socket.OPEN
  const tell: ScreenPage['tell'] = (message) => {
    if (isThere()) socket.send(JSON.stringify(message))
  }
  return {
    tell,
    send: (bytes) => {
      if (isThere() && bytes.length > 0) socket.send(bytes)
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

/** What a page says while its screen is open. */
interface Sitting {
  hear(bytes: Buffer): void
  leave(): void
}

/** Serves one page's screen until either side ends it. Who may be here was checked before the upgrade. */
export function serveScreen(
  { translate }: Services,
  socket: WebSocket,
  request: FastifyRequest,
  sitDown: (page: ScreenPage) => Sitting,
): void {
  const page = toPage(socket)
  let sitting: Sitting
  try {
    sitting = sitDown(page)
  } catch (error) {
    if (!isAppError(error)) throw error
    const code = error.code === 'LAB_LINES_LIMIT' ? closeCodes.tooMany : closeCodes.labGone
    page.close(code, () => translate(`errors.${error.code}`, { requestId: request.id, ...error.details }))
    return
  }
  keepAlive(socket)
  const isInTime = createRate(messagesPerSecond)
  const refuse = () => page.close(closeCodes.badMessage, () => translate('errors.BAD_REQUEST', { reason: '' }))
  socket.on('message', (data, isBinary) => {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)])
    if (!isBinary || bytes.length > mostMessageBytes || !isInTime()) return refuse()
    try {
      sitting.hear(bytes)
    } catch (error) {
      request.log.debug({ err: error }, 'a page said to a screen what no page of ours says')
      refuse()
    }
  })
  socket.on('error', (error) => request.log.debug({ err: error }, 'a screen socket failed'))
  socket.on('close', () => sitting.leave())
}
