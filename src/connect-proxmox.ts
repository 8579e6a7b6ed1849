import { createProxmox, type Proxmox, type ProxmoxAuth } from './clients/proxmox/index.ts'
import type { Config } from './config.ts'
import type { Clock } from './lib/clock.ts'
import type { ServerLog } from './log.ts'

function proxmoxAuth(config: Config): ProxmoxAuth {
  if (config.PROXMOX_TOKEN_ID !== undefined && config.PROXMOX_TOKEN_SECRET !== undefined) {
    return { kind: 'token', tokenId: config.PROXMOX_TOKEN_ID, secret: config.PROXMOX_TOKEN_SECRET }
  }
  return { kind: 'password', username: config.PROXMOX_USERNAME ?? '', password: config.PROXMOX_PASSWORD ?? '' }
}

/** The Proxmox that the settings name; nothing is connected before the first call. */
export function connectProxmox(config: Config, clock: Clock, log: ServerLog): Proxmox {
  return createProxmox({
    urls: config.PROXMOX_URL,
    auth: proxmoxAuth(config),
    tls: {
      ...(config.PROXMOX_CA_FILE === undefined ? {} : { caFile: config.PROXMOX_CA_FILE }),
      ...(config.PROXMOX_FINGERPRINT === undefined ? {} : { fingerprint: config.PROXMOX_FINGERPRINT }),
    },
    limits: { maxReads: config.PROXMOX_MAX_READS, maxWrites: config.PROXMOX_MAX_WRITES },
    clock,
    log: log.log.child({ module: 'proxmox' }),
  })
}
