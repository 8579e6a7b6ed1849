import type { FastifyInstance } from 'fastify'

/** A verb without a body is fine although its content type says JSON. */
export function acceptEmptyJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, null)
    else void parseJson(request, String(body), done)
  })
}
