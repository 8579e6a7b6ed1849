/** Privileges of Proxmox VE 8.4 by area (9 replaces VM.Monitor by VM.GuestAgent.*). */
export const privileges = {
  vms: [
    'VM.Allocate',
    'VM.Audit',
    'VM.Backup',
    'VM.Clone',
    'VM.Config.CDROM',
    'VM.Config.CPU',
    'VM.Config.Cloudinit',
    'VM.Config.Disk',
    'VM.Config.HWType',
    'VM.Config.Memory',
    'VM.Config.Network',
    'VM.Config.Options',
    'VM.Console',
    'VM.Migrate',
    'VM.Monitor',
    'VM.PowerMgmt',
    'VM.Snapshot',
    'VM.Snapshot.Rollback',
  ],
  storage: ['Datastore.Allocate', 'Datastore.AllocateSpace', 'Datastore.AllocateTemplate', 'Datastore.Audit'],
  nodes: ['Sys.AccessNetwork', 'Sys.Audit', 'Sys.Console', 'Sys.Incoming', 'Sys.Modify', 'Sys.PowerMgmt', 'Sys.Syslog'],
  access: ['Group.Allocate', 'Realm.Allocate', 'Realm.AllocateUser', 'User.Modify', 'Permissions.Modify'],
  pool: ['Pool.Allocate', 'Pool.Audit'],
  sdn: ['SDN.Allocate', 'SDN.Audit', 'SDN.Use'],
  mapping: ['Mapping.Audit', 'Mapping.Modify', 'Mapping.Use'],
} as const

export const allPrivileges: readonly string[] = Object.values(privileges).flat()

const without = (all: readonly string[], ...names: string[]): string[] => all.filter((name) => !names.includes(name))

/** The built-in roles, as `GET /access/roles` of 8.4.21 lists them. */
export const builtInRoles: Readonly<Record<string, readonly string[]>> = {
  NoAccess: [],
  Administrator: allPrivileges,
  PVEAdmin: without(
    allPrivileges,
    'Permissions.Modify',
    'Realm.Allocate',
    'Sys.Modify',
    'Sys.PowerMgmt',
    'Sys.Incoming',
    'Sys.AccessNetwork',
    'Mapping.Modify',
  ),
  PVEAuditor: ['Datastore.Audit', 'Mapping.Audit', 'Pool.Audit', 'SDN.Audit', 'Sys.Audit', 'VM.Audit'],
  PVEDatastoreAdmin: [...privileges.storage],
  PVEDatastoreUser: ['Datastore.AllocateSpace', 'Datastore.Audit'],
  PVEMappingAdmin: [...privileges.mapping],
  PVEMappingUser: ['Mapping.Audit', 'Mapping.Use'],
  PVEPoolAdmin: [...privileges.pool],
  PVEPoolUser: ['Pool.Audit'],
  PVESDNAdmin: [...privileges.sdn],
  PVESDNUser: ['SDN.Audit', 'SDN.Use'],
  PVESysAdmin: ['Sys.Audit', 'Sys.Console', 'Sys.Syslog'],
  PVETemplateUser: ['VM.Audit', 'VM.Clone'],
  PVEUserAdmin: ['Group.Allocate', 'Realm.AllocateUser', 'User.Modify'],
  PVEVMAdmin: [...privileges.vms],
  PVEVMUser: ['VM.Audit', 'VM.Backup', 'VM.Config.CDROM', 'VM.Config.Cloudinit', 'VM.Console', 'VM.PowerMgmt'],
}
