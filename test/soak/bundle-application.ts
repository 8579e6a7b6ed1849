import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BuildOptions, Plugin } from 'esbuild'

const { resolve } = createRequire(import.meta.url)
const entry = fileURLToPath(new URL('application.ts', import.meta.url))
/** They look for compiled parts or pages beside their own files. */
const placed = /^(?:better-sqlite3|@node-rs\/argon2|ssh2|@fastify\/swagger-ui)$/

/** What files of the application find by their own place is still found. */
const places: Plugin = {
  name: 'places',
  setup(build) {
    build.onLoad({ filter: /[\\/](?:src|test)[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      return { contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'ts' }
    })
    build.onResolve({ filter: placed }, ({ path }) => ({ path: resolve(path), external: true }))
  },
}

/**
 * The application as one file: it is started thousands of times, and reading a thousand files costs more each time than a class does. By the
 * bundler that tsx itself reads TypeScript with.
 */
export async function bundleApplication(outfile: string): Promise<void> {
  const { build } = createRequire(resolve('tsx'))('esbuild') as { build: (options: BuildOptions) => Promise<unknown> } // tsx's own dependency
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minifySyntax: true,
    logLevel: 'error',
    plugins: [places],
  })
}
