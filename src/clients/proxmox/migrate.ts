import { say } from '../../lib/sentence.ts'
import { migrateBudget } from './budgets.ts'
import { plainError } from './fault.ts'
import { askForTask, configOrThrow, type Gateway } from './gateway.ts'
import { deadlines } from './policy.ts'
import { migrationAnswer } from './schemas.ts'
import type { MigrateRequest, MigrationCheck, ReadOptions } from './types.ts'

export async function migrationCheck(gateway: Gateway, node: string, vmid: number, options: ReadOptions = {}): Promise<MigrationCheck> {
  const found = await gateway.api.read('migrationCheck', migrationAnswer, { ...options, path: { node, vmid } })
  return {
    running: found.running,
    bound: [...found.local_disks.map(({ volid }) => volid), ...found.local_resources],
    refused: Object.keys(found.not_allowed_nodes ?? {}),
    ...(found.allowed_nodes ? { allowed: found.allowed_nodes } : {}),
  }
}

/**
 * Moves a VM to another node: a running one live, a stopped one with its configuration alone. Never with disks that only one node has:
 * a linked clone would become a full copy, or be refused half-way.
 * @throws AppError PROXMOX_REFUSED when it is bound to its node or the target does not take it
 */
export async function ensureMigrated(gateway: Gateway, request: MigrateRequest): Promise<string> {
  const { vmid, target, signal, priority } = request
  const write = { signal, priority }
  const whereIs = async (): Promise<string> => (await gateway.reads.findVm(vmid, write))?.node ?? request.node
  const node = await whereIs()
  await gateway.ensure<string>({
    what: say('details.proxmox.migration', { vmid, node: target }),
    options: request,
    look: async () => {
      const at = await whereIs()
      if (at !== target) return undefined
      // it shows on its new node before the old one has let go of it
      await gateway.locks.waitUnlocked([{ node: at, vmid }], write)
      return at
    },
    ask: async () => askForTask(gateway, 'migrate', { node, vmid }, { target, online: await mayGo(gateway, request, node) }, write),
    turn: async () => ({ kind: 'other', keys: [migrateBudget], locks: new Map() }),
    trace: { node, type: 'qmigrate', vmid },
    waitsFor: [{ node, vmid }],
    deadlineMs: deadlines.migrate,
    measures: false,
  })
  return target
}

/** @returns whether it runs, and so moves live */
async function mayGo(gateway: Gateway, { vmid, target, signal, priority }: MigrateRequest, node: string): Promise<boolean> {
  await configOrThrow(gateway, { node, vmid }, { signal, priority })
  const check = await migrationCheck(gateway, node, vmid, { signal, priority })
  if (check.bound.length > 0)
    throw plainError('PROXMOX_REFUSED', say('details.proxmox.bound', { vmid, node, names: check.bound.join(', ') }))
  if (check.refused.includes(target) || check.allowed?.includes(target) === false)
    throw plainError('PROXMOX_REFUSED', say('details.proxmox.refusesTarget', { vmid, node: target }))
  return check.running
}
