import { createLimiter } from '../../lib/limiter.ts'
import { createApi } from './api.ts'
import { createAuthenticator } from './auth.ts'
import { createAccess, createUserSignIn } from './behalf.ts'
import { createBudgets, ruleOf } from './budgets.ts'
import { ensureClone } from './clone.ts'
import { ensureConfig } from './config.ts'
import { ensureDestroyed } from './destroy.ts'
import { createEnsure } from './ensure.ts'
import { isFirewallOn, readFirewall, writeFirewall } from './firewall.ts'
import type { Gateway } from './gateway.ts'
import { freeVolume } from './leftovers.ts'
import { createLocks } from './locks.ts'
import { ensureMigrated, migrationCheck } from './migrate.ts'
import {
  ensureHibernated,
  ensureResumed,
  ensureShutdown,
  ensureStarted,
  ensureStopped,
  ensureSuspended,
  ensureTemplate,
  reboot,
} from './power.ts'
import { createReads } from './reads.ts'
import { ensureDiskSize } from './resize.ts'
import { createScreens } from './screen.ts'
import { createTasks } from './tasks.ts'
import type { Proxmox, ProxmoxOptions } from './types.ts'
import { createWire } from './wire.ts'

export { sameFirewall } from './firewall.ts'
export { carriesMark, marksIn } from './marks.ts'
export type * from './types.ts'
export { parseUpid, type Upid } from './upid.ts'
export { parentName, parseVolume } from './volumes.ts'

/** Three blocking workers answer: more at once only makes each slower. */
const defaultReads = 6
const defaultWrites = 4

/** The door of the Proxmox gateway. Nothing is connected before the first call; `close` ends the connections. */
export function createProxmox(options: ProxmoxOptions): Proxmox {
  const { urls, tls, auth, clock, log, random = Math.random } = options
  const rules = ruleOf({ maxReads: options.limits?.maxReads ?? defaultReads, maxWrites: options.limits?.maxWrites ?? defaultWrites })
  const limiter = createLimiter({ clock, ruleOf: rules })
  const wire = createWire({ urls, tls, clock })
  const authenticator = createAuthenticator({ auth, wire, clock })
  const api = createApi({ authenticator, wire, limiter, clock, log, random })
  const reads = createReads({ api, limiter, clock })
  const tasks = createTasks({ api, clock, random })
  const budgets = createBudgets({ limiter, clock })
  const locks = createLocks({ reads, tasks, clock })
  const { ensure } = createEnsure({ api, tasks, budgets, locks, clock, log, random })
  const gateway: Gateway = { api, reads, tasks, budgets, locks, ensure, clock, log, random }

  return {
    version: reads.version,
    nodes: reads.nodes,
    resources: reads.resources,
    clusterStatus: reads.clusterStatus,
    permissions: reads.permissions,
    storages: reads.storages,
    thinPools: reads.thinPools,
    storageContent: reads.storageContent,
    volumeOwners: reads.volumeOwners,
    findVm: reads.findVm,
    vmConfig: reads.vmConfig,
    vmStatus: reads.vmStatus,
    canLinkClone: reads.canLinkClone,
    openScreen: createScreens({ authenticator, wire, limiter }),
    agentInterfaces: reads.agentInterfaces,
    ensureClone: (request) => ensureClone(gateway, request),
    ensureConfig: (request) => ensureConfig(gateway, request),
    ensureDiskSize: (request) => ensureDiskSize(gateway, request),
    ensureTemplate: (request) => ensureTemplate(gateway, request),
    ensureStarted: (request) => ensureStarted(gateway, request),
    ensureStopped: (request) => ensureStopped(gateway, request),
    ensureShutdown: (request) => ensureShutdown(gateway, request),
    ensureSuspended: (request) => ensureSuspended(gateway, request),
    ensureResumed: (request) => ensureResumed(gateway, request),
    ensureHibernated: (request) => ensureHibernated(gateway, request),
    reboot: (request) => reboot(gateway, request),
    migrationCheck: (node, vmid, read) => migrationCheck(gateway, node, vmid, read),
    ensureMigrated: (request) => ensureMigrated(gateway, request),
    ensureDestroyed: (request) => ensureDestroyed(gateway, request),
    freeVolume: (request) => freeVolume(gateway, request),
    signInAs: createUserSignIn({ wire, limiter, clock }),
    writeAccess: createAccess({ api }),
    ...tasks,
    isFirewallOn: (read) => isFirewallOn(gateway, read),
    readFirewall: (node, vmid, read) => readFirewall(gateway, node, vmid, read),
    writeFirewall: (request) => writeFirewall(gateway, request),
    limiterState: limiter.state,
    close: wire.close,
  }
}
