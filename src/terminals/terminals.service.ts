import type { Logger } from 'pino'
import type { TerminalLine, TerminalSize } from '../clients/console/index.ts'
import { AppError } from '../errors.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { CheckedSince, LabGuard } from '../lab-guard/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { EventBus } from '../lib/events.ts'
import { say } from '../lib/sentence.ts'
import type { Translate } from '../strings/index.ts'
import type { LabConsoles } from '../vms/index.ts'
import type { LabWatch, WorkVmRow, WorkVmsService } from '../work-vms/index.ts'
import type { ClientMessage } from './messages.ts'
import { closeCodes } from './messages.ts'
import { createTerminal, type Terminal } from './terminal.ts'
import type { Viewer } from './viewers.ts'

export interface TerminalsOptions {
  readonly workVms: Pick<WorkVmsService, 'lookUp' | 'find'>
  readonly exercises: Pick<ExercisesService, 'getRevision'>
  readonly labWatch: Pick<LabWatch, 'lastSeen'>
  readonly guard: Pick<LabGuard, 'targetOf' | 'rightOf' | 'startOf' | 'withLab'>
  readonly consoles: Pick<LabConsoles, 'reach' | 'findPlatform'>
  readonly events: Pick<EventBus, 'subscribe'>
  readonly checkedSince: CheckedSince
  /** Somebody works in the lab: it is not put to sleep. */
  readonly noteUse: (workVmId: string) => void
  readonly clock: Clock
  readonly log: Logger
  readonly translate: Translate
}

/** A page that shows a terminal, and who sits at it. */
export interface Seat {
  readonly actor: Actor
  readonly viewer: Viewer
}

export interface SeatedViewer {
  /** A message of the page. */
  hear(message: ClientMessage): void
  leave(): void
}

/** Some 1 MB each at most: screen, scrollback, what waits. */
const maxTerminals = 500
const maxViewers = { ofTerminal: 20, ofPerson: 60 }
/** A terminal that nobody sees is kept so long, so that a page that is loaded again shows what was there. */
const lingerMs = 600_000
const lookAroundMs = 30_000

interface Entry {
  readonly workVmId: string
  /** A lab that was started again is another one. */
  readonly startedAs: string
  readonly terminal: Terminal
  readonly seats: Set<Seat>
  leftAt: number
}

/**
 * The terminals of all labs: one per device, made when somebody opens it, gone with its lab. Every target comes from our own rows and the
 * address that was checked when the lab started; the VM behind it has to show the lab's marker.
 */
