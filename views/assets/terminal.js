/** One terminal in its panel: xterm.js, the buttons around it, and the socket to the server, which owns the console. */
import { createPanel } from './console-panel.js'
import { openSocket } from './console-socket.js'
import { withHeldStyles } from './terminal-styles.js'

const maxKeys = 4_096
const leastSize = { columns: 80, rows: 10 }
const fontSizes = { least: 10, usual: 14, most: 24 }
/** Each at least 4.5 : 1 on the ground. */
const theme = {
  background: '#0f141b',
  foreground: '#e6ebf2',
  cursor: '#f2c14e',
  cursorAccent: '#0f141b',
  selectionBackground: '#3b5b85',
  black: '#8a94a3',
  red: '#ff7b72',
  green: '#5fd38d',
  yellow: '#e3b341',
  blue: '#79b8ff',
  magenta: '#d2a8ff',
  cyan: '#56d4dd',
  white: '#d6dde6',
  brightBlack: '#9aa5b5',
  brightRed: '#ff9d96',
  brightGreen: '#7ee2a8',
  brightYellow: '#f2cc60',
  brightBlue: '#a5d0ff',
  brightMagenta: '#e2c5ff',
  brightCyan: '#8be9ef',
  brightWhite: '#ffffff',
}

function loadStyles() {
  if (document.getElementById('xterm-styles')) return
  const link = document.createElement('link')
  Object.assign(link, { id: 'xterm-styles', rel: 'stylesheet', href: '/assets/vendor/xterm/xterm.css' })
  document.head.append(link)
}

function createScreen(box, device, Terminal, FitAddon) {
  const term = new Terminal({
    theme,
    fontSize: fontSizes.usual,
    fontFamily: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
    scrollback: 5_000,
    cursorBlink: false,
    // a device's links lead nowhere: it is not the student who wrote them
    linkHandler: { activate: () => undefined },
  })
  const fit = new FitAddon()
  term.loadAddon(fit)
  withHeldStyles(() => term.open(box))
  term.textarea.setAttribute('aria-label', device)
  return { term, fit }
}

/** Ctrl+C copies where something is selected, Ctrl+V pastes, F6 leaves; everything else is the device's. */
function handleKeys(term, { copy, leave }) {
  term.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown') return true
    const key = event.key.toLowerCase()
    const isControl = event.ctrlKey || event.metaKey
    if (event.key === 'F6') {
      event.preventDefault()
      leave()
      return false
    }
    if (isControl && key === 'v' && !event.altKey) return false
    if (isControl && key === 'c' && (event.shiftKey || term.hasSelection())) {
      event.preventDefault()
      copy()
      return false
    }
    return true
  })
}

