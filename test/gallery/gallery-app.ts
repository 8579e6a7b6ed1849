import Fastify, { type FastifyInstance } from 'fastify'
import { assets } from '../../src/http/assets.ts'
import { type GallerySample, gallery } from '../../src/http/gallery.routes.ts'
import { views } from '../../src/http/views.ts'
import { adminSamples } from './admin-samples.ts'
import { staffLabSamples } from './staff-lab-samples.ts'
import { studentSamples } from './student-samples.ts'
import { teacherSamples } from './teacher-samples.ts'

/** Every page in every state that the gallery shows and the tests look at. */
export const samples: readonly GallerySample[] = [...studentSamples, ...teacherSamples, ...staffLabSamples, ...adminSamples]

/** The gallery with the content security policy of the product, so that a page that would break under it breaks here. */
export async function buildGallery(options: { isDevelopment?: boolean } = {}): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(views, options)
  await app.register(assets, options)
  await app.register(gallery, { samples })
  // The pages ask for events; here is nothing to follow, and 204 tells an EventSource not to come back.
  app.get('/events', (_request, reply) => reply.code(204).send())
  app.addHook('onSend', async (_request, reply) => {
    reply.header(
      'content-security-policy',
      "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
  })
  return app
}
