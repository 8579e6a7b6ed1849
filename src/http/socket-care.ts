import type { WebSocket } from '@fastify/websocket'

/** A browser that does not answer a ping until the next one is gone. */
const pingEveryMs = 25_000

/** Ends the socket of a browser that is not there any more. */
export function keepAlive(socket: WebSocket): void {
  let isAlive = true
  socket.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }, pingEveryMs)
  socket.on('close', () => clearInterval(timer))
}

/** @returns to be asked for each message: false for one that comes too soon after the others */
export function createRate(mostPerSecond: number): () => boolean {
  let [second, heard] = [0, 0]
  return () => {
    const now = Math.floor(Date.now() / 1_000)
    heard = now === second ? heard + 1 : 1
    second = now
    return heard <= mostPerSecond
  }
}
