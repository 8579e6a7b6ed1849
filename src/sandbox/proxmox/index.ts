import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { startGuest } from '../gns3/index.ts'
import { type BaseTemplate, ensureBaseTemplates } from './base-templates.ts'
import { loadCertificates } from './certificates.ts'
import { openControl, type SandboxState, stateOf } from './control.ts'
import { hashPassword, newSecret } from './credentials.ts'
import { createDispatcher } from './dispatch.ts'
import { createFaults, type FaultPlan } from './faults.ts'
import { openFrontDoor } from './front-door.ts'
import { createLocks } from './locks.ts'
import { createMachines, type StartGuest } from './machines.ts'
import { nodeSize } from './node-figures.ts'
import { createRandom } from './random.ts'
import type { StorageConfig } from './state.schemas.ts'
import { openStore, type Store } from './store.ts'
import { createTasks } from './tasks.ts'
import { createTiming, type Durations } from './timing.ts'
import { createVolumes } from './volumes.ts'
import { createWorkers } from './workers.ts'
import type { World } from './world.ts'

export type { BaseTemplate } from './base-templates.ts'
export type { SandboxState } from './control.ts'
export { type Fault, type FaultPlan, faultPlanSchema } from './faults.ts'
export type { StartGuest } from './machines.ts'
export type { Durations } from './timing.ts'

export interface ProxmoxOptions {
  /** VM configurations, volumes, task logs, users and certificates; made when missing. */
  readonly stateDir: string
  readonly clock?: Clock
  /** Divides every emulated duration. 1 = as measured; the command allows at most 20, a test may take more. */
  readonly speed?: number
  /** How a VM's GNS3 server is started; the emulator of src/sandbox/gns3 unless a test brings its own. */
  readonly guestFactory?: StartGuest
  readonly faults?: FaultPlan
  readonly seed?: number
  readonly host?: string
  readonly port?: number
  /** pvedaemon workers per node. */
  readonly workers?: number
  readonly nodes?: readonly string[]
  readonly nodeMemoryBytes?: number
  readonly storages?: Readonly<Record<string, StorageConfig>>
  readonly durations?: Partial<Durations>
  /** Of root@pam, for sign-in with a password; random when absent. */
  readonly rootPassword?: string
  /** False leaves out the base templates. */
  readonly baseTemplates?: boolean
  /** True keeps connections as Proxmox means to, and spares a test that asks much a handshake for each request; Proxmox does not. */
  readonly savesHandshakes?: boolean
}

/** What the sandbox says about itself when it is ready. */
export interface Announcement {
  readonly proxmoxUrl: string
  readonly caFile: string
  /** SHA-256 of the server certificate, `AA:BB:...`. */
  readonly fingerprint: string
  readonly tokenId: string
  readonly tokenSecret: string
  readonly templates: readonly BaseTemplate[]
  readonly controlUrl: string
  readonly controlSecret: string
}

export interface ProxmoxSandbox extends Announcement {
  /** The same as `GET /sandbox/state`. */
  state(): SandboxState
  setFaults(plan: FaultPlan): void
  /** Requests that are being worked on: with a clock that stands still, those that wait for time to pass. */
  inFlight(): number
  /** Ends all workers, cuts the power of all VMs, closes all ports. */
  close(): Promise<void>
}

const imageContent = 'images,iso,import,snippets'
const defaultStorages: Readonly<Record<string, StorageConfig>> = {
  local: { type: 'dir', content: 'rootdir,images,snippets,vztmpl,iso,backup', shared: 0, path: '/var/lib/vz' },
  lab: { type: 'dir', content: imageContent, shared: 0, path: '/var/lib/lab' },
  'local-lvm': { type: 'lvmthin', content: 'images,rootdir', shared: 0, vgname: 'pve', thinpool: 'data' },
  labshared: { type: 'dir', content: 'images', shared: 1, path: '/var/lib/labshared' },
}

const serviceToken = 'netpraxis@pve!sandbox'

/** A service account as the admin guide describes it: its rights come from a role on `/`, its token has no privsep. */
function ensureServiceToken(store: Store, rootPassword: string | undefined): string {
  const { cluster } = store
  const root = cluster.users['root@pam']
  if (root && (rootPassword !== undefined || root.passwordHash === undefined)) {
    root.passwordHash = hashPassword(cluster, 'root@pam', rootPassword ?? randomBytes(18).toString('base64url'))
  }
  cluster.users['netpraxis@pve'] ??= { enable: 1, expire: 0, groups: [], comment: 'NetPraxis' }
  cluster.tokens[serviceToken] ??= { secret: newSecret(), privsep: 0, expire: 0 }
  const isGranted = cluster.acl.some((entry) => entry.ugid === 'netpraxis@pve' && entry.path === '/')
  if (!isGranted) cluster.acl.push({ path: '/', type: 'user', ugid: 'netpraxis@pve', roleid: 'Administrator', propagate: 1 })
  store.saveCluster()
  return cluster.tokens[serviceToken]?.secret ?? ''
}

function buildWorld(options: ProxmoxOptions, fingerprint: string): World {
  const speed = options.speed ?? 1
  const seed = options.seed ?? 1
  const timing = createTiming(options.clock ?? systemClock, speed, options.durations)
  const store = openStore(options.stateDir, {
    name: 'sandbox',
    nodes: options.nodes ?? ['pve1', 'pve2'],
    storages: options.storages ?? defaultStorages,
  })
  const volumes = createVolumes(store)
  const faults = createFaults(options.faults ?? { faults: [] }, seed)
  return {
    store,
    timing,
    volumes,
    faults,
    fingerprint,
    nodeMemoryBytes: options.nodeMemoryBytes ?? nodeSize.memoryBytes,
    locks: createLocks(timing, createRandom(seed + 1)),
    tasks: createTasks(options.stateDir, timing),
    machines: createMachines({ timing, volumes, faults, speed, startGuest: options.guestFactory ?? startGuest }),
  }
}

/**
 * Starts an emulated Proxmox VE 8.4 cluster over HTTPS. All VMs are stopped then, whatever they were before: ending the sandbox is a
 * power cut, and a VM that was being cloned keeps its stale `lock: clone`, as after the crash of a real host.
 */
export async function startProxmox(options: ProxmoxOptions): Promise<ProxmoxSandbox> {
  mkdirSync(options.stateDir, { recursive: true })
  const host = options.host ?? '127.0.0.1'
  const certificates = await loadCertificates(join(options.stateDir, 'certificates'))
  const world = buildWorld(options, certificates.fingerprint)
  const tokenSecret = ensureServiceToken(world.store, options.rootPassword)
  const templates = options.baseTemplates === false ? [] : ensureBaseTemplates(world)
  const dispatcher = createDispatcher(world, createWorkers(world.timing, options.workers ?? 3))
  const door = await openFrontDoor({
    host,
    port: options.port ?? 0,
    certificates,
    dispatcher,
    now: world.timing.clock.now,
    savesHandshakes: options.savesHandshakes === true,
  })
  const control = await openControl({ host: '127.0.0.1', world, counts: dispatcher.counts })
  return {
    proxmoxUrl: `https://${host}:${door.port}`,
    caFile: certificates.caFile,
    fingerprint: certificates.fingerprint,
    tokenId: serviceToken,
    tokenSecret,
    templates,
    controlUrl: control.url,
    controlSecret: control.secret,
    state: () => stateOf(world, dispatcher.counts),
    setFaults: world.faults.load,
    inFlight: dispatcher.inFlight,
    async close() {
      await door.close()
      await control.close()
      await world.tasks.stopAll()
      await world.machines.cutAll()
    },
  }
}
