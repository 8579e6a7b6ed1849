/**
 * The socket of one screen. The picture comes as binary frames and belongs to noVNC; what the server says about it comes as text and is
 * ours. noVNC is handed a channel that carries the binary frames alone.
 */
const retryMs = [500, 1_000, 2_000, 4_000, 8_000]
const mostTries = 40

function toChannel(socket) {
  const channel = {
    binaryType: 'arraybuffer',
    protocol: '',
    onopen: null,
    onmessage: null,
    onerror: null,
    onclose: null,
    get readyState() {
      return socket.readyState
    },
    send: (data) => socket.send(data),
    close: () => socket.close(),
  }
  socket.addEventListener('open', (event) => channel.onopen?.(event))
  socket.addEventListener('error', (event) => channel.onerror?.(event))
  socket.addEventListener('close', (event) => channel.onclose?.(event))
  socket.addEventListener('message', (event) => {
    if (typeof event.data !== 'string') channel.onmessage?.(event)
  })
  return channel
}

/**
 * @param path of the socket
 * @param handlers `onChannel(channel)` for each new connection, `onMessage(message)`, `onEnd()` after each, `onLost()` when the server
 *   itself could not be reached, `onRefused()` when it is given up
 */
export function openScreenSocket(path, { onChannel, onMessage, onEnd, onLost, onRefused }) {
  const address = new URL(path, location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  let socket
  let tries = 0
  let isOver = false
  let timer

  const connect = () => {
    let wasTold = false
    socket = new WebSocket(address)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }) => {
      if (typeof data !== 'string') return
      wasTold = true
      const message = JSON.parse(data)
      if (message.line === 'open') tries = 0
      onMessage(message)
    })
    socket.addEventListener('close', ({ code }) => {
      onEnd()
      // our own codes say that coming back is of no use
      if (isOver || (code >= 4000 && code < 5000)) return
      if (tries >= (wasTold ? mostTries : retryMs.length)) return onRefused()
      if (!wasTold) onLost()
      timer = setTimeout(connect, retryMs[Math.min(tries, retryMs.length - 1)])
      tries += 1
    })
    onChannel(toChannel(socket))
  }
  connect()
  return {
    close: () => {
      isOver = true
      clearTimeout(timer)
      socket.close()
    },
    reopen: () => {
      clearTimeout(timer)
      tries = 0
      connect()
    },
  }
}
