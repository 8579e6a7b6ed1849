/** A form is sent once: a second click while the first is on its way does nothing. Works per form, also after a live update. */
export function guardForms(root) {
  root.addEventListener('submit', (event) => {
    const form = event.target
    if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return
    if (form.dataset.sent === 'yes') {
      event.preventDefault()
      return
    }
    form.dataset.sent = 'yes'
    form.setAttribute('aria-busy', 'true')
  })
  // A page that comes back from the browser's cache may be sent again.
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return
    for (const form of root.querySelectorAll('form[data-sent]')) {
      delete form.dataset.sent
      form.removeAttribute('aria-busy')
    }
  })
}
