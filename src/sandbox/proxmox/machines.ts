import type { Guest, GuestOptions } from '../gns3/index.ts'
import { textOf } from './api-error.ts'
import type { Faults } from './faults.ts'
import { createGuestAddresses, type GuestPlace } from './guest-addresses.ts'
import { type GuestSoftware, readSoftware } from './guest-software.ts'
import type { Machine } from './state.schemas.ts'
import type { Timing } from './timing.ts'
import { disksOf } from './vm-config.ts'
import type { Volumes } from './volumes.ts'

export type StartGuest = (options: GuestOptions) => Promise<Guest>

/** A VM that runs. */
export interface Power {
  readonly pid: number
  readonly startedAt: number
  paused: boolean
  /** The operating system is up: it hears ACPI, and its agent answers when it has one. */
  booted: boolean
  readonly software: GuestSoftware | undefined
  place?: GuestPlace
  guest?: Guest
  bootProblem?: string
  readonly booting: AbortController
}

const addressAttempts = 20

/** The power state of every VM and the guests inside. Nothing here is kept on disk: when the sandbox ends, the power is cut. */
export function createMachines(deps: { timing: Timing; volumes: Volumes; faults: Faults; startGuest: StartGuest; speed: number }) {
  const { timing, volumes, faults } = deps
  const running = new Map<number, Power>()
  const addresses = createGuestAddresses()
  let nextPid = 1_000

  const bootVolume = (machine: Machine) => {
    const disk = disksOf(machine.config).find((candidate) => !candidate.isCdrom)
    return disk ? volumes.find(disk.volid, machine.node) : undefined
  }

  /** Tries other addresses when one is taken by another sandbox on this machine. */
  async function startOnFreeAddress(vmid: number, folder: string, software: NonNullable<GuestSoftware['gns3']>, restored: unknown) {
    for (let attempt = 0; ; attempt++) {
      const place = addresses.claim(vmid, attempt)
      try {
        const options: GuestOptions = { folder, ...place, ...software, clock: timing.clock, speed: deps.speed }
        const guest = await deps.startGuest(restored === undefined ? options : { ...options, restored })
        return { place, guest }
      } catch (error) {
        addresses.release(vmid)
        const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
        if (!isTaken || attempt >= addressAttempts) throw error
      }
    }
  }

  async function boot(machine: Machine, power: Power, restored: unknown): Promise<void> {
    const volume = bootVolume(machine)
    await timing.wait(restored === undefined ? timing.durations.boot : timing.durations.qemuStart, power.booting.signal)
    if (!volume || !power.software) return
    if (power.software.gns3) {
      const started = await startOnFreeAddress(machine.vmid, volumes.diskFolder(volume), power.software.gns3, restored)
      if (power.booting.signal.aborted) {
        await started.guest.stop()
        addresses.release(machine.vmid)
        return
      }
      power.guest = started.guest
      power.place = started.place
      if (power.paused) started.guest.freeze()
    }
    power.booted = true
  }

  /** Takes the VM off the list first, so that nobody finds it half gone. */
  async function end(vmid: number, how: 'stop' | 'shutdown'): Promise<void> {
    const power = running.get(vmid)
    if (!power) return
    running.delete(vmid)
    power.booting.abort()
    await power.guest?.[how]()
    addresses.release(vmid)
  }

  return {
    find: (vmid: number): Power | undefined => running.get(vmid),
    isRunning: (vmid: number): boolean => running.has(vmid),
    list: (): [number, Power][] => [...running],
    /** Switches on; the guest boots in the background. `restored` is what `hibernate` gave. */
    start(machine: Machine, restored?: unknown): void {
      const volume = bootVolume(machine)
      nextPid += 7
      const power: Power = {
        pid: nextPid,
        startedAt: timing.clock.now(),
        paused: false,
        booted: false,
        software: volume ? readSoftware(volumes.diskFolder(volume)) : undefined,
        booting: new AbortController(),
      }
      running.set(machine.vmid, power)
      boot(machine, power, restored).catch((error: unknown) => {
        if (!power.booting.signal.aborted) power.bootProblem = textOf(error)
      })
    },
    /** Power cut: what the guest did not write is lost. */
    cut: (vmid: number): Promise<void> => end(vmid, 'stop'),
    /** Asks the guest to shut down. False at once when nothing in it listens. */
    hearsShutdown(vmid: number): boolean {
      const power = running.get(vmid)
      if (!power?.booted || power.paused) return false
      return faults.strike('guest-ignores-shutdown', { vmid }) === undefined
    },
    async shutdown(vmid: number, signal?: AbortSignal): Promise<void> {
      await timing.wait(timing.durations.guestShutdown, signal)
      await end(vmid, 'shutdown')
    },
    pause(vmid: number): void {
      const power = running.get(vmid)
      if (!power || power.paused) return
      power.paused = true
      power.guest?.freeze()
    },
    resume(vmid: number): void {
      const power = running.get(vmid)
      if (!power?.paused) return
      power.paused = false
      power.guest?.thaw()
    },
    /** Writes the memory out and switches off. */
    async hibernate(vmid: number): Promise<unknown> {
      const power = running.get(vmid)
      running.delete(vmid)
      power?.booting.abort()
      const memory = power?.guest ? await power.guest.hibernate() : null
      addresses.release(vmid)
      return memory
    },
    /** Cuts the power of all VMs. */
    cutAll: async (): Promise<void> => {
      await Promise.all([...running.keys()].map((vmid) => end(vmid, 'stop')))
    },
  }
}
export type Machines = ReturnType<typeof createMachines>
