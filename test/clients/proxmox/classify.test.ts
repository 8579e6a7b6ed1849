import { describe, expect, it } from 'vitest'
import { classify, type FaultClass, type Seen } from '../../../src/clients/proxmox/classify.ts'
import { backOffMs, policies } from '../../../src/clients/proxmox/policy.ts'
import type { ErrorCode } from '../../../src/errors.ts'

const answer = (status: number, text: string): Seen => ({ where: 'answer', status, text })
const task = (text: string): Seen => ({ where: 'task', text })

/** Every text that Proxmox is known to say and that must be told apart; texts as its sources and a running API have them. */
const cases: readonly (readonly [Seen, FaultClass, ErrorCode])[] = [
  [{ where: 'unsent', text: 'connect ECONNREFUSED' }, 'repeat', 'PROXMOX_UNREACHABLE'],
  [{ where: 'certificate', text: 'certificate has expired' }, 'repeat', 'PROXMOX_CERTIFICATE'],
  [{ where: 'lost', text: 'other side closed' }, 'unknown', 'PROXMOX_UNREACHABLE'],
  [{ where: 'timeout', text: 'Headers Timeout Error' }, 'unknown', 'PROXMOX_TIMEOUT'],
  [{ where: 'shape', status: 200, text: 'no JSON envelope' }, 'unknown', 'PROXMOX_UNEXPECTED_ANSWER'],
  [answer(401, 'No ticket'), 'auth', 'PROXMOX_AUTH'],
  [answer(401, 'Authentication failed!'), 'auth', 'PROXMOX_AUTH'],
  [answer(401, 'permission denied - invalid PVE ticket'), 'auth', 'PROXMOX_AUTH'],
  [answer(401, 'Permission denied - invalid csrf token'), 'auth', 'PROXMOX_AUTH'],
  [answer(401, 'authentication failure'), 'auth', 'PROXMOX_AUTH'],
  [answer(403, 'Permission check failed (/vms/100, VM.Audit)'), 'permanent', 'PROXMOX_AUTH'],
  [answer(403, "Permission check failed (pool 'x' does not exist)"), 'permanent', 'PROXMOX_NOT_FOUND'],
  [answer(400, 'Parameter verification failed.'), 'permanent', 'PROXMOX_REFUSED'],
  [answer(400, 'Parameter verification failed. vmid: VM 218 already exists'), 'id-taken', 'PROXMOX_ID_TAKEN'],
  [answer(400, 'Parameter verification failed. upid: no such task'), 'missing', 'PROXMOX_NOT_FOUND'],
  [answer(501, "Method 'GET /nope' not implemented"), 'permanent', 'PROXMOX_REFUSED'],
  [answer(501, "Unexpected content for method 'DELETE'"), 'permanent', 'PROXMOX_REFUSED'],
  [answer(595, 'Connection refused'), 'repeat', 'PROXMOX_UNREACHABLE'],
  [answer(595, 'No route to host'), 'repeat', 'PROXMOX_UNREACHABLE'],
  [answer(596, 'Connection timed out'), 'unknown', 'PROXMOX_TIMEOUT'],
  [answer(596, 'Broken pipe'), 'unknown', 'PROXMOX_UNREACHABLE'],
  [answer(597, 'Unexpected end-of-file'), 'unknown', 'PROXMOX_UNREACHABLE'],
  [answer(599, 'Too many redirections'), 'unknown', 'PROXMOX_UNREACHABLE'],
  [answer(502, 'Bad Gateway'), 'unknown', 'PROXMOX_UNREACHABLE'],
  [answer(504, 'Gateway Time-out'), 'unknown', 'PROXMOX_TIMEOUT'],
  [answer(404, 'Not Found'), 'permanent', 'PROXMOX_UNEXPECTED_ANSWER'],
  [answer(302, 'Found'), 'permanent', 'PROXMOX_UNEXPECTED_ANSWER'],
  [answer(500, 'got no worker upid - start worker failed'), 'repeat', 'PROXMOX_BUSY'],
  [answer(500, "can't lock file '/var/log/pve/tasks/.active.lock' - got timeout"), 'unknown', 'PROXMOX_OUTCOME_UNKNOWN'],
  [answer(500, "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist"), 'missing', 'PROXMOX_NOT_FOUND'],
  [answer(500, 'unable to create VM 2101: config file already exists'), 'id-taken', 'PROXMOX_ID_TAKEN'],
  [answer(500, "unable to create VM 100 - VM 100 already exists on node 'pve1'"), 'id-taken', 'PROXMOX_ID_TAKEN'],
  [answer(500, 'VM is locked (backup)'), 'busy', 'PROXMOX_BUSY'],
  [task('VM is locked (clone)'), 'busy', 'PROXMOX_BUSY'],
  [task('VM is locked (snapshot-delete)'), 'busy', 'PROXMOX_BUSY'],
  [task('VM is locked (suspended)'), 'permanent', 'PROXMOX_REFUSED'],
  [answer(500, 'VM is locked (destroyed)'), 'zombie', 'PROXMOX_REFUSED'],
  [
    task("access permissions cleanup for VM 2101 failed: cfs-lock 'file-user_cfg' error: got lock request timeout"),
    'zombie',
    'PROXMOX_TASK_FAILED',
  ],
  [task("can't lock file '/var/lock/qemu-server/lock-3100.conf' - got timeout"), 'transient', 'PROXMOX_BUSY'],
  [task("clone failed: can't lock file '/var/lock/pve-manager/pve-storage-lab' - got timeout"), 'transient', 'PROXMOX_BUSY'],
  [task("clone failed: cfs-lock 'storage-labshared' error: got lock request timeout"), 'transient', 'PROXMOX_BUSY'],
  [
    task("clone failed: can't add VM 123 to pool 'p': cfs-lock 'file-user_cfg' error: got lock request timeout"),
    'transient',
    'PROXMOX_BUSY',
  ],
  [task("'storage-ceph'-locked command timed out - aborting"), 'transient', 'PROXMOX_BUSY'],
  [answer(500, 'cluster not ready - no quorum?'), 'transient', 'PROXMOX_BUSY'],
  [task("cfs-lock 'storage-ceph' error: no quorum!"), 'transient', 'PROXMOX_BUSY'],
  [answer(500, 'checksum mismatch (file change by other user?)'), 'transient', 'PROXMOX_BUSY'],
  [answer(500, 'detected modified configuration - file changed by other user? Try again.'), 'transient', 'PROXMOX_BUSY'],
  [task('Failed to obtain guest migration lock - replication running?'), 'transient', 'PROXMOX_BUSY'],
  [task('VM 100 already running'), 'already-done', 'PROXMOX_ALREADY_DONE'],
  [answer(500, 'VM 123 not running'), 'already-done', 'PROXMOX_ALREADY_DONE'],
  [answer(500, "you can't convert a template to a template"), 'already-done', 'PROXMOX_ALREADY_DONE'],
  [answer(500, "you can't convert a VM to template if VM is running"), 'permanent', 'PROXMOX_REFUSED'],
  [task("you can't start a vm if it's a template"), 'permanent', 'PROXMOX_TASK_FAILED'],
  [task('VM quit/powerdown failed - got timeout'), 'permanent', 'PROXMOX_TASK_FAILED'],
  [task('start failed: QEMU exited with code 1'), 'permanent', 'PROXMOX_TASK_FAILED'],
  [task('unexpected status'), 'unknown', 'PROXMOX_TASK_FAILED'],
  [task('clone failed: unable to create image: interrupted by signal'), 'unknown', 'PROXMOX_TASK_FAILED'],
  [task("base volume 'lab:100/base-100-disk-0.qcow2' is still in use by linked cloned"), 'permanent', 'PROXMOX_TASK_FAILED'],
  [answer(500, "Linked clone feature is not supported for 'lab:100/vm-100-disk-0.qcow2' (scsi0)"), 'permanent', 'PROXMOX_REFUSED'],
  [answer(500, "parameter 'storage' not allowed for linked clones"), 'permanent', 'PROXMOX_REFUSED'],
  [answer(500, "can't remove VM 123 - protection mode enabled"), 'permanent', 'PROXMOX_REFUSED'],
  [answer(500, 'VM 100 is running - destroy failed'), 'permanent', 'PROXMOX_REFUSED'],
  [
    answer(500, "hostname lookup 'nope' failed - failed to get address info for: nope: Name or service not known"),
    'permanent',
    'PROXMOX_NOT_FOUND',
  ],
  [answer(500, "storage 'x' does not exist"), 'permanent', 'PROXMOX_NOT_FOUND'],
  [answer(500, "storage 'x' is not available on node 'y'"), 'permanent', 'PROXMOX_NOT_FOUND'],
  [answer(500, 'QEMU guest agent is not running'), 'agent-down', 'PROXMOX_REFUSED'],
  [answer(500, 'VM 900 is not running'), 'agent-down', 'PROXMOX_REFUSED'],
  [answer(500, 'No QEMU guest agent configured'), 'agent-missing', 'PROXMOX_REFUSED'],
  [answer(500, "VM 123 qmp command 'guest-network-get-interfaces' failed - got timeout"), 'transient', 'PROXMOX_BUSY'],
  [answer(500, 'something nobody has seen before'), 'permanent', 'PROXMOX_REFUSED'],
  [task('something nobody has seen before'), 'permanent', 'PROXMOX_TASK_FAILED'],
]

