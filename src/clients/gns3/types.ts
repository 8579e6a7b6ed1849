import type { Readable } from 'node:stream'
import type { Clock } from '../../lib/clock.ts'
import type { LabDevice, LabState } from './lab.ts'

/** The part of a pino logger that is used here; object first, message constant. */
export interface Gns3Log {
  debug(data: object, message: string): void
  info(data: object, message: string): void
  warn(data: object, message: string): void
}

export interface Gns3Options {
  /** Name or address without brackets; an IPv6 address is allowed. */
  readonly host: string
  readonly port: number
  /** Absent for a 2.2 server without authentication; 3.x always needs them. */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined
  readonly clock: Clock
  readonly log: Gns3Log
  /** Ends every call of this client, also the ones under way. */
  readonly signal?: AbortSignal | undefined
  /** Console ports that may be used, both ends included (`GNS3_CONSOLE_PORTS`); 1 to 65535 when absent. */
  readonly consolePorts?: { readonly from: number; readonly to: number } | undefined
  /** Deadlines in milliseconds; for tests. Reads 10 s, mutations 120 s (the server's own limit for its compute), transfers 600 s. */
  readonly timeouts?: { readonly readMs?: number; readonly mutationMs?: number; readonly transferMs?: number } | undefined
}

export interface Gns3Version {
  readonly api: 'v2' | 'v3'
  /** As the server writes it, such as `2.2.54`. */
  readonly version: string
}

export interface Gns3Project {
  readonly id: string
  readonly name: string
  readonly state: 'opened' | 'closed'
  /** GNS3 closes the project, and with it every device, some 10 s after the last browser left. Import always sets it. */
  readonly autoClose: boolean
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface WaitOptions extends CallOptions {
  /** From now, in milliseconds. */
  readonly deadlineMs?: number | undefined
}

export interface Progress {
  readonly started: number
  readonly total: number
  /** Names of the devices that are not there yet. */
  readonly waitingFor: readonly string[]
}

export interface ImportOptions extends CallOptions {
  /** A fresh UUID. Importing onto one that exists answers 201 and ruins the project on the server, so that is refused here. */
  readonly projectId: string
  /** Unique on the server. */
  readonly name: string
  /** Path of the archive, or its bytes. */
  readonly archive: string | Readable | Uint8Array
}

/** Where a device's console listens: the address the server was reached at, never the `console_host` that the guest claims. */
export interface ConsoleEndpoint {
  readonly type: string
  readonly host: string
  readonly port: number
}

/** A request that somebody else made, to be made with our credentials. Who may make which is decided before it comes here. */
export interface PassedRequest extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** From the root of the server, without query: `/v2/projects/…`. */
  readonly path: string
  readonly body?: { readonly type: string; readonly content: Uint8Array } | undefined
  /** An answer without an end: notifications. */
  readonly isStream?: boolean
}

export interface PassedAnswer {
  readonly status: number
  readonly contentType: string | null
  readonly body: Readable
}

/** A websocket to GNS3: notifications or a console. */
export interface Gns3Socket {
  /** Text stays text: 3.x forwards nothing else to a console. */
  send(message: string | Buffer): void
  onMessage(hear: (message: string | Buffer) => void): void
  onClose(hear: () => void): void
  readonly unsentBytes: number
  close(): void
}

/**
 * One GNS3 server. Mutating calls run one at a time in the order called, reads at any time. Every method throws `AppError`:
 * GNS3_UNREACHABLE, GNS3_TIMEOUT, GNS3_AUTH, GNS3_NOT_FOUND, GNS3_REFUSED, GNS3_CONFLICT, GNS3_UNEXPECTED_ANSWER; an aborted call
 * rejects with the signal's reason.
 */
