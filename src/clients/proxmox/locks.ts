import { AppError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { say } from '../../lib/sentence.ts'
import { faultError } from './fault.ts'
import { waits } from './policy.ts'
import type { Reads } from './reads.ts'
import type { Tasks } from './tasks.ts'
import type { ReadOptions, VmRef } from './types.ts'

export type Locks = ReturnType<typeof createLocks>

/** `suspended` waits for a start, `destroyed` for root: no operation will end them. */
const lasting = new Set(['suspended', 'destroyed'])
/** What makes a VM; without its task the lock stays for ever. */
const making: Readonly<Record<string, string>> = { clone: 'qmclone', create: 'qmcreate' }

/** Waiting for configuration locks (`lock:` in the configuration). */
export function createLocks({ reads, tasks, clock }: { reads: Reads; tasks: Tasks; clock: Clock }) {
  /** Until none of the VMs is locked by an operation that will end. A VM that is not there is not locked. */
  async function waitUnlocked(vms: readonly VmRef[], options: ReadOptions & { signal: AbortSignal }): Promise<void> {
    for (const vm of vms) await waitOne(vm, options)
  }

  async function waitOne({ node, vmid }: VmRef, options: ReadOptions & { signal: AbortSignal }): Promise<void> {
    const startedAt = clock.now()
    let idleSince: number | undefined
    for (;;) {
      const lock = (await reads.vmConfig(node, vmid, options))?.lock
      if (lock === undefined || lasting.has(lock)) return
      const text = `VM is locked (${lock}): VM ${vmid} on ${node}`
      if (clock.now() - startedAt > waits.lockPatience)
        throw faultError({ where: 'task', text, said: say('details.proxmox.locked', { vmid, node, lock }) })
      const worker = making[lock]
      if (worker !== undefined && (await isIdle(node, worker, options))) {
        idleSince ??= clock.now()
        if (clock.now() - idleSince > waits.staleLock) throw staleLock(node, vmid, lock)
      } else idleSince = undefined
      await clock.sleep(waits.lockPoll, options.signal)
    }
  }

  async function isIdle(node: string, type: string, options: ReadOptions): Promise<boolean> {
    const listed = await tasks.listTasks(node, { type }, options)
    return listed.every((task) => task.endtime !== undefined)
  }

  return { waitUnlocked }
}

const staleLock = (node: string, vmid: number, lock: string): AppError =>
  new AppError('PROXMOX_REFUSED', {
    details: {
      reason: say('details.proxmox.staleLock', { vmid, node, lock, command: `qm unlock ${vmid} && qm destroy ${vmid}` }),
      vmid,
    },
  })
