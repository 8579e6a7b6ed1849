import type { Duplex } from 'node:stream'
import type { Clock } from '../../lib/clock.ts'
import type { BudgetState, Priority } from '../../lib/limiter.ts'
import type { AgentInterface, NodeInfo, Permissions, Resource, ServerVersion, Storage, TaskEntry, ThinPool } from './schemas.ts'

export type { AgentInterface, BudgetState, NodeInfo, Permissions, Priority, Resource, ServerVersion, Storage, TaskEntry }

/** The part of a pino logger that the gateway uses. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type ProxmoxAuth =
  | { readonly kind: 'token'; readonly tokenId: string; readonly secret: string }
  /** `username` with its realm: `lab@pve`. */
  | { readonly kind: 'password'; readonly username: string; readonly password: string }

export interface ProxmoxOptions {
  /** `https://host:8006`, the first that answers is used. */
  readonly urls: readonly string[]
  readonly auth: ProxmoxAuth
  /** Certificate authority (PEM file) or the SHA-256 fingerprint of the server's certificate (`AA:BB:...`); neither: the system's authorities. */
  readonly tls: { readonly caFile?: string; readonly fingerprint?: string }
  readonly limits?: { readonly maxReads?: number; readonly maxWrites?: number }
  readonly clock: Clock
  readonly log: Log
  /** Jitter, 0..1; for tests. */
  readonly random?: () => number
}

/** How urgent, and how it is given up. Default priority of reads: interactive. */
export interface ReadOptions {
  readonly signal?: AbortSignal
  readonly priority?: Priority
}

export interface WriteOptions {
  readonly signal: AbortSignal
  readonly priority: Priority
}

/** For verbs that become a Proxmox task. */
export interface TaskOptions extends WriteOptions {
  /** Known from before a crash: followed instead of asking again. */
  readonly knownUpid?: string | undefined
  /** Called, and awaited, as soon as Proxmox named the task and before anything waits for it. May be called again after a retry. */
  readonly onUpid: (upid: string) => void | Promise<void>
  /** Each new line of the task's log. */
  readonly onProgress?: ((line: string) => void) | undefined
}

export interface VmRef {
  readonly node: string
  readonly vmid: number
}

/** One volume of a storage; `size` in bytes, `ctime` in epoch seconds. `parent` is the base volume's name where the storage shows it. */
export interface Volume {
  readonly volid: string
  readonly vmid?: number
  readonly size: number
  readonly format: string
  readonly parent?: string
  readonly ctime?: number
}

/** A volume that nothing has any more, and a node that reaches it. */
export interface LeftVolume extends Volume {
  readonly node: string
}

export interface Drive {
  /** `scsi0`, `ide2`, `unused0`, ... */
  readonly key: string
  /** Without a volume: `none`, a cdrom without a disc, a path. */
  readonly volid?: string
  readonly storage?: string
  readonly media: 'disk' | 'cdrom'
  readonly cloudInit: boolean
  readonly options: Readonly<Record<string, string>>
}

export interface NetworkInterface {
  /** `net0`, ... */
  readonly key: string
  readonly model: string
  /** Lower case. */
  readonly mac: string
  readonly options: Readonly<Record<string, string>>
}

export interface VmConfig {
  readonly digest?: string
  readonly name?: string
  readonly description: string
  readonly tags: readonly string[]
  readonly template: boolean
  readonly protection: boolean
  readonly lock?: string
  readonly memoryMb?: number
  readonly cores?: number
  readonly agent: boolean
  readonly drives: readonly Drive[]
  readonly nets: readonly NetworkInterface[]
  /** Every option as Proxmox wrote it. */
  readonly raw: Readonly<Record<string, string>>
}