export interface Gns3 {
  version(options?: CallOptions): Promise<Gns3Version>
  /** Returns once the server answers its version, default within 180 s; throws the last error at the deadline, and GNS3_AUTH at once. */
  waitUntilAnswers(options?: WaitOptions): Promise<Gns3Version>
  listProjects(options?: CallOptions): Promise<Gns3Project[]>
  getProject(projectId: string, options?: CallOptions): Promise<Gns3Project>
  /** By id, else by exact name; undefined when the server has none. */
  findProject(nameOrId: string, options?: CallOptions): Promise<Gns3Project | undefined>
  importProject(options: ImportOptions): Promise<Gns3Project>
  setAutoClose(projectId: string, autoClose: boolean, options?: CallOptions): Promise<Gns3Project>
  /**
   * Idempotent; waits while the server is still closing the project.
   * @throws AppError GNS3_IMAGE_MISSING with the server's sentence, which names the image
   */
  openProject(projectId: string, options?: CallOptions): Promise<Gns3Project>
  /** Idempotent. Stops every device: what was not saved on it is lost. */
  closeProject(projectId: string, options?: CallOptions): Promise<Gns3Project>
  /** Idempotent: a project that is not there counts as deleted. */
  deleteProject(projectId: string, options?: CallOptions): Promise<void>
  readLab(projectId: string, options?: CallOptions): Promise<LabState>
  /** Idempotent. @returns the device as it is afterwards, `started` */
  startDevice(projectId: string, deviceId: string, options?: WaitOptions): Promise<LabDevice>
  /** Idempotent. @returns the device as it is afterwards, `stopped` (always-on ones stay `started`) */
  stopDevice(projectId: string, deviceId: string, options?: WaitOptions): Promise<LabDevice>
  /** Ends every connection to the device's console and opens it anew; the device runs on. */
  resetConsole(projectId: string, deviceId: string, options?: CallOptions): Promise<void>
  /** Off and on again. */
  reloadDevice(projectId: string, deviceId: string, options?: WaitOptions): Promise<LabDevice>
  /**
   * Starts every device that is not always on and waits (default 180 s) until GNS3 says they all run.
   * @throws AppError GNS3_DEVICE_NOT_STARTED naming the devices that did not
   */
  startAll(
    projectId: string,
    options?: WaitOptions & { readonly onProgress?: ((progress: Progress) => void) | undefined },
  ): Promise<LabState>
  stopAll(projectId: string, options?: WaitOptions): Promise<LabState>
  /** A file of the device's own folder, such as `startup.vpc`; undefined when there is none. */
  readDeviceFile(projectId: string, deviceId: string, path: string, options?: CallOptions): Promise<Uint8Array | undefined>
  writeDeviceFile(projectId: string, deviceId: string, path: string, content: string | Uint8Array, options?: CallOptions): Promise<void>
  /** A file of the project's folder (the work VM's marker); undefined when there is none. */
  readProjectFile(projectId: string, path: string, options?: CallOptions): Promise<Uint8Array | undefined>
  writeProjectFile(projectId: string, path: string, content: string | Uint8Array, options?: CallOptions): Promise<void>
  /**
   * Cuts a cable, or mends it. GNS3 stores it in the project: always mend in a `finally`. Between two of GNS3's own switches or hubs a
   * genuine 2.2.59 and 3.0.6 accept and show it, and the cable carries on: one end must be a device of another kind.
   */
  setLinkSuspended(projectId: string, linkId: string, suspended: boolean, options?: CallOptions): Promise<void>
  /** Records what a cable carries, in a file of that name in the VM, until it is stopped. One of the devices at its ends must run. */
  startCapture(projectId: string, linkId: string, fileName: string, options?: CallOptions): Promise<void>
  stopCapture(projectId: string, linkId: string, options?: CallOptions): Promise<void>
  /** What is recorded, as it comes (pcap), until the capture is stopped; at most as long as `timeoutMs`. */
  readCapture(
    projectId: string,
    linkId: string,
    options: CallOptions & { readonly fileName: string; readonly timeoutMs: number },
  ): Promise<Readable>
  /** The project as a zip archive that 2.2 and 3.x read. Devices must be stopped, else GNS3_CONFLICT. */
  exportProject(projectId: string, options?: CallOptions): Promise<Readable>
  /** Null where the device has no console, or the project is not opened. @throws AppError GNS3_UNEXPECTED_ANSWER for a port that is not allowed */
  consoleOf(device: Pick<LabDevice, 'name' | 'console'>): ConsoleEndpoint | null
  /** Hands a request on and the answer back, whatever it says; writes wait for their turn like our own. */
  pass(request: PassedRequest): Promise<PassedAnswer>
  /** @throws AppError GNS3_UNREACHABLE, GNS3_REFUSED (the handshake was not answered as it should) */
  openSocket(path: string, options?: CallOptions): Promise<Gns3Socket>
  close(): Promise<void>
}
