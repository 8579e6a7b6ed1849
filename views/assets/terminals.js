/** Terminals in tabs beside the topology: every link with `data-terminal` opens one. What is open is opened again when the page is loaded again. */
const section = document.getElementById('terminals')
const tablist = section.querySelector('[role=tablist]')
const panels = section.querySelector('.terminals__panels')
const template = document.getElementById('terminal-template')
const open = new Map()
let count = 0

const storeKey = (lab) => `netpraxis-terminals-${lab}`
const remember = (lab) => {
  const devices = [...open.values()].filter((one) => one.lab === lab).map(({ device }) => device)
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

async function show({ lab, device }, withFocus = true) {
  const key = `${lab} ${device}`
  const known = open.get(key)
  if (known) return select(known, withFocus)
  count += 1
  const panel = template.content.cloneNode(true).firstElementChild
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
  const { openTerminal } = await import('./terminal.js')
  const entry = { lab, device, tab, panel, ready: null }
  open.set(key, entry)
  // shown before it is made: it measures itself
  entry.ready = openTerminal({ lab, device, panel, onClose: () => forget(key) })
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
  void show({ lab: link.dataset.lab, device: link.dataset.terminal }).then(() => section.scrollIntoView({ block: 'nearest' }))
})

const asked = document.querySelector('[data-open-terminal]')
const labs = new Set([...document.querySelectorAll('[data-lab]')].map((element) => element.dataset.lab))
if (asked) void show({ lab: asked.dataset.lab, device: asked.dataset.openTerminal })
else for (const lab of labs) for (const device of recall(lab)) void show({ lab, device }, false)
