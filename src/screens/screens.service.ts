import type { Logger } from 'pino'
import { carriesMark, type Proxmox } from '../clients/proxmox/index.ts'
import { AppError } from '../errors.ts'
import type { ExercisesService } from '../exercises/index.ts'
import type { Actor } from '../http/access.ts'
import type { CheckedSince, LabGuard, OpenLines, WatchGrants } from '../lab-guard/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { EventBus } from '../lib/events.ts'
import { say } from '../lib/sentence.ts'
import type { Translate } from '../strings/index.ts'
import type { LabConsoles, VmLedger } from '../vms/index.ts'
import type { LabWatch, WorkVmRow, WorkVmsService } from '../work-vms/index.ts'
import { closeCodes } from './messages.ts'
import { createSeat, type Opened, type ScreenPage, type Seat } from './seat.ts'

export interface ScreensOptions {
  readonly workVms: Pick<WorkVmsService, 'lookUp' | 'find'>
  readonly exercises: Pick<ExercisesService, 'get' | 'has'>
  readonly labWatch: Pick<LabWatch, 'lastSeen'>
  readonly guard: Pick<LabGuard, 'targetOf' | 'rightOf' | 'whyOver' | 'withLab'>
  /** Who said why he opens the console of a work VM. */
  readonly consoleGrants: Pick<WatchGrants, 'find'>
  readonly consoles: Pick<LabConsoles, 'reachScreen'>
  readonly proxmox: Pick<Proxmox, 'findVm' | 'openScreen'>
  readonly ledger: Pick<VmLedger, 'markOf'>
  readonly openLines: Pick<OpenLines, 'add' | 'hasRoomFor'>
  readonly events: Pick<EventBus, 'subscribe'>
  readonly checkedSince: CheckedSince
  /** Whether what somebody came with still holds. */
  readonly isOpen: (actor: Actor) => boolean
  /** Somebody works in the lab: it is not put to sleep. */
  readonly noteUse: (workVmId: string) => void
  readonly clock: Clock
  readonly log: Logger
  readonly translate: Translate
}

/** Of all people together: each holds a connection and what a browser has not taken yet. */
const maxScreens = 200

/**
 * Graphical consoles in pages: of a lab's devices, at the ports that GNS3 names in the VM that showed the lab's marker; and of a work VM
 * itself, through Proxmox. Each page has a connection of its own, as VNC is made to be shared.
 */
