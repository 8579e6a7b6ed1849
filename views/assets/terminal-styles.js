/**
 * xterm.js writes its styles into `<style>` elements, which our policy forbids. While a terminal is opened such elements are made as
 * ones that hold their text in a constructed style sheet instead; those belong to the page's own scripts and are allowed.
 */
function createHolder() {
  const sheet = new CSSStyleSheet()
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  const holder = Document.prototype.createElement.call(document, 'span')
  holder.hidden = true
  let text = ''
  const property = {
    get: () => text,
    set: (value) => {
      text = value
      sheet.replaceSync(value)
    },
  }
  Object.defineProperty(holder, 'textContent', property)
  Object.defineProperty(holder, 'innerText', property)
  holder.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet)
    Element.prototype.remove.call(holder)
  }
  return holder
}

/** Runs `open`; style elements made meanwhile are held as constructed sheets. */
export function withHeldStyles(open) {
  document.createElement = (name, options) =>
    name === 'style' ? createHolder() : Document.prototype.createElement.call(document, name, options)
  try {
    return open()
  } finally {
    delete document.createElement
  }
}
