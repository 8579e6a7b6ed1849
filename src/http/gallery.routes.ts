import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { PageContext } from './page-context.ts'

/** One page in one state, with sample data. */
export interface GallerySample {
  /** Part of the address: `/gallery/<id>`. */
  readonly id: string
  readonly view: string
  readonly model: object
  readonly context: PageContext
}

export interface GalleryOptions {
  readonly samples: readonly GallerySample[]
}

/**
 * `/gallery` lists every page in every state, `/gallery/<id>` shows one: for development and for the tests that look at pages.
 * Never registered by `serve`: it shows sample data to anybody.
 */
export const gallery = fp(
  async (app: FastifyInstance, { samples }: GalleryOptions) => {
    const first = samples[0]
    if (first === undefined) return
    const byId = new Map(samples.map((sample) => [sample.id, sample]))
    app.get('/gallery', (_request, reply) => reply.dangerouslyUntypedPage('gallery/index.njk', { samples }, first.context))
    app.get<{ Params: { id: string } }>('/gallery/:id', (request, reply) => {
      const sample = byId.get(request.params.id)
      if (sample === undefined) return reply.callNotFound()
      return reply.dangerouslyUntypedPage(sample.view, sample.model, sample.context)
    })
  },
  { name: 'gallery', dependencies: ['views'] },
)
