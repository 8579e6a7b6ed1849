import type { ErrorCode } from '../../errors.ts'
import type { Sentence } from '../../lib/sentence.ts'

/**
 * What to make of an error. Proxmox has no 404, 409, 423 or 429: nearly all is 500, so the text decides (docs/decisions/0003).
 * - transient: a lock or the quorum was not there in time; nothing was done
 * - busy: the configuration is locked by another operation that will end
 * - already-done: what was asked for is so, to be confirmed by a read
 * - id-taken: the VM id has a configuration
 * - repeat: the request certainly did nothing
 * - unknown: it may have been done; look before anything else
 * - missing: the VM or task does not exist
 * - zombie: a half-destroyed VM that only root can unlock
 * - agent-down, agent-missing: the guest agent does not answer, is not configured
 * - permanent, auth: asking again does not help
 */
export type FaultClass =
  | 'transient'
  | 'busy'
  | 'already-done'
  | 'id-taken'
  | 'repeat'
  | 'unknown'
  | 'missing'
  | 'zombie'
  | 'agent-down'
  | 'agent-missing'
  | 'permanent'
  | 'auth'

/** `unsent`: no connection was made. `certificate`: none, since the server's is not trusted. `lost`: it broke. `timeout`: our own limit passed. `answer`: an HTTP status. `task`: a task's end. */
export interface Seen {
  readonly where: 'unsent' | 'certificate' | 'lost' | 'timeout' | 'answer' | 'task' | 'shape'
  readonly status?: number
  readonly text: string
  /** For people, where the text is ours and not Proxmox's. */
  readonly said?: Sentence
}

/** Which limit is too high when this is seen. */
export type Pressure = 'storage' | 'api' | 'none'

export interface Classified {
  readonly class: FaultClass
  readonly code: ErrorCode
  readonly pressure: Pressure
}

interface Rule extends Classified {
  readonly where?: Seen['where']
  readonly status?: readonly [from: number, to: number]
  readonly text?: RegExp
}

const rule = (match: Pick<Rule, 'where' | 'status' | 'text'>, kind: FaultClass, code: ErrorCode, pressure: Pressure = 'none'): Rule => ({
  ...match,
  class: kind,
  code,
  pressure,
})

