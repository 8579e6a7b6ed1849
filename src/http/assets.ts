import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { viewsFolder } from './views.ts'

const assetsFolder = join(viewsFolder, 'assets')
const stylesFolder = join(viewsFolder, 'styles')

const { resolve } = createRequire(import.meta.url)
/** Modules of packages that pages load, as `/assets/vendor/<name>/<file>`. */
const vendorFolders = {
  xterm: [dirname(resolve('@xterm/xterm')), join(dirname(resolve('@xterm/xterm')), '..', 'css')],
  // its modules as they are, which import each other across two folders
  novnc: [join(dirname(resolve('@novnc/novnc')), '..')],
  'addon-fit': [dirname(resolve('@xterm/addon-fit'))],
}

export interface AssetsOptions {
  /** Reads the style sheets again for each request: for development. */
  readonly isDevelopment?: boolean
}

/** All style sheets as one: small files to work on, one request to load. The number in front of a file's name is its place. */
export function readStyles(folder: string = stylesFolder): string {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.css'))
    .sort()
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
}

/** A short hash over everything a page loads: addresses carry it, so that browsers may keep a style sheet until it changes. */
export function findAssetVersion(): string {
  const hash = createHash('sha256').update(readStyles())
  const files = readdirSync(assetsFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const file of files) hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)))
  return hash.digest('hex').slice(0, 10)
}

/**
 * Everything a page loads, served by us under `/assets`; decorates `assetVersion`. Modules import each other without a version, so
 * browsers ask whether those changed (a 304 of a few bytes) instead of keeping them blindly.
 */
export const assets = fp(
  async (app: FastifyInstance, { isDevelopment = false }: AssetsOptions) => {
    const version = findAssetVersion()
    const styles = readStyles()
    app.decorate('assetVersion', version)
    app.get<{ Querystring: { v?: string } }>('/assets/app.css', (request, reply) => {
      const isPinned = request.query.v === version && !isDevelopment
      reply.header('cache-control', isPinned ? 'public, max-age=31536000, immutable' : 'no-cache')
      return reply.type('text/css; charset=utf-8').send(isDevelopment ? readStyles() : styles)
    })
    await app.register(fastifyStatic, { root: assetsFolder, prefix: '/assets/', decorateReply: false, maxAge: 0 })
    for (const [name, root] of Object.entries(vendorFolders))
      await app.register(fastifyStatic, { root, prefix: `/assets/vendor/${name}/`, decorateReply: false, maxAge: 0 })
  },
  { name: 'assets' },
)

declare module 'fastify' {
  interface FastifyInstance {
    /** Goes into `PageContext.assetVersion`. */
    assetVersion: string
  }
}