export function createScreensService(options: ScreensOptions) {
  const { workVms, exercises, labWatch, guard, consoleGrants, consoles, proxmox, openLines, checkedSince, clock, log, translate } = options
  const seats = new Set<Seat>()

  const closed = (why: 'lab' | 'session' | 'server') => () => translate(`pages.terminals.closed.${why}`)
  const tellLab = (workVmId: unknown): void => {
    for (const seat of seats) if (seat.workVmId === workVmId) seat.tell()
  }
  const unsubscribe = options.events.subscribe(({ name, data }) => {
    if (name === 'work-vm') tellLab(data.id)
  })

  /** @throws AppError GNS3_*, CONSOLE_UNREACHABLE */
  async function openDevice(workVmId: string, name: string, signal: AbortSignal): Promise<Opened> {
    const target = guard.targetOf(workVmId)
    if (!target) throw new AppError('CONSOLE_UNREACHABLE', { details: { device: name } })
    return guard.withLab(target, signal, async (gns3) => {
      const device = (await gns3.readLab(target.projectId, { signal })).devices.find((one) => one.name === name)
      if (!device) throw new AppError('CONSOLE_UNREACHABLE', { details: { device: name } })
      return { stream: await consoles.reachScreen({ gns3, device, signal }), password: null }
    })
  }

  /** Where the VM is now: it may have been moved. A VM that took its id and is not ours is not shown. @throws AppError PROXMOX_* */
  async function openMachine(vmid: number, signal: AbortSignal): Promise<Opened> {
    const found = await proxmox.findVm(vmid, { signal })
    if (!found || !carriesMark(found.description, options.ledger.markOf(vmid, 'work'))) throw new AppError('PROXMOX_NOT_OURS')
    return proxmox.openScreen({ node: found.node, vmid, signal })
  }

  const mayOpenMachine = (actor: Actor, workVm: WorkVmRow): boolean => exercises.has(actor, exercises.get(workVm.exerciseId), 'teach')

  function whyMachineOver(actor: Actor, workVmId: string): 'lab' | 'session' | null {
    const workVm = workVms.lookUp(workVmId)
    if (!workVm || workVm.vmid === null) return 'lab'
    const isAllowed = options.isOpen(actor) && mayOpenMachine(actor, workVm) && consoleGrants.find(actor, workVmId) !== null
    return isAllowed ? null : 'session'
  }

  interface Place {
    readonly actor: Actor
    readonly page: ScreenPage
    readonly workVm: WorkVmRow
    readonly device: string | null
    readonly mayInput: boolean
    readonly open: (signal: AbortSignal) => Promise<Opened>
    readonly whyOver: () => 'lab' | 'session' | null
  }

  /** @throws AppError LAB_LINES_LIMIT */
  function sitDown({ actor, page, workVm, device, mayInput, open, whyOver }: Place) {
    if (seats.size >= maxScreens || !openLines.hasRoomFor(actor)) throw new AppError('LAB_LINES_LIMIT')
    const watchers = () =>
      [...seats].flatMap((other) =>
        other.workVmId === workVm.id && other.device === device && !other.mayInput && other.actor.id !== actor.id
          ? [other.actor.displayName]
          : [],
      )
    const seat = createSeat({
      ...{ actor, page, device, mayInput, open, watchers, clock, log, translate },
      workVmId: workVm.id,
      name: device ?? `VM ${workVm.vmid}`,
      checkedSince: () => checkedSince(workVm.id),
      onPassed: () => options.noteUse(workVm.id),
    })
    seats.add(seat)
    const done = openLines.add({
      ...{ actor, workVmId: workVm.id, whyOver },
      close: (why) => seat.close(why === 'lab' ? closeCodes.labGone : closeCodes.signedOut, closed(why)),
    })
    tellLab(workVm.id)
    return {
      hear: seat.hear,
      leave: () => {
        done()
        seats.delete(seat)
        seat.close(closeCodes.labGone, closed('lab'))
        tellLab(workVm.id)
      },
    }
  }

  return {
    /**
     * A page at the screen of a device.
     * @throws AppError WORK_VM_NOT_FOUND, TERMINAL_LAB_OFF, DEVICE_NOT_FOUND, SCREEN_NONE, LAB_LINES_LIMIT
     */
    watchDevice(actor: Actor, workVmId: string, device: string, page: ScreenPage) {
      const workVm = workVms.find(actor, workVmId)
      const target = guard.targetOf(workVm.id)
      if (!target) throw new AppError('TERMINAL_LAB_OFF', { details: { state: say(`details.states.lab.${workVm.state}`) } })
      const seen = labWatch.lastSeen(workVm).devices.find(({ name }) => name === device)
      if (!seen) throw new AppError('DEVICE_NOT_FOUND')
      if (seen.consoleType !== 'vnc') throw new AppError('SCREEN_NONE', { details: { device } })
      const isOwner = workVm.userId === actor.id
      const stay = { actor, workVmId: workVm.id, startedAs: target.startedAs, right: isOwner ? 'work' : 'look' } as const
      return sitDown({
        ...{ actor, page, workVm, device, mayInput: isOwner },
        open: (signal) => openDevice(workVm.id, device, signal),
        whyOver: () => guard.whyOver(stay),
      })
    },

    /**
     * The work VM whose own console somebody may ask for: its teachers and administrators.
     * @throws AppError WORK_VM_NOT_FOUND
     */
    findMachine(actor: Actor, workVmId: string): WorkVmRow {
      const workVm = workVms.find(actor, workVmId)
      if (!mayOpenMachine(actor, workVm)) throw new AppError('WORK_VM_NOT_FOUND')
      return workVm
    },

    /** A page at the console of a work VM. @throws AppError WORK_VM_NOT_FOUND, SCREEN_REASON_NEEDED, LAB_OFF, LAB_LINES_LIMIT */
    watchMachine(actor: Actor, workVmId: string, page: ScreenPage) {
      const workVm = this.findMachine(actor, workVmId)
      if (consoleGrants.find(actor, workVm.id) === null) throw new AppError('SCREEN_REASON_NEEDED')
      const { vmid } = workVm
      if (vmid === null) throw new AppError('LAB_OFF')
      return sitDown({
        ...{ actor, page, workVm, device: null, mayInput: true },
        open: (signal) => openMachine(vmid, signal),
        whyOver: () => whyMachineOver(actor, workVm.id),
      })
    },

    close(): void {
      unsubscribe()
      for (const seat of seats) seat.close(closeCodes.labGone, closed('server'))
      seats.clear()
    },
  }
}

export type ScreensService = ReturnType<typeof createScreensService>
