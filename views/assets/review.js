/**
 * Keys of the page where staff reads one submission. What they do stands there as links and forms, too; one-letter keys can be switched
 * off (WCAG 2.1.4), and never work while something is typed.
 */
const setting = 'netpraxis-review-keys'
const areOn = () => localStorage.getItem(setting) !== 'off'

const isTyping = ({ target }) => target.matches?.('input:not([type=checkbox]), textarea, select, [contenteditable]')

/** The check in question: of the focus, of the address, else the first that can be seen. */
function findCriterion(root) {
  const focused = root.activeElement?.closest('.criterion')
  if (focused) return focused
  const all = [...root.querySelectorAll('.criterion')]
  const named = all.find((one) => `#${one.id}` === decodeURIComponent(location.hash))
  return named ?? all.find((one) => one.getBoundingClientRect().bottom > 80) ?? null
}

function goTo(root, direction) {
  const all = [...root.querySelectorAll('.criterion')]
  const next = all[all.indexOf(findCriterion(root)) + direction]
  if (!next) return
  history.replaceState(null, '', `#${next.id}`)
  next.tabIndex = -1
  next.focus()
  next.scrollIntoView({ block: 'start' })
}

function follow(root, way) {
  findCriterion(root)?.querySelector(`a[data-walk="${way}"]`)?.click()
}

function openFold(root, kind) {
  const fold = findCriterion(root)?.querySelector(`details[id^="${kind}-"]`)
  if (!fold) return null
  fold.open = true
  const control = fold.querySelector('textarea, select:not([name=bank])')
  control?.focus()
  return control
}

/** A comment of the bank, by its number, into the comment of the check. */
function applyComment(root, digit) {
  const text = root.querySelectorAll('[data-bank]')[digit - 1]?.textContent
  const field = text ? openFold(root, 'comment') : null
  if (field) field.value = [field.value.trimEnd(), text].filter(Boolean).join('\n')
}

const verbs = {
  j: (root) => follow(root, 'next'),
  k: (root) => follow(root, 'previous'),
  n: (root) => goTo(root, 1),
  p: (root) => goTo(root, -1),
  c: (root) => openFold(root, 'comment'),
  o: (root) => openFold(root, 'override'),
  '?': (root) => root.querySelector('[data-keys]').showModal(),
}

export function followReviewKeys(root) {
  const dialog = root.querySelector('[data-keys]')
  if (!dialog) return
  const opener = root.querySelector('[data-keys-open]')
  const toggle = dialog.querySelector('[data-keys-on]')
  opener.hidden = false
  opener.addEventListener('click', () => dialog.showModal())
  toggle.checked = areOn()
  toggle.addEventListener('change', () => localStorage.setItem(setting, toggle.checked ? 'on' : 'off'))
  root.addEventListener('keydown', (event) => {
    if (dialog.open || !areOn() || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
    const verb = verbs[event.key]
    const isDigit = /^[1-9]$/.test(event.key)
    if (!verb && !isDigit) return
    event.preventDefault()
    if (isDigit) applyComment(root, Number(event.key))
    else verb(root)
  })
}
