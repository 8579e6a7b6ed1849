import type { Proxmox } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { groupBy } from '../lib/group-by.ts'
import type { HostMetric, HostMetricsRepository } from './host-metrics.repository.ts'

/** Shown are the last 24 hours; what is older than two days is deleted. */
const shownMs = 24 * 3_600_000
const keptMs = 2 * shownMs
/** Measurements of ten minutes make one point, so that a day is 144 points. */
const pointMs = 600_000
const bytesPerMb = 1_048_576

export interface LoadPoint {
  readonly at: string
  /** Shares of 1, the mean of ten minutes; null while nothing was measured. */
  readonly cpu: number | null
  readonly memory: number | null
}

/** What one node carried over a day. */
export interface HostLoad {
  readonly name: string
  readonly points: readonly LoadPoint[]
  readonly highest: { readonly cpu: number; readonly memory: number; readonly runningVms: number }
}

export interface HostMetricsParts {
  readonly proxmox: Pick<Proxmox, 'nodes' | 'resources'>
  readonly repository: HostMetricsRepository
  readonly clock: Clock
  readonly log: { warn(details: object, message: string): void }
}

const memoryShare = ({ memoryUsedMb, memoryTotalMb }: HostMetric): number => (memoryTotalMb === 0 ? 0 : memoryUsedMb / memoryTotalMb)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** @param nowMs the right end of the plot */
function hostLoad(name: string, rows: readonly HostMetric[], nowMs: number): HostLoad {
  const end = Math.floor(nowMs / pointMs)
  const slots = groupBy(rows, ({ createdAt }) => Math.floor(Date.parse(createdAt) / pointMs))
  const points = Array.from({ length: shownMs / pointMs }, (_, index): LoadPoint => {
    const slot = end - shownMs / pointMs + 1 + index
    const measured = slots.get(slot) ?? []
    return {
      at: new Date(slot * pointMs).toISOString(),
      cpu: measured.length === 0 ? null : mean(measured.map(({ cpu }) => cpu)),
      memory: measured.length === 0 ? null : mean(measured.map(memoryShare)),
    }
  })
  const highest = (of: (row: HostMetric) => number) => Math.max(...rows.map(of))
  return {
    name,
    points,
    highest: { cpu: highest(({ cpu }) => cpu), memory: highest(memoryShare), runningVms: highest(({ runningVms }) => runningVms) },
  }
}

/** Measures what the nodes carry, and tells it. */
export function createHostMetrics({ proxmox, repository, clock, log }: HostMetricsParts) {
  async function measure(signal: AbortSignal): Promise<void> {
    const [nodes, vms] = await Promise.all([
      proxmox.nodes({ signal, priority: 'batch' }),
      proxmox.resources('vm', { signal, priority: 'batch' }),
    ])
    const createdAt = isoNow(clock)
    repository.insert(
      nodes.flatMap(({ node, status, cpu, mem, maxmem }) =>
        // a node that is offline, or does not say, is a gap in its line and no zero
        status !== 'online' || cpu === undefined || mem === undefined || maxmem === undefined
          ? []
          : [
              {
                ...{ pveNode: node, resolution: 'raw' as const, cpu, createdAt },
                ...{ memoryUsedMb: Math.round(mem / bytesPerMb), memoryTotalMb: Math.round(maxmem / bytesPerMb) },
                runningVms: vms.filter((vm) => vm.node === node && vm.status === 'running').length,
              },
            ],
      ),
    )
    repository.deleteBefore(new Date(clock.now() - keptMs).toISOString())
  }

  return {
    /** Never fails because Proxmox does: the status page says that it does not answer. */
    async sample(signal: AbortSignal): Promise<void> {
      try {
        await measure(signal)
      } catch (error) {
        signal.throwIfAborted()
        if (!isAppError(error)) throw error
        log.warn({ err: error }, 'the load of the nodes could not be measured')
      }
    },

    /** The last 24 hours of every node that was measured, by name. */
    listLoads(): HostLoad[] {
      const rows = repository.listSince(new Date(clock.now() - shownMs).toISOString())
      return [...groupBy(rows, ({ pveNode }) => pveNode)]
        .sort(([one], [other]) => one.localeCompare(other))
        .map(([name, measured]) => hostLoad(name, measured, clock.now()))
    },
  }
}

export type HostMetrics = ReturnType<typeof createHostMetrics>
