import type { OnBehalf, Proxmox, UserTicket } from '../clients/proxmox/index.ts'
import { isAppError } from '../errors.ts'
import type { StepContext } from '../jobs/index.ts'
import type { Audit } from '../users/index.ts'
import type { VmData } from './job-parts.ts'
import { goneStates, type WorkVmRow } from './work-vms.repository.ts'

/** The role on Proxmox that the administrator made for it: VM.Audit and VM.PowerMgmt. */
export const studentRole = 'NetPraxisStudent'

export interface StudentPowerOptions {
  readonly proxmox: Pick<Proxmox, 'writeAccess'>
  readonly tickets: { ticketOf(userId: string): Promise<UserTicket | null>; nameOf(username: string): string }
  /** The name of an account of the directory; null for any other, which Proxmox does not know. */
  readonly directoryNameOf: (userId: string) => string | null
  /** In exams everything is done by the service account. */
  readonly isInExam: (userId: string) => boolean
  readonly audit: Audit
}

type Context = Pick<StepContext<unknown, VmData>, 'createdBy' | 'signal' | 'priority' | 'line'>

/** A student's power actions under his own Proxmox ticket, and the access rule on his VM that lets him (PROXMOX_USER_TICKETS). */
export function createStudentPower({ proxmox, tickets, directoryNameOf, isInExam, audit }: StudentPowerOptions) {
  const note = (workVm: WorkVmRow, action: string, details: Readonly<Record<string, unknown>>) =>
    audit.record({ actorId: null, onBehalfOf: workVm.userId, action, objectType: 'work-vm', objectId: workVm.id, details })

  const isHisOwn = ({ createdBy }: Context, { userId, purpose }: WorkVmRow): boolean =>
    createdBy === userId && purpose === 'student' && directoryNameOf(userId) !== null

  return {
    /** For whom a job asks: the student who pressed the button for his own lab; undefined for everybody and everything else. */
    behalfOf(context: Context, workVm: WorkVmRow): OnBehalf | undefined {
      if (!isHisOwn(context, workVm)) return undefined
      return {
        ticket: async () => (isInExam(workVm.userId) ? null : tickets.ticketOf(workVm.userId)),
        onAsked: (as) => note(workVm, 'work-vm.asked-proxmox', { as }),
        onRefused: (error) => context.line(`Proxmox refused the student's own ticket: ${isAppError(error) ? error.code : 'INTERNAL'}`),
      }
    },

    /** What needs more than his role holds (a reset removes and clones) is the service account's to do: the audit log says for whom. */
    noteByService(context: Context, workVm: WorkVmRow, verb: 'reset'): void {
      if (isHisOwn(context, workVm)) note(workVm, 'work-vm.asked-proxmox', { as: 'service', verb })
    },

    /**
     * Makes the access rule on a VM as it should be now: there while its student has the lab and sits no exam, else gone; gone too while it
     * is frozen, which it is before a collected lab is switched on to be checked. Where Proxmox refuses (it does not know him, the role is missing) the lab goes on without.
     */
    async settleAccess(context: Context, workVm: WorkVmRow): Promise<void> {
      const username = directoryNameOf(workVm.userId)
      if (workVm.vmid === null || username === null || workVm.purpose !== 'student') return
      const isHis = !(goneStates as readonly string[]).includes(workVm.state) && workVm.frozenFor === null
      const isGranted = isHis && !isInExam(workVm.userId)
      const { signal, priority } = context
      try {
        await proxmox.writeAccess({ vmid: workVm.vmid, username: tickets.nameOf(username), role: studentRole, isGranted, signal, priority })
        note(workVm, isGranted ? 'work-vm.access-granted' : 'work-vm.access-removed', { vmid: workVm.vmid })
      } catch (error) {
        signal.throwIfAborted()
        if (!isAppError(error)) throw error
        context.line(`access rule of ${workVm.vmid}: ${error.message}`)
      }
    },
  }
}

export type StudentPower = ReturnType<typeof createStudentPower>
