import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { compiled } from '../support/compiled.ts'
import { freePort } from '../support/free-port.ts'
import { waitFor } from '../support/wait.ts'

const demoFile = z.object({
  url: z.string(),
  accounts: z.array(z.object({ username: z.string(), password: z.string(), name: z.string(), role: z.string() })),
  exercises: z.array(z.object({ id: z.string(), title: z.string(), state: z.string() })),
})

/** The demo as `./netpraxis demo` starts it, in a folder of its own. */
export interface RunningDemo {
  readonly url: string
  readonly accounts: z.infer<typeof demoFile>['accounts']
  /** Waits until the exercise is published. */
  published(title: string): Promise<{ id: string }>
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('../../', import.meta.url))

export async function startDemo(extra: readonly string[] = []): Promise<RunningDemo> {
  const folder = mkdtempSync(join(tmpdir(), 'netpraxis-demo-'))
  const child = spawn(process.execPath, [compiled('main'), 'demo', '--port', String(await freePort()), ...extra], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: folder },
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
  })
  const read = () => demoFile.parse(JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8')))
  const isReady = () => {
    if (child.exitCode !== null) throw new Error(`the demo ended by itself: ${said}`)
    return said.includes('NetPraxis is ready')
  }
  await waitFor('the demo', isReady, { deadlineMs: 110_000 })
  const { url, accounts } = read()
  return {
    url,
    accounts,
    published: (title) =>
      waitFor(
        `"${title}" to be published`,
        () => read().exercises.find((exercise) => exercise.title === title && exercise.state === 'published'),
        { deadlineMs: 300_000, everyMs: 200 },
      ),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