export function createTerminalsService(options: TerminalsOptions) {
  const { workVms, exercises, labWatch, guard, consoles, checkedSince, clock, log, translate } = options
  const entries = new Map<string, Entry>()

  const closed = (why: 'lab' | 'session' | 'room' | 'server') => () => translate(`pages.terminals.closed.${why}`)
  const stateSentence = (workVm: WorkVmRow | undefined) => say(`details.states.lab.${workVm?.state ?? 'deleted'}`)
  /** @throws AppError LAB_NOT_READY */
  const getReady = (workVmId: string) => {
    const workVm = workVms.lookUp(workVmId)
    if (workVm?.state !== 'ready' || !workVm.endpoint) throw new AppError('TERMINAL_LAB_OFF', { details: { state: stateSentence(workVm) } })
    return { workVm, endpoint: workVm.endpoint }
  }

  async function connect(workVmId: string, device: string, size: TerminalSize, signal: AbortSignal): Promise<TerminalLine> {
    getReady(workVmId)
    const target = guard.targetOf(workVmId)
    if (!target) throw new AppError('CONSOLE_UNREACHABLE', { details: { device } })
    return guard.withLab(target, signal, async (gns3) => {
      const found = (await gns3.readLab(target.projectId, { signal })).devices.find((one) => one.name === device)
      if (!found) throw new AppError('CONSOLE_UNREACHABLE', { details: { device } })
      return consoles.reach({ gns3, device: found, size, signal })
    })
  }

  const close = (key: string, entry: Entry, reason: () => string): void => {
    entries.delete(key)
    entry.terminal.close(reason).catch((error: unknown) => log.error({ err: error }, 'a terminal could not be closed'))
  }

  /** Room for one more: what nobody has looked at for longest goes. @throws AppError TERMINAL_LIMIT */
  function makeRoom(): void {
    if (entries.size < maxTerminals) return
    const [oldest] = [...entries].filter(([, { seats }]) => seats.size === 0).sort(([, a], [, b]) => a.leftAt - b.leftAt)
    if (!oldest) throw new AppError('TERMINAL_LIMIT')
    close(oldest[0], oldest[1], closed('room'))
  }

  function entryOf(workVm: WorkVmRow, device: string): Entry {
    const key = `${workVm.id} ${device}`
    const known = entries.get(key)
    if (known?.startedAs === guard.startOf(workVm)) return known
    if (known) close(key, known, closed('lab'))
    makeRoom()
    const platform = exercises.getRevision(workVm.exerciseRevisionId).definition.devices[device]?.platform ?? null
    const terminal = createTerminal({
      device,
      platform: consoles.findPlatform(platform),
      connect: (size, signal) => connect(workVm.id, device, size, signal),
      checkedSince: () => checkedSince(workVm.id),
      clock,
      log,
      translate,
    })
    const entry: Entry = { workVmId: workVm.id, startedAs: guard.startOf(workVm), terminal, seats: new Set(), leftAt: clock.now() }
    entries.set(key, entry)
    return entry
  }

  const seatsOf = (userId: string): number =>
    [...entries.values()].flatMap(({ seats }) => [...seats]).filter(({ actor }) => actor.id === userId).length

  /** A lab changed: its terminals are told, or closed when it is off. */
  function labChanged(workVmId: string): void {
    const workVm = workVms.lookUp(workVmId)
    for (const [key, entry] of entries) {
      if (entry.workVmId !== workVmId) continue
      if (workVm?.state === 'ready' && entry.startedAs === guard.startOf(workVm)) entry.terminal.checkChanged()
      else close(key, entry, closed('lab'))
    }
  }

  const isStillAllowed = (workVmId: string, { actor, viewer }: Seat): boolean => {
    const right = guard.rightOf(actor, workVmId)
    return right === 'work' || (right === 'look' && !viewer.mayType)
  }
  /** Sessions ended or rights changed: whoever may not be here any more goes. */
  function recheck(): void {
    for (const { workVmId, seats } of entries.values()) {
      for (const seat of seats) {
        if (!isStillAllowed(workVmId, seat)) seat.viewer.close(closeCodes.signedOut, closed('session'))
      }
    }
  }
  function lookAround(): void {
    recheck()
    for (const [key, entry] of entries) {
      if (entry.seats.size === 0 && clock.now() - entry.leftAt > lingerMs) close(key, entry, closed('room'))
    }
  }

  const unsubscribe = options.events.subscribe(({ name, data }) => {
    if (name === 'work-vm' && typeof data.id === 'string') labChanged(data.id)
  })
  const timer = setInterval(lookAround, lookAroundMs)
  timer.unref()

  return {
    recheck,

    /**
     * Where a terminal of the lab can be opened.
     * @throws AppError WORK_VM_NOT_FOUND, TERMINAL_LAB_OFF, DEVICE_NOT_FOUND, TERMINAL_NONE
     */
    find(actor: Actor, workVmId: string, device: string): { workVm: WorkVmRow; isOwner: boolean } {
      const found = workVms.find(actor, workVmId)
      const { workVm } = getReady(found.id)
      const seen = labWatch.lastSeen(workVm).devices.find(({ name }) => name === device)
      if (!seen) throw new AppError('DEVICE_NOT_FOUND')
      if (seen.consoleType !== 'telnet') throw new AppError('TERMINAL_NONE', { details: { device } })
      return { workVm, isOwner: workVm.userId === actor.id }
    },

    /** @throws AppError TERMINAL_LIMIT */
    sitDown(workVm: WorkVmRow, device: string, seat: Seat): SeatedViewer {
      const entry = entryOf(workVm, device)
      if (entry.seats.size >= maxViewers.ofTerminal || seatsOf(seat.actor.id) >= maxViewers.ofPerson) throw new AppError('TERMINAL_LIMIT')
      entry.seats.add(seat)
      entry.terminal.attach(seat.viewer)
      return {
        hear: (message) => {
          if (seat.viewer.mayType && message.type !== 'resize') options.noteUse(workVm.id)
          entry.terminal.handle(seat.viewer, message)
        },
        leave: () => {
          entry.seats.delete(seat)
          entry.leftAt = clock.now()
          entry.terminal.detach(seat.viewer)
        },
      }
    },

    async close(): Promise<void> {
      clearInterval(timer)
      unsubscribe()
      const open = [...entries.values()]
      entries.clear()
      await Promise.all(open.map(({ terminal }) => terminal.close(closed('server'))))
    },
  }
}

export type TerminalsService = ReturnType<typeof createTerminalsService>
