import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { freePort } from '../../test/support/free-port.ts'
import { type Child, startProcess } from './child.ts'

const launcher = fileURLToPath(new URL('../../netpraxis', import.meta.url))

const demoFile = z.object({
  url: z.string(),
  accounts: z.array(z.object({ username: z.string(), password: z.string(), role: z.string() })),
  exercises: z.array(z.object({ id: z.string(), state: z.string() })),
})
export type DemoFile = z.infer<typeof demoFile>

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