describe('classify', () => {
  it.each(cases)('%o is %s (%s)', (seen, kind, code) => {
    expect(classify(seen)).toMatchObject({ class: kind, code })
  })

  it('blames the storage budget for its own lock only', () => {
    const pressure = (text: string) => classify(task(text)).pressure
    expect(pressure("can't lock file '/var/lock/pve-manager/pve-storage-lab' - got timeout")).toBe('storage')
    expect(pressure("cfs-lock 'storage-ceph' error: got lock request timeout")).toBe('storage')
    expect(pressure("cfs-lock 'file-user_cfg' error: got lock request timeout")).toBe('none')
  })

  it('does not take a node that is down for an API that is overloaded', () => {
    expect(classify(answer(595, 'No route to host')).pressure).toBe('none')
    expect(classify(answer(596, 'Connection timed out')).pressure).toBe('api')
  })
})

describe('policy', () => {
  it('looks for the task before anything else after an unknown outcome', () => {
    expect(policies.unknown.reaction).toBe('settle')
  })

  it('never repeats what is permanent, refused or half-destroyed', () => {
    for (const kind of ['permanent', 'auth', 'zombie'] as const) expect(policies[kind]).toEqual({ reaction: 'fail', repeats: 0 })
  })

  it('waits longer each time, between half and all of it, up to a bound', () => {
    expect([1, 2, 3, 4, 5, 9].map((attempt) => backOffMs(attempt, () => 1))).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
    expect(backOffMs(2, () => 0)).toBe(1_000)
  })
})
