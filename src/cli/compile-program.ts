import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

const { resolve } = createRequire(import.meta.url)

/** These look for compiled parts, or for files that they serve, beside their own. */
const placed = /^(?:better-sqlite3|@node-rs\/argon2|ssh2|@fastify\/swagger-ui)$/

/** What a file of ours finds by its own place (views, inventory, migrations) is still found. */
const places: Plugin = {
  name: 'places',
  setup(pass) {
    pass.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      return { contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'ts' }
    })
    pass.onResolve({ filter: placed }, ({ path, kind }) => {
      const found = resolve(path)
      return { path: kind.startsWith('require') ? found : pathToFileURL(found).href, external: true }
    })
  },
}

/**
 * Compiles programs of ours, packages included, into a few files: Node reads five instead of a thousand, and keeps no source maps (decision
 * 0041). What is loaded on demand stays so. Names and line breaks are kept, so that the stack of an error can be read.
 * @param entries by the name of the file that each becomes: `{ main: '…/src/cli/main.ts' }` becomes `<folder>/main.mjs`
 * @param folder is there whole or not at all; one that somebody else has made meanwhile is left as it is
 */
export async function compileProgram(entries: Readonly<Record<string, string>>, folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`
  await mkdir(dirname(folder), { recursive: true })
  try {
    await build({
      entryPoints: { ...entries },
      outdir: unfinished,
      bundle: true,
      splitting: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      outExtension: { '.js': '.mjs' },
      // packages in the older format ask for modules of Node by require
      banner: { js: 'import{createRequire as ownRequire}from"node:module";const require=ownRequire(import.meta.url);' },
      legalComments: 'none',
      logLevel: 'error',
      plugins: [places],
    })
    await rename(unfinished, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}
