import type { Alert, Alerts } from '../alerts/index.ts'
import type { Proxmox } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import type { VmsRepository } from './vms.repository.ts'

export interface ProxmoxWatchParts {
  readonly proxmox: Pick<Proxmox, 'clusterStatus' | 'storages'>
  readonly repository: Pick<VmsRepository, 'listOpenOrphans'>
  readonly alerts: Pick<Alerts, 'settle'>
  readonly log: { warn(details: object, message: string): void }
}

type Found = Omit<Alert, 'since'>

/** A disk that resists so often needs a person. */
const manyTries = 3
/** Thin pools break what runs on them when they are full. */
const fullShare = 0.9

/** Looks whether a node is lost, a storage full or a left-over disk stubborn, and raises or ends the alerts about it. */
export function createProxmoxWatch({ proxmox, repository, alerts, log }: ProxmoxWatchParts) {
  async function fullStorages(node: string, signal: AbortSignal): Promise<Found[]> {
    const storages = await proxmox.storages(node, { signal, priority: 'batch' })
    return storages.flatMap(({ storage, content, total, used, shared }) => {
      const share = total === undefined || used === undefined || total === 0 ? 0 : used / total
      if (!content.includes('images') || share < fullShare) return []
      const values = { storage, node, percent: Math.round(share * 100) }
      return [{ key: `storage:${shared ? '' : `${node}/`}${storage}`, code: 'storageFull' as const, values }]
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
      for (const { name } of online) full.push(...(await fullStorages(name, signal)))
      alerts.settle('storage:', full)
    } catch (error) {
      signal.throwIfAborted()
      // Proxmox that does not answer says nothing about its nodes; the status page says that it does not answer
      if (!isAppError(error)) throw error
      log.warn({ err: error }, 'nodes and storages could not be looked at')
    }
  }
}
