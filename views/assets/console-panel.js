/** What a terminal and a screen have in common in the page: the line that says how it stands, the seconds of a check, notices. */

/** As long as the server does not repeat why a key was refused; until then what is typed does not wipe the reason away. */
const noticeMs = 4_000

/** @param panel its parts carry `data-part`, its buttons `data-action` */
export function createPanel(panel) {
  const parts = Object.fromEntries([...panel.querySelectorAll('[data-part]')].map((part) => [part.dataset.part, part]))
  const again = panel.querySelector('[data-action=again]')
  let checkedSince = null
  let saidAt = 0

  const say = (text) => {
    parts.notice.textContent = text
    saidAt = Date.now()
  }
  const showChecked = () => {
    parts.checked.hidden = checkedSince === null
    if (checkedSince !== null) parts.seconds.textContent = String(Math.round((Date.now() - checkedSince) / 1_000))
  }
  const show = ({ line, lineText, whoText, watchersText, checkedForMs }) => {
    parts.line.textContent = lineText
    parts.typing.textContent = whoText
    parts.watchers.textContent = watchersText ?? ''
    again.hidden = line !== 'ended'
    // it is there again
    if (panel.dataset.line === 'lost' && line !== 'ended') say('')
    panel.dataset.line = line
    checkedSince = checkedForMs === null ? null : Date.now() - checkedForMs
    showChecked()
  }
  const ticking = setInterval(showChecked, 1_000)
  const stop = (text) => {
    say(text)
    show({ line: 'ended', lineText: '', whoText: '', watchersText: null, checkedForMs: null })
  }
  return {
    parts,
    say,
    /** Something is typed: what was said before is old. */
    forgetNotice: () => {
      if (parts.notice.textContent !== '' && Date.now() - saidAt > noticeMs) say('')
    },
    show,
    /** It is over until the reader wants it again. */
    stop,
    lost: () => {
      show({ line: 'lost', lineText: '', whoText: '', watchersText: null, checkedForMs: null })
      say(parts['lost-text'].textContent)
    },
    refused: () => stop(parts['refused-text'].textContent),
    end: () => clearInterval(ticking),
  }
}
