import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pcapHeader } from '../network/index.ts'
import { conflict, forbidden, notFound } from './api-error.ts'
import { bodies } from './body-schemas.ts'
import { asString } from './json.ts'
import type { LabLink, Project } from './project.types.ts'
import { pathInside } from './project-files.ts'
import { linkJson } from './project-json.ts'
import type { ApiRequest, ApiRoute } from './route.types.ts'
import { getLoadedProject, type ServerState } from './server-state.ts'

/** A capture ends by itself in neither version; here the memory of the sandbox is what it is bounded by. */
const mostBytes = 64 * 1024 * 1024

/** Ends a capture; who reads it reads it to its end. */
export function endCapture(project: Project, link: LabLink): void {
  project.network?.tapLink(link.id, null)
  for (const reader of link.capture?.readers ?? []) reader.end()
  link.capture = null
  link.captureFile = null
}

function beginCapture(project: Project, link: LabLink, fileName: string): void {
  endCapture(project, link)
  const capture: NonNullable<LabLink['capture']> = { chunks: [pcapHeader()], readers: new Set() }
  let bytes = 0
  const file = pathInside(join(project.path, 'project-files', 'captures'), fileName)
  if (!file) throw forbidden('The capture file name is not allowed')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, pcapHeader())
  link.capture = capture
  link.captureFile = fileName
  project.network?.tapLink(link.id, (record) => {
    bytes += record.length
    if (bytes > mostBytes) return
    capture.chunks.push(record)
    appendFileSync(file, record)
    for (const reader of capture.readers) reader.write(record)
  })
}

/** Sends what there is and what comes, until the capture or the reader ends. */
function streamCapture(link: LabLink, { response }: ApiRequest): Promise<'streamed'> {
  const { capture } = link
  if (!capture) throw conflict('This link has no active packet capture')
  response.writeHead(200, { 'Content-Type': 'application/vnd.tcpdump.pcap' })
  for (const chunk of capture.chunks) response.write(chunk)
  return new Promise((resolve) => {
    const reader = { write: (bytes: Uint8Array) => void response.write(bytes), end: () => void response.end() }
    capture.readers.add(reader)
    response.on('close', () => {
      capture.readers.delete(reader)
      resolve('streamed')
    })
  })
}

/**
 * Captures of a link: `start_capture`, `stop_capture` in 2.2; `capture/start`, `capture/stop`, `capture/stream` in 3.x. The stream of 2.2
 * (`pcap`) is left out: a genuine one says that it is chunked and is not.
 */
export function captureRoutes(state: ServerState): ApiRoute[] {
  const is22 = state.runtime.version === '2.2'
  const one = '/projects/{project_id}/links/{link_id}'
  const find = async ({ params }: ApiRequest): Promise<{ project: Project; link: LabLink }> => {
    const project = await getLoadedProject(state, params.project_id)
    if (project.status === 'closed') throw forbidden('The project is not opened')
    const link = project.links.get(params.link_id ?? '')
    if (!link) throw notFound(`Link ID ${params.link_id} doesn't exist`)
    return { project, link }
  }
  const told = (project: Project, link: LabLink) => state.notifications.project(project.id, 'link.updated', linkJson(project, link))
  const streamRoute: ApiRoute = {
    method: 'GET',
    path: `${one}/capture/stream`,
    handle: async (request) => streamCapture((await find(request)).link, request),
  }
  return [
    {
      method: 'POST',
      path: is22 ? `${one}/start_capture` : `${one}/capture/start`,
      input: bodies.capture,
      handle: async (request) => {
        const { project, link } = await find(request)
        // udp_link.py _choose_capture_side
        if (!link.sides.some((side) => project.nodes.get(side.nodeId)?.status === 'started'))
          throw conflict('Cannot capture because there is no running device on this link')
        beginCapture(project, link, asString(request.json.capture_file_name) ?? `${link.id}.pcap`)
        told(project, link)
        return { status: 201, json: linkJson(project, link) }
      },
    },
    {
      method: 'POST',
      path: is22 ? `${one}/stop_capture` : `${one}/capture/stop`,
      ...(is22 ? { input: bodies.anyObject } : {}),
      handle: async (request) => {
        const { project, link } = await find(request)
        endCapture(project, link)
        told(project, link)
        return is22 ? { status: 201, json: linkJson(project, link) } : { status: 204 }
      },
    },
    ...(is22 ? [] : [streamRoute]),
  ]
}
