import { type ZodType, z } from 'zod'

/** What came back, whatever its status. */
export interface ApiAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; throws when it is none. */
  json(): unknown
}

export interface ApiSession {
  readonly userId: string
  readonly token: string
  /** One request; `body` goes as JSON, a FormData or a string as it is. */
  request(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ApiAnswer>
  /** The parsed answer. @throws Error when the status is another (2xx by default) */
  get<T>(path: string, schema: ZodType<T>): Promise<T>
  post<T>(path: string, body: unknown, schema: ZodType<T>): Promise<T>
  /** The code of the refusal, with its status: `409 LAB_FROZEN`. @throws Error when it is none */
  refusal(method: string, path: string, body?: unknown): Promise<string>
}

const signedIn = z.object({ token: z.string(), user: z.object({ id: z.string() }) })
const problem = z.object({ error: z.object({ code: z.string(), message: z.string(), requestId: z.string() }) })

async function send(url: string, method: string, headers: Record<string, string>, body: unknown): Promise<ApiAnswer> {
  const isRaw = typeof body === 'string' || body instanceof FormData || body === undefined
  const response = await fetch(url, {
    method,
    headers: isRaw ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    redirect: 'manual',
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
}

function parse<T>(what: string, answer: ApiAnswer, schema: ZodType<T>): T {
  if (answer.status < 200 || answer.status > 299) throw new Error(`${what} was answered ${answer.status}: ${answer.text.slice(0, 2_000)}`)
  return schema.parse(answer.text === '' ? null : answer.json())
}

/** The JSON API as a program uses it, by Bearer. */
export function createApi(origin: string) {
  const base = `${origin}/api/v1`
  return {
    async signIn(username: string, password: string): Promise<ApiSession> {
      const answer = await send(`${base}/session`, 'POST', {}, { username, password })
      const { token, user } = parse(`sign-in of ${username}`, answer, signedIn)
      const request: ApiSession['request'] = (method, path, body, headers) =>
        send(`${base}${path}`, method, { authorization: `Bearer ${token}`, ...headers }, body)
      return {
        userId: user.id,
        token,
        request,
        get: async (path, schema) => parse(`GET ${path}`, await request('GET', path), schema),
        post: async (path, body, schema) => parse(`POST ${path}`, await request('POST', path, body), schema),
        refusal: async (method, path, body) => {
          const answer = await request(method, path, body)
          if (answer.status < 400) throw new Error(`${method} ${path} was not refused: ${answer.status} ${answer.text}`)
          return `${answer.status} ${problem.parse(answer.json()).error.code}`
        },
      }
    },
  }
}
