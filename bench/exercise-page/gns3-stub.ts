import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { RecordedLab } from '../../src/exercises/index.ts'
import { recordLab } from '../support/class-room.ts'

/** About what a GNS3 2.2 on a work VM takes for an answer. */
const answerMs = 15

export interface Gns3Stub {
  readonly port: number
  close(): void
}

/** The lab in GNS3's words, every device started. */
const nodesOf = ({ projectId, devices }: RecordedLab) =>
  devices.map(({ id, name, type, console, properties, ports, symbol, x, y }) => ({
    ...{ project_id: projectId, node_id: id, name, node_type: type, status: 'started', properties, symbol, x, y },
    ...{ console: console?.port ?? null, console_type: console?.type ?? 'none' },
    ports: ports.map(({ adapter, port, name: label }) => ({ adapter_number: adapter, port_number: port, name: label })),
  }))
const linksOf = ({ projectId, links }: RecordedLab) =>
  links.map(({ id, ends, suspended }) => ({
    ...{ project_id: projectId, link_id: id, suspend: suspended },
    nodes: ends.map(({ deviceId, adapter, port, label }) => ({
      ...{ node_id: deviceId, adapter_number: adapter, port_number: port },
      label: { text: label ?? '' },
    })),
  }))

const answerTo = (lab: RecordedLab, path: string): unknown => {
  if (path.endsWith('/v2/version')) return { version: '2.2.54' }
  if (path.endsWith('/nodes')) return nodesOf(lab)
  if (path.endsWith('/links')) return linksOf(lab)
  const id = path.split('/').at(-1)
  return path.startsWith('/v2/projects/') ? { project_id: id, name: 'lab', status: 'opened', auto_close: false } : undefined
}

/** Stands for the GNS3 of every lab of the class: the project is open and every device started. */
export async function startGns3Stub(): Promise<Gns3Stub> {
  const lab = await recordLab()
  const server = createServer((request, response) => {
    const body = answerTo(lab, request.url ?? '')
    void pause(answerMs).then(() => {
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body ?? { message: 'not found' }))
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : 0,
        close: () => {
          server.closeAllConnections()
          server.close()
        },
      })
    })
  })
}
