import type { Proxmox, Storage } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import type { JobPriority } from '../jobs/index.ts'
import type { Clock } from '../lib/clock.ts'

/** How full a storage of disk images is: its data, or the metadata of a thin pool. */
export interface Filling {
  readonly node: string
  /** The storage; for metadata the pool, as `group/pool`. */
  readonly name: string
  readonly kind: 'data' | 'metadata'
  readonly shared: boolean
  /** 0 to 100. */
  readonly percent: number
}

/** From here on somebody should make room. */
export const fillingPercent = 80
/** From here on no disk is made: a thin pool that is full breaks every VM that runs on it. */
export const fullPercent = 90

/** A class that waits must not ask for every lab. */
const keptMs = 20_000
/** Who may not see the pools does not see them a minute later either. */
const refusedMs = 10 * 60_000

interface GaugeParts {
  readonly proxmox: Pick<Proxmox, 'storages' | 'thinPools'>
  readonly clock: Clock
}

interface Look {
  readonly signal: AbortSignal
  readonly priority: JobPriority
}

const percentOf = (used: number | undefined, total: number | undefined): number =>
  used === undefined || total === undefined || total === 0 ? 0 : Math.round((used / total) * 100)

/** Reads how full the storages of a node are, at most once in twenty seconds. */
export function createStorageGauge({ proxmox, clock }: GaugeParts) {
  const kept = new Map<string, { readonly at: number; readonly storages: readonly Storage[]; readonly fillings: readonly Filling[] }>()
  const refusedAt = new Map<string, number>()

  /** Thin pools are shown to whoever may see the node's disks; without that right their data is still known from the storages. */
  async function readPools(node: string, options: Look) {
    if (clock.now() - (refusedAt.get(node) ?? Number.NEGATIVE_INFINITY) < refusedMs) return []
    try {
      return await proxmox.thinPools(node, options)
    } catch (error) {
      if (!isAppError(error, 'PROXMOX_AUTH', 'PROXMOX_NOT_FOUND', 'PROXMOX_REFUSED')) throw error
      refusedAt.set(node, clock.now())
      return []
    }
  }

  async function look(node: string, options: Look) {
    const known = kept.get(node)
    if (known && clock.now() - known.at < keptMs) return known
    const storages = await proxmox.storages(node, options)
    const thin = storages.filter(({ type, content, active }) => type === 'lvmthin' && content.includes('images') && active)
    const pools = thin.length === 0 ? [] : await readPools(node, options)
    const fillings: Filling[] = [
      ...storages.flatMap(({ storage, content, total, used, shared }) =>
        content.includes('images') ? [{ node, name: storage, kind: 'data' as const, shared, percent: percentOf(used, total) }] : [],
      ),
      ...pools.map(({ vg, lv, metadataSize, metadataUsed }) => ({
        ...{ node, name: `${vg}/${lv}`, kind: 'metadata' as const, shared: false },
        percent: percentOf(metadataUsed, metadataSize),
      })),
    ]
    const seen = { at: clock.now(), storages, fillings }
    kept.set(node, seen)
    return seen
  }

  return {
    fillingsOf: async (node: string, options: Look): Promise<readonly Filling[]> => (await look(node, options)).fillings,

    /** What keeps new disks from being made on these storages of a node now; null when there is room. */
    async findFull(node: string, names: readonly string[], options: Look): Promise<Filling | null> {
      const { storages, fillings } = await look(node, options)
      const isThin = names.some((name) => storages.some(({ storage, type }) => storage === name && type === 'lvmthin'))
      const about = fillings.filter(({ kind, name }) => (kind === 'data' ? names.includes(name) : isThin))
      return about.find(({ percent }) => percent >= fullPercent) ?? null
    },
  }
}

export type StorageGauge = ReturnType<typeof createStorageGauge>
