import { isAppError } from '../errors.ts'
import { plotLoad } from '../http/load-plot.ts'
import { sentenceValuesSchema } from '../lib/sentence.ts'
import type { Services } from '../services.ts'
import { type Considered, candidatesFrom, choosePlacement, clusterView, type Period, type PlacementRow, periodNames } from '../vms/index.ts'
import type { NodesPage, VmLoadPage } from './nodes.views.ts'

/** The page comes also when Proxmox does not. */
const patienceMs = 2_500
const shownDecisions = 30
/** Those that have a VM. */
const withVm = ['stopped', 'queued', 'starting', 'ready', 'stopping', 'suspended', 'hibernated', 'failed'] as const

type Seen = { readonly considered: readonly Considered[]; readonly online: readonly string[] } | { readonly fault: string }

/** What the pages of nodes and their VMs show. */
export function createNodesReader(services: Services) {
  const { proxmox, config, hostMetrics, placements, moves, workVms, exercises, users, translate: t } = services

  const decimals = (load: number): string => load.toFixed(2)
  const shareText = (share: number): string => t('pages.units.percent', { value: Math.round(share * 100) })
  const reasonOf = ({ skipped, share }: Considered): string => {
    const reason = t(`details.placement.${skipped ?? 'full'}`)
    return share === null ? reason : `${reason} (${shareText(share)})`
  }
  /** `pve2: 0.31`, or `pve3 skipped: memory is full (91 %)`. */
  const inWords = (one: Considered): string =>
    one.skipped === null
      ? t('pages.nodes.nodeLoad', { node: one.node, load: decimals(one.load ?? 0) })
      : t('pages.nodes.nodeSkipped', { node: one.node, reason: reasonOf(one) })

  async function look(): Promise<Seen> {
    const signal = AbortSignal.timeout(patienceMs)
    try {
      const view = clusterView(await proxmox.resources(undefined, { signal }), config.PROXMOX_NODES)
      const names = view.nodes.map(({ node }) => node)
      const { considered } = choosePlacement(candidatesFrom(view.nodes, view.vms, names), () => 0)
      return { considered, online: view.nodes.filter(({ status }) => status === 'online').map(({ node }) => node) }
    } catch (error) {
      if (isAppError(error)) return { fault: t(`errors.${error.code}`, { requestId: '', ...error.details }) }
      if (error instanceof DOMException) return { fault: t('errors.PROXMOX_TIMEOUT') }
      throw error
    }
  }

  function nodeRows(considered: readonly Considered[]): NodesPage['nodes'] {
    const usable = considered.flatMap(({ skipped, load }) => (skipped === null && load !== null ? [load] : []))
    const least = Math.min(...usable)
    return [...considered]
      .sort((one, other) => (one.load ?? 2) - (other.load ?? 2) || one.node.localeCompare(other.node))
      .map((one) => {
        const isBest = one.skipped === null && one.load === least
        const choice =
          one.skipped === null ? t(`pages.nodes.${isBest ? 'best' : 'possible'}`) : t('pages.nodes.skipped', { reason: reasonOf(one) })
        return { node: one.node, load: one.load === null ? null : decimals(one.load), choice, isBest }
      })
  }

  function labRows(online: readonly string[]): NodesPage['labs'] {
    return workVms.listInStates(withVm).flatMap((workVm) => {
      const { id, vmid, pveNode, state, frozenFor } = workVm
      if (vmid === null || pveNode === null) return []
      const job = workVms.liveJob(workVm)
      const mayMove = (state === 'ready' || state === 'stopped') && frozenFor === null && !job
      const name = `${exercises.get(workVm.exerciseId).title} · ${users.find(workVm.userId)?.displayName ?? ''}`
      const targets = mayMove ? online.filter((node) => node !== pveNode) : []
      return [{ id, vmid, name, node: pveNode, state, isMoving: job?.name === 'migrate-work-vm', targets }]
    })
  }

  function decisionRow(row: PlacementRow): NodesPage['decisions'][number] {
    const { createdAt, kind, vmid, fromNode, toNode, errorCode } = row
    const details = sentenceValuesSchema.nullable().parse(row.errorDetails)
    const isPlaced = row.state === 'decided' && (kind === 'clone' || kind === 'template')
    return {
      ...{ at: createdAt, kind, vmid },
      where: fromNode === null ? toNode : t('pages.nodes.fromTo', { from: fromNode, to: toNode }),
      why: row.considered.map(inWords).join(', '),
      state: isPlaced ? 'placed' : row.state,
      isBad: row.state === 'failed',
      fault: errorCode === null ? null : t(`errors.${errorCode}`, { requestId: '', ...details }),
    }
  }

  const shown = (period: Period, path: string): Pick<NodesPage, 'period' | 'periods'> => ({
    period,
    periods: periodNames.map((name) => ({
      text: t(`pages.nodes.periods.${name}`),
      href: `${path}?period=${name}`,
      isCurrent: name === period,
    })),
  })

  return {
    async readNodes(period: Period): Promise<NodesPage> {
      const seen = await look()
      return {
        ...shown(period, '/admin/nodes'),
        fault: 'fault' in seen ? seen.fault : null,
        isAutomatic: moves.isAutomatic,
        nodes: 'fault' in seen ? [] : nodeRows(seen.considered),
        loads: hostMetrics.listLoads(period).map(plotLoad),
        labs: labRows('fault' in seen ? [] : seen.online),
        decisions: placements.listLatest(shownDecisions).map(decisionRow),
      }
    },
    readVm: (vmid: number, period: Period): VmLoadPage => ({
      ...shown(period, `/admin/nodes/vms/${vmid}`),
      vmid,
      load: plotLoad(hostMetrics.vmLoad(vmid, period)),
    }),
  }
}
