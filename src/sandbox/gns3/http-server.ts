import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { answerError, sendAnswer, sendPlain, sendUnauthorized22 } from './answers.ts'
import { ApiError } from './api-error.ts'
import { createTokens, isBasicAllowed, type Tokens } from './auth.ts'
import { uuidPattern } from './body-schemas.ts'
import { checkBody3, checkBody22, validationError } from './body-validation.ts'
import { asObject, type JsonObject, pythonRepr, pythonString } from './json.ts'
import { createKeyedMutex } from './mutex.ts'
import type { ApiRoute } from './route.types.ts'
import { compileRoutes, findRoute, type Match } from './router.ts'
import type { Runtime } from './runtime.ts'
import { serveWebUi } from './web-ui.ts'

export const prefixOf = (runtime: Runtime): string => (runtime.version === '2.2' ? '/v2' : '/v3')

/** The API of one emulated server, not yet listening. */
export function createApiServer(runtime: Runtime, routes: readonly ApiRoute[], tokens: Tokens = createTokens(runtime)): Server {
  const compiled = compileRoutes(prefixOf(runtime), routes)
  const nodeLocks = createKeyedMutex()
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    await runtime.gate.passed()
    if (await serveWebUi(runtime, request, response)) return
    const url = new URL(request.url ?? '/', 'http://gns3')
    const found = findRoute(compiled, request.method ?? 'GET', url.pathname)
    if (found.kind === 'none') return sendUnknown(runtime, response, 404)
    if (found.kind === 'wrong-method') return sendUnknown(runtime, response, 405, found.allowed)
    const call = () => answer(runtime, tokens, { request, response, url, match: found.match })
    const { project_id, node_id } = found.match.params
    // one request at a time per node, in both versions (web/route.py node_concurrency, nodes.py NodeConcurrency)
    if (node_id && !url.pathname.includes('pcap')) return nodeLocks.run(`${project_id}:${node_id}`, call)
    return call()
  }
  return createServer((request, response) => {
    request.on('error', () => response.destroy())
    serve(request, response).catch((error: unknown) => {
      if (runtime.power.aborted) response.destroy()
      else answerError(runtime, response, { error, pattern: '', request: {}, method: request.method ?? '' })
    })
  })
}

interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly match: Match<ApiRoute>
}

async function answer(runtime: Runtime, tokens: Tokens, call: Call): Promise<void> {
  const { request, response, url, match } = call
  let json: JsonObject = {}
  try {
    if (!isAllowed(runtime, tokens, call)) {
      request.resume()
      return sendUnauthorized22(runtime, response, match.pattern)
    }
    if (runtime.version === '3.x') checkIds(match.params)
    if (!match.route.raw) {
      json = await readJson(runtime, request, match.route, (partial) => {
        json = partial
      })
    }
    if (runtime.version === '2.2') json = { ...json, ...Object.fromEntries(url.searchParams) }
    json = checkBody(runtime, match.route, json, url)
    const method = request.method ?? ''
    const result = await match.route.handle({ method, params: match.params, query: url.searchParams, json, stream: request, response })
    await runtime.gate.passed()
    if (result !== 'streamed') sendAnswer(runtime, response, result, match.pattern)
  } catch (error) {
    if (runtime.power.aborted || response.headersSent) {
      response.destroy()
      return
    }
    answerError(runtime, response, { error, pattern: match.pattern, request: json, method: request.method ?? '' })
  }
}

/** False: 2.2 answers 401 without a body. 3.x throws its own message. */
function isAllowed(runtime: Runtime, tokens: Tokens, { request, url, match }: Call): boolean {
  if (runtime.version === '2.2') return isBasicAllowed(runtime, request.headers.authorization)
  if (match.route.open) return true
  const [scheme, bearer] = (request.headers.authorization ?? '').split(' ')
  const token = scheme?.toLowerCase() === 'bearer' ? bearer : (url.searchParams.get('token') ?? undefined)
  if (token === undefined) throw new ApiError(401, 'Not authenticated')
  if (!tokens.userOf(token)) throw new ApiError(401, 'Could not validate credentials')
  return true
}

/** 3.x: identifiers in paths must be UUIDs. */
function checkIds(params: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(params)) {
    if (!name.endsWith('_id') || name === 'symbol_id' || name === 'compute_id' || uuidPattern.test(value)) continue
    const problem = `Input should be a valid UUID, invalid length: expected length 32 for simple format, found ${value.length}`
    throw validationError([`{'type': 'uuid_parsing', 'loc': ('path', '${name}'), 'msg': '${problem}', 'input': ${pythonString(value)}}`])
  }
}

async function readJson(
  runtime: Runtime,
  request: IncomingMessage,
  route: ApiRoute,
  keep: (json: JsonObject) => void,
): Promise<JsonObject> {
  const body = (await readBody(request)).toString('utf8')
  if (body === '') return emptyBody(runtime, route)
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    if (runtime.version === '3.x') {
      throw validationError([
        `{'type': 'json_invalid', 'loc': ('body', 0), 'msg': 'JSON decode error', 'input': {}, 'ctx': {'error': 'Expecting value'}}`,
      ])
    }
    keep({ malformed_json: body })
    throw new ApiError(400, 'Invalid JSON Expecting value: line 1 column 1 (char 0)')
  }
  const isJson = /^application\/([\w.-]+\+)?json/.test(request.headers['content-type'] ?? 'application/json')
  const object = runtime.version === '3.x' && !isJson ? undefined : asObject(value)
  if (object) return object
  if (runtime.version === '2.2') throw new ApiError(400, `${body.slice(0, 200)} is not of type 'object'`)
  if (!route.input) return {}
  throw validationError([
    `{'type': 'dict_type', 'loc': ('body',), 'msg': 'Input should be a valid dictionary', 'input': ${pythonRepr(body)}}`,
  ])
}

/** FastAPI misses a body that a route declares; 2.2 takes an empty one for `{}`. */
function emptyBody(runtime: Runtime, route: ApiRoute): JsonObject {
  if (runtime.version === '2.2' || !route.input) return {}
  throw validationError([`{'type': 'missing', 'loc': ('body',), 'msg': 'Field required', 'input': None}`])
}

function checkBody(runtime: Runtime, route: ApiRoute, json: JsonObject, url: URL): JsonObject {
  if (!route.input) return json
  if (runtime.version === '3.x') return checkBody3(route.input, json)
  if (!route.input.anyObjectIn3) checkBody22(route.input, json, url.pathname + url.search)
  return json
}

/** The whole body in memory: for JSON and for node files. */
export async function readBody(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

function sendUnknown(runtime: Runtime, response: ServerResponse, status: 404 | 405, allowed: string[] = []): void {
  const title = status === 404 ? 'Not Found' : 'Method Not Allowed'
  // FastAPI names the first route's method only
  if (status === 405) response.setHeader('Allow', runtime.version === '2.2' ? allowed.join(',') : (allowed[0] ?? ''))
  if (runtime.version === '2.2') sendPlain(response, status, `${status}: ${title}`)
  else response.writeHead(status, { 'content-type': 'application/json', server: 'uvicorn' }).end(JSON.stringify({ detail: title }))
}
