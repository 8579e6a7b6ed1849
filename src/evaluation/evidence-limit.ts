import type { Observation } from './observation.ts'

/**
 * What one run keeps of answers. A device that prints megabytes at each of hundreds of questions would fill memory and disk: what cannot
 * be asked then is undecided by the lab, and what was decided before stays.
 */
export interface EvidenceLimit {
  /** Counts an answer, once however many criteria rely on it. */
  count(observation: Observation): void
  isReached(): boolean
}

/** A running configuration has some 100 kB, a routing table of a full provider 50 MB. */
const defaultMaxBytes = 256 * 1024 * 1024

export function createEvidenceLimit(maxBytes = defaultMaxBytes): EvidenceLimit {
  const counted = new WeakSet<Observation>()
  let bytes = 0
  return {
    count: (observation) => {
      if (counted.has(observation)) return
      counted.add(observation)
      bytes += observation.raw.byteLength
    },
    isReached: () => bytes >= maxBytes,
  }
}
