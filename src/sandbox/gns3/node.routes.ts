import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ApiError, notFound } from './api-error.ts'
import { bodies } from './body-schemas.ts'
import { readBody } from './http-server.ts'
import type { Json } from './json.ts'
import { updateLink } from './links.ts'
import { forAllNodes, reloadNode, resetConsole, startNode, stopNode, suspendNode } from './node-power.ts'
import { addNode, deleteNode, duplicateNode, getNode, requireOpened, updateNode } from './nodes.ts'
import { alwaysRunning, type LabNode, type Project } from './project.types.ts'
import { nodeFolder, pathInside, readIfThere } from './project-files.ts'
import { linkJson, nodeJson, oneNodeJson } from './project-json.ts'
import type { ApiRequest, ApiRoute, BodySchema } from './route.types.ts'
import { getLoadedProject, type ServerState } from './server-state.ts'
import { closedData, dumpTopology } from './topology-file.ts'

const all = '/projects/{project_id}/nodes'
const one = '/projects/{project_id}/nodes/{node_id}'

export function nodeRoutes(state: ServerState): ApiRoute[] {
  return [...listRoutes(state), ...allVerbs(state), ...recordRoutes(state), ...oneVerbs(state), ...fileRoutes(state)]
}

interface Found {
  readonly project: Project
  readonly node: LabNode
}

async function find(state: ServerState, { params }: ApiRequest): Promise<Found> {
  const project = await getLoadedProject(state, params.project_id)
  return { project, node: getNode(project, params.node_id) }
}

function listRoutes(state: ServerState): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: all,
      handle: async ({ params }) => {
        const project = await getLoadedProject(state, params.project_id)
        return { status: 200, json: listNodes(state, project) }
      },
    },
    {
      method: 'POST',
      path: all,
      input: bodies.nodeCreate,
      handle: async ({ params, json }) => {
        if (json.compute_id !== 'local') throw notFound(`Compute ID ${String(json.compute_id)} doesn't exist`)
        const project = await getLoadedProject(state, params.project_id)
        const node = await addNode(state, project, json)
        dumpTopology(state.runtime, project)
        return { status: 201, json: oneNodeJson(state.runtime, project, node) }
      },
    },
  ]
}

/** Of a closed project: as its file has them, with the ports of another day. */
function listNodes(state: ServerState, project: Project): Json[] {
  if (project.status === 'closed') return closedData(project, 'nodes')
  return [...project.nodes.values()].map((node) => nodeJson(state.runtime, project, node))
}

type Verb = (state: ServerState, project: Project, node: LabNode) => Promise<void>

function allVerbs(state: ServerState): ApiRoute[] {
  const verb = (path: string, ...verbs: Verb[]): ApiRoute => ({
    method: 'POST',
    path: `${all}/${path}`,
    handle: async ({ params }) => {
      const project = await getLoadedProject(state, params.project_id)
      requireOpened(project)
      for (const each of verbs) await forAllNodes(state, project, each)
      return { status: 204 }
    },
  })
  return [
    verb('start', startNode),
    verb('stop', stopNode),
    verb('suspend', suspendNode),
    verb('reload', stopNode, startNode),
    verb('console/reset', resetConsole),
  ]
}

function recordRoutes(state: ServerState): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: one,
      handle: async (request) => {
        const { project, node } = await find(state, request)
        return { status: 200, json: oneNodeJson(state.runtime, project, node) }
      },
    },
    {
      method: 'PUT',
      path: one,
      input: bodies.nodeUpdate,
      handle: async (request) => {
        const { project, node } = await find(state, request)
        await updateNode(state, project, node, request.json)
        return { status: 200, json: nodeJson(state.runtime, project, node) }
      },
    },
    {
      method: 'DELETE',
      path: one,
      handle: async ({ params }) => {
        const project = await getLoadedProject(state, params.project_id)
        await deleteNode(state, project, params.node_id)
        return { status: 204 }
      },
    },
    {
      method: 'POST',
      path: `${one}/duplicate`,
      input: bodies.nodeDuplicate,
      handle: async (request) => {
        const { project, node } = await find(state, request)
        const copy = await duplicateNode(state, project, node, request.json)
        return { status: 201, json: oneNodeJson(state.runtime, project, copy) }
      },
    },
    {
      method: 'GET',
      path: `${one}/links`,
      handle: async (request) => {
        const { project, node } = await find(state, request)
        const links = [...project.links.values()].filter((link) => link.sides.some((side) => side.nodeId === node.id))
        return { status: 200, json: links.map((link) => linkJson(project, link)) }
      },
    },
  ]
}

/**
 * 2.2 answers 200 and the node, 3.x 204 and nothing. 3.x asks `start` for a body, though it may be `{}`. What 2.2 shows after start and
 * reload is the node before it heard from its compute: `stopped` (seen on a genuine 2.2.59), so a client has to read again.
 */
function oneVerbs(state: ServerState): ApiRoute[] {
  const verb = (path: string, run: Verb, input?: BodySchema): ApiRoute => ({
    method: 'POST',
    path: `${one}/${path}`,
    ...(input ? { input } : {}),
    handle: async (request) => {
      const { project, node } = await find(state, request)
      const { status, commandLine } = node
      await run(state, project, node)
      if (state.runtime.version === '3.x' || path === 'console/reset') return { status: 204 }
      const json = nodeJson(state.runtime, project, node)
      if (path === 'start') return { status: 200, json: { ...json, status, command_line: commandLine } }
      const isStale = path === 'reload' && !alwaysRunning.has(node.type)
      return { status: 200, json: isStale ? { ...json, status: 'stopped' } : json }
    },
  })
  return [
    verb('start', startNode, bodies.anyObject),
    verb('stop', stopNode),
    verb('suspend', suspendNode),
    verb('reload', reloadNode),
    verb('console/reset', resetConsole),
    ...(state.runtime.version === '2.2' ? [] : [verb('isolate', isolate(true)), verb('unisolate', isolate(false))]),
  ]
}

const isolate =
  (suspend: boolean): Verb =>
  async (state, project, node) => {
    const links = [...project.links.values()].filter((link) => link.sides.some((side) => side.nodeId === node.id))
    for (const link of links) updateLink(state, project, link, { suspend })
  }

function fileRoutes(state: ServerState): ApiRoute[] {
  const path = `${one}/files/{path:.+}`
  const locate = async (request: ApiRequest, forbiddenText: string): Promise<string> => {
    const { project, node } = await find(state, request)
    const wanted = (request.params.path ?? '').replaceAll('\\', '/')
    const file = wanted.startsWith('.') || wanted.includes('/../') ? undefined : pathInside(nodeFolder(project, node), wanted)
    if (!file) throw new ApiError(403, state.runtime.version === '2.2' ? '403: Forbidden' : forbiddenText)
    return file
  }
  return [
    {
      method: 'GET',
      path,
      handle: async (request) => {
        const bytes = readIfThere(await locate(request, 'It is forbidden to get a file outside the project directory'))
        if (bytes) return { status: 200, bytes, type: 'application/octet-stream' }
        const { project, node } = await find(state, request)
        throw notFound(`GET /projects/${project.id}/files/project-files/${node.type}/${node.id}/${request.params.path} not found`)
      },
    },
    {
      method: 'POST',
      path,
      raw: true,
      handle: async (request) => {
        const file = await locate(request, 'Cannot write outside the node directory')
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, await readBody(request.stream))
        return state.runtime.version === '2.2' ? { status: 201 } : { status: 201, json: null }
      },
    },
  ]
}
