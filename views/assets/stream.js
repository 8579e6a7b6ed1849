/** One event stream for all tabs of a browser, resumed by the id of the last event. */
const names = ['job', 'work-vm', 'criterion', 'submission', 'exercise', 'help', 'message']

function parse(text) {
  try {
    return JSON.parse(text)
  } catch (error) {
    console.warn('event is not JSON', error)
    return {}
  }
}

/** Event ids are `<start of the server>-<number>`: true when the first is surely newer. Of another start nothing is sure. */
function isNewer(id, than) {
  if (!id || !than) return false
  const [start, number] = id.split('-')
  const [otherStart, otherNumber] = than.split('-')
  return start === otherStart && Number(number) > Number(otherNumber)
}

/**
 * Opens the stream after the given event and hands every event on; resolves when the page goes away, so that another tab may take over.
 * @param remember is told the id of each event, for the tab that takes over
 */
function listen(after, remember, hear) {
  // EventSource sends Last-Event-ID only when it reconnects by itself; the first time the address says it.
  const source = new EventSource(after ? `/events?lastEventId=${encodeURIComponent(after)}` : '/events')
  const keep = (event) => {
    if (event.lastEventId) remember(event.lastEventId)
  }
  source.addEventListener('hello', keep)
  source.addEventListener('reset', (event) => {
    keep(event)
    hear({ gap: true })
  })
  for (const name of names) {
    source.addEventListener(name, (event) => {
      keep(event)
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
 * @param page whose events (another sign-in in the same browser must not take over this one's place) and the newest event when the
 *   page was made
 * @param handlers `onEvent(name, data)`, and `onGap()` when nobody knows what was missed
 */
export function openSharedStream({ user, lastEvent }, { onEvent, onGap }) {
  const scope = `netpraxis-events-${user}`
  const handle = (message) => (message.gap ? onGap() : onEvent(message.name, message.data))
  const remember = (id) => localStorage.setItem(scope, id)
  if (!navigator.locks || !window.BroadcastChannel) {
    void listen(lastEvent, remember, handle)
    return
  }
  const channel = new BroadcastChannel(scope)
  channel.addEventListener('message', (event) => handle(event.data))
  // The tab that listens may have heard something between the making of this page and now.
  if (isNewer(localStorage.getItem(scope), lastEvent)) onGap()
  void navigator.locks.request(scope, () => {
    const heard = localStorage.getItem(scope)
    const after = isNewer(heard, lastEvent) ? heard : (lastEvent ?? heard)
    return listen(after, remember, (message) => {
      handle(message)
      channel.postMessage(message)
    })
  })
}
