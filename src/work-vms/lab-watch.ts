import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { isAppError } from '../errors.ts'
import type { ExercisesService, RecordedLab, TemplateRow } from '../exercises/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { LabLink } from '../vms/index.ts'
import { noTopology, type TopologyJson, toTopology } from './topology.ts'
import type { WorkVmRow } from './work-vms.repository.ts'
import type { WorkVmsService } from './work-vms.service.ts'

export interface LabWatchOptions {
  readonly exercises: Pick<ExercisesService, 'getRevision' | 'findTemplate' | 'findLab'>
  readonly workVms: Pick<WorkVmsService, 'announce'>
  readonly labLink: Pick<LabLink, 'withGns3'>
  readonly clock: Clock
  readonly log: Logger
  /** There consoles are told, elsewhere only of a lab whose student is let in directly. */
  readonly isSandbox: boolean
}

/** What is known of a lab that is ready. */
interface Watched {
  /** A lab that was started again is another one. */
  readonly startedAs: string
  /** Of what was last seen; states are unknown before that. */
  topology: TopologyJson
  /** No page asks before. */
  lookAgainAt: number
  seenAt: number
  looking: Promise<void> | null
}

/** A page asks GNS3 again after so long; one that did not answer is left alone for longer. */
const freshMs = 2_000
const faultMs = 10_000
/** So many labs are asked at once for pages: a class that reloads must not keep the server busy with GNS3. */
const maxLooks = 4
const answerWithinMs = 5_000
/** A GNS3 that has not answered for so long leaves the states unknown. */
const forgetMs = 30_000
/** More labs than are ever looked at together; the one that was watched first makes room. */
const maxWatched = 1_000

/**
 * What is seen of the labs' topologies. A page never waits for GNS3: it shows what was last seen, GNS3 is asked in the background (one
 * question per lab at a time), and open pages are told when something changed.
 */
