/**
 * The socket of one console, a terminal's or a screen's: what the server says about it comes as text, what the device prints or draws as
 * bytes. Comes back by itself after a lost connection, not after it was closed for good.
 */
const retryMs = [500, 1_000, 2_000, 4_000, 8_000]
/** Of a console that was there before: some five minutes without a word. One that never was is given up sooner. */
const mostTries = 40

/**
 * @param path of the socket
 * @param handlers `onConnect(socket)` for each new connection, `onMessage(message)`, `onBytes(buffer)`, `onEnd()` after each connection,
 *   `onLost()` while it is tried again, `onRefused()` when it is given up
 * @returns `send(message)`: false when nothing could be sent; `close()`; `reopen()`
 */
export function openSocket(path, { onConnect, onMessage, onBytes, onEnd, onLost, onRefused }) {
  const address = new URL(path, location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  let socket
  let tries = 0
  let wasThere = false
  let isOver = false
  let isWaiting = false
  let timer
  let drop

  const connect = () => {
    isWaiting = false
    const mine = new WebSocket(address)
    let saidWhy = false
    let hasEnded = false
    const end = (code) => {
      if (hasEnded || mine !== socket) return
      hasEnded = true
      onEnd?.()
      // our own codes say that coming back is of no use
      if (isOver || (code >= 4000 && code < 5000)) return
      if (tries >= (wasThere ? mostTries : retryMs.length)) return onRefused()
      if (!saidWhy) onLost()
      isWaiting = true
      timer = setTimeout(connect, retryMs[Math.min(tries, retryMs.length - 1)])
      tries += 1
    }
    socket = mine
    mine.binaryType = 'arraybuffer'
    mine.addEventListener('message', ({ data }) => {
      if (mine !== socket || hasEnded) return
      if (typeof data !== 'string') return onBytes?.(data)
      const message = JSON.parse(data)
      wasThere = true
      saidWhy = message.type === 'closed'
      if (message.line === 'open') tries = 0
      onMessage(message)
    })
    mine.addEventListener('close', ({ code }) => end(code))
    // without a network a socket seems open for minutes, and what is typed into it is lost
    drop = () => {
      mine.close()
      end(1006)
    }
    onConnect?.(mine)
  }
  const goOffline = () => {
    if (socket.readyState === WebSocket.OPEN) drop()
  }
  const comeBack = () => {
    if (!isWaiting) return
    clearTimeout(timer)
    tries = 0
    connect()
  }
  window.addEventListener('offline', goOffline)
  window.addEventListener('online', comeBack)
  connect()
  return {
    send: (message) => {
      if (socket.readyState !== WebSocket.OPEN) return false
      socket.send(JSON.stringify(message))
      return true
    },
    close: () => {
      isOver = true
      isWaiting = false
      clearTimeout(timer)
      window.removeEventListener('offline', goOffline)
      window.removeEventListener('online', comeBack)
      socket.close()
    },
    reopen: () => {
      clearTimeout(timer)
      tries = 0
      const old = socket
      connect()
      old.close()
    },
  }
}
