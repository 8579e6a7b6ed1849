/**
 * Keeps `[data-live="<topic>"]` elements current. On an event of that topic the page is fetched again and each such element is
 * replaced by the one with the same id: the server renders everything, the browser only swaps. One stream serves all tabs of a
 * browser (it may hold six connections to a server): the tab that owns the lock listens and tells the others.
 */
import { openSharedStream } from './stream.js'

const waitBeforeFetchMs = 150
const waitForReleaseMs = 30

/** What an event is about, as topics: `work-vm:7` of an event named `work-vm` with `{ "id": "7" }`, and all it names besides. */
function topicsOf(name, { id, key, exerciseId, workVmId, submissionId }) {
  const topics = [
    id && `${name}:${id}`,
    key,
    exerciseId && `exercise:${exerciseId}`,
    workVmId && `work-vm:${workVmId}`,
    submissionId && `submission:${submissionId}`,
  ]
  // The matrix changes when a submission does, not with every step of every lab.
  if (name === 'submission') topics.push(`results:${exerciseId}`)
  return topics.filter(Boolean)
}

/** `data-live` holds topics separated by spaces; `job:*` stands for every topic of its kind. */
const isAbout = (element, topics) =>
  element.dataset.live
    .split(' ')
    .some((wanted) => (wanted.endsWith(':*') ? [...topics].some((topic) => topic.startsWith(wanted.slice(0, -1))) : topics.has(wanted)))

/** What the reader opened, wrote and where he is must survive a swap. */
function keepState(from, to) {
  for (const details of from.querySelectorAll('details[id]')) {
    const twin = to.querySelector(`#${CSS.escape(details.id)}`)
    if (twin) twin.open = details.open
  }
  if (from.matches('details') && to.matches('details')) to.open = from.open
}

/** What a control does, to find the same one in the fresh element: its word and where it leads. */
const purposeOf = (control) =>
  JSON.stringify([
    control.localName,
    control.getAttribute('href'),
    control.getAttribute('aria-label') ?? control.textContent.trim(),
    control.closest('form')?.getAttribute('action'),
  ])

/** Who is at a control by keyboard stays at it. */
function findTwin(control, fresh) {
  if (control.id) return fresh.querySelector(`#${CSS.escape(control.id)}`)
  const purpose = purposeOf(control)
  return [...fresh.querySelectorAll(control.localName)].find((other) => purposeOf(other) === purpose)
}

/** A button that is replaced between press and release is never clicked: the swap waits for the release. */
async function untilReleased(root) {
  while (root.querySelector(':active')) await new Promise((resolve) => setTimeout(resolve, waitForReleaseMs))
}

function isBeingEdited(element) {
  const focused = document.activeElement
  return element.contains(focused) && focused.matches('input:not([type=hidden]), textarea, select')
}

/** The first thing in sight after an element, which moves when the element grows. */
function findFollowing(element) {
  for (let at = element; at && at !== document.body; at = at.parentElement)
    for (let next = at.nextElementSibling; next; next = next.nextElementSibling) {
      const { top, bottom, height } = next.getBoundingClientRect()
      if (height > 0 && bottom > 0 && top < window.innerHeight) return next
    }
  return null
}

/**
 * Changes an element so that what the reader looks at stays where it is: where its top is out of sight, what follows is held and the
 * rest moves up or down unseen. The style sheet turns the browser's own anchoring off: it loses what it held when that is replaced.
 */
function inPlace(element, change) {
  const following = element.getBoundingClientRect().top < 0 ? findFollowing(element) : null
  const before = following?.getBoundingClientRect().top
  change()
  if (following) window.scrollBy({ top: following.getBoundingClientRect().top - before, behavior: 'instant' })
}

function swap(element, fresh) {
  if (element.outerHTML === fresh.outerHTML || isBeingEdited(element)) return
  const focused = document.activeElement
  const hadFocus = element.contains(focused)
  keepState(element, fresh)
  const said = element.querySelector('[data-announce]')?.textContent
  const says = fresh.querySelector('[data-announce]')?.textContent
  // a banner lies over the head of the page until the next one has room for it
  if (fresh.matches('[data-live-over]')) fresh.style.height = `${element.offsetHeight}px`
  inPlace(element, () => element.replaceWith(fresh))
  if (hadFocus) (focused === element ? fresh : findTwin(focused, fresh))?.focus({ preventScroll: true })
  // scripts that improve what is inside do it again
  fresh.dispatchEvent(new CustomEvent('netpraxis:fresh', { bubbles: true, detail: { hadFocus } }))
  if (says && says !== said) document.getElementById('announcer').textContent = says.trim()
}

async function refresh(root, topics) {
  const stale = [...root.querySelectorAll('[data-live][id]')].filter((element) => isAbout(element, topics))
  if (stale.length === 0) return
  const answer = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' })
  if (!answer.ok || answer.redirected) return location.reload()
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  await untilReleased(root)
  for (const element of stale) {
    const fresh = page.getElementById(element.id)
    // What is gone from the page changed the page as a whole.
    if (fresh) swap(element, document.importNode(fresh, true))
    else return location.reload()
  }
}

/** One refresh at a time; events that arrive meanwhile lead to exactly one more. */
function createRefresher(root) {
  let wanted = new Set()
  let isRunning = false
  const run = async () => {
    while (wanted.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, waitBeforeFetchMs))
      const topics = wanted
      wanted = new Set()
      await refresh(root, topics).catch((error) => console.warn('live update failed', error))
    }
  }
  return (topics) => {
    for (const topic of topics) wanted.add(topic)
    if (isRunning) return
    isRunning = true
    void run().finally(() => {
      isRunning = false
    })
  }
}

/** Follows the events of the page, when it has anything live and somebody is signed in. */
export function followEvents(root) {
  const { user, lastEvent } = root.body.dataset
  if (!user || !root.querySelector('[data-live]')) return
  const refreshTopics = createRefresher(root)
  // what grows old without an event, such as minutes since the last one
  for (const element of root.querySelectorAll('[data-live-every]'))
    setInterval(() => refreshTopics(element.dataset.live.split(' ')), Number(element.dataset.liveEvery) * 1_000)
  openSharedStream(
    { user, lastEvent },
    {
      onEvent: (name, data) => refreshTopics(topicsOf(name, data)),
      // After a gap nobody knows what was missed: look at everything once.
      onGap: () => refreshTopics([...root.querySelectorAll('[data-live]')].flatMap((element) => element.dataset.live.split(' '))),
    },
  )
}
