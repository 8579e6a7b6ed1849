import type { FastifyInstance } from 'fastify'
import type { FlashStore } from './http/flash.ts'
import type { Services } from './services.ts'

export interface PageOptions {
  readonly services: Services
  readonly flashes: FlashStore
}

/** All pages, by domain. */
export async function pageRoutes(_app: FastifyInstance, _options: PageOptions): Promise<void> {
  return undefined
}
