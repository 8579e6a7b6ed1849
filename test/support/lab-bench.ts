import { eq } from 'drizzle-orm'
import { onTestFinished } from 'vitest'
import { createProxmox } from '../../src/clients/proxmox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { openDatabase, tables } from '../../src/db/index.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { type Fault, type ProxmoxOptions, type StartGuest, startProxmox } from '../../src/sandbox/proxmox/index.ts'
import { createServices, type Services } from '../../src/services.ts'
import { fastClock, silent } from '../clients/proxmox/support.ts'
import { createGiven, silentLog } from './given.ts'
import { tempFolder } from './temp-folder.ts'
import { waitFor } from './wait.ts'

/** Both sides go so many times as fast as the real ones. */
const speed = 20
const baseTemplate = 9_000

/** A VM with nothing inside that answers: for what happens to VMs, not in them. */
export const noGuest: StartGuest = async () => ({
  apiPort: 1,
  freeze: () => undefined,
  thaw: () => undefined,
  hibernate: async () => ({}),
  stop: async () => undefined,
  shutdown: async () => undefined,
})

export interface LabBenchOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly faults?: readonly Fault[]
  readonly sandbox?: Partial<ProxmoxOptions>
  /** The certificate of Proxmox is pinned, not its authority. */
  readonly isPinned?: boolean
}

/**
 * The services with their jobs, on an emulated Proxmox in this process; labs are clones of a base template. `restart` ends the jobs where
 * they are and starts anew on the same database, as a server does.
 */
export async function openLabBench(options: LabBenchOptions = {}) {
  const folder = tempFolder()
  const sandbox = await startProxmox({
    stateDir: tempFolder(),
    speed,
    faults: { faults: [...(options.faults ?? [])] },
    guestFactory: noGuest,
    durations: { taskStart: 30, taskReap: 30, volumeClone: 60, configChange: 10, copyBytesPerSecond: 1e12 },
    ...options.sandbox,
  })
  const clock = fastClock(speed)
  const proxmox = createProxmox({
    urls: [sandbox.proxmoxUrl],
    auth: { kind: 'token', tokenId: sandbox.tokenId, secret: sandbox.tokenSecret },
    tls: options.isPinned ? { fingerprint: sandbox.fingerprint } : { caFile: sandbox.caFile },
    clock,
    log: silent,
  })
  const config = loadConfig({
    DATA_DIR: folder,
    PROXMOX_URL: sandbox.proxmoxUrl,
    PROXMOX_TOKEN_ID: sandbox.tokenId,
    PROXMOX_TOKEN_SECRET: sandbox.tokenSecret,
    PROXMOX_BASE_TEMPLATES: String(baseTemplate),
    LAB_NETWORKS: '127.77.0.0/16',
    ...options.environment,
  })
  const db = openDatabase(':memory:')
  migrateDatabase(db)
  const secrets = { session: 's'.repeat(48), secretKey: 'k'.repeat(48) }
  const begin = (): Services => createServices({ config, db, clock, log: silentLog(), proxmox, directory: null, secrets })
  let services = begin()
  services.jobs.start()
  onTestFinished(async () => {
    await services.jobs.stop()
    await proxmox.close()
    await sandbox.close()
    db.close()
  })
  const given = createGiven(services, db)
  /** Those of the first node; each for one exercise. */
  const bases = [baseTemplate, baseTemplate + 1]
  return {
    sandbox,
    db,
    given,
    services: () => services,
    restart: async () => {
      await services.jobs.stop()
      services = begin()
      services.jobs.start()
    },
    /** A published exercise whose template is a base template of the sandbox. */
    exercise: (courseId: string, text?: string) => {
      const made = given.exercise({ courseId, ...(text === undefined ? {} : { text }) })
      const vmid = bases.shift()
      db.query.update(tables.templateVms).set({ vmid, pveNode: 'pve1' }).where(eq(tables.templateVms.id, made.templateId)).run()
      return made
    },
    /** Its own template instead, a copy of that base template with our mark: one that may be removed. */
    giveTemplate: async (templateId: string, memory = 2_048) => {
      const { ledger } = services
      const options = { signal: new AbortController().signal, priority: 'batch' as const, onUpid: () => undefined }
      const vmid = ledger.reserve({ purpose: 'template', ownerId: templateId, pveNode: 'pve1', taken: new Set() })
      const description = ledger.markOf(vmid, 'template')
      ledger.noteStorages(vmid, ['labshared'])
      await proxmox.ensureClone({ node: 'pve1', source: baseTemplate, vmid, name: `t-${vmid}`, description, full: true, ...options })
      ledger.noteExists(vmid, 'pve1')
      await proxmox.ensureConfig({ node: 'pve1', vmid, set: { memory }, signal: options.signal, priority: 'batch' })
      await proxmox.ensureTemplate({ node: 'pve1', vmid, ...options })
      db.query.update(tables.templateVms).set({ vmid }).where(eq(tables.templateVms.id, templateId)).run()
    },
    /** The revision of one exercise becomes the present one of another, as saving a change does. */
    useRevisionOf: (from: { revisionId: string }, exerciseId: string) => {
      db.query.update(tables.exerciseRevisions).set({ exerciseId, number: 2 }).where(eq(tables.exerciseRevisions.id, from.revisionId)).run()
      services.exercises.setState(exerciseId, 'published', { currentRevisionId: from.revisionId })
    },
    proxmox,
    jobs: () => db.query.select().from(tables.jobs).all(),
    templates: () => db.query.select().from(tables.templateVms).all(),
    workVms: () => db.query.select().from(tables.workVms).all(),
    /** VMs and loose volumes of ours, as Proxmox has them. */
    onProxmox: () => {
      const { vms, orphans } = sandbox.state()
      return { vms: vms.filter(({ vmid }) => vmid >= config.PROXMOX_VMID_MIN), orphans }
    },
    settled: () =>
      waitFor('all jobs to end', () =>
        db.query
          .select()
          .from(tables.jobs)
          .all()
          .every(({ state }) => ['done', 'failed', 'cancelled'].includes(state)),
      ),
  }
}
