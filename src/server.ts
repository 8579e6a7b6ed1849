import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { type AppOptions, buildApp } from './app.ts'
import type { Directory } from './auth/index.ts'
import type { Config } from './config.ts'
import { connectProxmox } from './connect-proxmox.ts'
import { type Db, openDatabase } from './db/index.ts'
import { type DataDirLock, lockDataDir } from './db/lock.ts'
import { ensureMigrated } from './db/migrate.ts'
import { requireOwnSchema } from './db/schema-check.ts'
import type { RunnerHooks } from './jobs/index.ts'
import { loadKeys } from './keys.ts'
import { buildLabApp } from './lab-app.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import type { ServerLog } from './log.ts'
import { createServices, type Services } from './services.ts'
import type { Endpoint } from './vms/index.ts'

export interface ServerOptions extends AppOptions {
  readonly config: Config
  readonly log: ServerLog
  readonly directory: Directory | null
  readonly clock?: Clock
  readonly sandboxEndpoints?: (vmid: number) => Promise<Endpoint | null>
  readonly hooks?: RunnerHooks
}

export interface RunningServer {
  readonly app: FastifyInstance
  readonly services: Services
  readonly port: number
  /** Stops taking requests, lets jobs be taken up at the next start, closes everything. */
  close(): Promise<void>
}

const binEveryMs = 3_600_000
const examsEveryMs = 10_000
const powerEveryMs = 60_000
const orphanEveryRounds = 60
const watchEveryRounds = 5
/** A wait that was ended is no fault. */
const ignoreAbort = (): undefined => undefined
const measureEveryRounds = 2

/** A file that is no database must not leave the folder locked for whoever tries again in this process. */
function openOrRelease(file: string, lock: DataDirLock): Db {
  try {
    return openDatabase(file)
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * Starts the whole application: database, jobs, HTTP.
 * @throws AppError DATA_DIR_LOCKED, MIGRATION_NEEDED
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, log } = options
  const clock = options.clock ?? systemClock
  mkdirSync(config.UPLOADS_DIR, { recursive: true })
  const lock = lockDataDir(config.DATA_DIR)
  const db = openOrRelease(config.DATABASE_FILE, lock)
  const proxmox = connectProxmox(config, clock, log)
  const release = async () => {
    await proxmox.close()
    db.close()
    lock.release()
  }
  try {
    requireOwnSchema(db, config.DATABASE_FILE)
    ensureMigrated(db, { autoMigrate: config.AUTO_MIGRATE })
    const keys = loadKeys(config)
    const services = createServices({
      config,
      db,
      clock,
      log: log.log,
      proxmox,
      directory: options.directory,
      secrets: keys,
      ...(options.sandboxEndpoints ? { sandboxEndpoints: options.sandboxEndpoints } : {}),
      ...(options.hooks ? { hooks: options.hooks } : {}),
    })
    services.askNow.thawLeft()
    const labApp = services.labHosts.isOffered ? await buildLabApp(services) : null
    const app = await buildApp(services, keys, { ...options, labApp })
    await app.listen({ host: config.HOST, port: config.PORT })
    services.jobs.start()
    // also now: a server that is restarted every night would never come to the hour
    if (config.SECRET_KEY_PREVIOUS !== undefined) services.exercises.sealSecretsAnew()
    const upkeep = () => {
      services.workVms.emptyBin()
      services.personalData.forget()
    }
    upkeep()
    const bin = setInterval(upkeep, binEveryMs)
    const exams = endExams(services)
    const stopLooking = lookAfterProxmox(services)
    return {
      app,
      services,
      port: portOf(app),
      close: async () => {
        clearInterval(bin)
        clearInterval(exams)
        await stopLooking()
        await services.terminals.close()
        services.screens.close()
        services.openLines.close()
        await services.captures.close()
        app.server.closeAllConnections()
        await app.close()
        await labApp?.close()
        await services.jobs.stop()
        await release()
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** Looks now and every ten seconds whether an exam has come to its end for somebody, and submits for him. */
function endExams({ exams, log }: Services): NodeJS.Timeout {
  const look = (): void => {
    try {
      exams.collectDue()
    } catch (error) {
      log.error({ err: error }, 'the end of an exam could not be looked for')
    }
  }
  look()
  return setInterval(look, examsEveryMs)
}

/** Looks now and every minute which labs were switched off from outside, measures the nodes every second one, and every hour compares Proxmox with our rows and frees what deletes left behind. */
function lookAfterProxmox({
  watchPower,
  directAccess,
  idleLabs,
  classSchedule,
  watchProxmox,
  hostMetrics,
  moves,
  placements,
  reconciler,
  webhook,
  clock,
  log,
}: Services): () => Promise<void> {
  const end = new AbortController()
  const look = async (round: number): Promise<void> => {
    try {
      await watchPower()
      await directAccess.sweep(end.signal)
      idleLabs.sweep()
      classSchedule.sweep()
      if (round % watchEveryRounds === 0) await watchProxmox(end.signal)
      if (round % measureEveryRounds === 0) {
        await hostMetrics.sample(end.signal)
        await moves.balance(end.signal)
      }
      if (round % orphanEveryRounds === 0) placements.forget()
      if (round % orphanEveryRounds === 0) await reconciler.mend(end.signal)
    } catch (error) {
      if (!end.signal.aborted) log.error({ err: error }, 'Proxmox could not be looked after')
    }
  }
  const lookAgainAndAgain = async (): Promise<void> => {
    for (let round = 0; !end.signal.aborted; round += 1) {
      await look(round)
      await clock.sleep(powerEveryMs, end.signal).catch(ignoreAbort)
    }
  }
  const looking = lookAgainAndAgain()
  return async () => {
    end.abort()
    await Promise.all([looking, reconciler.close(), webhook.close()])
  }
}

function portOf(app: FastifyInstance): number {
  const address: AddressInfo | string | null = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
