import type { Clock } from '../../lib/clock.ts'

/** Emulated durations in milliseconds, before they are divided by the speed. Origins: measured on 8.4.21 or read in its sources. */
export const defaultDurations = {
  /** From the answer with the UPID to the worker's first step. */
  taskStart: 150,
  /** A finished worker still reads as running until its parent reaps it. */
  taskReap: 100,
  /** Work under the storage lock: allocate or clone a volume, free one, rename to base. */
  volumeClone: 300,
  volumeFree: 250,
  volumeConvert: 250,
  qemuStart: 900,
  qemuStop: 700,
  /** Start of the guest until its services and its agent answer (12 to 27 s measured). */
  boot: 20_000,
  /** A guest that listens to ACPI or to its agent. */
  guestShutdown: 1_300,
  configChange: 50,
  /** Bytes copied in a second by a full clone. */
  copyBytesPerSecond: 1_000_000_000,
  /** Memory of a running VM on its way to another node. */
  migrateBytesPerSecond: 1_000_000_000,
  /** guest-ping that nobody answers holds its worker so long. */
  agentTimeout: 3_000,
  agentAnswer: 150,
  unauthorisedDelay: 3_000,
  /** pvestatd's cycle, which feeds /cluster/resources. */
  statusCycle: 10_000,
  lockTimeout: 10_000,
  createLockTimeout: 5_000,
  cloneLockTimeout: 1_000,
  proxyTimeout: 30_000,
}
export type Durations = Readonly<typeof defaultDurations>

export interface Timing {
  readonly clock: Clock
  readonly durations: Durations
  /** Waits an emulated duration (divided by the speed). */
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** Seconds since the epoch, as Proxmox counts. */
  seconds(): number
}

export function createTiming(clock: Clock, speed: number, durations: Partial<Durations> = {}): Timing {
  return {
    clock,
    durations: { ...defaultDurations, ...durations },
    wait: (ms, signal) => (ms <= 0 ? Promise.resolve() : clock.sleep(ms / speed, signal)),
    seconds: () => Math.floor(clock.now() / 1000),
  }
}

/** Resolves with the work's result, or with `undefined` when the emulated time is over first; the work is not stopped. */
export async function withDeadline<T>(timing: Timing, ms: number, work: Promise<T>): Promise<{ value: T } | undefined> {
  const timer = new AbortController()
  const deadline = timing.wait(ms, timer.signal).then(
    () => undefined,
    () => undefined,
  )
  try {
    return await Promise.race([work.then((value) => ({ value })), deadline])
  } finally {
    timer.abort()
  }
}