/** First match wins; the order carries meaning (the narrow before the wide). */
export const rules: readonly Rule[] = [
  // the wire
  rule({ where: 'unsent' }, 'repeat', 'PROXMOX_UNREACHABLE'),
  rule({ where: 'certificate' }, 'repeat', 'PROXMOX_CERTIFICATE'),
  rule({ where: 'timeout' }, 'unknown', 'PROXMOX_TIMEOUT', 'api'),
  rule({ where: 'lost' }, 'unknown', 'PROXMOX_UNREACHABLE'),
  rule({ where: 'shape' }, 'unknown', 'PROXMOX_UNEXPECTED_ANSWER'),
  rule({ status: [401, 401] }, 'auth', 'PROXMOX_AUTH'),
  rule({ status: [403, 403], text: /pool '.*' does not exist/ }, 'permanent', 'PROXMOX_NOT_FOUND'),
  rule({ status: [403, 403] }, 'permanent', 'PROXMOX_AUTH'),
  // a node that is down, not an API that is overloaded
  rule({ status: [595, 595] }, 'repeat', 'PROXMOX_UNREACHABLE'),
  rule({ status: [596, 596], text: /timed out/i }, 'unknown', 'PROXMOX_TIMEOUT', 'api'),
  rule({ status: [596, 599] }, 'unknown', 'PROXMOX_UNREACHABLE', 'api'),
  rule({ status: [504, 504] }, 'unknown', 'PROXMOX_TIMEOUT', 'api'),
  rule({ status: [502, 503] }, 'unknown', 'PROXMOX_UNREACHABLE', 'api'),
  rule({ status: [429, 429] }, 'transient', 'PROXMOX_BUSY', 'api'),
  rule({ status: [501, 501] }, 'permanent', 'PROXMOX_REFUSED'),
  // a task may run although the request failed: the fork comes before the lock of the task list
  rule({ text: /\/tasks\/\.active\.lock/ }, 'unknown', 'PROXMOX_OUTCOME_UNKNOWN', 'api'),
  // the child was killed before its function ran
  rule({ text: /got no worker upid - start worker failed/ }, 'repeat', 'PROXMOX_BUSY', 'api'),
  // what is missing
  rule({ text: /Configuration file 'nodes\/[^']+\/(?:qemu-server|lxc)\/\d+\.conf' does not exist/ }, 'missing', 'PROXMOX_NOT_FOUND'),
  rule({ text: /no such task/ }, 'missing', 'PROXMOX_NOT_FOUND'),
  rule({ text: /(?:config file already exists|VM \d+ already exists|CT \d+ already exists)/ }, 'id-taken', 'PROXMOX_ID_TAKEN'),
  // disks gone, permissions not: the VM stays with `lock: destroyed`
  rule({ text: /access permissions cleanup for VM \d+ failed/ }, 'zombie', 'PROXMOX_TASK_FAILED', 'api'),
  rule({ text: /VM is locked \(destroyed\)/ }, 'zombie', 'PROXMOX_REFUSED'),
  rule({ text: /VM is locked \(suspended\)/ }, 'permanent', 'PROXMOX_REFUSED'),
  rule({ text: /(?:VM|CT) is locked \([^)]+\)/ }, 'busy', 'PROXMOX_BUSY'),
  // locks that were not granted in time
  rule(
    { text: /pve-storage-[^']+' - got timeout|cfs-lock 'storage-[^']+' error: got lock request timeout/ },
    'transient',
    'PROXMOX_BUSY',
    'storage',
  ),
  rule({ text: /'storage-[^']+'-locked command timed out/ }, 'transient', 'PROXMOX_BUSY', 'storage'),
  rule({ text: /can't lock file '[^']+' - got timeout|got lock request timeout|locked command timed out/ }, 'transient', 'PROXMOX_BUSY'),
  rule({ text: /cluster not ready - no quorum|no quorum!/ }, 'transient', 'PROXMOX_BUSY'),
  rule({ text: /Failed to obtain guest migration lock/ }, 'transient', 'PROXMOX_BUSY'),
  rule({ text: /checksum mismatch \(file change by other user\?\)|detected modified configuration/ }, 'transient', 'PROXMOX_BUSY'),
  rule({ text: /qmp command '[^']+' failed - (?:got timeout|unable to connect)/ }, 'transient', 'PROXMOX_BUSY'),
  // the worker was killed: what it left is looked up before it is asked again
  rule(
    { where: 'task', text: /^unexpected status$|interrupted by signal|received interrupt|unable to get last line from task log/ },
    'unknown',
    'PROXMOX_TASK_FAILED',
  ),
  // the guest agent
  rule({ text: /No QEMU guest agent configured/ }, 'agent-missing', 'PROXMOX_REFUSED'),
  rule({ text: /QEMU guest agent is not running|VM \d+ is not running|Agent error:/ }, 'agent-down', 'PROXMOX_REFUSED'),
  // it is so already
  rule(
    { text: /VM \d+ already running|VM \d+ not running|you can't convert a template to a template/ },
    'already-done',
    'PROXMOX_ALREADY_DONE',
  ),
  // other objects that do not exist: asking for them was the mistake, the VM may be there
  rule(
    { text: /hostname lookup '[^']*' failed|no such cluster node|storage '[^']*' (?:does not exist|is disabled|is not available)/ },
    'permanent',
    'PROXMOX_NOT_FOUND',
  ),
  rule(
    { text: /(?:pool|snapshot|volume|disk|disk image) '[^']*' does not exist|no such (?:volume group|logical volume)/ },
    'permanent',
    'PROXMOX_NOT_FOUND',
  ),
  // all else
  rule({ where: 'task' }, 'permanent', 'PROXMOX_TASK_FAILED'),
  rule({ status: [400, 400] }, 'permanent', 'PROXMOX_REFUSED'),
  rule({ status: [500, 500] }, 'permanent', 'PROXMOX_REFUSED'),
]

const unexpected: Classified = { class: 'permanent', code: 'PROXMOX_UNEXPECTED_ANSWER', pressure: 'none' }

/** The class, the error code and the pressure of what was seen. Pure; every text of the API that matters is a case of its test. */
export function classify(seen: Seen): Classified {
  const found = rules.find(
    ({ where, status, text }) =>
      (where === undefined || where === seen.where) &&
      (status === undefined || (seen.status !== undefined && seen.status >= status[0] && seen.status <= status[1])) &&
      (text === undefined || text.test(seen.text)),
  )
  return found === undefined ? unexpected : { class: found.class, code: found.code, pressure: found.pressure }
}
