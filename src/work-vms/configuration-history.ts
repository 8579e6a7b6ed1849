import { findPlatform } from '../evaluation/index.ts'
import {
  type CaptureReason,
  type ConfigurationComparison,
  compareTexts,
  type EvaluationsRepository,
  type EvidenceStore,
} from '../evaluations/index.ts'
import { groupBy } from '../lib/group-by.ts'
import type { WorkVmRow } from './work-vms.repository.ts'

/** Why a configuration was read: before something, or for an evaluation. */
export type KeptFor = CaptureReason | 'submission' | 'proof'

/** What ran on a device at one time. */
export interface KeptConfiguration {
  /** By which it is restored: of its first part. */
  readonly id: string
  readonly at: string
  readonly keptFor: KeptFor
  readonly running: string
  /** Null where the platform shows none, or it could not be read. */
  readonly saved: string | null
  /** Against the one before, oldest first; null for the oldest. */
  readonly change: Pick<ConfigurationComparison, 'change' | 'hunks'> | null
}

interface Parts {
  readonly evaluations: Pick<EvaluationsRepository, 'listConfigurations'>
  readonly evidence: Pick<EvidenceStore, 'get'>
}

/** So many are shown; older ones stay kept. */
const shown = 20
/** A device may have several parts: Linux shows eight. */
const mostParts = 8

/** The states of one device that were kept, newest first. */
export async function readHistory({ evaluations, evidence }: Parts, workVm: WorkVmRow, device: string): Promise<KeptConfiguration[]> {
  const rows = evaluations.listConfigurations(workVm.id, device, (shown + 1) * mostParts)
  const runs = groupBy(rows, ({ observation }) => observation.evaluationRunId)
  const textOf = async (parts: typeof rows, kind: 'running' | 'saved'): Promise<string | null> => {
    const own = parts.filter(({ observation }) => observation.kind === kind)
    const texts = await Promise.all(own.map(async ({ observation }) => (await evidence.get(observation.textSha256)).toString('utf8')))
    if (own.length <= 1) return texts[0] ?? null
    return texts.map((text, index) => `# ${own[index]?.observation.command ?? ''}\n${text}`).join('\n')
  }
  const states = await Promise.all(
    [...runs.values()].slice(0, shown + 1).map(async (parts) => {
      const first = parts.find(({ observation }) => observation.kind === 'running')
      const running = await textOf(parts, 'running')
      if (!first || running === null) return []
      const keptFor: KeptFor = first.label ?? (first.purpose === 'proof' ? 'proof' : 'submission')
      return [{ id: first.observation.id, at: first.at, keptFor, running, saved: await textOf(parts, 'saved') }]
    }),
  )
  const all = states.flat()
  return all
    .map((state, index) => {
      const before = all[index + 1]
      return { ...state, change: before ? compareTexts(before.running, state.running) : null }
    })
    .slice(0, shown)
}

/** What would be typed to come from the newest state that was kept to another; null where that is not known or cannot be. */
export function previewRestore(platform: string | undefined, newest: string | undefined, wanted: string): readonly string[] | null {
  const restore = findPlatform(platform ?? '')?.restore
  return restore && newest !== undefined ? restore(newest, wanted).commands : null
}
