import { z } from 'zod'

/**
 * What Proxmox answers, read leniently: numbers may come as strings (older servers), flags as 0/1/"1"/true, unknown fields are dropped,
 * and whatever a server of another version may leave out is optional.
 */
const number = z.coerce.number()
const text = z.union([z.string(), z.number()]).transform(String)
const flag = z
  .union([z.boolean(), z.number(), z.string()])
  .nullish()
  .transform((value) => value === true || value === 1 || value === '1')
const optionalNumber = number.nullish().transform((value) => value ?? undefined)
const optionalText = text.nullish().transform((value) => value ?? undefined)
/** Tags come joined by `;` (answers) or `,` (what people type). */
const tags = text.nullish().transform((value) => (value ?? '').split(/[;, ]+/).filter((tag) => tag !== ''))

export const versionAnswer = z.object({ version: z.string(), release: z.string() })
export type ServerVersion = z.infer<typeof versionAnswer>

export const nodeAnswer = z.object({
  node: z.string(),
  status: z.string().default('unknown'),
  /** Fraction 0..1; absent without Sys.Audit or while the node is down. */
  cpu: optionalNumber,
  maxcpu: optionalNumber,
  mem: optionalNumber,
  maxmem: optionalNumber,
  disk: optionalNumber,
  maxdisk: optionalNumber,
  uptime: optionalNumber,
})
/** Bytes and seconds; `cpu` is a fraction of 1. */
export type NodeInfo = z.infer<typeof nodeAnswer>

export const resourceAnswer = z.object({
  id: z.string(),
  type: z.string(),
  node: z.string().optional(),
  vmid: optionalNumber,
  storage: optionalText,
  name: optionalText,
  status: optionalText,
  template: flag,
  cpu: optionalNumber,
  maxcpu: optionalNumber,
  mem: optionalNumber,
  maxmem: optionalNumber,
  disk: optionalNumber,
  maxdisk: optionalNumber,
  uptime: optionalNumber,
  lock: optionalText,
  pool: optionalText,
  plugintype: optionalText,
  content: optionalText,
  shared: flag,
  tags,
})
/** One entry of `/cluster/resources`; fed every ten seconds, so status, load and name lag behind. */
export type Resource = z.infer<typeof resourceAnswer>

export const clusterStatusAnswer = z.object({
  type: z.string(),
  name: z.string(),
  nodeid: optionalNumber,
  ip: optionalText,
  online: z.union([z.boolean(), z.number(), z.string()]).nullish(),
  quorate: z.union([z.boolean(), z.number(), z.string()]).nullish(),
  local: flag,
})

export const storageAnswer = z.object({
  storage: z.string(),
  type: z.string(),
  content: z
    .string()
    .default('')
    .transform((value) => value.split(',').filter((kind) => kind !== '')),
  active: flag,
  enabled: flag,
  shared: flag,
  total: optionalNumber,
  used: optionalNumber,
  avail: optionalNumber,
})
/** A storage as one node sees it; sizes in bytes, `content` e.g. `images`, `iso`. */
export type Storage = z.infer<typeof storageAnswer>

export const thinPoolAnswer = z
  .object({ vg: z.string(), lv: z.string(), metadata_size: optionalNumber, metadata_used: optionalNumber })
  .transform(({ vg, lv, metadata_size, metadata_used }) => ({ vg, lv, metadataSize: metadata_size, metadataUsed: metadata_used }))
/** A thin pool of a node, the sizes of its metadata in bytes. */
export type ThinPool = z.infer<typeof thinPoolAnswer>

export const volumeAnswer = z.object({
  volid: z.string(),
  vmid: optionalNumber,
  size: optionalNumber,
  format: optionalText,
  parent: optionalText,
  ctime: optionalNumber,
  content: optionalText,
})

/** What holds a migration back. 7.4 says nothing of the allowed nodes of a running VM. */
export const migrationAnswer = z.object({
  running: flag,
  allowed_nodes: z.array(z.string()).nullish(),
  not_allowed_nodes: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).nullish(),
  local_disks: z.array(z.object({ volid: z.string() })).default([]),
  local_resources: z.array(z.string()).default([]),
})

