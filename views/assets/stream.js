/** One event stream for all tabs of a browser, resumed by the id of the last event. */
const names = ['job', 'work-vm', 'criterion', 'submission']

function parse(text) {
  try {
    return JSON.parse(text)
  } catch (error) {
    console.warn('event is not JSON', error)
    return {}
  }
}

/** Opens the stream and hands every event on; resolves when the page goes away, so that another tab may take over. */
function listen(lastIdKey, hear) {
  const lastId = localStorage.getItem(lastIdKey)
  // EventSource sends Last-Event-ID only when it reconnects by itself; a tab that takes over says it in the address.
  const source = new EventSource(lastId ? `/events?lastEventId=${encodeURIComponent(lastId)}` : '/events')
  let wasOpen = false
  source.addEventListener('open', () => {
    if (wasOpen) hear({ gap: true })
    wasOpen = true
  })
  for (const name of names) {
    source.addEventListener(name, (event) => {
      if (event.lastEventId) localStorage.setItem(lastIdKey, event.lastEventId)
      hear({ name, data: parse(event.data) })
    })
  }
  return new Promise((resolve) => {
    window.addEventListener('pagehide', () => {
      source.close()
      resolve()
    })
  })
}

/**
 * @param user whose events: another sign-in in the same browser must not take over this one's place
 * @param handlers `onEvent(name, data)` and `onGap()` after a reconnection
 */
export function openSharedStream(user, { onEvent, onGap }) {
  const scope = `netpraxis-events-${user}`
  const handle = (message) => (message.gap ? onGap() : onEvent(message.name, message.data))
  if (!navigator.locks || !window.BroadcastChannel) {
    void listen(scope, handle)
    return
  }
  const channel = new BroadcastChannel(scope)
  channel.addEventListener('message', (event) => handle(event.data))
  void navigator.locks.request(scope, () =>
    listen(scope, (message) => {
      handle(message)
      channel.postMessage(message)
    }),
  )
}
