import type { Actor } from '../http/access.ts'
import { type Clock, isoNow } from '../lib/clock.ts'
import type { WorkVmRow } from './work-vms.repository.ts'
import type { WorkVmsService } from './work-vms.service.ts'

export interface IdleLabsParts {
  readonly workVms: Pick<WorkVmsService, 'get' | 'find' | 'update' | 'announce' | 'listInStates' | 'liveJob' | 'sleep' | 'inTransaction'>
  readonly clock: Clock
  /** LAB_IDLE_MINUTES; 0: labs are never put to sleep. */
  readonly idleMinutes: number
}

const minuteMs = 60_000
const keptMs = 2 * 60 * minuteMs
const warnedBeforeMs = 15 * minuteMs
/** Using a lab is noted at most so often. */
const noteEveryMs = minuteMs

/** Labs that run and that nobody uses are put to sleep, after a warning that their students can postpone. */
export function createIdleLabs({ workVms, clock, idleMinutes }: IdleLabsParts) {
  const idleMs = idleMinutes * minuteMs
  const at = (ms: number): string => new Date(ms).toISOString()
  const msOf = (workVm: WorkVmRow): number => (workVm.hibernatesAt === null ? 0 : Date.parse(workVm.hibernatesAt))

  /** When a lab that is used just now would sleep; null when labs never do. */
  const end = (): string | null => (idleMs === 0 ? null : at(clock.now() + idleMs))
  const isWarned = (workVm: WorkVmRow): boolean => msOf(workVm) - clock.now() <= Math.min(warnedBeforeMs, idleMs / 2)

  return {
    end,

    /** Somebody uses the lab: types into a device, submits. What was kept longer stays so. */
    note(id: string): void {
      const workVm = workVms.get(id)
      if (idleMs === 0 || workVm.state !== 'ready' || msOf(workVm) >= clock.now() + idleMs - noteEveryMs) return
      workVms.update(id, { hibernatesAt: end() })
    },

    /** Two hours more, at its user's wish. @throws AppError WORK_VM_NOT_FOUND, FORBIDDEN */
    keep(actor: Actor, id: string): WorkVmRow {
      const workVm = workVms.find(actor, id)
      if (idleMs === 0 || workVm.state !== 'ready') return workVm
      return workVms.update(id, { hibernatesAt: at(Math.max(msOf(workVm), clock.now() + keptMs)) })
    },

    /** When it is put to sleep, once that is near enough to be told; else null. */
    warnedOf: (workVm: WorkVmRow): string | null =>
      idleMs > 0 && workVm.state === 'ready' && workVm.frozenFor === null && workVm.hibernatesAt !== null && isWarned(workVm)
        ? workVm.hibernatesAt
        : null,

    /** Called every minute. @returns how many are put to sleep */
    sweep(): number {
      if (idleMs === 0) return 0
      const idle = workVms.listInStates(['ready']).filter((workVm) => workVm.frozenFor === null && !workVms.liveJob(workVm))
      const due = idle.filter(({ hibernatesAt }) => hibernatesAt !== null && hibernatesAt <= isoNow(clock))
      for (const workVm of idle) {
        // ready since before such times were noted
        if (workVm.hibernatesAt === null) workVms.update(workVm.id, { hibernatesAt: end() })
        else if (due.includes(workVm)) workVms.inTransaction(() => workVms.sleep(workVm))
        else if (isWarned(workVm)) workVms.announce(workVm.id)
      }
      return due.length
    },
  }
}

export type IdleLabs = ReturnType<typeof createIdleLabs>
