import type { NodeInfo, Resource } from '../clients/proxmox/index.ts'

export interface Candidate {
  readonly node: string
  /** Fractions of 1. */
  readonly cpu: number
  readonly memory: number
  readonly runningVms: number
}

export interface Placement {
  readonly chosen: string | null
  /** Every node with its load, or why it was left out; for the page. */
  readonly considered: readonly {
    readonly node: string
    readonly load: number | null
    readonly skipped: 'offline' | 'cpu' | 'memory' | null
  }[]
}

const maximumCpu = 0.8
const maximumMemory = 0.85
/** Loads closer than this are equal. */
const tie = 0.05

/** Weighted load: half processor, a third memory, the rest the number of VMs. */
export const loadOf = (candidate: Candidate): number =>
  0.5 * candidate.cpu + 0.3 * candidate.memory + 0.2 * Math.min(candidate.runningVms / 10, 1)

/**
 * Chooses the least loaded node; ties are broken by `random`, so that a burst does not pile up on one.
 * @param random 0..1
 */
export function choosePlacement(
  candidates: readonly (Candidate | { readonly node: string; readonly offline: true })[],
  random: () => number,
): Placement {
  const considered = candidates.map((candidate) => {
    if ('offline' in candidate) return { node: candidate.node, load: null, skipped: 'offline' as const }
    if (candidate.cpu > maximumCpu) return { node: candidate.node, load: loadOf(candidate), skipped: 'cpu' as const }
    if (candidate.memory > maximumMemory) return { node: candidate.node, load: loadOf(candidate), skipped: 'memory' as const }
    return { node: candidate.node, load: loadOf(candidate), skipped: null }
  })
  const usable = considered.filter((entry) => entry.skipped === null)
  const least = Math.min(...usable.map((entry) => entry.load ?? Number.POSITIVE_INFINITY))
  const best = usable.filter((entry) => (entry.load ?? Number.POSITIVE_INFINITY) - least <= tie)
  return { chosen: best[Math.floor(random() * best.length)]?.node ?? null, considered }
}

/** Candidates from what Proxmox says; a node that gives no figures (no Sys.Audit) counts as idle. */
export function candidatesFrom(nodes: readonly NodeInfo[], vms: readonly Resource[], allowed: readonly string[]) {
  return nodes
    .filter((node) => allowed.includes(node.node))
    .map((node) => {
      if (node.status !== 'online') return { node: node.node, offline: true as const }
      const memory = node.mem !== undefined && node.maxmem !== undefined && node.maxmem > 0 ? node.mem / node.maxmem : 0
      const runningVms = vms.filter((vm) => vm.node === node.node && vm.status === 'running').length
      return { node: node.node, cpu: node.cpu ?? 0, memory, runningVms }
    })
}
