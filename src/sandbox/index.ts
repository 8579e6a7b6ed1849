import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Announcement, type FaultPlan, faultPlanSchema, type ProxmoxSandbox, startProxmox } from './proxmox/index.ts'

/** The door of the sandbox: one process that emulates a Proxmox cluster and, in each started VM, a GNS3 server. */
export type { Announcement } from './proxmox/index.ts'

export interface SandboxOptions {
  readonly stateDir: string
  /** 1 to 20; divides every emulated duration. */
  readonly speed: number
  readonly seed: number
  /** Of the Proxmox API; 0 = any free one. */
  readonly port: number
  /** JSON: `{ "faults": [ { "fault": "refused", ... } ] }`. */
  readonly faultsFile?: string
}

export interface RunningSandbox {
  readonly announcement: Announcement
  /** Cuts the power of all VMs and closes all ports. */
  close(): Promise<void>
}

/** @throws Error when the file cannot be read or is no fault plan */
export const readFaultPlan = (file: string): FaultPlan => faultPlanSchema.parse(JSON.parse(readFileSync(file, 'utf8')))

const announce = (sandbox: ProxmoxSandbox): Announcement => ({
  proxmoxUrl: sandbox.proxmoxUrl,
  caFile: sandbox.caFile,
  fingerprint: sandbox.fingerprint,
  tokenId: sandbox.tokenId,
  tokenSecret: sandbox.tokenSecret,
  templates: sandbox.templates,
  controlUrl: sandbox.controlUrl,
  controlSecret: sandbox.controlSecret,
})

/** Starts the sandbox on its state folder; what was kept there goes on, all VMs switched off. */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const sandbox = await startProxmox({
    stateDir: join(options.stateDir, 'proxmox'),
    speed: options.speed,
    seed: options.seed,
    port: options.port,
    ...(options.faultsFile === undefined ? {} : { faults: readFaultPlan(options.faultsFile) }),
  })
  return { announcement: announce(sandbox), close: sandbox.close }
}
