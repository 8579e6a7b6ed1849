import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Child, startProcess } from './child.ts'

const launcher = fileURLToPath(new URL('../../netpraxis', import.meta.url))

const demoFile = z.object({
  url: z.string(),
  accounts: z.array(z.object({ username: z.string(), password: z.string(), role: z.string() })),
  exercises: z.array(z.object({ id: z.string(), state: z.string() })),
})
export type DemoFile = z.infer<typeof demoFile>

/** A port that nobody listens on now. */
function freePort(): Promise<number> {
  const probe = createServer()
  return new Promise((resolve) => {
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

export interface Demo extends Child {
  readonly url: string
  /** demo.json; undefined while it is not written. */
  readFile(): Promise<DemoFile | undefined>
}

/** `./netpraxis demo`; the launcher becomes the program, so its process is the application's. */
export async function startDemo(dataDir: string, options: readonly string[] = []): Promise<Demo> {
  const port = await freePort()
  const child = startProcess(launcher, ['demo', '--port', String(port), ...options], { DATA_DIR: dataDir })
  return {
    ...child,
    url: `http://127.0.0.1:${port}`,
    readFile: async () => {
      try {
        return demoFile.parse(JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')))
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },
  }
}
