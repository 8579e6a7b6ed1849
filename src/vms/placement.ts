import { z } from 'zod'
import type { NodeInfo, Resource } from '../clients/proxmox/index.ts'

export interface Candidate {
  readonly node: string
  /** Fractions of 1. */
  readonly cpu: number
  readonly memory: number
  readonly runningVms: number
}

/** `template`: it neither holds the template nor shares the storage it lies on; `storage`: that storage does not answer there. */
const skips = ['offline', 'cpu', 'memory', 'template', 'storage'] as const
export type Skip = (typeof skips)[number]

/** A node with its load, and why it was left out. `memory` and `cpu` are shares of 1, where they are known. */
export const consideredSchema = z.object({
  node: z.string(),
  load: z.number().nullable(),
  skipped: z.enum(skips).nullable(),
  share: z.number().nullable().default(null),
})
export type Considered = z.infer<typeof consideredSchema>

export interface Placement {
  readonly chosen: string | null
  /** Every node with its load, or why it was left out; for the page. */
  readonly considered: readonly Considered[]
}

const maximumCpu = 0.8
const maximumMemory = 0.85
/** Loads closer than this are equal. */
const tie = 0.05

/** Weighted load: half processor, a third memory, the rest the number of VMs. */
export const loadOf = (candidate: Candidate): number =>
  0.5 * candidate.cpu + 0.3 * candidate.memory + 0.2 * Math.min(candidate.runningVms / 10, 1)

/** A node that takes part, or one that does not for a reason that is known before its load is. */
export type Asked = Candidate | { readonly node: string; readonly skipped: Skip }

function weigh(candidate: Asked): Considered {
  if ('skipped' in candidate) return { node: candidate.node, load: null, skipped: candidate.skipped, share: null }
  const { node, cpu, memory } = candidate
  const load = loadOf(candidate)
  if (cpu > maximumCpu) return { node, load, skipped: 'cpu', share: cpu }
  if (memory > maximumMemory) return { node, load, skipped: 'memory', share: memory }
  return { node, load, skipped: null, share: null }
}

/**
 * Chooses the least loaded node; ties are broken by `random`, so that a burst does not pile up on one.
 * @param random 0..1
 */
export function choosePlacement(candidates: readonly Asked[], random: () => number): Placement {
  const considered = candidates.map(weigh)
  const usable = considered.filter((entry) => entry.skipped === null)
  const least = Math.min(...usable.map((entry) => entry.load ?? Number.POSITIVE_INFINITY))
  const best = usable.filter((entry) => (entry.load ?? Number.POSITIVE_INFINITY) - least <= tie)
  return { chosen: best[Math.floor(random() * best.length)]?.node ?? null, considered }
}

/** Candidates from what Proxmox says; a node that gives no figures (no Sys.Audit) counts as idle. */
export function candidatesFrom(nodes: readonly NodeInfo[], vms: readonly Resource[], allowed: readonly string[]): Asked[] {
  return nodes
    .filter((node) => allowed.includes(node.node))
    .map((node) => {
      if (node.status !== 'online') return { node: node.node, skipped: 'offline' as const }
      const memory = node.mem !== undefined && node.maxmem !== undefined && node.maxmem > 0 ? node.mem / node.maxmem : 0
      const runningVms = vms.filter((vm) => vm.node === node.node && vm.status === 'running').length
      return { node: node.node, cpu: node.cpu ?? 0, memory, runningVms }
    })
}

/** Nodes, VMs and storages of one answer of `/cluster/resources`. */
export interface ClusterView {
  readonly nodes: readonly NodeInfo[]
  readonly vms: readonly Resource[]
  readonly storages: readonly Resource[]
}

/** @param allowed PROXMOX_NODES; empty: all */
export function clusterView(resources: readonly Resource[], allowed: readonly string[]): ClusterView {
  const nodes = resources.flatMap(({ type, node, status = 'unknown', cpu, maxcpu, mem, maxmem, disk, maxdisk, uptime }) =>
    type !== 'node' || node === undefined || (allowed.length > 0 && !allowed.includes(node))
      ? []
      : [{ node, status, cpu, maxcpu, mem, maxmem, disk, maxdisk, uptime }],
  )
  return {
    nodes,
    vms: resources.filter(({ vmid }) => vmid !== undefined),
    storages: resources.filter(({ type }) => type === 'storage'),
  }
}
