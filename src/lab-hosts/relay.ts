import { Transform } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { PassedAnswer } from '../clients/gns3/index.ts'
import { AppError } from '../errors.ts'
import { say } from '../lib/sentence.ts'

/** Of one answer; GNS3's longest, all nodes of a large project, are some hundred kilobytes. */
const maxAnswerBytes = 32 * 1024 * 1024

/** What a machine that somebody else controls answers is never run: no script, no style, no frame, no form. */
const inert = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

const imageTypes = /^image\/(?:svg\+xml|png|jpeg|gif)\b/u

/** The type we say, whatever the machine said; null: to be saved as a file. */
function typeOf(expected: 'json' | 'image' | 'file', { contentType, status }: PassedAnswer): string | null {
  const given = contentType ?? ''
  if (status >= 400 || expected === 'json') return given.startsWith('application/json') ? 'application/json; charset=utf-8' : null
  if (expected === 'image') return imageTypes.exec(given)?.[0] ?? null
  return null
}

/** Counts, and ends what does not end. */
function bounded(): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > maxAnswerBytes) done(new Error('the answer of GNS3 is too long'))
      else done(null, chunk)
    },
  })
}

/** Hands GNS3's answer on: its status and its bytes, none of its headers. */
export function relay(reply: FastifyReply, expected: 'json' | 'image' | 'file', answer: PassedAnswer): FastifyReply {
  // a redirect leads elsewhere, and a 401 would make the browser ask for a password of ours
  if ((answer.status >= 300 && answer.status < 400) || answer.status === 401 || answer.status < 200) {
    answer.body.destroy()
    throw new AppError('GNS3_UNEXPECTED_ANSWER', { details: { reason: say('details.gns3.status', { status: answer.status }), call: '' } })
  }
  const type = typeOf(expected, answer)
  reply
    .status(answer.status)
    .header('content-security-policy', inert)
    .header('content-type', type ?? 'application/octet-stream')
  if (type === null) reply.header('content-disposition', 'attachment')
  if (answer.status === 204) {
    answer.body.destroy()
    return reply.send()
  }
  const body = bounded()
  answer.body.on('error', (error) => body.destroy(error))
  body.on('close', () => answer.body.destroy())
  return reply.send(answer.body.pipe(body))
}

/** The whole of a JSON answer. @throws AppError GNS3_UNEXPECTED_ANSWER */
export async function readJson({ status, contentType, body }: PassedAnswer): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of body.pipe(bounded())) chunks.push(Buffer.from(chunk))
  const isJson = status === 200 && (contentType ?? '').startsWith('application/json')
  const fault = (cause?: unknown) =>
    new AppError('GNS3_UNEXPECTED_ANSWER', { details: { reason: say('details.gns3.status', { status }), call: '' }, cause })
  if (!isJson) throw fault()
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    throw fault(error)
  }
}
