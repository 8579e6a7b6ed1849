/** The console of a work VM, alone on its page. */
import { openScreen } from './screen.js'

const section = document.querySelector('[data-machine]')
if (section) {
  const { machine, name } = section.dataset
  const path = `/work-vms/${encodeURIComponent(machine)}/console/screen`
  void openScreen({ path, device: name, panel: section.querySelector('.device-screen'), onClose: () => undefined }).then((screen) =>
    screen.focus(),
  )
}
