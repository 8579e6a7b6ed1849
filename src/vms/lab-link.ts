import type { Gns3 } from '../clients/gns3/index.ts'
import type { OnBehalf, Proxmox } from '../clients/proxmox/index.ts'
import { AppError } from '../errors.ts'
import type { JobPriority } from '../jobs/index.ts'
import type { AddressFinder, Endpoint } from './addresses.ts'

/** The project file by which a work VM is known: an address is believed only when the GNS3 behind it shows the right one. */
const markerFile = 'netpraxis-marker.txt'

export interface LabLinkOptions {
  readonly proxmox: Proxmox
  readonly addresses: AddressFinder
  /** Opens a client for the GNS3 at a checked address. */
  readonly connectGns3: (endpoint: Endpoint, signal?: AbortSignal) => Gns3
}

export interface BootRequest {
  readonly pveNode: string
  readonly vmid: number
  readonly knownUpid?: string | undefined
  readonly onUpid: (upid: string) => void
  readonly behalf?: OnBehalf | undefined
  readonly onLine: (line: string) => void
  readonly priority: JobPriority
  readonly signal: AbortSignal
}

/** From a stopped VM to a GNS3 server that answers; used for building templates and for starting labs. */
export function createLabLink({ proxmox, addresses, connectGns3 }: LabLinkOptions) {
  return {
    connectGns3,

    async boot(request: BootRequest): Promise<void> {
      await proxmox.ensureStarted({
        node: request.pveNode,
        vmid: request.vmid,
        knownUpid: request.knownUpid,
        onUpid: request.onUpid,
        behalf: request.behalf,
        onProgress: request.onLine,
        priority: request.priority,
        signal: request.signal,
      })
    },

    findAddress: addresses.find,

    /** Runs `work` with a client for the endpoint and closes it. */
    async withGns3<T>(endpoint: Endpoint, signal: AbortSignal, work: (gns3: Gns3) => Promise<T>): Promise<T> {
      const gns3 = connectGns3(endpoint, signal)
      try {
        return await work(gns3)
      } finally {
        await gns3.close()
      }
    },

    /** Waits until GNS3 answers. @throws AppError GNS3_* */
    async waitForGns3(endpoint: Endpoint, signal: AbortSignal, deadlineMs: number): Promise<string> {
      const gns3 = connectGns3(endpoint, signal)
      try {
        return (await gns3.waitUntilAnswers({ signal, deadlineMs })).version
      } finally {
        await gns3.close()
      }
    },

    /**
     * Puts the work VM's marker into its project at the first start and checks it at every later one.
     * @param mayWrite true until the lab was ready for the first time
     * @throws AppError GNS3_MARKER_FOREIGN when the GNS3 at this address shows another marker, or none where there must be one
     */
    async checkMarker(gns3: Gns3, projectId: string, marker: string, mayWrite: boolean, signal: AbortSignal): Promise<void> {
      const content = await gns3.readProjectFile(projectId, markerFile, { signal })
      const found = content === undefined ? undefined : Buffer.from(content).toString('utf8').trim()
      if (found === marker) return
      if (found !== undefined || !mayWrite) throw new AppError('GNS3_MARKER_FOREIGN')
      await gns3.writeProjectFile(projectId, markerFile, `${marker}\n`, { signal })
    },
  }
}

export type LabLink = ReturnType<typeof createLabLink>
