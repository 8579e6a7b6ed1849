import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { say } from '../../lib/sentence.ts'
import { configOrThrow, type Gateway, storageLocks } from './gateway.ts'
import { deadlines } from './policy.ts'
import { upidAnswer } from './schemas.ts'
import type { Drive, ResizeRequest, VmConfig } from './types.ts'

const GiB = 1024 ** 3
const units: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: GiB, T: 1024 * GiB }

/** `32G` of a drive's options in bytes; null when it does not say. */
function bytesOf(size: string | undefined): number | null {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size ?? '') ?? []
  return amount === undefined ? null : Number(amount) * (units[unit] ?? 1)
}

/** The disk that the machine starts from: the first one of `boot: order=`, else the first there is. */
function bootDisk({ drives, raw }: VmConfig): Drive | undefined {
  const disks = drives.filter(({ key, media, cloudInit }) => media === 'disk' && !cloudInit && /^(?:ide|sata|scsi|virtio)\d+$/.test(key))
  const order = /(?:^|,)order=([^,]*)/.exec(raw.boot ?? '')?.[1]?.split(';') ?? []
  return order.flatMap((key) => disks.find((disk) => disk.key === key) ?? [])[0] ?? disks[0]
}

/**
 * Grows the boot disk to at least so many GiB; one that is as large stays as it is, since Proxmox cannot shrink. Absolute, so it may be
 * asked again. 7.4 does it at once, later versions by a task.
 */
export function ensureDiskSize(gateway: Gateway, request: ResizeRequest): Promise<VmConfig> {
  const { node, vmid, gib, signal, priority } = request
  const write = { signal, priority }
  const diskOf = (config: VmConfig): Drive => {
    const disk = bootDisk(config)
    if (!disk) throw new AppError('PROXMOX_REFUSED', { details: { reason: say('details.proxmox.noDisk', { vmid }) } })
    return disk
  }
  return gateway.ensure<VmConfig>({
    what: say('details.proxmox.diskSize', { vmid, gib }),
    options: request,
    look: async () => {
      const config = await configOrThrow(gateway, request, write)
      return (bytesOf(diskOf(config).options.size) ?? 0) >= gib * GiB ? config : undefined
    },
    ask: async () => {
      const { key } = diskOf(await configOrThrow(gateway, request, write))
      const upid = await gateway.api.write('resize', z.union([upidAnswer, z.null()]), {
        ...{ path: { node, vmid }, params: { disk: key, size: `${gib}G` } },
        ...write,
      })
      return upid ?? undefined
    },
    turn: async () => {
      const { storage } = diskOf(await configOrThrow(gateway, request, write))
      return { kind: 'allocate', locks: await storageLocks(gateway, node, new Map(storage === undefined ? [] : [[storage, 1]]), write) }
    },
    trace: { node, type: 'resize', vmid },
    waitsFor: [{ node, vmid }],
    deadlineMs: deadlines.resize,
    measures: false,
  })
}