export function createLabWatch({ exercises, workVms, labLink, clock, log, isSandbox }: LabWatchOptions) {
  const watched = new Map<string, Watched>()
  const waiting = new Map<string, () => Promise<void>>()
  let looks = 0
  // the same lab in the same state looks the same: drawn once, as long as its record is kept
  const unseen = new WeakMap<RecordedLab, Map<string, TopologyJson>>()

  const platformOf = (workVm: WorkVmRow) => {
    const { devices } = exercises.getRevision(workVm.exerciseRevisionId).definition
    return (name: string) => devices[name]?.platform ?? null
  }

  const recordOf = (workVm: WorkVmRow): { lab: RecordedLab; projectId: string } | null => {
    const template: TemplateRow | undefined = workVm.templateVmId === null ? undefined : exercises.findTemplate(workVm.templateVmId)
    const lab = template?.lab ?? exercises.findLab(workVm.exerciseRevisionId)
    return lab ? { lab, projectId: template?.gns3ProjectId ?? lab.projectId } : null
  }

  /** As it was recorded when the exercise was built. */
  function withoutLooking(workVm: WorkVmRow, stateOfAll: 'stopped' | 'unknown'): TopologyJson {
    const record = recordOf(workVm)
    if (!record) return noTopology
    const known = unseen.get(record.lab) ?? new Map<string, TopologyJson>()
    unseen.set(record.lab, known)
    const key = `${workVm.exerciseRevisionId} ${stateOfAll}`
    const topology = known.get(key) ?? toTopology(record.lab, { platformOf: platformOf(workVm), stateOfAll, consoleHost: null })
    known.set(key, topology)
    return topology
  }

  function watch(workVm: WorkVmRow): Watched {
    const startedAs = `${workVm.readyAt} ${workVm.endpoint?.host} ${workVm.endpoint?.port}`
    const known = watched.get(workVm.id)
    if (known?.startedAs === startedAs) return known
    const fresh: Watched = {
      startedAs,
      topology: withoutLooking(workVm, 'unknown'),
      lookAgainAt: Number.NEGATIVE_INFINITY,
      seenAt: Number.NEGATIVE_INFINITY,
      looking: null,
    }
    const [first] = watched.keys()
    if (watched.size >= maxWatched && first !== undefined) watched.delete(first)
    watched.set(workVm.id, fresh)
    return fresh
  }

  /** null when GNS3 does not answer. */
  async function ask(workVm: WorkVmRow, endpoint: NonNullable<WorkVmRow['endpoint']>): Promise<TopologyJson | null> {
    const projectId = recordOf(workVm)?.projectId
    if (projectId === undefined) return noTopology
    try {
      const lab = await labLink.withGns3(endpoint, AbortSignal.timeout(answerWithinMs), (gns3) => gns3.readLab(projectId))
      const facts = {
        platformOf: platformOf(workVm),
        stateOfAll: null,
        consoleHost: isSandbox || workVm.directAddress !== null ? endpoint.host : null,
      }
      return toTopology(lab, facts)
    } catch (error) {
      if (!isAppError(error) && !(error instanceof DOMException)) throw error
      log.warn({ err: error, workVmId: workVm.id }, 'the live topology could not be read')
      return null
    }
  }

  /** One look at a lab; whoever comes meanwhile joins it. Pages are told when what is seen changed. */
  function look(workVm: WorkVmRow, endpoint: NonNullable<WorkVmRow['endpoint']>): Promise<void> {
    const entry = watch(workVm)
    entry.looking ??= (async () => {
      try {
        const seen = await ask(workVm, endpoint)
        entry.lookAgainAt = clock.now() + (seen ? freshMs : faultMs)
        if (seen) entry.seenAt = clock.now()
        const isForgotten = !seen && clock.now() - entry.seenAt >= forgetMs
        const next = seen ?? (isForgotten ? withoutLooking(workVm, 'unknown') : entry.topology)
        if (isDeepStrictEqual(next, entry.topology)) return
        entry.topology = next
        // it may have been stopped and started meanwhile, or be gone
        if (watched.get(workVm.id) === entry) workVms.announce(workVm.id)
      } finally {
        entry.looking = null
      }
    })()
    return entry.looking
  }

  /** Looks for a page, in its turn. */
  async function lookInTurn(workVm: WorkVmRow, endpoint: NonNullable<WorkVmRow['endpoint']>): Promise<void> {
    if (looks >= maxLooks) {
      waiting.set(workVm.id, () => lookInTurn(workVm, endpoint))
      return
    }
    looks += 1
    try {
      await look(workVm, endpoint)
    } catch (error) {
      log.error({ err: error, workVmId: workVm.id }, 'a lab could not be watched')
    } finally {
      looks -= 1
      const [next] = waiting
      if (next) {
        waiting.delete(next[0])
        void next[1]()
      }
    }
  }

  return {
    /** What was last seen, at once; GNS3 is asked again in the background when that was a while ago. */
    lastSeen(workVm: WorkVmRow): TopologyJson {
      if (workVm.state !== 'ready' || !workVm.endpoint) {
        watched.delete(workVm.id)
        // a lab that is off has nothing that runs
        return withoutLooking(workVm, workVm.state === 'ready' ? 'unknown' : 'stopped')
      }
      const entry = watch(workVm)
      if (!entry.looking && !waiting.has(workVm.id) && clock.now() >= entry.lookAgainAt) void lookInTurn(workVm, workVm.endpoint)
      return entry.topology
    },

    /** As it is now, where GNS3 answers within five seconds; else as `lastSeen`. */
    async read(workVm: WorkVmRow): Promise<TopologyJson> {
      if (workVm.state === 'ready' && workVm.endpoint) await look(workVm, workVm.endpoint)
      return this.lastSeen(workVm)
    },
  }
}

export type LabWatch = ReturnType<typeof createLabWatch>