export interface VmStatus {
  readonly status: 'running' | 'stopped'
  /** `running`, `paused`, `stopped`, `suspended`, `io-error`, ... */
  readonly qmpstatus: string
  readonly lock?: string
  readonly name?: string
  readonly template: boolean
  readonly agent: boolean
  readonly pid?: number
  readonly uptimeS: number
  readonly cpu?: number
  readonly cpus?: number
  readonly memBytes?: number
  readonly maxMemBytes?: number
  readonly tags: readonly string[]
}

export interface FoundVm {
  readonly node: string
  readonly vmid: number
  readonly name?: string
  readonly status: 'running' | 'stopped' | 'unknown'
  readonly template: boolean
  readonly lock?: string
  readonly tags: readonly string[]
  /** Read from the configuration, so it does not lag. */
  readonly description: string
}

export interface ClusterStatus {
  /** Absent on a host without a cluster. */
  readonly name?: string
  readonly quorate: boolean
  readonly nodes: readonly { readonly name: string; readonly online: boolean; readonly local: boolean; readonly ip?: string }[]
}

export interface TaskState {
  readonly upid: string
  readonly state: 'running' | 'ended'
  /** Only when ended: `OK`, `WARNINGS: n`, or the error text. */
  readonly exitstatus?: string
}

export interface TaskEnd {
  readonly upid: string
  readonly exitstatus: string
  readonly ok: boolean
  readonly warnings: number
  readonly log: readonly string[]
}

export interface WaitTaskOptions {
  readonly signal: AbortSignal
  /** How long to wait from now (milliseconds); past it: PROXMOX_OUTCOME_UNKNOWN, the task goes on. */
  readonly deadlineMs: number
  readonly onLine?: ((line: string) => void) | undefined
  readonly priority?: Priority
}

export interface CloneRequest extends TaskOptions {
  /** Where the source is. */
  readonly node: string
  readonly source: number
  readonly vmid: number
  readonly name: string
  /** Must hold the mark `netpraxis:<installation>:<vmid>:<purpose>`; an existing VM with this id is ours only if it carries the same. */
  readonly description: string
  readonly full: boolean
  /** Full clones only. */
  readonly storage?: string | undefined
  /** Another node; the disks must be on shared storage. */
  readonly target?: string | undefined
  readonly pool?: string | undefined
}

export interface CloneResult {
  readonly node: string
  readonly volumes: readonly Volume[]
  /** How the link to the base was proven: by each volume's parent or name, by the task's log (the storage shows no parent), or a full copy. */
  readonly linked: 'by-volume' | 'by-log' | 'unproven' | 'full'
}

export type ConfigValue = string | number | boolean

export interface ConfigRequest extends VmRef, WriteOptions {
  readonly set: Readonly<Record<string, ConfigValue>>
  readonly delete?: readonly string[] | undefined
}

/** A ticket of a person's own. Its value and CSRF token are secrets. */
export interface UserTicket {
  /** With its realm: `ana@campus`. */
  readonly username: string
  readonly value: string
  readonly csrf: string
  /** Milliseconds since the epoch; a ticket lives two hours. */
  readonly issuedAt: number
}

/** A person for whom something is asked, under his own ticket where there is one. */
export interface OnBehalf {
  /** The ticket as it is when Proxmox is asked; null: the service account asks. */
  ticket(): Promise<UserTicket | null>
  /** Proxmox took the request. */
  onAsked(as: 'person' | 'service'): void
  /** Proxmox refused the person; the service account asks next. */
  onRefused(error: unknown): void
}

export interface AccessRequest extends WriteOptions {
  readonly vmid: number
  /** With its realm. */
  readonly username: string
  readonly role: string
  readonly isGranted: boolean
}

export interface PowerRequest extends VmRef, TaskOptions {
  readonly behalf?: OnBehalf | undefined
}

export interface ShutdownRequest extends PowerRequest {
  readonly timeoutS: number
  /** Powers off hard when the guest does not follow. */
  readonly forceStop: boolean
}

