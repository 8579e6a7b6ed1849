import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { viewsFolder } from './views.ts'

const assetsFolder = join(viewsFolder, 'assets')

/** A short hash over all assets: their address changes when any of them does, so browsers may keep them for long. */
export function findAssetVersion(folder: string = assetsFolder): string {
  const hash = createHash('sha256')
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
    hash.update(entry.name).update(readFileSync(join(entry.parentPath, entry.name)))
  }
  return hash.digest('hex').slice(0, 10)
}

/**
 * Everything a page loads, served by us under `/assets`. A module that imports another one names it without a version, so browsers ask
 * whether it changed (a 304 of a few bytes) instead of keeping it blindly.
 */
export const assets = fp(
  async (app: FastifyInstance) => {
    await app.register(fastifyStatic, {
      root: assetsFolder,
      prefix: '/assets/',
      decorateReply: false,
      cacheControl: true,
      maxAge: 0,
      etag: true,
    })
  },
  { name: 'assets' },
)
