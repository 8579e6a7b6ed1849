import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { buildApp } from '../../src/app.ts'
import { createProxmox } from '../../src/clients/proxmox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/index.ts'
import { ensureMigrated } from '../../src/db/migrate.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { newSecret } from '../../src/lib/ids.ts'
import { createLog } from '../../src/log.ts'
import { createServices } from '../../src/services.ts'
import { makeClassRoom } from '../support/class-room.ts'
import { registerBaseline } from './baseline.ts'
import { registerChangeLab } from './change-lab.ts'

/**
 * The application over a class of 500, in a process of its own, with the baseline as one more route. Arguments: the GNS3 stub's port.
 * Says in one line where it is and how the students are signed in. Its Proxmox is never asked.
 */
const gns3 = { host: '127.0.0.1', port: z.coerce.number().parse(process.argv[2]) }
const students = 500
/** What the page weighs on average over the class. */
const pageBytes = 16_000

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
})
const { log } = createLog(config, { write: () => true })
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
const services = createServices({ config, db, clock: systemClock, log, proxmox, directory: null, secrets: keys })
const classRoom = await makeClassRoom(services, { students, gns3 })
const app = await buildApp(services, keys)
await registerBaseline(app, services, pageBytes)
await registerChangeLab(app, services, gns3)
app.get('/bench/cpu', { config: { access: 'public' } }, async () => process.cpuUsage())
await app.listen({ host: '127.0.0.1', port: 0 })

const address = app.server.address()
console.log(
  JSON.stringify({
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    exerciseId: classRoom.exerciseId,
    courseId: classRoom.courseId,
    userIds: classRoom.students.map(({ userId }) => userId),
    cookies: classRoom.students.map(({ sessionId }) => `netpraxis=${app.jwt.sign({ sid: sessionId })}`),
    teacherCookie: `netpraxis=${app.jwt.sign({ sid: classRoom.teacher.sessionId })}`,
  }),
)

process.once('SIGTERM', () => {
  app.server.closeAllConnections()
  void app.close().then(async () => {
    await proxmox.close()
    db.close()
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  })
})
