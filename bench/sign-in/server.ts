import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { z } from 'zod'
import { buildApp } from '../../src/app.ts'
import { connectDirectory } from '../../src/cli/connect-directory.ts'
import { createProxmox } from '../../src/clients/proxmox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/index.ts'
import { ensureMigrated } from '../../src/db/migrate.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { newSecret } from '../../src/lib/ids.ts'
import { createLog } from '../../src/log.ts'
import { createServices } from '../../src/services.ts'
import { hashPassword } from '../../src/users/passwords.ts'
import { registerBaselines } from './baseline.ts'
import { nameOf, signInPassword, students } from './people.ts'

/**
 * The application with a class, in a process of its own, and the baselines as routes of it. Arguments: the directory's address and base,
 * or nothing for local accounts. Says in one line where it is. Its Proxmox is never asked.
 */
const [url, baseDn] = z.string().array().parse(process.argv.slice(2))
const folder = mkdtempSync(join(tmpdir(), 'netpraxis-bench-'))
const config = loadConfig({
  DATA_DIR: folder,
  UPLOADS_DIR: join(folder, 'uploads'),
  LOG_FILE: join(folder, 'netpraxis.log'),
  LOG_LEVEL: 'warn',
  PUBLIC_URL: 'http://127.0.0.1',
  PROXMOX_URL: 'https://127.0.0.1:1',
  PROXMOX_TOKEN_ID: 'bench@pve!bench',
  PROXMOX_TOKEN_SECRET: 'never asked',
  PROXMOX_BASE_TEMPLATES: '9000',
  LAB_NETWORKS: '127.0.0.0/8',
  ...(url === undefined || baseDn === undefined ? {} : { AUTH_MODE: 'ldap', LDAP_URL: url, LDAP_BASE_DN: baseDn }),
})
const serverLog = createLog(config, { write: () => true })
const { log } = serverLog
const db = openDatabase(config.DATABASE_FILE)
ensureMigrated(db, { autoMigrate: true })
const keys = { session: newSecret(), secretKey: newSecret() }
const proxmox = createProxmox({
  urls: config.PROXMOX_URL,
  auth: { kind: 'token', tokenId: 'bench@pve!bench', secret: 'never asked' },
  tls: {},
  clock: systemClock,
  log,
})
const directory = connectDirectory(config, serverLog)
const services = createServices({ config, db, clock: systemClock, log, proxmox, directory, secrets: keys })
const hash = await hashPassword(signInPassword)
if (directory === null)
  for (let index = 0; index < students; index += 1)
    services.users.insertWithOneTimePassword({ username: nameOf(index), displayName: nameOf(index), role: 'student' }, { hash })

const app = await buildApp(services, keys)
registerBaselines(app, { hash, url, baseDn: baseDn ?? '' })
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
/** What it was since it was asked for the last time, in milliseconds. */
app.get('/bench/delay', { config: { access: 'public' } }, async () => {
  const [p50, p99] = [delay.percentile(50) / 1e6, delay.percentile(99) / 1e6]
  delay.reset()
  return { p50, p99 }
})
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
console.log(JSON.stringify({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }))

process.once('SIGTERM', () => {
  app.server.closeAllConnections()
  void app.close().then(async () => {
    await proxmox.close()
    db.close()
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  })
})
