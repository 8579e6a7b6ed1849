/** Terminals and screens in tabs beside the topology: every link with `data-terminal` opens one. What is open is opened again when the page is loaded again. */
const section = document.getElementById('terminals')
const tablist = section.querySelector('[role=tablist]')
const panels = section.querySelector('.terminals__panels')
const templates = { terminal: document.getElementById('terminal-template'), screen: document.getElementById('screen-template') }
const open = new Map()
let count = 0

const storeKey = (lab) => `netpraxis-consoles-${lab}`
const remember = (lab) => {
  const devices = [...open.values()].filter((one) => one.lab === lab).map(({ device, kind }) => ({ device, kind }))
  sessionStorage.setItem(storeKey(lab), JSON.stringify(devices))
}
function recall(lab) {
  try {
    return JSON.parse(sessionStorage.getItem(storeKey(lab)) ?? '[]')
  } catch (error) {
    console.warn('what was open is not readable', error)
    return []
  }
}

function select(entry, withFocus = true) {
  for (const other of open.values()) {
    const isIt = other === entry
    other.tab.setAttribute('aria-selected', String(isIt))
    other.tab.tabIndex = isIt ? 0 : -1
    other.panel.hidden = !isIt
  }
  void entry.ready.then((terminal) => {
    terminal.fit()
    if (withFocus) terminal.focus()
  })
}

function forget(key) {
  const { tab, panel, lab } = open.get(key)
  open.delete(key)
  tab.remove()
  panel.remove()
  remember(lab)
  section.hidden = open.size === 0
  const [next] = open.values()
  if (next) select(next)
  else document.getElementById('content').focus()
}

/** A text console, or a graphical one. */
const openers = {
  terminal: async ({ lab, device, panel, onClose }) => (await import('./terminal.js')).openTerminal({ lab, device, panel, onClose }),
  screen: async ({ lab, device, panel, onClose }) => {
    const path = `/work-vms/${encodeURIComponent(lab)}/devices/${encodeURIComponent(device)}/screen`
    return (await import('./screen.js')).openScreen({ path, device, panel, onClose })
  },
}

async function show({ lab, device, kind = 'terminal' }, withFocus = true) {
  const key = `${lab} ${device}`
  const known = open.get(key)
  if (known) return select(known, withFocus)
  count += 1
  const panel = templates[kind].content.cloneNode(true).firstElementChild
  const tab = document.createElement('button')
  Object.assign(tab, { type: 'button', className: 'terminals__tab', id: `terminal-tab-${count}`, textContent: device })
  tab.setAttribute('role', 'tab')
  tab.setAttribute('aria-controls', `terminal-panel-${count}`)
  panel.id = `terminal-panel-${count}`
  panel.setAttribute('aria-labelledby', tab.id)
  panel.querySelector('[data-part=window]').href = `/work-vms/${encodeURIComponent(lab)}/terminals?device=${encodeURIComponent(device)}`
  tablist.append(tab)
  panels.append(panel)
  section.hidden = false
  const entry = { lab, device, kind, tab, panel, ready: null }
  open.set(key, entry)
  // shown before it is made: it measures itself
  entry.ready = openers[kind]({ lab, device, panel, onClose: () => forget(key) })
  tab.addEventListener('click', () => select(entry))
  remember(lab)
  select(entry, withFocus)
}

tablist.addEventListener('keydown', (event) => {
  const tabs = [...tablist.children]
  const steps = { ArrowRight: 1, ArrowLeft: -1 }
  const at = tabs.indexOf(document.activeElement)
  if (!(event.key in steps) || at < 0) return
  event.preventDefault()
  const next = tabs[(at + steps[event.key] + tabs.length) % tabs.length]
  select(
    [...open.values()].find(({ tab }) => tab === next),
    false,
  )
  next.focus()
})

document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-terminal]')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
  event.preventDefault()
  void show({ lab: link.dataset.lab, device: link.dataset.terminal, kind: link.dataset.kind }).then(() =>
    section.scrollIntoView({ block: 'nearest' }),
  )
})

const asked = document.querySelector('[data-open-terminal]')
const labs = new Set([...document.querySelectorAll('[data-lab]')].map((element) => element.dataset.lab))
if (asked) void show({ lab: asked.dataset.lab, device: asked.dataset.openTerminal, kind: asked.dataset.kind })
else for (const lab of labs) for (const { device, kind } of recall(lab)) void show({ lab, device, kind }, false)
