import type { Frame } from './frame.ts'
import type { Timers } from './simulation.ts'

/** One end of a cable: a node's port as the link sees it. */
export interface Port {
  /** Set by the owner of the port. */
  receive: (frame: Frame) => void
  /** Set by the link while a cable is plugged in. */
  transmit: ((frame: Frame) => void) | null
}

export const createPort = (): Port => ({ receive: () => undefined, transmit: null })

export interface Link {
  /** Hears every frame that is carried, both ways; null: nobody does any more. */
  tap(hear: ((frame: Frame) => void) | null): void
  set(change: { suspended?: boolean; filters?: Readonly<Record<string, readonly unknown[]>> }): void
  unplug(): void
}

/** Frames on the way in one direction; more are dropped, as a full queue does. A bridging loop ends here, not in memory. */
const QUEUE_LIMIT = 64
/** Emulated ms for one crossing, from the round trips in the recorded captures. */
const LATENCY_MS = 0.03
const JITTER_MS = 0.06

/** A cable between two ports, with the filters of uBridge: frequency_drop [n], packet_loss [%], delay [ms, jitter], corrupt [%], bpf [text]. */
export function createLink(timers: Timers, a: Port, b: Port): Link {
  let suspended = false
  let unplugged = false
  let hear: ((frame: Frame) => void) | null = null
  let filters: Readonly<Record<string, readonly unknown[]>> = {}

  const direction = (to: Port) => {
    let queued = 0
    let counted = 0
    let lastArrival = 0
    return (frame: Frame): void => {
      if (suspended || unplugged || queued >= QUEUE_LIMIT) return
      counted += 1
      if (isDropped(filters, counted, frame, timers.random)) return
      const arrival = Math.max(lastArrival, timers.now() + LATENCY_MS + timers.random() * JITTER_MS + delayOf(filters, timers.random))
      lastArrival = arrival // a cable keeps the order
      queued += 1
      timers.after(arrival - timers.now(), () => {
        queued -= 1
        if (suspended || unplugged) return
        hear?.(frame)
        to.receive(frame)
      })
    }
  }
  a.transmit = direction(b)
  b.transmit = direction(a)

  return {
    tap: (listener) => {
      hear = listener
    },
    set(change) {
      suspended = change.suspended ?? suspended
      filters = change.filters ?? filters
    },
    unplug() {
      unplugged = true
      a.transmit = null
      b.transmit = null
    },
  }
}

const numberAt = (values: readonly unknown[] | undefined, index: number): number => {
  const value = Number(values?.[index] ?? 0)
  return Number.isFinite(value) ? value : 0
}

function isDropped(filters: Readonly<Record<string, readonly unknown[]>>, counted: number, frame: Frame, random: () => number): boolean {
  const frequency = numberAt(filters.frequency_drop, 0)
  if (frequency === -1 || (frequency > 0 && counted % frequency === 0)) return true
  // A corrupted frame fails its checksum at the receiver: lost as well.
  const loss = numberAt(filters.packet_loss, 0) + numberAt(filters.corrupt, 0)
  if (loss > 0 && random() * 100 < loss) return true
  return matchesBpf(filters.bpf, frame)
}

function delayOf(filters: Readonly<Record<string, readonly unknown[]>>, random: () => number): number {
  const latency = numberAt(filters.delay, 0)
  return latency === 0 ? 0 : Math.max(0, latency + (random() * 2 - 1) * numberAt(filters.delay, 1))
}

/** uBridge drops what its expression matches; only the plain protocol words are understood here. */
function matchesBpf(expressions: readonly unknown[] | undefined, frame: Frame): boolean {
  const words = String(expressions?.[0] ?? '')
    .trim()
    .split(/\s+or\s+|\n/)
  return words.some((word) => isProtocol(word.trim(), frame))
}

function isProtocol(word: string, frame: Frame): boolean {
  if (word === 'arp') return frame.payload.kind === 'arp'
  if (frame.payload.kind !== 'ipv4') return false
  const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17 }
  return word === 'ip' || numbers[word] === frame.payload.body.protocol
}
