/** One graphical console in its panel: noVNC, the buttons around it, and the socket to the server, which owns the connection. */
import { createPanel } from './console-panel.js'
import { openSocket } from './console-socket.js'
import { toChannel } from './screen-channel.js'

/** @param onClose called when the reader closes it */
export async function openScreen({ path, device, panel, onClose }) {
  const { default: RFB } = await import('/assets/vendor/novnc/core/rfb.js')
  const view = createPanel(panel)
  const { parts, say } = view
  const label = parts['label-text'].textContent.replace('%', device)
  let rfb = null
  let isFitted = true
  let state = null

  const applyState = () => {
    if (!rfb) return
    rfb.viewOnly = !state?.takesInput
    rfb.scaleViewport = isFitted
  }
  const drop = () => {
    rfb?.disconnect()
    rfb = null
    parts.box.replaceChildren()
  }
  const draw = (socket) => {
    drop()
    rfb = new RFB(parts.box, toChannel(socket), { shared: true })
    rfb.background = 'transparent'
    rfb.showDotCursor = true
    const canvas = parts.box.querySelector('canvas')
    canvas?.setAttribute('aria-label', label)
    canvas?.setAttribute('role', 'application')
    applyState()
  }
  const showState = (next) => {
    state = next
    view.show({ ...next, whoText: next.inputText })
    parts.writing.hidden = !next.takesInput
    if (next.line === 'open') say('')
    applyState()
  }
  const socket = openSocket(path, {
    onConnect: draw,
    onMessage: (message) => (message.type === 'closed' ? view.stop(message.text) : showState(message)),
    onEnd: drop,
    onLost: view.lost,
    onRefused: view.refused,
  })
  const actions = {
    'ctrl-alt-del': () => rfb?.sendCtrlAltDel(),
    fit: (button) => {
      isFitted = !isFitted
      button.setAttribute('aria-pressed', String(isFitted))
      applyState()
    },
    again: () => {
      say('')
      socket.reopen()
    },
    close: () => {
      close()
      onClose()
    },
  }
  panel.addEventListener('click', (event) => {
    const button = event.target.closest('[data-action]')
    if (button) actions[button.dataset.action](button)
  })
  // before noVNC takes every key: the way out of the picture
  parts.box.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'F6') return
      event.preventDefault()
      event.stopPropagation()
      rfb?.blur()
      panel.querySelector('[data-action]:not([hidden])').focus()
    },
    true,
  )

  function close() {
    view.end()
    socket.close()
    drop()
  }
  return { focus: () => rfb?.focus(), fit: () => undefined }
}
