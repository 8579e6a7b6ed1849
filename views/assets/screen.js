/** One graphical console in its panel: noVNC, the buttons around it, and the socket to the server, which owns the connection. */
import { openScreenSocket } from './screen-socket.js'

const partsOf = (panel) => Object.fromEntries([...panel.querySelectorAll('[data-part]')].map((part) => [part.dataset.part, part]))

/** @param onClose called when the reader closes it */
export async function openScreen({ path, device, panel, onClose }) {
  const { default: RFB } = await import('/assets/vendor/novnc/core/rfb.js')
  const parts = partsOf(panel)
  const label = parts['label-text'].textContent.replace('%', device)
  let rfb = null
  let isFitted = true
  let state = null
  let checkedSince = null

  const say = (text) => {
    parts.notice.textContent = text
  }
  const showChecked = () => {
    parts.checked.hidden = checkedSince === null
    if (checkedSince !== null) parts.seconds.textContent = String(Math.round((Date.now() - checkedSince) / 1_000))
  }
  const ticking = setInterval(showChecked, 1_000)
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
  const show = (channel) => {
    drop()
    rfb = new RFB(parts.box, channel, { shared: true })
    rfb.background = 'transparent'
    rfb.showDotCursor = true
    const canvas = parts.box.querySelector('canvas')
    canvas?.setAttribute('aria-label', label)
    canvas?.setAttribute('role', 'application')
    applyState()
  }
  const showState = (next) => {
    state = next
    parts.line.textContent = next.lineText
    parts.typing.textContent = next.inputText
    parts.watchers.textContent = next.watchersText ?? ''
    parts.writing.hidden = !next.takesInput
    panel.querySelector('[data-action=again]').hidden = true
    panel.dataset.line = next.line
    checkedSince = next.checkedForMs === null ? null : Date.now() - next.checkedForMs
    showChecked()
    if (next.line === 'open') say('')
    applyState()
  }
  const stop = (text) => {
    say(text)
    parts.line.textContent = ''
    parts.typing.textContent = ''
    panel.dataset.line = 'ended'
    checkedSince = null
    showChecked()
    panel.querySelector('[data-action=again]').hidden = false
  }
  const socket = openScreenSocket(path, {
    onChannel: show,
    onMessage: (message) => (message.type === 'closed' ? stop(message.text) : showState(message)),
    onEnd: drop,
    onLost: () => say(parts['lost-text'].textContent),
    onRefused: () => stop(parts['refused-text'].textContent),
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
    clearInterval(ticking)
    socket.close()
    drop()
  }
  return { focus: () => rfb?.focus(), fit: () => undefined }
}
