import type { StepContext } from '../jobs/index.ts'
import type { VmData, WorkVmJobParts } from './job-parts.ts'

type Context = StepContext<{ readonly workVmId: string }, VmData>

const pollMs = 30_000

/**
 * Waits while an administrator holds new VMs back, or the storage that the clone would lie on is too full, and says so; goes on by
 * itself.
 */
export async function waitForSpace({ proxmox, storageGauge, clonePause, clock }: WorkVmJobParts, context: Context): Promise<undefined> {
  while (clonePause.since() !== null) {
    context.progress('clonesPaused')
    await clock.sleep(pollMs, context.signal)
  }
  const { sourceVmid, sourceNode } = context.data
  if (sourceVmid === undefined || sourceNode === undefined) return undefined
  const options = { signal: context.signal, priority: context.priority }
  const source = await proxmox.vmConfig(sourceNode, sourceVmid, options)
  const names = [...new Set(source?.drives.flatMap(({ storage }) => (storage === undefined ? [] : [storage])))]
  for (;;) {
    const full = await storageGauge.findFull(sourceNode, names, options)
    if (!full) return undefined
    context.progress(full.kind === 'data' ? 'storageFull' : 'metadataFull', { storage: full.name, percent: full.percent })
    await clock.sleep(pollMs, context.signal)
  }
}
