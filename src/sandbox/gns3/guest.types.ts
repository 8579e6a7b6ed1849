import type { Clock } from '../../lib/clock.ts'

/** What a work VM of the sandbox brings to its GNS3 server. */
export interface GuestOptions {
  /** The VM's disk: projects in `folder/projects`, images in `folder/images`. What lies here survives a power cut. */
  readonly folder: string
  /** Loopback address of this VM. API and consoles listen here. */
  readonly host: string
  /** 3080 as a rule; 0 = any free port. */
  readonly apiPort: number
  /** 5000 to 10000 as a rule; a range of its own where VMs share an address. Bounds included. */
  readonly consolePorts: { readonly from: number; readonly to: number }
  readonly version: '2.2' | '3.x'
  /** 2.2: HTTP Basic with one user, null = off. 3.x: the super admin, null = admin/admin. */
  readonly credentials: { readonly username: string; readonly password: string } | null
  readonly clock: Clock
  /** Divides every emulated duration. */
  readonly speed: number
  /** What `hibernate()` gave, when the VM resumes instead of booting. */
  readonly restored?: unknown
}

/** A running GNS3 server inside one VM of the sandbox. */
export interface Guest {
  readonly apiPort: number
  /** The VM is suspended: sockets stay, nothing answers. */
  freeze(): void
  thaw(): void
  /** Run-time state as JSON, to be handed back as `restored`; the server is gone afterwards. */
  hibernate(): Promise<unknown>
  /** Power cut: what is not on disk is lost, projects are listed as closed next time. */
  stop(): Promise<void>
  /** Clean: projects closed, nodes stopped. */
  shutdown(): Promise<void>
}
