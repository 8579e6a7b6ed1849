import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { headersOf } from './answers.ts'
import { ApiError, conflict, notFound } from './api-error.ts'
import { bodies } from './body-schemas.ts'
import { duplicateProject } from './duplicate-project.ts'
import { exportProject } from './export-project.ts'
import { readBody } from './http-server.ts'
import { importStream } from './import-project.ts'
import { asString } from './json.ts'
import { requireOpened } from './nodes.ts'
import { pathInside } from './project-files.ts'
import { projectJson } from './project-json.ts'
import { closeProject, deleteProject, isRunning, openProject } from './project-lifecycle.ts'
import { createProject, updateProject } from './project-store.ts'
import type { ApiAnswer, ApiRequest, ApiRoute } from './route.types.ts'
import { getLoadedProject, getProject, type ServerState } from './server-state.ts'
import { dumpTopology } from './topology-file.ts'

/** Everything below `/projects` that is about projects themselves. */
export function projectRoutes(state: ServerState): ApiRoute[] {
  return [...recordRoutes(state), ...powerRoutes(state), ...archiveRoutes(state), ...fileRoutes(state), ...lockRoutes(state)]
}

function recordRoutes(state: ServerState): ApiRoute[] {
  return [
    { method: 'GET', path: '/projects', handle: () => ({ status: 200, json: [...state.projects.values()].map(projectJson) }) },
    {
      method: 'POST',
      path: '/projects',
      input: bodies.projectCreate,
      handle: ({ json }) => ({ status: 201, json: projectJson(createProject(state, json)) }),
    },
    {
      method: 'GET',
      path: '/projects/{project_id}',
      handle: ({ params }) => ({ status: 200, json: projectJson(getProject(state, params.project_id)) }),
    },
    {
      method: 'PUT',
      path: '/projects/{project_id}',
      input: bodies.projectUpdate,
      handle: ({ params, json }) => {
        const project = getProject(state, params.project_id)
        updateProject(state, project, json)
        return { status: 200, json: projectJson(project) }
      },
    },
    {
      method: 'DELETE',
      path: '/projects/{project_id}',
      handle: async ({ params }) => {
        await deleteProject(state, getProject(state, params.project_id))
        return { status: 204 }
      },
    },
    {
      method: 'GET',
      path: '/projects/{project_id}/stats',
      handle: ({ params }) => {
        const { nodes, links, drawings, snapshots } = getProject(state, params.project_id)
        return { status: 200, json: { nodes: nodes.size, links: links.size, drawings: drawings.size, snapshots: snapshots.size } }
      },
    },
  ]
}

function powerRoutes(state: ServerState): ApiRoute[] {
  return [
    {
      method: 'POST',
      path: '/projects/{project_id}/close',
      handle: async ({ params }) => {
        await closeProject(state, getProject(state, params.project_id))
        return { status: 204 }
      },
    },
    {
      method: 'POST',
      path: '/projects/{project_id}/open',
      handle: async ({ params }) => {
        const project = getProject(state, params.project_id)
        await openProject(state, project)
        return { status: 201, json: projectJson(project) }
      },
    },
    {
      method: 'POST',
      path: '/projects/load',
      handle: ({ json }) => {
        // 2.2: only a server started with --local, and the answer has no body. 3.x looks, but the sandbox shows it no file of this machine
        if (state.runtime.version === '2.2') return { status: 403 }
        throw conflict(`'${asString(json.path) ?? ''}' does not exist on the controller`)
      },
    },
  ]
}

function archiveRoutes(state: ServerState): ApiRoute[] {
  return [
    {
      method: 'POST',
      path: '/projects/{project_id}/import',
      raw: true,
      handle: async ({ params, query, stream }) => {
        const name = query.get('name')
        const id = params.project_id ?? randomUUID()
        const project = await importStream(state, stream, { id, ...(name ? { name } : {}) })
        return { status: 201, json: projectJson(project) }
      },
    },
    { method: 'GET', path: '/projects/{project_id}/export', raw: true, handle: (request) => exportAnswer(state, request) },
    {
      method: 'POST',
      path: '/projects/{project_id}/duplicate',
      input: bodies.projectDuplicate,
      handle: async ({ params, json }) => {
        const project = await getLoadedProject(state, params.project_id)
        return { status: 201, json: projectJson(await duplicateProject(state, project, asString(json.name) ?? project.name)) }
      },
    },
  ]
}

