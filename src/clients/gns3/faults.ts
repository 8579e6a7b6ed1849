import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { type Sentence, say } from '../../lib/sentence.ts'

/** Longest part of a server's own words that is kept: 2.2 answers whole tracebacks, and echoes whole requests. */
const maxReasonLength = 300

const errorBody = z.union([
  z.looseObject({ message: z.string() }).transform((body) => body.message),
  z.looseObject({ detail: z.string() }).transform((body) => body.detail),
])

/** A server's words as one line: a Python traceback is reduced to what came before it, else to its last line. */
export function shorten(text: string): string {
  const [before = '', ...after] = text.split(/Traceback \(most recent call last\)/)
  const lastLine = after.join(' ').trim().split('\n').at(-1) ?? ''
  const words = before.trim() === '' ? lastLine : before
  const line = words.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  return line.length > maxReasonLength ? `${line.slice(0, maxReasonLength - 1)}…` : line
}

/** What an error answer says: `message` (both versions), `detail` (3.x routing), else the text itself. */
export function reasonOf(body: Buffer): string {
  const text = body.toString('utf8')
  const parsed = errorBody.safeParse(parseJson(text))
  return shorten(parsed.success ? parsed.data : text)
}

/** @returns undefined for what is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Sentences of the compute part of both versions for an image that is not on the server (compute/error.py, dynamips, qemu, iou). */
const imageMissing =
  /\bimage\b.{0,200}\b(?:is missing|is not accessible|not found|does not exist)|\b(?:initrd|kernel|ios|iou)\b.{0,200}\bis not accessible/i

/** The fault that an error answer stands for; `call` names the request, for the log. */
export function answerFault(status: number, body: Buffer, call: string): AppError {
  const reason = reasonOf(body)
  const details = { reason: reason === '' ? say('details.gns3.status', { status }) : reason, call, status }
  if (status === 401) return new AppError('GNS3_AUTH', { details })
  if (status === 404) return new AppError('GNS3_NOT_FOUND', { details })
  if (status === 408) return new AppError('GNS3_TIMEOUT', { details })
  if (imageMissing.test(reason)) return new AppError('GNS3_IMAGE_MISSING', { details })
  // controller/topology.py of both versions; trying again does not help
  if (/created with more recent version of GNS3/.test(reason)) return new AppError('GNS3_PROJECT_TOO_NEW', { details })
  if (status === 409 || /project is not opened/i.test(reason)) return new AppError('GNS3_CONFLICT', { details })
  // A proxy before a server that is still starting, or a server that is stopping.
  if (status === 502 || status === 503 || status === 504) return new AppError('GNS3_UNREACHABLE', { details })
  if (status >= 400 && status < 500) return new AppError('GNS3_REFUSED', { details })
  return new AppError('GNS3_UNEXPECTED_ANSWER', { details })
}

/** A successful answer that is not what the interface promises. */
export const unexpected = (call: string, reason: Sentence, cause?: unknown): AppError => unexpectedAt(call, reason, cause)

/** As `unexpected`, said of a thing of the lab. */
export const unexpectedAt = (place: Sentence | string, reason: Sentence, cause?: unknown): AppError =>
  new AppError('GNS3_UNEXPECTED_ANSWER', { details: { reason: say('details.at', { place, reason }), call: place }, cause })

const errorCode = (error: unknown): string | undefined => {
  const parsed = z.looseObject({ code: z.string() }).safeParse(error)
  return parsed.success ? parsed.data.code : undefined
}

/** What kept a request from being answered at all. Bytes that are no HTTP are an unexpected answer; all else is a server out of reach. */
export function transportFault(error: unknown, call: string): AppError {
  const code = errorCode(error) ?? (error instanceof Error ? error.name : 'UNKNOWN')
  // undici gives its HTTPParserError a code only sometimes.
  if (
    code.startsWith('HPE_') ||
    code === 'HTTPParserError' ||
    code === 'UND_ERR_HEADERS_OVERFLOW' ||
    code === 'UND_ERR_RESPONSE_STATUS_CODE'
  )
    return unexpected(call, say('details.gns3.noHttp', { code }), error)
  return new AppError('GNS3_UNREACHABLE', { details: { reason: code, call }, cause: error })
}
