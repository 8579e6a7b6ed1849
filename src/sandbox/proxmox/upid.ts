const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0')

export interface TaskIdentity {
  readonly upid: string
  readonly node: string
  readonly pid: number
  readonly pstart: number
  /** Seconds since the epoch. */
  readonly starttime: number
  readonly type: string
  readonly id: string
  /** `user@realm`, or `user@realm!token`. */
  readonly user: string
}

export const makeUpid = (task: Omit<TaskIdentity, 'upid'>): string =>
  `UPID:${task.node}:${hex(task.pid)}:${hex(task.pstart)}:${hex(task.starttime)}:${task.type}:${task.id}:${task.user}:`

const grammar =
  /^UPID:([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/

/** The parts of a UPID, or undefined when it does not follow the grammar of pve-common's UPID.pm. */
export function parseUpid(upid: string): TaskIdentity | undefined {
  const match = grammar.exec(upid)
  if (!match) return undefined
  const [, node = '', , pid = '', pstart = '', starttime = '', type = '', id = '', user = ''] = match
  return {
    upid,
    node,
    pid: Number.parseInt(pid, 16),
    pstart: Number.parseInt(pstart, 16),
    starttime: Number.parseInt(starttime, 16),
    type,
    id,
    user,
  }
}
