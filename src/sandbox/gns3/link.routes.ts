import { randomUUID } from 'node:crypto'
import { conflict, forbidden, notFound } from './api-error.ts'
import { bodies } from './body-schemas.ts'
import { asString, type JsonObject } from './json.ts'
import { captureRoutes } from './link-captures.ts'
import { filterCatalogue, filterNode } from './link-filters.ts'
import { addLink, deleteLink, getLink, resetLink, updateLink } from './links.ts'
import { requireOpened } from './nodes.ts'
import type { LabDrawing, LabLink, Project } from './project.types.ts'
import { drawingFile, drawingJson, drawingOf, linkJson } from './project-json.ts'
import type { ApiAnswer, ApiRequest, ApiRoute } from './route.types.ts'
import { getLoadedProject, type ServerState } from './server-state.ts'
import { closedData, dumpTopology } from './topology-file.ts'

const links = '/projects/{project_id}/links'
const drawings = '/projects/{project_id}/drawings'

/** Links and drawings: what lies between and beside the nodes. */
export function linkRoutes(state: ServerState): ApiRoute[] {
  const is22 = state.runtime.version === '2.2'
  const withLink =
    (work: (project: Project, link: LabLink, json: JsonObject) => ApiAnswer) =>
    async ({ params, json }: ApiRequest) => {
      const project = await getLoadedProject(state, params.project_id)
      return work(project, getLink(project, params.link_id), json)
    }
  return [
    {
      method: 'GET',
      path: links,
      handle: async ({ params }) => {
        const project = await getLoadedProject(state, params.project_id)
        if (project.status === 'closed') return { status: 200, json: closedData(project, 'links') }
        return { status: 200, json: [...project.links.values()].map((link) => linkJson(project, link)) }
      },
    },
    {
      method: 'POST',
      path: links,
      input: is22 ? bodies.link : bodies.linkCreate3,
      handle: async ({ params, json }) => {
        const project = await getLoadedProject(state, params.project_id)
        requireOpened(project)
        const link = addLink(state, project, { ...json, link_id: null })
        dumpTopology(state.runtime, project)
        return { status: 201, json: linkJson(project, link) }
      },
    },
    {
      method: 'GET',
      path: `${links}/{link_id}/available_filters`,
      handle: withLink((project, link) => ({ status: 200, json: filterNode(project, link) ? filterCatalogue : [] })),
    },
    { method: 'GET', path: `${links}/{link_id}`, handle: withLink((project, link) => ({ status: 200, json: linkJson(project, link) })) },
    {
      method: 'PUT',
      path: `${links}/{link_id}`,
      input: bodies.link,
      handle: withLink((project, link, json) => {
        updateLink(state, project, link, json)
        return { status: is22 ? 201 : 200, json: linkJson(project, link) }
      }),
    },
    {
      method: 'DELETE',
      path: `${links}/{link_id}`,
      handle: withLink((project, link) => {
        deleteLink(state, project, link)
        dumpTopology(state.runtime, project)
        return { status: 204 }
      }),
    },
    ...captureRoutes(state),
    ...(is22 ? [] : [resetRoute(withLink)]),
    ...drawingRoutes(state),
  ]
}

type WithLink = (work: (project: Project, link: LabLink, json: JsonObject) => ApiAnswer) => ApiRoute['handle']

const resetRoute = (withLink: WithLink): ApiRoute => ({
  method: 'POST',
  path: `${links}/{link_id}/reset`,
  handle: withLink((project, link) => {
    resetLink(project, link)
    return { status: 200, json: linkJson(project, link) }
  }),
})

function drawingRoutes(state: ServerState): ApiRoute[] {
  const is22 = state.runtime.version === '2.2'
  const one = `${drawings}/{drawing_id}`
  return [
    {
      method: 'GET',
      path: drawings,
      handle: async ({ params }) => {
        const project = await getLoadedProject(state, params.project_id)
        if (project.status === 'closed') return { status: 200, json: closedData(project, 'drawings') }
        return { status: 200, json: [...project.drawings.values()].map((drawing) => drawingJson(project, drawing)) }
      },
    },
    { method: 'POST', path: drawings, input: bodies.drawing, handle: (request) => createDrawing(state, request) },
    {
      method: 'GET',
      path: one,
      handle: async (request) => {
        const { project, drawing } = await findDrawing(state, request)
        return { status: 200, json: drawingJson(project, drawing) }
      },
    },
    {
      method: 'PUT',
      path: one,
      input: bodies.drawing,
      handle: async (request) => {
        const { project, drawing } = await findDrawing(state, request)
        const changed = drawingOf(drawing.id, { ...drawingFile(drawing), ...request.json })
        project.drawings.set(drawing.id, changed)
        dumpTopology(state.runtime, project)
        state.notifications.project(project.id, 'drawing.updated', drawingJson(project, changed))
        return { status: is22 ? 201 : 200, json: drawingJson(project, changed) }
      },
    },
    {
      method: 'DELETE',
      path: one,
      handle: async (request) => {
        const { project, drawing } = await findDrawing(state, request)
        if (drawing.locked) throw conflict(`Drawing ID ${drawing.id} cannot be deleted because it is locked`)
        project.drawings.delete(drawing.id)
        dumpTopology(state.runtime, project)
        state.notifications.project(project.id, 'drawing.deleted', drawingJson(project, drawing))
        return { status: 204 }
      },
    },
  ]
}

async function createDrawing(state: ServerState, { params, json }: ApiRequest): Promise<ApiAnswer> {
  const project = await getLoadedProject(state, params.project_id)
  requireOpened(project)
  const id = asString(json.drawing_id) ?? randomUUID()
  const drawing = project.drawings.get(id) ?? drawingOf(id, json)
  project.drawings.set(id, drawing)
  dumpTopology(state.runtime, project)
  state.notifications.project(project.id, 'drawing.created', drawingJson(project, drawing))
  return { status: 201, json: drawingJson(project, drawing) }
}

async function findDrawing(state: ServerState, { params }: ApiRequest): Promise<{ project: Project; drawing: LabDrawing }> {
  const project = await getLoadedProject(state, params.project_id)
  if (project.status === 'closed') throw forbidden('The project is not opened')
  const drawing = project.drawings.get(params.drawing_id ?? '')
  if (!drawing) throw notFound(`Drawing ID ${params.drawing_id} doesn't exist`)
  return { project, drawing }
}
