import type { FormData as Multipart } from 'undici'
import { type Dispatcher, request as send } from 'undici'
import type { z } from 'zod'
import { AppError, isAppError } from '../../errors.ts'
import { quote, say } from '../../lib/sentence.ts'
import { errorAnswer } from './schemas.ts'

export interface NetpraxisOptions {
  /** Where its pages are: `https://netpraxis.example.org`. */
  readonly url: string
  /** An API key, as its holder's account page gives it. */
  readonly token: string
  readonly signal: AbortSignal
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Below `/api/v1`. */
  readonly path: string
  readonly json?: unknown
  readonly form?: Multipart
}

const readMs = 30_000
/** A project of some gigabytes over a slow line. */
const transferMs = 60 * 60 * 1_000

/** Requests to one server; every fault is an AppError SERVER_*, an aborted call rejects with the signal's reason. */
export function createHttp({ url, token, signal }: NetpraxisOptions) {
  const root = `${url.replace(/\/+$/u, '')}/api/v1`

  async function open({ method, path, json, form }: Call): Promise<Dispatcher.ResponseData> {
    const timeout = AbortSignal.timeout(form === undefined && method !== 'GET' ? readMs : transferMs)
    try {
      const answer = await send(`${root}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: json === undefined ? (form ?? null) : JSON.stringify(json),
        signal: AbortSignal.any([signal, timeout]),
        headersTimeout: form === undefined ? readMs : transferMs,
      })
      if (answer.statusCode >= 200 && answer.statusCode < 300) return answer
      throw refusal(answer.statusCode, await answer.body.text())
    } catch (error) {
      throw faultOf(error)
    }
  }

  const faultOf = (error: unknown): unknown => {
    if (signal.aborted) return signal.reason
    if (isAppError(error)) return error
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const isLate = /timeout/iu.test(reason) || (error instanceof Error && error.name === 'TimeoutError')
    return new AppError(isLate ? 'SERVER_TIMEOUT' : 'SERVER_UNREACHABLE', { cause: error, details: { url, reason } })
  }

  return {
    open,
    readText: async (call: Call): Promise<string> => (await open(call)).body.text(),
    async readJson<Schema extends z.ZodType>(schema: Schema, call: Call): Promise<z.output<Schema>> {
      const text = await (await open(call)).body.text()
      const parsed = schema.safeParse(parseJson(text))
      if (parsed.success) return parsed.data
      throw new AppError('SERVER_UNEXPECTED_ANSWER', { details: { url, call: call.path }, cause: parsed.error })
    },
  }
}

/** What the server says is wrong, with each field of it; something else that listens there has no such words. */
function refusal(status: number, text: string): AppError {
  const parsed = errorAnswer.safeParse(parseJson(text))
  if (!parsed.success) return new AppError('SERVER_REFUSED', { details: { reason: say('details.httpStatus', { status }) } })
  const { code, message, fields } = parsed.data.error
  const known = status === 404 ? 'SERVER_NOT_FOUND' : 'SERVER_REFUSED'
  return new AppError(known, {
    details: { reason: quote(message), code },
    fields: fields.map(({ field, message: problem, line }) => ({
      field,
      problem: quote(problem),
      ...(line === undefined ? {} : { line }),
    })),
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
