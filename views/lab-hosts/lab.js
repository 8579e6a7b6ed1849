// Runs before GNS3's web UI, at the host name of a lab: tells it where its server is (here) and that somebody is signed in.
const port = Number(location.port || (location.protocol === 'https:' ? 443 : 80))
const server = { id: 1, name: 'local', host: location.hostname, port, location: 'bundled', protocol: location.protocol }
// 2.2, and 3.x, whose sign-in page stays away when there is a token; the true one never comes here
localStorage.setItem('server-1', JSON.stringify(server))
localStorage.setItem('serverIds', 'server-1')
localStorage.setItem('controller-1', JSON.stringify({ ...server, authToken: 'by-netpraxis', tokenExpired: false }))
localStorage.setItem('controllerIds', 'controller-1')
// the UI counts its visitors elsewhere; here it counts nobody
window.gtag = () => undefined

const askEveryMs = 5000

async function look(banner) {
  const answer = await fetch('/netpraxis/state', { headers: { accept: 'application/json' } }).catch(() => null)
  const isGone = answer !== null && !answer.ok
  const state = answer?.ok ? await answer.json() : null
  banner.querySelector('[data-part="gone"]').hidden = !isGone
  if (state) banner.querySelector('[data-part="frozen"]').hidden = !state.isFrozen
  return !isGone
}

document.addEventListener('DOMContentLoaded', async () => {
  const banner = document.getElementById('netpraxis-banner')
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, askEveryMs))
    if (!(await look(banner))) return
  }
})
