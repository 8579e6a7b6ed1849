/** A socket as noVNC wants one, which hears of the picture alone: what the server says comes as text and is ours. */
export function toChannel(socket) {
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
