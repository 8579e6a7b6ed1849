import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Logger } from 'pino'
import type { Gns3 } from '../clients/gns3/index.ts'
import { AppError, isAppError } from '../errors.ts'
import type { Actor } from '../http/access.ts'
import type { LabGuard, LabTarget } from '../lab-guard/index.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import type { EventBus } from '../lib/events.ts'
import { newId } from '../lib/ids.ts'
import type { LabLink } from '../vms/index.ts'
import type { WorkVmsService } from '../work-vms/index.ts'

/** How a capture ended. */
export type CaptureEnd = 'stopped' | 'size' | 'time' | 'checked' | 'lab' | 'lost'

export interface CaptureView {
  readonly id: string
  readonly linkId: string
  readonly startedAt: string
  readonly sizeBytes: number
  /** null while it runs. */
  readonly ended: CaptureEnd | null
}

export interface CapturesOptions {
  /** Where files are kept while the server runs. */
  readonly folder: string
  readonly guard: Pick<LabGuard, 'targetOf' | 'rightOf' | 'isFrozen'>
  readonly labLink: Pick<LabLink, 'connectGns3' | 'checkMarker'>
  readonly workVms: Pick<WorkVmsService, 'find' | 'announce'>
  readonly events: Pick<EventBus, 'subscribe'>
  readonly noteUse: (workVmId: string) => void
  readonly requireFreeDisk: () => void | Promise<void>
  readonly clock: Clock
  readonly log: Logger
}

/** Enough for a hundred thousand small frames, and for nobody to fill a disk. */
export const captureLimits = { bytes: 16 * 1024 * 1024, ms: 600_000, ofLab: 3, running: 40, keptMs: 3_600_000 }
const callMs = 15_000
/** For what GNS3 had written when it was told to stop. Of a file above 2 MiB on 2.2, looked at less often, the last seconds may be missing. */
const drainMs = 5_000
const sweepMs = 60_000

interface Entry {
  readonly id: string
  readonly workVmId: string
  readonly linkId: string
  readonly startedAs: string
  readonly startedAt: string
  readonly file: string
  /** Under which it is downloaded: the two devices. */
  fileName: string
  readonly abort: AbortController
  sizeBytes: number
  ended: CaptureEnd | null
  endedAtMs: number
  done: Promise<void>
}

/** Safe on every system, whatever a device is called. */
const nameFile = (devices: readonly string[]): string =>
  `${['capture', ...devices]
    .join('-')
    .replace(/[^A-Za-z0-9._-]/gu, '_')
    .slice(0, 80)}.pcap`

/**
 * Captures on the cables of labs, started and stopped by a lab's owner, read to a file of ours as they come: bounded in size and time, ended
 * when the lab is checked (what is asked would be seen) and with the lab. Kept for an hour, or until the server ends.
 */