export interface ResizeRequest extends VmRef, TaskOptions {
  /** The boot disk has at least so many GiB afterwards. */
  readonly gib: number
}

export interface MigrateRequest extends PowerRequest {
  readonly target: string
}

/** Why a VM stays where it is, or where it may go. */
export interface MigrationCheck {
  readonly running: boolean
  /** Disks and devices that only its node has: with one of them it goes nowhere. */
  readonly bound: readonly string[]
  /** `undefined`: the server does not say (7.4 of a running VM). */
  readonly allowed?: readonly string[]
  readonly refused: readonly string[]
}

export interface DestroyRequest extends VmRef, TaskOptions {
  /** The mark it must carry, else PROXMOX_NOT_OURS. */
  readonly expectedDescription: string
  /**
   * Where we made volumes of this id (the ledger knows). What is left there, and on the storages that the configuration or the task
   * names, is freed, on whichever node; a volume with this id elsewhere is only reported.
   */
  readonly storages?: readonly string[] | undefined
}

export interface DestroyResult {
  /** Volumes that Proxmox left behind and that were freed here. */
  readonly freed: readonly string[]
  /** What could not be freed: belongs into the orphan ledger. */
  readonly leftovers: readonly LeftVolume[]
  /** `node/storage` whose content could not be read: whether something is left there is not known. */
  readonly unread: readonly string[]
}

export interface FreeVolumeRequest extends WriteOptions {
  readonly node: string
  readonly volid: string
  readonly vmid: number
}

/** `field: undefined` is left as it is. */
export interface FirewallOptions {
  readonly enable?: boolean
  readonly dhcp?: boolean
  readonly macfilter?: boolean
  readonly ipfilter?: boolean
  readonly ndp?: boolean
  readonly radv?: boolean
  readonly policyIn?: 'ACCEPT' | 'DROP' | 'REJECT'
  readonly policyOut?: 'ACCEPT' | 'DROP' | 'REJECT'
}

export interface FirewallRule {
  readonly type: 'in' | 'out' | 'group'
  readonly action: string
  readonly enable: boolean
  readonly macro?: string
  readonly proto?: string
  readonly dport?: string
  readonly sport?: string
  readonly source?: string
  readonly dest?: string
  readonly iface?: string
  readonly comment?: string
}

/** The whole firewall state of a VM; first match in `rules` wins. */
export interface VmFirewall {
  readonly options: FirewallOptions
  readonly rules: readonly FirewallRule[]
  /** Name to addresses (CIDR). */
  readonly ipsets: Readonly<Record<string, readonly string[]>>
}

/** The screen of a VM: the bytes of its VNC server, on which nothing has been said yet. */
export interface VmScreen {
  readonly stream: Duplex
  /** For this one connection; a secret that no browser is told. */
  readonly password: string
}

export interface Proxmox {
  version(options?: ReadOptions): Promise<ServerVersion>
  nodes(options?: ReadOptions): Promise<NodeInfo[]>
  resources(type?: 'vm' | 'storage' | 'node', options?: ReadOptions): Promise<Resource[]>
  clusterStatus(options?: ReadOptions): Promise<ClusterStatus>
  permissions(options?: ReadOptions): Promise<Permissions>
  storages(node: string, options?: ReadOptions): Promise<Storage[]>
  /** Needs Sys.Audit or Datastore.Audit on `/`. @throws AppError PROXMOX_AUTH without it */
  thinPools(node: string, options?: ReadOptions): Promise<ThinPool[]>
  /** Volumes of kind `images`, of one VM id when given. */
  storageContent(node: string, storage: string, filter?: { vmid?: number }, options?: ReadOptions): Promise<Volume[]>
  /** Ids that have volumes anywhere in the cluster, as of a minute ago at most. */
  volumeOwners(options?: ReadOptions): Promise<ReadonlySet<number>>
  findVm(vmid: number, options?: ReadOptions): Promise<FoundVm | undefined>
  /** `undefined`: there is no such VM on that node. */
  vmConfig(node: string, vmid: number, options?: ReadOptions): Promise<VmConfig | undefined>
  vmStatus(node: string, vmid: number, options?: ReadOptions): Promise<VmStatus | undefined>
  /** Whether the VM can be linked-cloned where it is (`feature=clone`). */
  canLinkClone(node: string, vmid: number, options?: ReadOptions): Promise<boolean>

