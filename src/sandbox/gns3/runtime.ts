import { createGate, type Gate } from './gate.ts'
import type { GuestOptions } from './guest.types.ts'
import { type Timing, timingOf } from './timing.ts'

/** What every part of one emulated server shares. */
export interface Runtime {
  readonly options: GuestOptions
  readonly version: '2.2' | '3.x'
  /** What `/version` says. */
  readonly versionText: string
  readonly timing: Timing
  readonly gate: Gate
  /** Aborted when the VM loses its power. */
  readonly power: AbortSignal
  /** Waits emulated seconds; rejects when the power is cut. */
  wait(seconds: number, signal?: AbortSignal): Promise<void>
  cutPower(): void
}

export function createRuntime(options: GuestOptions): Runtime {
  const gate = createGate()
  const power = new AbortController()
  return {
    options,
    version: options.version,
    versionText: options.version === '2.2' ? '2.2.54' : '3.0.6',
    timing: timingOf(options.version),
    gate,
    power: power.signal,
    wait: async (seconds, signal) => {
      const stop = signal ? AbortSignal.any([power.signal, signal]) : power.signal
      await options.clock.sleep((seconds * 1000) / options.speed, stop)
      await gate.passed()
    },
    cutPower: () => {
      power.abort(new Error('the VM lost its power'))
      gate.open()
    },
  }
}
