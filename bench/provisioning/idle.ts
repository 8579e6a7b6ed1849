import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { demoEnvironment } from '../../src/demo/settings.ts'
import { createLog } from '../../src/log.ts'
import { startProxmox } from '../../src/sandbox/proxmox/index.ts'
import { startServer } from '../../src/server.ts'
import { passTime, requestsSent } from '../../test/clients/proxmox/one-clock.ts'
import { createVirtualClock } from '../../test/support/virtual-clock.ts'

const hourMs = 3_600_000

/** What the whole server asks of Proxmox in an hour without work: the watch, the metrics, the look for leftovers. */
export async function requestsWhileIdle(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'netpraxis-bench-idle-'))
  const time = createVirtualClock(Date.UTC(2026, 8, 1))
  const sandbox = await startProxmox({ stateDir: join(folder, 'sandbox'), clock: time.clock })
  const announced = { ...sandbox, templates: [...sandbox.templates] }
  const config = loadConfig(demoEnvironment({ environment: {}, dataDir: join(folder, 'data'), port: 0, sandbox: announced }))
  const log = createLog(config, { write: () => true })
  const server = await startServer({ config, log, directory: null, clock: time.clock })
  const { proxmox } = server.services
  const pass = (isOver: () => boolean) => passTime({ time, sandbox, sent: () => requestsSent(proxmox) }, isOver)
  const asked = () => Object.values(sandbox.state().requests).reduce((sum, count) => sum + count, 0)
  try {
    const from = time.clock.now()
    await pass(() => time.clock.now() >= from + hourMs)
    const before = asked()
    await pass(() => time.clock.now() >= from + 2 * hourMs)
    return asked() - before
  } finally {
    const state = { isClosed: false }
    const closing = server
      .close()
      .then(() => sandbox.close())
      .finally(() => {
        state.isClosed = true
      })
    while (!state.isClosed) await time.advance(1_000)
    await closing
    await rm(folder, { recursive: true, force: true })
  }
}
