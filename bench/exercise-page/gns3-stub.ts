import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** About what a GNS3 2.2 on a work VM takes for an answer. */
const answerMs = 15

export interface Gns3Stub {
  readonly port: number
  close(): void
}

const answerTo = (path: string): unknown => {
  if (path.endsWith('/v2/version')) return { version: '2.2.54' }
  if (path.endsWith('/nodes') || path.endsWith('/links')) return []
  const id = path.split('/').at(-1)
  return path.startsWith('/v2/projects/') ? { project_id: id, name: 'lab', status: 'opened', auto_close: false } : undefined
}

/** Stands for the GNS3 of every lab of the class: a project that is open, and nothing in it. */
export function startGns3Stub(): Promise<Gns3Stub> {
  const server = createServer((request, response) => {
    const body = answerTo(request.url ?? '')
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