/** @param onClose called when the reader closes it */
export async function openTerminal({ lab, device, panel, onClose }) {
  loadStyles()
  const [{ Terminal }, { FitAddon }] = await Promise.all([
    import('/assets/vendor/xterm/xterm.mjs'),
    import('/assets/vendor/addon-fit/addon-fit.mjs'),
  ])
  const view = createPanel(panel)
  const { parts, say } = view
  const { term, fit } = createScreen(parts.box, device, Terminal, FitAddon)
  let state = null

  const send = (message) => {
    if (!socket.send(message)) say(parts['lost-text'].textContent)
  }
  const fitToBox = () => {
    const wanted = fit.proposeDimensions()
    if (state?.typing !== 'you' || !wanted || !(wanted.cols > 1)) return
    const columns = Math.max(leastSize.columns, wanted.cols)
    const rows = Math.max(leastSize.rows, wanted.rows)
    if (columns !== term.cols || rows !== term.rows) send({ type: 'resize', columns, rows })
  }
  const showState = (next) => {
    const wasYou = state?.typing === 'you'
    state = next
    // while it is checked nobody types, which the banner says
    view.show({ ...next, whoText: next.checkedForMs === null ? next.typingText : '' })
    parts.writing.hidden = next.typing === 'watch'
    panel.querySelector('[data-action=take]').hidden = next.typing !== 'other' && next.typing !== 'nobody'
    panel.dataset.typing = next.typing
    parts.paste.hidden = next.paste === null
    if (next.paste) {
      parts['paste-progress'].textContent = next.paste.text
      Object.assign(parts['paste-bar'], { max: next.paste.total, value: next.paste.sent })
    }
    if (!wasYou && next.typing === 'you') fitToBox()
  }
  const path = `/work-vms/${encodeURIComponent(lab)}/devices/${encodeURIComponent(device)}/terminal`
  const socket = openSocket(path, {
    onBytes: (bytes) => term.write(new Uint8Array(bytes)),
    onMessage: (message) => {
      if (message.type === 'screen') {
        term.reset()
        term.resize(message.columns, message.rows)
      } else if (message.type === 'state') showState(message)
      else if (message.type === 'closed') view.stop(message.text)
      else say(message.text)
    },
    onLost: view.lost,
    onRefused: view.refused,
  })

  const type = (data) => {
    for (let from = 0; from < data.length; from += maxKeys) send({ type: 'keys', data: data.slice(from, from + maxKeys) })
  }
  /** One line is typed; several are entered one by one by the server. */
  const paste = (text) => {
    if (text === '') return
    say('')
    if (/[\r\n]/.test(text)) send({ type: 'paste', text })
    else type(text)
  }
  const copy = async () => {
    if (!term.hasSelection()) term.selectAll()
    const text = term
      .getSelection()
      .replace(/[ \t]+$/gm, '')
      .trimEnd()
    try {
      await navigator.clipboard.writeText(text)
      say(parts['copied-text'].textContent)
      term.clearSelection()
    } catch (error) {
      console.warn('clipboard refused', error)
      say(parts['not-copied-text'].textContent)
    }
  }
  const setFont = (by) => {
    term.options.fontSize = Math.min(fontSizes.most, Math.max(fontSizes.least, term.options.fontSize + by))
    fitToBox()
  }
  const showPasteBox = (isShown) => {
    parts['paste-box'].hidden = !isShown
    if (isShown) parts['paste-text'].focus()
    else term.focus()
  }
  const actions = {
    copy,
    paste: () => showPasteBox(parts['paste-box'].hidden),
    'paste-send': () => {
      const text = parts['paste-text'].value
      parts['paste-text'].value = ''
      showPasteBox(false)
      // what was put into the box is meant to be entered whole
      paste(/[\r\n]/.test(text) && !/\n$/.test(text) ? `${text}\n` : text)
    },
    'paste-discard': () => showPasteBox(false),
    'paste-next': () => send({ type: 'paste-next' }),
    'paste-cancel': () => send({ type: 'paste-cancel' }),
    escape: () => type('\x1e'),
    break: () => send({ type: 'break' }),
    take: () => send({ type: 'take' }),
    again: () => {
      say('')
      socket.reopen()
    },
    smaller: () => setFont(-1),
    larger: () => setFont(1),
    reader: (button) => {
      term.options.screenReaderMode = !term.options.screenReaderMode
      button.setAttribute('aria-pressed', String(term.options.screenReaderMode))
    },
    close: () => {
      close()
      onClose()
    },
  }
  panel.addEventListener('click', (event) => {
    const button = event.target.closest('[data-action]')
    if (!button) return
    void actions[button.dataset.action](button)
    if (['escape', 'break', 'take', 'again', 'copy'].includes(button.dataset.action)) term.focus()
  })
  parts.box.addEventListener(
    'paste',
    (event) => {
      event.preventDefault()
      event.stopPropagation()
      paste(event.clipboardData.getData('text/plain'))
    },
    true,
  )
  term.onData((data) => {
    view.forgetNotice()
    type(data)
  })
  handleKeys(term, { copy: () => void copy(), leave: () => panel.querySelector('[data-action]').focus() })
  const sizes = new ResizeObserver(() => fitToBox())
  sizes.observe(parts.box)

  function close() {
    view.end()
    sizes.disconnect()
    socket.close()
    term.dispose()
  }
  return { focus: () => term.focus(), fit: fitToBox }
}
