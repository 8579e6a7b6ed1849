import type { Alert, Alerts } from '../alerts/index.ts'
import type { Proxmox } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import { fillingPercent, fullPercent, type StorageGauge } from './storage-gauge.ts'
import type { VmsRepository } from './vms.repository.ts'

export interface ProxmoxWatchParts {
  readonly proxmox: Pick<Proxmox, 'clusterStatus'>
  readonly gauge: Pick<StorageGauge, 'fillingsOf'>
  readonly repository: Pick<VmsRepository, 'listOpenOrphans'>
  readonly alerts: Pick<Alerts, 'settle'>
  readonly log: { warn(details: object, message: string): void }
}

type Found = Omit<Alert, 'since'>

/** A disk that resists so often needs a person. */
const manyTries = 3
const codes = {
  data: { filling: 'storageFilling', full: 'storageFull' },
  metadata: { filling: 'metadataFilling', full: 'metadataFull' },
} as const

/** Looks whether a node is lost, a storage full or a left-over disk stubborn, and raises or ends the alerts about it. */
export function createProxmoxWatch({ proxmox, gauge, repository, alerts, log }: ProxmoxWatchParts) {
  async function fillingsOf(node: string, signal: AbortSignal): Promise<Found[]> {
    const fillings = await gauge.fillingsOf(node, { signal, priority: 'batch' })
    return fillings.flatMap(({ name, kind, shared, percent }) => {
      if (percent < fillingPercent) return []
      const key = `storage:${shared ? '' : `${node}/`}${name}`
      return [
        {
          key: percent < fullPercent ? `${key}:filling` : key,
          code: codes[kind][percent < fullPercent ? 'filling' : 'full'],
          values: { storage: name, node, percent },
        },
      ]
    })
  }

  return async (signal: AbortSignal): Promise<void> => {
    const resisting = repository.listOpenOrphans().filter(({ tries, volid }) => tries >= manyTries && volid !== null)
    const orphans = resisting.map(({ id, volid, tries }) => ({
      key: `orphan:${id}`,
      code: 'orphanResists' as const,
      values: { volume: volid ?? '', tries },
    }))
    alerts.settle('orphan:', orphans)
    try {
      const { nodes } = await proxmox.clusterStatus({ signal, priority: 'batch' })
      const offline = nodes.filter(({ online }) => !online)
      alerts.settle(
        'node:',
        offline.map(({ name }) => ({ key: `node:${name}`, code: 'nodeOffline', values: { node: name } })),
      )
      const online = nodes.filter((node) => node.online)
      const full: Found[] = []
      for (const { name } of online) full.push(...(await fillingsOf(name, signal)))
      alerts.settle('storage:', full)
    } catch (error) {
      signal.throwIfAborted()
      // Proxmox that does not answer says nothing about its nodes; the status page says that it does not answer
      if (!isAppError(error)) throw error
      log.warn({ err: error }, 'nodes and storages could not be looked at')
    }
  }
}
