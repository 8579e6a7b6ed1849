/** In the editor of an exercise: a device that is chosen in the drawing is the one of the next check. */
export function pickDevices(root) {
  root.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-pick]') : null
    const devices = root.querySelector('#f-newDevice')
    if (!link || !(devices instanceof HTMLSelectElement)) return
    event.preventDefault()
    devices.value = link.dataset.pick
    root.querySelector('#f-newModule')?.focus()
  })
}