  ensureClone(request: CloneRequest): Promise<CloneResult>
  /** Absolute values; read back afterwards. Changes nothing when all is as asked. */
  ensureConfig(request: ConfigRequest): Promise<VmConfig>
  /** Grows the boot disk, never shrinks it. */
  ensureDiskSize(request: ResizeRequest): Promise<VmConfig>
  ensureTemplate(request: PowerRequest): Promise<VmConfig>
  ensureStarted(request: PowerRequest): Promise<VmStatus>
  ensureStopped(request: PowerRequest): Promise<VmStatus | undefined>
  ensureShutdown(request: ShutdownRequest): Promise<VmStatus | undefined>
  /** Paused in memory. */
  ensureSuspended(request: PowerRequest): Promise<VmStatus>
  ensureResumed(request: PowerRequest): Promise<VmStatus>
  /** Suspended to disk. */
  ensureHibernated(request: PowerRequest): Promise<VmStatus>
  /** Guest reboot; not idempotent, but a known UPID is followed. */
  reboot(request: PowerRequest & { readonly timeoutS: number }): Promise<void>
  /** What would hold its migration back. */
  migrationCheck(node: string, vmid: number, options?: ReadOptions): Promise<MigrationCheck>
  /** On another node, running on without a break when it runs; disks on shared storage only. The node it is on afterwards. */
  ensureMigrated(request: MigrateRequest): Promise<string>
  ensureDestroyed(request: DestroyRequest): Promise<DestroyResult>
  /** Frees one volume that no configuration of the cluster names; PROXMOX_NOT_OURS when one does. True when it was there. */
  freeVolume(request: FreeVolumeRequest): Promise<boolean>

  /** A ticket of a person's own. @throws AppError PROXMOX_AUTH where his realm refuses him */
  signInAs(username: string, password: string, signal?: AbortSignal): Promise<UserTicket>
  /** Gives a person a role on one VM, or takes it from him. @throws AppError PROXMOX_REFUSED for a role with other rights than audit and power */
  writeAccess(request: AccessRequest): Promise<void>

  /** The screen of a VM that runs. Needs VM.Console; makes a task that ends with the connection. @throws AppError PROXMOX_* */
  openScreen(request: VmRef & { readonly signal: AbortSignal }): Promise<VmScreen>

  agentInterfaces(node: string, vmid: number, options?: ReadOptions): Promise<AgentInterface[] | 'not-running' | 'not-configured'>

  taskStatus(upid: string, options?: ReadOptions): Promise<TaskState | undefined>
  /** Every line, paged to the end. */
  taskLog(upid: string, options?: ReadOptions): Promise<string[]>
  waitTask(upid: string, options: WaitTaskOptions): Promise<TaskEnd>
  listTasks(node: string, filter?: { vmid?: number; type?: string; sinceS?: number }, options?: ReadOptions): Promise<TaskEntry[]>

  /** Whether the datacenter's firewall is on: without it no rule of a VM acts. */
  isFirewallOn(options?: ReadOptions): Promise<boolean>
  readFirewall(node: string, vmid: number, options?: ReadOptions): Promise<VmFirewall>
  /** Makes options, rules and address sets exactly so (absolute state), then reads them back. */
  writeFirewall(request: VmRef & WriteOptions & { readonly firewall: VmFirewall }): Promise<VmFirewall>

  /** One entry per budget, for the admin page. */
  limiterState(): BudgetState[]
  close(): Promise<void>
}
