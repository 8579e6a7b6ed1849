import { join } from 'node:path'
import { count, inArray, ne } from 'drizzle-orm'
import { openDatabase, tables } from '../../src/db/index.ts'
import { ownVms, ownVolumes, type SandboxState } from './sandbox.ts'

/** What the application has written down, read from its database beside it. */
export interface Books {
  jobs(): (typeof tables.jobs.$inferSelect)[]
  /** How many jobs have not ended. */
  openJobs(): number
  workVms(): (typeof tables.workVms.$inferSelect)[]
  /** Without those that are gone. */
  presentWorkVms(): (typeof tables.workVms.$inferSelect)[]
  templates(): (typeof tables.templateVms.$inferSelect)[]
  allocations(): (typeof tables.vmAllocations.$inferSelect)[]
  orphans(): (typeof tables.orphans.$inferSelect)[]
  runs(): (typeof tables.evaluationRuns.$inferSelect)[]
  results(): (typeof tables.criterionResults.$inferSelect)[]
  submissions(): (typeof tables.submissions.$inferSelect)[]
  close(): void
}

const openStates: (typeof tables.jobs.$inferSelect.state)[] = ['queued', 'running', 'waiting']

export function openBooks(dataDir: string): Books {
  const db = openDatabase(join(dataDir, 'netpraxis.sqlite'))
  // asked for many times a second while something is waited for
  const openJobs = db.query.select({ open: count() }).from(tables.jobs).where(inArray(tables.jobs.state, openStates)).prepare()
  const presentWorkVms = db.query.select().from(tables.workVms).where(ne(tables.workVms.state, 'deleted')).prepare()
  return {
    jobs: () => db.query.select().from(tables.jobs).all(),
    openJobs: () => openJobs.get()?.open ?? 0,
    workVms: () => db.query.select().from(tables.workVms).all(),
    presentWorkVms: () => presentWorkVms.all(),
    templates: () => db.query.select().from(tables.templateVms).all(),
    allocations: () => db.query.select().from(tables.vmAllocations).all(),
    orphans: () => db.query.select().from(tables.orphans).all(),
    runs: () => db.query.select().from(tables.evaluationRuns).all(),
    results: () => db.query.select().from(tables.criterionResults).all(),
    submissions: () => db.query.select().from(tables.submissions).all(),
    close: db.close,
  }
}

/** True at every instant, also right after a kill: an id is booked before Proxmox hears of it. */
export function unbookedVms(books: Books, state: SandboxState): string[] {
  const booked = new Set(books.allocations().map((row) => row.vmid))
  return ownVms(state).flatMap((vm) => (booked.has(vm.vmid) ? [] : [`VM ${vm.vmid} is in no ledger`]))
}

/**
 * Compares what Proxmox has with what is written down, when no job is at work: every VM has exactly one owner, every owner his VM, no
 * volume hangs loose, nothing is half done. Empty when all agrees.
 */
export function findDisagreements(books: Books, state: SandboxState): string[] {
  const vms = ownVms(state)
  const owners = new Map<number, string[]>()
  const note = (vmid: number | null, who: string) => {
    if (vmid !== null) owners.set(vmid, [...(owners.get(vmid) ?? []), who])
  }
  for (const row of books.workVms()) if (row.state !== 'deleted') note(row.vmid, `work VM ${row.id} (${row.state})`)
  for (const row of books.templates()) if (row.state !== 'deleted') note(row.vmid, `template ${row.id} (${row.state})`)
  const existing = new Set(books.allocations().flatMap((row) => (row.state === 'exists' ? [row.vmid] : [])))
  const there = new Set(vms.map((vm) => vm.vmid))
  return [
    ...vms.flatMap((vm) => (owners.has(vm.vmid) ? [] : [`VM ${vm.vmid} belongs to nobody`])),
    ...vms.flatMap((vm) => (existing.has(vm.vmid) ? [] : [`VM ${vm.vmid} does not stand in the ledger as existing`])),
    ...vms.flatMap((vm) => (vm.lock === null || vm.lock === 'suspended' ? [] : [`VM ${vm.vmid} is locked (${vm.lock})`])),
    ...[...owners].flatMap(([vmid, who]) => (who.length === 1 ? [] : [`VM ${vmid} has ${who.length} owners: ${who.join(', ')}`])),
    ...[...owners].flatMap(([vmid, who]) => (there.has(vmid) ? [] : [`VM ${vmid} of ${who.join(', ')} does not exist`])),
    ...[...existing].flatMap((vmid) => (there.has(vmid) ? [] : [`VM ${vmid} stands in the ledger and does not exist`])),
    ...ownVolumes(state).flatMap((volume) => (there.has(volume.vmid) ? [] : [`volume ${volume.volid} has no VM`])),
    ...state.orphans.map((volid) => `volume ${volid} is used by nothing`),
    ...books.orphans().flatMap((row) => (row.state === 'open' ? [`${row.volid} stands among the orphans`] : [])),
    ...books
      .jobs()
      .flatMap((row) => (['queued', 'running', 'waiting'].includes(row.state) ? [`job ${row.name} is still ${row.state}`] : [])),
    ...books.runs().flatMap((row) => (row.state === 'running' ? [`run ${row.id} is still running`] : [])),
    ...books.workVms().flatMap((row) => (row.frozenFor === null ? [] : [`work VM ${row.id} is still frozen for ${row.frozenFor}`])),
  ]
}
