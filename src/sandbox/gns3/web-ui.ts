import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { isBasicAllowed } from './auth.ts'
import type { Runtime } from './runtime.ts'

const root = '/static/web-ui/'
const types: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'styles.css': 'text/css; charset=utf-8',
}
const folder = fileURLToPath(new URL('web-ui/', import.meta.url))

/**
 * Serves a page where GNS3 serves its web UI; like there, what is not a file is the start page (`bundled`, deep links), and 2.2 asks for
 * credentials here too.
 * @returns false for other addresses
 */
export async function serveWebUi(runtime: Runtime, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  if (request.method !== 'GET' || !path.startsWith(root)) return false
  if (runtime.version === '2.2' && !isBasicAllowed(runtime, request.headers.authorization)) {
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="GNS3 server"' }).end()
    return true
  }
  const name = path.slice(root.length)
  const file = name in types ? name : 'index.html'
  const content = await readFile(`${folder}${file}`)
  response.writeHead(200, { 'Content-Type': types[file] ?? '', 'Content-Length': content.length }).end(content)
  return true
}
