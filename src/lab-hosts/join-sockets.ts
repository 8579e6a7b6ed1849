import type { WebSocket } from '@fastify/websocket'
import type { Gns3Socket } from '../clients/gns3/index.ts'
import { createRate } from '../http/socket-care.ts'

export interface JoinedSockets {
  readonly browser: WebSocket
  readonly gns3: Gns3Socket
  /** Whether what the browser says now may reach the lab. */
  readonly mayPass: () => boolean
  readonly onPassed: () => void
}

/** A browser that takes nothing while its devices print is let go of. */
const mostUnsentBytes = 8 * 1024 * 1024
/** A person and a paste stay far below this. */
const mostMessageBytes = 64 * 1024
const mostPerSecond = 500

/** A browser that does not answer the farewell is not waited for. */
const farewellMs = 2_000

/** Ends a socket for good. */
export function endSocket(browser: WebSocket): void {
  browser.close(1001)
  setTimeout(() => browser.terminate(), farewellMs).unref()
}

/** Hands messages to and fro. What may not reach the lab is dropped, not kept for later. */
export function joinSockets({ browser, gns3, mayPass, onPassed }: JoinedSockets): void {
  const isInTime = createRate(mostPerSecond)
  browser.on('message', (data, isBinary) => {
    const message = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)])
    if (message.length > mostMessageBytes || !isInTime() || gns3.unsentBytes > mostUnsentBytes) return browser.close(1009)
    if (!mayPass()) return
    onPassed()
    gns3.send(isBinary ? message : message.toString('utf8'))
  })
  gns3.onMessage((message) => {
    if (browser.readyState !== browser.OPEN) return
    if (browser.bufferedAmount > mostUnsentBytes) browser.terminate()
    else browser.send(message)
  })
  gns3.onClose(() => browser.close(1000))
  browser.on('close', () => gns3.close())
  browser.on('error', () => gns3.close())
}
