import { ApiError, conflict, forbidden } from './api-error.ts'
import type { Tokens } from './auth.ts'
import { bodies } from './body-schemas.ts'
import { validationError } from './body-validation.ts'
import { readBody } from './http-server.ts'
import { asString, type JsonObject } from './json.ts'
import { nodeJson, projectJson, snapshotJson } from './project-json.ts'
import type { ApiAnswer, ApiRequest, ApiRoute } from './route.types.ts'
import { getLoadedProject, getProject, type ServerState } from './server-state.ts'
import { deleteSnapshot, getSnapshot, restoreSnapshot, takeSnapshot } from './snapshots.ts'
import { listSymbols, symbolSize, symbolSvg } from './symbols.ts'
import { addNodeFromTemplate, getTemplate, listTemplates } from './templates.ts'

/** The server itself, what it offers, and who may use it. */
export function serverRoutes(state: ServerState, tokens: Tokens): ApiRoute[] {
  return [
    ...versionRoutes(state),
    ...computeRoutes(state),
    ...templateRoutes(state),
    ...symbolRoutes(),
    ...snapshotRoutes(state),
    ...(state.runtime.version === '2.2' ? [] : accessRoutes(state, tokens)),
  ]
}

function versionRoutes(state: ServerState): ApiRoute[] {
  const version = state.runtime.versionText
  const host = state.runtime.version === '2.2' ? {} : { controller_host: '0.0.0.0' }
  return [
    { method: 'GET', path: '/version', open: true, handle: () => ({ status: 200, json: { ...host, version, local: false } }) },
    {
      method: 'POST',
      path: '/version',
      open: true,
      input: bodies.version,
      handle: ({ json }) => {
        if (json.version === version) return { status: 200, json: { version } }
        throw conflict(`Client version ${asString(json.version)} is not the same as server version ${version}`)
      },
    },
    {
      method: 'POST',
      path: '/shutdown',
      handle: () => {
        throw forbidden('You can only stop a local server')
      },
    },
  ]
}

const usage: JsonObject = {
  memory_total: 8_342_134_784,
  memory_free: 6_120_112_128,
  memory_used: 2_222_022_656,
  swap_total: 0,
  swap_free: 0,
  swap_used: 0,
  cpu_usage_percent: 3,
  memory_usage_percent: 26,
  swap_usage_percent: 0,
  disk_usage_percent: 31,
  load_average_percent: [4, 3, 2],
}

/** 3.0.6 lists no compute, ever: no sign of readiness. */
function computeRoutes(state: ServerState): ApiRoute[] {
  const local = () => ({
    compute_id: 'local',
    name: 'gns3vm',
    protocol: 'http',
    host: '127.0.0.1',
    port: 3080,
    user: state.runtime.options.credentials?.username ?? 'gns3',
    connected: true,
    cpu_usage_percent: 3.5,
    memory_usage_percent: 21.4,
    last_error: null,
    capabilities: {
      version: state.runtime.versionText,
      platform: 'linux',
      cpus: 2,
      memory: 8_342_134_784,
      disk_size: 105_089_261_568,
      node_types: [
        'cloud',
        'ethernet_hub',
        'ethernet_switch',
        'nat',
        'vpcs',
        'dynamips',
        'frame_relay_switch',
        'atm_switch',
        'qemu',
        'docker',
        'iou',
      ],
    },
  })
  return [
    { method: 'GET', path: '/computes', handle: () => ({ status: 200, json: state.runtime.version === '2.2' ? [local()] : [] }) },
    {
      method: 'GET',
      path: '/statistics',
      handle: () => ({
        status: 200,
        json: [
          { compute_id: 'local', compute_name: state.runtime.version === '2.2' ? 'gns3vm' : 'gns3vm (controller)', statistics: usage },
        ],
      }),
    },
  ]
}

function templateRoutes(state: ServerState): ApiRoute[] {
  return [
    { method: 'GET', path: '/templates', handle: () => ({ status: 200, json: listTemplates(state) }) },
    {
      method: 'GET',
      path: '/templates/{template_id}',
      handle: ({ params }) => ({ status: 200, json: getTemplate(state, params.template_id) }),
    },
    {
      method: 'POST',
      path: '/projects/{project_id}/templates/{template_id}',
      input: bodies.templateUsage,
      handle: async ({ params, json }) => {
        const project = await getLoadedProject(state, params.project_id)
        const node = await addNodeFromTemplate(state, project, params.template_id, json)
        return { status: 201, json: nodeJson(state.runtime, project, node) }
      },
    },
  ]
}