export const configAnswer = z.record(z.string(), z.unknown()).transform((fields) =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => isScalar(value))
      .map(([key, value]) => [key, String(value)]),
  ),
)

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

export const statusAnswer = z.object({
  status: z.string(),
  qmpstatus: optionalText,
  lock: optionalText,
  name: optionalText,
  template: flag,
  agent: flag,
  pid: optionalNumber,
  uptime: number.catch(0),
  cpu: optionalNumber,
  cpus: optionalNumber,
  mem: optionalNumber,
  maxmem: optionalNumber,
  tags,
})

const agentAddress = z.object({
  'ip-address': z.string(),
  'ip-address-type': z.string().default('ipv4'),
  prefix: optionalNumber,
})
export const agentInterfacesAnswer = z.object({
  result: z
    .array(
      z
        .object({ name: z.string(), 'hardware-address': optionalText, 'ip-addresses': z.array(agentAddress).nullish() })
        .transform((entry) => ({
          name: entry.name,
          ...(entry['hardware-address'] === undefined ? {} : { mac: entry['hardware-address'].toLowerCase() }),
          addresses: (entry['ip-addresses'] ?? []).map((address) => ({
            address: address['ip-address'],
            family: address['ip-address-type'] === 'ipv6' ? ('ipv6' as const) : ('ipv4' as const),
            prefix: address.prefix,
          })),
        })),
    )
    .default([]),
})
/** One interface as the guest claims it; `mac` in lower case. A claim, to be checked by the caller. */
export type AgentInterface = z.infer<typeof agentInterfacesAnswer>['result'][number]

export const taskStatusAnswer = z.object({
  upid: z.string().optional(),
  node: z.string().optional(),
  type: z.string().optional(),
  id: optionalText,
  status: z.string(),
  exitstatus: optionalText,
})

export const taskListAnswer = z.object({
  upid: z.string(),
  node: optionalText,
  type: z.string(),
  id: optionalText,
  user: optionalText,
  starttime: number,
  endtime: optionalNumber,
  status: optionalText,
})
/** A task as the node lists it; times in epoch seconds. */
export type TaskEntry = z.infer<typeof taskListAnswer>

export const logLineAnswer = z.object({ n: number, t: z.string().catch('') })

export const permissionsAnswer = z
  .record(z.string(), z.record(z.string(), z.unknown()))
  .transform((paths) => Object.fromEntries(Object.entries(paths).map(([path, privileges]) => [path, Object.keys(privileges)])))
/** ACL path to the privileges held there. */
export type Permissions = z.infer<typeof permissionsAnswer>

export const ticketAnswer = z.object({
  username: z.string(),
  ticket: z.string(),
  CSRFPreventionToken: z.string(),
  NeedTFA: flag,
})

/** `privs`: names joined by commas. */
export const roleAnswer = z.object({
  roleid: z.string(),
  privs: z
    .string()
    .nullish()
    .transform((value) => value ?? ''),
})
/** `null` from all versions. */
export const voidAnswer = z.unknown()

export const firewallOptionsAnswer = configAnswer
export const firewallRuleAnswer = z.object({
  pos: number,
  type: z.string(),
  action: z.string(),
  enable: flag,
  macro: optionalText,
  proto: optionalText,
  dport: optionalText,
  sport: optionalText,
  source: optionalText,
  dest: optionalText,
  iface: optionalText,
  log: optionalText,
  comment: optionalText,
  digest: optionalText,
})
export const ipsetAnswer = z.object({ name: z.string(), comment: optionalText })
export const ipsetEntryAnswer = z.object({ cidr: z.string(), nomatch: flag, comment: optionalText })

export const upidAnswer = z.string().startsWith('UPID:')

/** Before 9.2 a password of its own only where it was asked for; else the ticket is the password. */
export const vncProxyAnswer = z.object({ ticket: z.string(), port: z.coerce.number().int(), password: z.string().optional() })
