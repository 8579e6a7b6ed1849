import type { Proxmox, Resource } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import { groupBy } from '../lib/group-by.ts'
import type { HostMetric, HostMetricsRepository, Resolution, VmMetric } from './host-metrics.repository.ts'
import { clusterView } from './placement.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const bytesPerMb = 1_048_576

/** What can be shown: how far back, from which rows, and how much time makes one point of the line. */
const periods = {
  day: { shownMs: dayMs, resolution: 'raw', pointMs: 600_000 },
  month: { shownMs: 30 * dayMs, resolution: 'hour', pointMs: 6 * hourMs },
  year: { shownMs: 365 * dayMs, resolution: 'day', pointMs: 3 * dayMs },
} as const satisfies Record<string, { shownMs: number; resolution: Resolution; pointMs: number }>
export type Period = keyof typeof periods
export const periodNames = ['day', 'month', 'year'] as const satisfies readonly Period[]

/** How long rows are kept. */
const keptMs: Readonly<Record<Resolution, number>> = { raw: 2 * dayMs, hour: 60 * dayMs, day: 2 * 365 * dayMs }

export interface LoadPoint {
  readonly at: string
  /** Shares of 1, the mean over the point's time; null while nothing was measured. */
  readonly cpu: number | null
  readonly memory: number | null
}

/** What one node, or one VM, carried. */
export interface HostLoad {
  readonly name: string
  readonly points: readonly LoadPoint[]
  readonly highest: { readonly cpu: number; readonly memory: number; readonly runningVms: number }
}

export interface HostMetricsParts {
  readonly proxmox: Pick<Proxmox, 'resources'>
  readonly repository: HostMetricsRepository
  readonly clock: Clock
  /** VM ids that are ours: of no other is anything kept. */
  readonly isOurs: (vmid: number) => boolean
  readonly log: { warn(details: object, message: string): void }
}

type Measured = Pick<HostMetric, 'cpu' | 'memoryUsedMb' | 'memoryTotalMb' | 'createdAt'> & Partial<Pick<HostMetric, 'runningVms'>>

const memoryShare = ({ memoryUsedMb, memoryTotalMb }: Measured): number => (memoryTotalMb === 0 ? 0 : memoryUsedMb / memoryTotalMb)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** @param nowMs the right end of the plot */
function loadOf(name: string, rows: readonly Measured[], period: Period, nowMs: number): HostLoad {
  const { pointMs, shownMs } = periods[period]
  const end = Math.floor(nowMs / pointMs)
  const slots = groupBy(rows, ({ createdAt }) => Math.floor(Date.parse(createdAt) / pointMs))
  const count = Math.round(shownMs / pointMs)
  const points = Array.from({ length: count }, (_, index): LoadPoint => {
    const slot = end - count + 1 + index
    const measured = slots.get(slot) ?? []
    return {
      at: new Date(slot * pointMs).toISOString(),
      cpu: measured.length === 0 ? null : mean(measured.map(({ cpu }) => cpu)),
      memory: measured.length === 0 ? null : mean(measured.map(memoryShare)),
    }
  })
  const highest = (of: (row: Measured) => number) => rows.reduce((most, row) => Math.max(most, of(row)), 0)
  return {
    name,
    points,
    highest: { cpu: highest(({ cpu }) => cpu), memory: highest(memoryShare), runningVms: highest(({ runningVms = 0 }) => runningVms) },
  }
}

/** Memory and processor where Proxmox tells both; undefined for what is off, or must not be seen. */
function figuresOf({ cpu, mem, maxmem }: Pick<Resource, 'cpu' | 'mem' | 'maxmem'>) {
  if (cpu === undefined || mem === undefined || maxmem === undefined) return undefined
  return { cpu, memoryUsedMb: Math.round(mem / bytesPerMb), memoryTotalMb: Math.round(maxmem / bytesPerMb), resolution: 'raw' as const }
}

/** Measures what nodes and our VMs carry, and tells it. One request of Proxmox each time. */
export function createHostMetrics({ proxmox, repository, clock, isOurs, log }: HostMetricsParts) {
  let rolledHour = ''

  /** Each hour once, and after a start all that were missed while there are measurements of them. */
  function rollUp(now: string): void {
    const hour = `${now.slice(0, 13)}:00:00.000Z`
    if (hour === rolledHour) return
    rolledHour = hour
    repository.rollUp('hour', hour)
    repository.rollUp('day', `${now.slice(0, 10)}T00:00:00.000Z`)
    for (const resolution of ['raw', 'hour', 'day'] as const)
      repository.deleteBefore(resolution, new Date(clock.now() - keptMs[resolution]).toISOString())
  }

  async function measure(signal: AbortSignal): Promise<void> {
    const { nodes, vms } = clusterView(await proxmox.resources(undefined, { signal, priority: 'batch' }), [])
    const createdAt = isoNow(clock)
    const running = vms.filter(({ status }) => status === 'running')
    repository.insert(
      nodes.flatMap((node) => {
        const figures = figuresOf(node)
        // a node that is offline, or does not say, is a gap in its line and no zero
        if (node.status !== 'online' || figures === undefined) return []
        return [{ pveNode: node.node, ...figures, runningVms: running.filter((vm) => vm.node === node.node).length, createdAt }]
      }),
    )
    repository.insertVms(
      running.flatMap((vm) => {
        const figures = figuresOf(vm)
        if (vm.vmid === undefined || vm.node === undefined || figures === undefined || !isOurs(vm.vmid)) return []
        return [{ vmid: vm.vmid, pveNode: vm.node, ...figures, createdAt }]
      }),
    )
    rollUp(createdAt)
  }

  const sinceOf = (period: Period) => new Date(clock.now() - periods[period].shownMs).toISOString()

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

    /** Every node that was measured, by name. */
    listLoads(period: Period = 'day'): HostLoad[] {
      const rows = repository.listSince(periods[period].resolution, sinceOf(period))
      return [...groupBy(rows, ({ pveNode }) => pveNode)]
        .sort(([one], [other]) => one.localeCompare(other))
        .map(([name, measured]) => loadOf(name, measured, period, clock.now()))
    },

    /** One VM; without a point while it never ran. */
    vmLoad(vmid: number, period: Period): HostLoad {
      const rows: VmMetric[] = repository.listOfVm(vmid, periods[period].resolution, sinceOf(period))
      return loadOf(String(vmid), rows, period, clock.now())
    },
  }
}

export type HostMetrics = ReturnType<typeof createHostMetrics>
