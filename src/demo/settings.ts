import { join } from 'node:path'
import type { Environment } from '../config.ts'
import type { SandboxAnnouncement } from './sandbox-process.ts'

const passedOn = ['HOST', 'LOG_LEVEL', 'TIME_ZONE', 'LAB_IDLE_MINUTES'] as const

/** Loopback addresses of the sandbox's VMs. */
const sandboxNetwork = '127.77.0.0/16'

/** The demo's settings: everything from the sandbox's announcement, little from the caller's environment. */
export function demoEnvironment(options: {
  environment: Environment
  dataDir: string
  port: number
  sandbox: SandboxAnnouncement
}): Environment {
  const { environment, dataDir, sandbox } = options
  const own = Object.fromEntries(passedOn.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])))
  return {
    LOG_LEVEL: 'warn',
    ...own,
    PORT: String(options.port),
    DATA_DIR: dataDir,
    UPLOADS_DIR: join(dataDir, 'uploads'),
    LOG_FILE: join(dataDir, 'netpraxis.log'),
    AUTO_MIGRATE: 'true',
    SANDBOX: 'true',
    PROXMOX_URL: sandbox.proxmoxUrl,
    PROXMOX_TOKEN_ID: sandbox.tokenId,
    PROXMOX_TOKEN_SECRET: sandbox.tokenSecret,
    PROXMOX_CA_FILE: sandbox.caFile,
    PROXMOX_BASE_TEMPLATES: sandbox.templates.map((template) => template.vmid).join(','),
    LAB_HOST_PATTERN: 'lab-{id}.localhost',
    GNS3_USERNAME: 'admin',
    GNS3_PASSWORD: 'admin',
    // only Linux has all of 127.0.0.0/8; elsewhere the sandbox tells which port is whose
    LAB_ADDRESSES: process.platform === 'linux' ? 'agent' : 'sandbox',
    LAB_NETWORKS: sandboxNetwork,
    GNS3_CONSOLE_PORTS: process.platform === 'linux' ? '5000-10000' : '1024-65535',
  }
}

/** True for an address that only this machine reaches. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
