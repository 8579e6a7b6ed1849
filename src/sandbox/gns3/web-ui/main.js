// A stand-in for GNS3's web UI, which is not ours to ship: the same ways (server record in the browser's storage, deep link to a project,
// API and websockets of the server that the record names), with a table in place of the drawing.
const [, , , kind, id, , projectId] = location.pathname.split('/')
const record = JSON.parse(localStorage.getItem(`${kind}-${id}`) ?? 'null')
const api = kind === 'controller' ? 'v3' : 'v2'
const app = document.getElementById('app')

const url = (path, protocol = record.protocol) => `${protocol}//${record.host}:${record.port}/${api}${path}`
const socketUrl = (path) =>
  url(path, record.protocol === 'https:' ? 'wss:' : 'ws:') + (record.authToken ? `?token=${record.authToken}` : '')
const headers = record?.authToken ? { authorization: `Bearer ${record.authToken}` } : {}

function element(name, text, parent) {
  const made = document.createElement(name)
  made.textContent = text
  parent?.append(made)
  return made
}

async function call(method, path, body) {
  const answer = await fetch(url(path), {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const said = answer.status === 204 ? {} : await answer.json()
  if (!answer.ok) throw new Error(said.message ?? answer.status)
  return said
}

function openConsole(node) {
  document.getElementById('console')?.remove()
  const section = element('section', '', app)
  section.id = 'console'
  element('h2', `Console of ${node.name}`, section)
  const screen = element('pre', '', section)
  const input = element('input', '', section)
  input.setAttribute('aria-label', `Type at ${node.name}`)
  const socket = new WebSocket(socketUrl(`/projects/${projectId}/nodes/${node.node_id}/console/ws`))
  socket.binaryType = 'arraybuffer'
  socket.onmessage = ({ data }) => {
    screen.textContent += typeof data === 'string' ? data : new TextDecoder('latin1').decode(data).replace(/\xff[\xfb-\xfe]./g, '')
  }
  socket.onclose = () => element('p', 'The console was closed.', section)
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    socket.send(`${input.value}\r`)
    input.value = ''
  })
}

async function show() {
  const nodes = await call('GET', `/projects/${projectId}/nodes`)
  const rows = document.createElement('tbody')
  for (const node of nodes) {
    const row = element('tr', '', rows)
    element('th', node.name, row)
    element('td', node.status, row)
    const cell = element('td', '', row)
    if (node.console_type === 'telnet') element('button', `Console of ${node.name}`, cell).onclick = () => openConsole(node)
  }
  document.querySelector('tbody').replaceWith(rows)
}

async function start() {
  app.replaceChildren()
  const project = await call('GET', `/projects/${projectId}`)
  element('h1', project.name, app)
  element('p', "The sandbox's GNS3 has no web UI of its own: this page stands in for it.", app)
  const problem = element('p', '', app)
  problem.setAttribute('role', 'alert')
  const table = element('table', '', app)
  element('tbody', '', table)
  const add = element('button', 'Add a PC', app)
  add.onclick = async () => {
    try {
      const template = (await call('GET', '/templates')).find((one) => one.template_type === 'vpcs')
      await call('POST', `/projects/${projectId}/templates/${template.template_id}`, { x: 0, y: 0, compute_id: 'local' })
      problem.textContent = 'Added.'
    } catch (error) {
      problem.textContent = error.message
    }
  }
  await show()
  new WebSocket(socketUrl(`/projects/${projectId}/notifications/ws`)).onmessage = ({ data }) => {
    if (JSON.parse(data).action.startsWith('node.')) void show()
  }
}

start().catch((error) => {
  app.textContent = error.message
})
