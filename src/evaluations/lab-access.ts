import type { ConsoleTarget, Inventory } from '../clients/console/index.ts'
import type { Gns3 } from '../clients/gns3/index.ts'
import { CannotAsk, type Exercise, type LabState } from '../evaluation/index.ts'
import { isWithinLab, wayTo } from '../vms/index.ts'

/** How a lab is reached: through GNS3, or by the addresses of an inventory. */
export interface LabAccess {
  /**
   * Where the device's console is now.
   * @throws CannotAsk when it has none
   */
  readonly consoleOf: (device: string) => Promise<ConsoleTarget>
  /** Null where there is no GNS3. */
  readonly readLab: (signal: AbortSignal) => Promise<LabState | null>
  readonly readDeviceFile?: (deviceId: string, path: string) => Promise<Uint8Array | undefined>
}

export interface Gns3LabOptions {
  readonly gns3: Pick<Gns3, 'readLab' | 'consoleOf' | 'readDeviceFile'>
  readonly projectId: string
  readonly exercise: Exercise
  /** Lets the exercise's `connect: { host }` name any address: on the command line, where the caller answers for it. */
  readonly allowDirect: boolean
  /** The address GNS3 was reached at: the work VM, whose SSH server leads on to its devices. */
  readonly workVmHost: string
}

/** A lab behind a GNS3 server: console ports are read after the project was opened, the address is the server's own. */
export function accessGns3Lab({ gns3, projectId, exercise, allowDirect, workVmHost }: Gns3LabOptions): LabAccess {
  return {
    readLab: (signal) => gns3.readLab(projectId, { signal }),
    readDeviceFile: (deviceId, path) => gns3.readDeviceFile(projectId, deviceId, path),
    consoleOf: async (name) => {
      const way = wayTo(exercise.devices[name] ?? {}, workVmHost)
      // without the jump the server itself would connect to an address that the exercise chose
      if (way.kind === 'none' || !(allowDirect || isWithinLab(way)))
        throw new CannotAsk('CONNECT_UNSUPPORTED', 'exercise', { device: name })
      if (way.kind === 'direct') return way.target
      const device = (await gns3.readLab(projectId)).devices.find((one) => one.name === name)
      const endpoint = device === undefined ? null : gns3.consoleOf(device)
      if (endpoint === null) throw new CannotAsk('DEVICE_WITHOUT_CONSOLE', 'exercise', { device: name })
      if (endpoint.type !== 'telnet') throw new CannotAsk('CONSOLE_GRAPHICAL', 'exercise', { device: name, console: endpoint.type })
      return { kind: 'telnet', host: endpoint.host, port: endpoint.port }
    },
  }
}

/** A lab without GNS3, its devices by the addresses of a Nornir inventory. */
export function accessInventory(inventory: Pick<Inventory, 'find'>): LabAccess {
  return {
    readLab: async () => null,
    consoleOf: async (name) => {
      const host = inventory.find(name)
      if (host === undefined) throw new CannotAsk('DEVICE_WITHOUT_CONSOLE', 'exercise', { device: name })
      return { kind: host.transport, host: host.hostname, port: host.port }
    },
  }
}
