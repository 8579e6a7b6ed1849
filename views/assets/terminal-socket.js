/** The socket of one terminal: comes back by itself after a lost connection, not after it was closed for good. */
const retryMs = [500, 1_000, 2_000, 4_000, 8_000]

/**
 * @param handlers `onMessage(message)`, `onOutput(bytes)`, `onLost()` while it is tried again, `onRefused()` when it could never be opened
 * @returns `send(message)`: false when nothing could be sent; `close()`; `reopen()`
 */
export function openSocket({ lab, device }, { onMessage, onOutput, onLost, onRefused }) {
  const address = new URL(`/work-vms/${encodeURIComponent(lab)}/devices/${encodeURIComponent(device)}/terminal`, location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  let socket
  let tries = 0
  let isOver = false
  let timer

  const connect = () => {
    let wasOpen = false
    socket = new WebSocket(address)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => {
      wasOpen = true
      tries = 0
    })
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') onMessage(JSON.parse(data))
      else onOutput(new Uint8Array(data))
    })
    socket.addEventListener('close', ({ code }) => {
      // our own codes say that coming back is of no use
      if (isOver || (code >= 4000 && code < 5000)) return
      if (!wasOpen && tries >= retryMs.length) return onRefused()
      onLost()
      timer = setTimeout(connect, retryMs[Math.min(tries, retryMs.length - 1)])
      tries += 1
    })
  }
  connect()
  return {
    send: (message) => {
      if (socket.readyState !== WebSocket.OPEN) return false
      socket.send(JSON.stringify(message))
      return true
    },
    close: () => {
      isOver = true
      clearTimeout(timer)
      socket.close()
    },
    reopen: () => {
      clearTimeout(timer)
      tries = 0
      socket.close()
      connect()
    },
  }
}
