import { z } from 'zod'

/** What the sandbox keeps on disk. Parsed when it starts, so that a damaged state is named and not half used. */
const optionValue = z.union([z.string(), z.number()])
const options = z.record(z.string(), optionValue)

const firewallRule = z.object({ type: z.string(), action: z.string(), enable: z.number() }).catchall(optionValue)
const ipSet = z.object({
  comment: z.string().optional(),
  entries: z.array(z.object({ cidr: z.string(), nomatch: z.number().optional(), comment: z.string().optional() })),
})
const firewall = z.object({ options, rules: z.array(firewallRule), ipsets: z.record(z.string(), ipSet) })

const snapshot = z.object({
  config: options,
  snaptime: z.number(),
  description: z.string(),
  vmstate: z.number(),
  parent: z.string().optional(),
})

export const machineSchema = z.object({
  vmid: z.number(),
  node: z.string(),
  config: options,
  /** Changes that a running VM takes over at its next start. */
  pending: z.record(z.string(), z.union([optionValue, z.null()])),
  snapshots: z.record(z.string(), snapshot),
  firewall,
})

export const volumeSchema = z.object({
  storage: z.string(),
  /** null on a shared storage. */
  node: z.string().nullable(),
  /** Name within the storage: `101/vm-101-disk-0.qcow2` (dir) or `vm-101-disk-0` (lvmthin). */
  file: z.string(),
  /** The base's `file` of a linked clone. */
  base: z.string().nullable(),
  vmid: z.number(),
  sizeBytes: z.number(),
  usedBytes: z.number(),
  format: z.string(),
  content: z.string(),
  ctime: z.number(),
  snapshots: z.array(z.string()),
})

const user = z.object({
  enable: z.number(),
  expire: z.number(),
  comment: z.string().optional(),
  email: z.string().optional(),
  firstname: z.string().optional(),
  lastname: z.string().optional(),
  groups: z.array(z.string()),
  passwordHash: z.string().optional(),
})
const token = z.object({ secret: z.string(), privsep: z.number(), expire: z.number(), comment: z.string().optional() })
const aclEntry = z.object({
  path: z.string(),
  type: z.enum(['user', 'group', 'token']),
  ugid: z.string(),
  roleid: z.string(),
  propagate: z.number(),
})
const storage = z.object({
  type: z.enum(['dir', 'lvmthin', 'lvm']),
  content: z.string(),
  shared: z.number(),
  path: z.string().optional(),
  vgname: z.string().optional(),
  thinpool: z.string().optional(),
  nodes: z.array(z.string()).optional(),
  disable: z.number().optional(),
})

export const clusterSchema = z.object({
  authKey: z.string(),
  name: z.string(),
  nodes: z.array(z.string()),
  users: z.record(z.string(), user),
  tokens: z.record(z.string(), token),
  acl: z.array(aclEntry),
  groups: z.record(z.string(), z.object({ comment: z.string().optional() })),
  roles: z.record(z.string(), z.array(z.string())),
  pools: z.record(z.string(), z.object({ comment: z.string().optional(), vms: z.array(z.number()), storages: z.array(z.string()) })),
  storages: z.record(z.string(), storage),
  firewall: firewall.extend({ groups: z.record(z.string(), z.object({ comment: z.string().optional(), rules: z.array(firewallRule) })) }),
})

export type Machine = z.infer<typeof machineSchema>
export type Snapshot = z.infer<typeof snapshot>
export type Volume = z.infer<typeof volumeSchema>
export type Cluster = z.infer<typeof clusterSchema>
export type StorageConfig = z.infer<typeof storage>
export type Firewall = z.infer<typeof firewall>
export type FirewallRule = z.infer<typeof firewallRule>
export type Config = z.infer<typeof options>

export const emptyFirewall = (): Firewall => ({ options: {}, rules: [], ipsets: {} })
