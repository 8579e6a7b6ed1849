import type { Port } from '../network/link.ts'
import type { Simulation } from '../network/simulation.ts'
import type { NodeSpec, PortInfo } from '../network/types.ts'
import type { ConsoleHub } from './console-hub.ts'

/** What a simulated device is made of. */
export interface DeviceContext {
  readonly simulation: Simulation
  readonly spec: NodeSpec
  readonly hub: ConsoleHub
  /** 0 for the first node of its kind, for MAC addresses and port numbers as GNS3 gives them out. */
  readonly index: number
}

export interface Device {
  ports(): PortInfo[]
  port(adapter: number, port: number): Port | undefined
  /** A cable was plugged in or pulled: routers show it. */
  linkChanged(): void
  powerOn(): void
  powerOff(): void
  /** Suspended: takes no frames and no keys, keeps its state. */
  setPaused(isPaused: boolean): void
  update(change: { name?: string; properties?: Readonly<Record<string, unknown>> }): void
  snapshot(): unknown
  /** Called instead of `powerOn`: the device runs on where it was. */
  resume(state: unknown): void
}

/**
 * A fault of the simulation itself. It must be seen, but one device's fault must not end all labs: the device goes on as a real one
 * does after a crash.
 */
export function reportFault(device: string, error: unknown): void {
  process.emitWarning(`simulated device ${device} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
}
