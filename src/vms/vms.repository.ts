import { and, eq, gte, inArray, lte, sql } from 'drizzle-orm'
import { type Db, tables } from '../db/index.ts'

export type AllocationRow = typeof tables.vmAllocations.$inferSelect
export type OrphanRow = typeof tables.orphans.$inferSelect

/** The ledger of VM ids, and what was left behind on Proxmox; Drizzle, nothing else. */
export function createVmsRepository(db: Db) {
  const { vmAllocations, orphans, installation } = tables
  return {
    findInstallationId: () => db.query.select().from(installation).limit(1).get()?.id,
    insertInstallation: (row: typeof installation.$inferInsert) => db.query.insert(installation).values(row).run(),
    listVmids: (from: number, to: number) =>
      db.query
        .select({ vmid: vmAllocations.vmid })
        .from(vmAllocations)
        .where(and(gte(vmAllocations.vmid, from), lte(vmAllocations.vmid, to)))
        .all()
        .map((row) => row.vmid),
    insert: (row: typeof vmAllocations.$inferInsert) => db.query.insert(vmAllocations).values(row).run(),
    find: (vmid: number) => db.query.select().from(vmAllocations).where(eq(vmAllocations.vmid, vmid)).get(),
    update: (vmid: number, change: Partial<AllocationRow>) =>
      db.query.update(vmAllocations).set(change).where(eq(vmAllocations.vmid, vmid)).run(),
    listInState: (states: readonly AllocationRow['state'][]) =>
      db.query
        .select()
        .from(vmAllocations)
        .where(inArray(vmAllocations.state, [...states]))
        .all(),
    listByOwners: (ownerIds: readonly string[]) =>
      db.query
        .select()
        .from(vmAllocations)
        .where(inArray(vmAllocations.ownerId, [...ownerIds]))
        .all(),
    upsertOrphan: (row: typeof orphans.$inferInsert) =>
      db.query
        .insert(orphans)
        .values(row)
        .onConflictDoUpdate({
          target: [orphans.pveNode, orphans.volid],
          targetWhere: sql`state = 'open'`,
          set: { lastError: row.lastError ?? null },
        })
        .run(),
    updateOrphan: (id: string, change: Partial<OrphanRow>) => db.query.update(orphans).set(change).where(eq(orphans.id, id)).run(),
    listOpenOrphans: () => db.query.select().from(orphans).where(eq(orphans.state, 'open')).all(),
    inTransaction: db.inTransaction,
  }
}

export type VmsRepository = ReturnType<typeof createVmsRepository>