export function createCaptures(options: CapturesOptions) {
  const { folder, guard, labLink, workVms, clock, log } = options
  const entries = new Map<string, Entry>()
  const ofLab = (workVmId: string) => [...entries.values()].filter((entry) => entry.workVmId === workVmId)

  const forget = (entry: Entry): void => {
    entries.delete(entry.id)
    rm(entry.file, { force: true }).catch((error: unknown) => log.warn({ err: error }, 'a capture could not be removed'))
  }

  /** Writes what comes until it is enough. */
  async function write(entry: Entry, body: Readable): Promise<CaptureEnd> {
    const out = createWriteStream(entry.file, { mode: 0o600 })
    const failed = new Promise<never>((_resolve, reject) => out.once('error', reject))
    failed.catch(() => undefined) // told by the race below
    try {
      for await (const chunk of body) {
        const bytes = Buffer.from(chunk)
        if (entry.sizeBytes + bytes.length > captureLimits.bytes) return 'size'
        entry.sizeBytes += bytes.length
        if (!out.write(bytes)) await Promise.race([once(out, 'drain'), failed])
      }
      return entry.abort.signal.aborted ? entry.abort.signal.reason : 'lab'
    } finally {
      body.destroy()
      await new Promise<void>((resolve) => {
        out.end(() => resolve())
      })
    }
  }

  /** GNS3 stops first, which ends what it sends with the last frames in it; what does not end by itself then is cut off. */
  async function windUp(entry: Entry, target: LabTarget, gns3: Gns3, cut: AbortController): Promise<void> {
    // a lab that goes may leave the line open for ever
    if (entry.abort.signal.reason === ('lab' satisfies CaptureEnd)) cut.abort()
    try {
      await gns3.stopCapture(target.projectId, entry.linkId, { signal: AbortSignal.timeout(callMs) })
      await clock.sleep(drainMs, cut.signal)
    } catch (error) {
      // a lab that is off captures nothing; one that is read to its end needs no wait
      const isExpected = isAppError(error) || error instanceof DOMException
      if (!isExpected) log.warn({ err: error, workVmId: entry.workVmId }, 'a capture was not stopped')
    }
    cut.abort()
  }

  async function run(entry: Entry, target: LabTarget, gns3: Gns3, body: Readable, cut: AbortController): Promise<void> {
    const timer = new AbortController()
    clock.sleep(captureLimits.ms, timer.signal).then(
      () => entry.abort.abort('time' satisfies CaptureEnd),
      () => undefined, // ended before
    )
    cut.signal.addEventListener('abort', () => body.destroy(), { once: true })
    const aborted = entry.abort.signal.aborted ? Promise.resolve() : once(entry.abort.signal, 'abort')
    const windingUp = aborted.then(() => windUp(entry, target, gns3, cut))
    try {
      entry.ended = await write(entry, body)
    } catch (error) {
      if (!entry.abort.signal.aborted) log.warn({ err: error, workVmId: entry.workVmId }, 'a capture was lost')
      entry.ended = entry.abort.signal.aborted ? entry.abort.signal.reason : 'lost'
    }
    timer.abort()
    cut.abort()
    entry.endedAtMs = clock.now()
    entry.abort.abort(entry.ended)
    await windingUp
    await gns3.close()
    workVms.announce(entry.workVmId)
  }

  /** What may be captured now; the oldest that ended makes room. @throws AppError LAB_OFF, LAB_FROZEN, CAPTURE_RUNNING, CAPTURE_LIMIT */
  function requireRoom(workVmId: string, linkId: string): LabTarget {
    const target = guard.targetOf(workVmId)
    if (!target) throw new AppError('LAB_OFF')
    if (guard.isFrozen(workVmId)) throw new AppError('LAB_FROZEN')
    const own = ofLab(workVmId)
    if (own.some((entry) => entry.linkId === linkId && entry.ended === null)) throw new AppError('CAPTURE_RUNNING')
    const running = [...entries.values()].filter((entry) => entry.ended === null).length
    const [oldest] = own.filter((entry) => entry.ended !== null)
    if (running >= captureLimits.running || (own.length >= captureLimits.ofLab && !oldest)) throw new AppError('CAPTURE_LIMIT')
    if (own.length >= captureLimits.ofLab && oldest) forget(oldest)
    return target
  }

  async function begin(entry: Entry, target: LabTarget): Promise<void> {
    const gns3 = labLink.connectGns3(target.endpoint)
    try {
      const signal = AbortSignal.timeout(callMs)
      await labLink.checkMarker(gns3, target.projectId, target.marker, false, signal)
      const { links, devices } = await gns3.readLab(target.projectId, { signal })
      const link = links.find(({ id }) => id === entry.linkId)
      if (!link) throw new AppError('LINK_NOT_FOUND')
      entry.fileName = nameFile(link.ends.map(({ deviceId }) => devices.find(({ id }) => id === deviceId)?.name ?? ''))
      const fileName = `netpraxis-${entry.id}.pcap`
      await gns3.startCapture(target.projectId, entry.linkId, fileName, { signal })
      const cut = new AbortController()
      const reading = { fileName, timeoutMs: captureLimits.ms * 2, signal: cut.signal }
      const body = await gns3.readCapture(target.projectId, entry.linkId, reading)
      entry.done = run(entry, target, gns3, body, cut)
    } catch (error) {
      entries.delete(entry.id)
      await gns3.close()
      throw error
    }
  }

  const check = (entry: Entry): void => {
    if (entry.ended !== null) return
    if (guard.targetOf(entry.workVmId)?.startedAs !== entry.startedAs) entry.abort.abort('lab' satisfies CaptureEnd)
    else if (guard.isFrozen(entry.workVmId)) entry.abort.abort('checked' satisfies CaptureEnd)
  }
  const unsubscribe = options.events.subscribe(({ name, data }) => {
    if (name === 'work-vm' && typeof data.id === 'string') for (const entry of ofLab(data.id)) check(entry)
  })
  const timer = setInterval(() => {
    for (const entry of entries.values()) {
      check(entry)
      if (entry.ended !== null && clock.now() - entry.endedAtMs > captureLimits.keptMs) forget(entry)
    }
  }, sweepMs)
  timer.unref()

  /** @throws AppError WORK_VM_NOT_FOUND, LAB_LOOKING_ON for who does not own the lab */
  const requireOwner = (actor: Actor, workVmId: string): void => {
    if (workVms.find(actor, workVmId).userId !== actor.id) throw new AppError('LAB_LOOKING_ON')
  }

  return {
    /** @throws AppError WORK_VM_NOT_FOUND, LAB_LOOKING_ON, LAB_OFF, LAB_FROZEN, LINK_NOT_FOUND, CAPTURE_RUNNING, CAPTURE_LIMIT, GNS3_* */
    async start(actor: Actor, workVmId: string, linkId: string): Promise<void> {
      requireOwner(actor, workVmId)
      await options.requireFreeDisk()
      const target = requireRoom(workVmId, linkId)
      // what a server that was killed left behind
      if (entries.size === 0) await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const id = newId()
      const entry: Entry = {
        ...{ id, workVmId, linkId, startedAs: target.startedAs, startedAt: isoNow(clock), file: join(folder, `${id}.pcap`) },
        ...{ abort: new AbortController(), fileName: nameFile([]), sizeBytes: 0, ended: null, endedAtMs: 0, done: Promise.resolve() },
      }
      // before the first wait, so that a second press finds it
      entries.set(id, entry)
      await begin(entry, target)
      options.noteUse(workVmId)
      workVms.announce(workVmId)
    },

    /** @throws AppError WORK_VM_NOT_FOUND, LAB_LOOKING_ON */
    async stop(actor: Actor, workVmId: string, linkId: string): Promise<void> {
      requireOwner(actor, workVmId)
      const running = ofLab(workVmId).find((entry) => entry.linkId === linkId && entry.ended === null)
      running?.abort.abort('stopped' satisfies CaptureEnd)
      await running?.done
    },

    /** Newest first. */
    listOf: (workVmId: string): CaptureView[] =>
      ofLab(workVmId)
        .map(({ id, linkId, startedAt, sizeBytes, ended }) => ({ id, linkId, startedAt, sizeBytes, ended }))
        .reverse(),

    /** The file of one, also while it grows. @throws AppError WORK_VM_NOT_FOUND, LAB_LOOKING_ON, CAPTURE_NOT_FOUND */
    fileOf(actor: Actor, workVmId: string, captureId: string): { readonly path: string; readonly name: string } {
      const { userId } = workVms.find(actor, workVmId)
      if (userId !== actor.id && guard.rightOf(actor, workVmId) === null) throw new AppError('TERMINAL_REASON_NEEDED')
      const entry = entries.get(captureId)
      if (entry?.workVmId !== workVmId) throw new AppError('CAPTURE_NOT_FOUND')
      return { path: entry.file, name: entry.fileName }
    },

    async close(): Promise<void> {
      clearInterval(timer)
      unsubscribe()
      for (const entry of entries.values()) entry.abort.abort('lab' satisfies CaptureEnd)
      await Promise.all([...entries.values()].map(({ done }) => done))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type CapturesService = ReturnType<typeof createCaptures>