async function exportAnswer(state: ServerState, { params, query, response }: ApiRequest): Promise<ApiAnswer> {
  const project = await getLoadedProject(state, params.project_id)
  const wanted = (name: string) => ['yes', 'true', '1'].includes((query.get(name) ?? '').toLowerCase())
  const compression = (query.get('compression') ?? (state.runtime.version === '2.2' ? 'zip' : 'zstd')).toLowerCase()
  if (isRunning(project) || compression === 'zip' || compression === 'none') {
    const archive = exportProject(state, project, {
      includeImages: wanted('include_images'),
      includeSnapshots: wanted('include_snapshots'),
      resetMacAddresses: wanted('reset_mac_addresses'),
      compress: compression === 'zip',
    })
    await state.runtime.wait(state.runtime.timing.export)
    response.writeHead(200, {
      ...headersOf(state.runtime, '/v2/projects/{project_id}/export'),
      'Content-Type': 'application/gns3project',
      'Content-Disposition': dispositionOf(state, project.name),
    })
    await pipeline(archive, response)
    return 'streamed'
  }
  throw new ApiError(500, `${compression} archives are not emulated by the sandbox: ask for compression=zip`)
}

/** A header holds ASCII only; 3.x adds the whole name, encoded. */
function dispositionOf(state: ServerState, name: string): string {
  const plain = name.replace(/[^ -~]|"/g, '') || 'project'
  const encoded = state.runtime.version === '2.2' ? '' : `; filename*=UTF-8''${encodeURIComponent(name)}.gns3project`
  return `attachment; filename="${plain}.gns3project"${encoded}`
}

function fileRoutes(state: ServerState): ApiRoute[] {
  const locate = async ({ params }: ApiRequest): Promise<string> => {
    const project = await getLoadedProject(state, params.project_id)
    const path = pathInside(project.path, params.path ?? '')
    if (!path) throw new ApiError(403, state.runtime.version === '2.2' ? '403: Forbidden' : 'Forbidden')
    return path
  }
  const missing = state.runtime.version === '2.2' ? '404: Not Found' : 'Not Found'
  const path = '/projects/{project_id}/files/{path:.+}'
  return [
    {
      method: 'GET',
      path,
      handle: async (request) => {
        const file = await locate(request)
        if (!existsSync(file) || !statSync(file).isFile()) throw notFound(missing)
        return { status: 200, bytes: readFileSync(file), type: typeOf(state, file) }
      },
    },
    {
      method: 'POST',
      path,
      raw: true,
      handle: async (request) => {
        const file = await locate(request)
        // a folder that is not there is a 404, it is not made
        if (!existsSync(dirname(file))) throw notFound(missing)
        writeFileSync(file, await readBody(request.stream))
        return { status: state.runtime.version === '2.2' ? 201 : 204 }
      },
    },
  ]
}

/** 2.2 guesses from the name, 3.x always says octet-stream. */
function typeOf(state: ServerState, file: string): string {
  if (state.runtime.version === '3.x') return 'application/octet-stream'
  if (file.endsWith('.json')) return 'application/json'
  return /\.(txt|log|py|conf)$/.test(file) ? 'text/plain' : 'application/octet-stream'
}

/** 3.x only: locks nodes and drawings. */
function lockRoutes(state: ServerState): ApiRoute[] {
  if (state.runtime.version === '2.2') return []
  const setLocked =
    (locked: boolean) =>
    async ({ params }: ApiRequest): Promise<ApiAnswer> => {
      const project = getProject(state, params.project_id)
      requireOpened(project)
      for (const node of project.nodes.values()) node.locked = locked
      for (const drawing of project.drawings.values()) drawing.locked = locked
      dumpTopology(state.runtime, project)
      return { status: 204 }
    }
  const isLocked = ({ params }: ApiRequest): ApiAnswer => {
    const project = getProject(state, params.project_id)
    requireOpened(project)
    const all = [...project.nodes.values(), ...project.drawings.values()]
    return { status: 200, json: all.length > 0 && all.every((one) => one.locked) }
  }
  return [
    { method: 'GET', path: '/projects/{project_id}/locked', handle: isLocked },
    { method: 'POST', path: '/projects/{project_id}/lock', handle: setLocked(true) },
    { method: 'POST', path: '/projects/{project_id}/unlock', handle: setLocked(false) },
  ]
}
