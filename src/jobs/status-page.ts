import { readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { z } from 'zod'
import type { NodeInfo, Resource } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import { plotLoad } from '../http/load-plot.ts'
import { createViewFilters } from '../http/view-filters.ts'
import { isoNow } from '../lib/clock.ts'
import type { Services } from '../services.ts'
import type { HostRow, StatusItem, StatusPage } from './jobs.views.ts'

const packageFile = z.object({ version: z.string() })
const readVersion = () => packageFile.parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version

/** Proxmox is asked at most so often, and waited for so long: the page comes also when Proxmox does not. */
const freshMs = 5_000
const patienceMs = 2_500
/** Below these shares of free disk: look at it; no more uploads and submissions (http/uploads.ts). */
const lowDisk = { warning: 0.2, failing: 0.1 }

type Seen =
  | { readonly version: string; readonly nodes: readonly NodeInfo[]; readonly vms: readonly Resource[] }
  | { readonly fault: string }

const shareOf = (used: number | undefined, total: number | undefined): number | null => (used === undefined || !total ? null : used / total)

const hostRow = (node: NodeInfo, vms: readonly Resource[]): HostRow => ({
  name: node.node,
  isOnline: node.status === 'online',
  cpu: node.cpu ?? null,
  memory: shareOf(node.mem, node.maxmem),
  storage: shareOf(node.disk, node.maxdisk),
  runningVms: vms.filter((vm) => vm.node === node.node && vm.status === 'running').length,
})

/** Everything on the status page but its lists of jobs. */
export function createStatusReader(services: Services): () => Promise<Omit<StatusPage, 'jobs' | 'recentFailures'>> {
  const { proxmox, config, clock, translate: t, workVms, jobsRepository } = services
  const startedAt = isoNow(clock)
  const version = readVersion()
  const { fileSize } = createViewFilters(t)
  let kept: { at: number; seen: Promise<Seen> } | null = null

  async function askProxmox(): Promise<Seen> {
    const signal = AbortSignal.timeout(patienceMs)
    try {
      const [answer, nodes, vms] = await Promise.all([
        proxmox.version({ signal }),
        proxmox.nodes({ signal }),
        proxmox.resources('vm', { signal }),
      ])
      return { version: answer.version, nodes, vms }
    } catch (error) {
      if (isAppError(error)) return { fault: t(`errors.${error.code}`, { requestId: '', ...error.details }) }
      if (error instanceof DOMException) return { fault: t('errors.PROXMOX_TIMEOUT') }
      throw error
    }
  }

  function look(): Promise<Seen> {
    if (kept === null || clock.now() - kept.at > freshMs) kept = { at: clock.now(), seen: askProxmox() }
    return kept.seen
  }

  const item = (id: string, label: string, state: StatusItem['state'], detail: string): StatusItem => ({
    id,
    label,
    state,
    detail,
    since: null,
  })

  function proxmoxItem(seen: Seen): StatusItem {
    const label = t('pages.status.proxmox')
    if ('fault' in seen) return item('proxmox', label, 'failing', seen.fault)
    const online = seen.nodes.filter((node) => node.status === 'online').length
    const detail = t('pages.status.proxmoxDetail', { version: seen.version, online, total: seen.nodes.length })
    return item('proxmox', label, online === seen.nodes.length ? 'ok' : 'warning', detail)
  }

  async function diskItem(): Promise<StatusItem> {
    const { bavail, blocks, bsize } = await statfs(config.DATA_DIR)
    const share = blocks === 0 ? 1 : bavail / blocks
    const free = t('pages.status.diskDetail', { free: fileSize(bavail * bsize), total: fileSize(blocks * bsize) })
    return item('disk', t('pages.status.disk'), diskState(share), free)
  }

  const budgetItems = (): StatusItem[] =>
    proxmox.limiterState().map((budget) => {
      const detail = t('pages.status.budgetDetail', {
        inFlight: budget.inFlight,
        limit: budget.limit,
        waiting: budget.waiting,
        overloads: budget.recent5xx,
      })
      return item(`budget-${budget.key}`, t('pages.status.budget', { key: budget.key }), budget.recent5xx > 0 ? 'warning' : 'ok', detail)
    })

  function queueItem(): StatusItem {
    const count = new Map(jobsRepository.countByState().map((row) => [row.state, row.count]))
    const waiting = count.get('waiting') ?? 0
    const detail = t('pages.status.queueDetail', { running: count.get('running') ?? 0, queued: count.get('queued') ?? 0, waiting })
    return item('queue', t('pages.status.queue'), waiting > 0 ? 'warning' : 'ok', detail)
  }

  function orphansItem(): StatusItem {
    const open = services.ledger.listOpenOrphans()
    const names = open.slice(0, 5).flatMap((orphan) => (orphan.volid === null ? [] : [orphan.volid]))
    const detail =
      open.length === 0 ? t('pages.status.noOrphans') : t('pages.status.orphansDetail', { count: open.length, names: names.join(', ') })
    return item('orphans', t('pages.status.orphans'), open.length === 0 ? 'ok' : 'warning', detail)
  }

  return async () => {
    const [seen, disk] = await Promise.all([look(), diskItem()])
    const labs = {
      ready: workVms.listInStates(['ready']).length,
      starting: workVms.listInStates(['starting']).length,
      queued: workVms.listQueued().length,
    }
    const running = workVms.listInStates(['starting', 'ready', 'stopping', 'suspended']).length
    const labsItem = item(
      'labs',
      t('pages.status.labsLimit'),
      labs.queued > 0 ? 'warning' : 'ok',
      t('pages.status.labsDetail', { running, limit: config.LAB_MAX_RUNNING }),
    )
    return {
      alerts: services.alerts.list().map(({ code, values, since }) => ({ text: t(`alerts.${code}`, values), since })),
      items: [proxmoxItem(seen), ...budgetItems(), labsItem, queueItem(), orphansItem(), disk],
      hosts: 'fault' in seen ? [] : [...seen.nodes].sort((a, b) => a.node.localeCompare(b.node)).map((node) => hostRow(node, seen.vms)),
      loads: services.hostMetrics.listLoads().map(plotLoad),
      labs: { ...labs, limit: config.LAB_MAX_RUNNING },
      version,
      startedAt,
    }
  }
}

function diskState(freeShare: number): StatusItem['state'] {
  if (freeShare < lowDisk.failing) return 'failing'
  return freeShare < lowDisk.warning ? 'warning' : 'ok'
}