function symbolRoutes(): ApiRoute[] {
  return [
    { method: 'GET', path: '/symbols', handle: () => ({ status: 200, json: listSymbols() }) },
    {
      method: 'GET',
      path: '/symbols/{symbol_id:.+}/dimensions',
      handle: ({ params }) => ({ status: 200, json: symbolSize(params.symbol_id ?? '') }),
    },
    {
      method: 'GET',
      path: '/symbols/{symbol_id:.+}/raw',
      handle: ({ params }) => ({ status: 200, bytes: Buffer.from(symbolSvg(params.symbol_id ?? '')), type: 'image/svg+xml' }),
    },
  ]
}

function snapshotRoutes(state: ServerState): ApiRoute[] {
  const all = '/projects/{project_id}/snapshots'
  return [
    {
      method: 'GET',
      path: all,
      handle: ({ params }) => {
        const project = getProject(state, params.project_id)
        const sorted = [...project.snapshots.values()].sort((a, b) => a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1))
        return { status: 200, json: sorted.map((snapshot) => snapshotJson(project, snapshot)) }
      },
    },
    {
      method: 'POST',
      path: all,
      input: bodies.snapshot,
      handle: async ({ params, json }) => {
        const project = getProject(state, params.project_id)
        return { status: 201, json: snapshotJson(project, await takeSnapshot(state, project, asString(json.name) ?? '')) }
      },
    },
    {
      method: 'DELETE',
      path: `${all}/{snapshot_id}`,
      handle: ({ params }) => {
        const project = getProject(state, params.project_id)
        deleteSnapshot(project, getSnapshot(project, params.snapshot_id))
        return { status: 204 }
      },
    },
    {
      method: 'POST',
      path: `${all}/{snapshot_id}/restore`,
      handle: async ({ params }) => {
        const project = getProject(state, params.project_id)
        await restoreSnapshot(state, project, getSnapshot(project, params.snapshot_id))
        return { status: 201, json: projectJson(project) }
      },
    },
  ]
}

function accessRoutes(state: ServerState, tokens: Tokens): ApiRoute[] {
  const grant = async (username: string, password: string): Promise<ApiAnswer> => {
    await state.runtime.wait(state.runtime.timing.login)
    const token = tokens.issue(username, password)
    if (!token) throw new ApiError(401, 'Authentication was unsuccessful.')
    return { status: 200, json: { access_token: token, token_type: 'bearer' } }
  }
  return [
    {
      method: 'POST',
      path: '/access/users/authenticate',
      open: true,
      input: bodies.credentials,
      handle: ({ json }) => grant(asString(json.username) ?? '', asString(json.password) ?? ''),
    },
    {
      method: 'POST',
      path: '/access/users/login',
      open: true,
      raw: true,
      handle: async (request) => {
        const form = await readForm(request)
        return grant(form.get('username') ?? '', form.get('password') ?? '')
      },
    },
    { method: 'GET', path: '/access/users/me', handle: () => ({ status: 200, json: superAdmin(state) }) },
  ]
}

async function readForm({ stream }: ApiRequest): Promise<URLSearchParams> {
  const form = new URLSearchParams((await readBody(stream)).toString('utf8'))
  const missing = ['username', 'password'].filter((name) => !form.has(name))
  if (missing.length === 0) return form
  throw validationError(missing.map((name) => `{'type': 'missing', 'loc': ('body', '${name}'), 'msg': 'Field required', 'input': None}`))
}

const superAdmin = (state: ServerState): JsonObject => ({
  username: state.runtime.options.credentials?.username ?? 'admin',
  is_active: true,
  email: null,
  full_name: null,
  user_id: '3422f5d2-9f1c-4f3a-8f26-1d9a1f1e2b11',
  last_login: null,
  is_superadmin: true,
  created_at: '2026-01-01T00:00:00',
  updated_at: '2026-01-01T00:00:00',
})
