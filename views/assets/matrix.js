/**
 * Tables with `data-matrix`: one stop for the Tab key, arrow keys from cell to cell, Home and End within a row (with Ctrl: of the table).
 * Enter follows the link of a cell, as everywhere. Without scripts each cell is a link of its own.
 */
const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }

const linkOf = (cell) => cell?.querySelector('a')
const rowsOf = (table) => [...table.rows].filter((row) => row.querySelector('a'))

/** Where the reader was, by the row's name and the column, so that a table that comes anew can give the focus back. */
let place = null

function findPlace(table) {
  if (!place) return null
  const row = rowsOf(table).find((one) => one.cells[0]?.textContent === place.row)
  return linkOf(row?.cells[place.column])
}

function enter(table, link) {
  for (const other of table.querySelectorAll('a[tabindex="0"]')) other.tabIndex = -1
  link.tabIndex = 0
}

/** The next cell with a link in a direction: empty ones are passed over. */
function findNext(table, cell, [down, right]) {
  const rows = rowsOf(table)
  let row = rows.indexOf(cell.parentElement)
  let column = cell.cellIndex
  for (;;) {
    row += down
    column += right
    const next = rows[row]?.cells[column]
    if (!next) return null
    if (linkOf(next)) return next
  }
}

function findEdge(table, cell, { key, ctrlKey }) {
  const rows = rowsOf(table)
  const row = ctrlKey ? rows.at(key === 'Home' ? 0 : -1) : cell.parentElement
  const cells = [...row.cells].filter(linkOf)
  return cells.at(key === 'Home' ? 0 : -1)
}

function onKey(event) {
  const cell = event.target.closest?.('td, th')
  const table = cell?.closest('table[data-matrix]')
  if (!table || event.altKey || event.metaKey) return
  const isEdge = event.key === 'Home' || event.key === 'End'
  if (!isEdge && !(event.key in steps && !event.ctrlKey)) return
  event.preventDefault()
  const next = isEdge ? findEdge(table, cell, event) : findNext(table, cell, steps[event.key])
  linkOf(next)?.focus()
}

function onFocus(event) {
  const cell = event.target.closest?.('td, th')
  const table = cell?.closest('table[data-matrix]')
  if (!table || event.target !== linkOf(cell)) return
  enter(table, event.target)
  place = { row: cell.parentElement.cells[0]?.textContent, column: cell.cellIndex }
}

/** What a mouse rests on is named; a word in each of thousands of cells would make the page heavy. */
function onPointer(event) {
  const link = event.target.closest?.('table[data-matrix] td > a')
  if (link && !link.title) link.title = link.textContent
}

function prepare(table, hadFocus) {
  for (const link of table.querySelectorAll('a')) link.tabIndex = -1
  const kept = findPlace(table)
  const first = kept ?? linkOf(rowsOf(table)[1]?.cells[0]) ?? table.querySelector('a')
  if (first) first.tabIndex = 0
  if (hadFocus && kept) kept.focus()
}

export function moveInMatrices(root) {
  const tablesIn = (element) => element.querySelectorAll('table[data-matrix]')
  root.addEventListener('keydown', onKey)
  root.addEventListener('focusin', onFocus)
  root.addEventListener('pointerover', onPointer)
  root.addEventListener('netpraxis:fresh', (event) => {
    for (const table of tablesIn(event.target)) prepare(table, event.detail.hadFocus)
  })
  for (const table of tablesIn(root)) prepare(table, false)
}
