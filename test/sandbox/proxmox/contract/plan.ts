import type { FaultPlan } from '../../../../src/sandbox/proxmox/index.ts'
import type { Exchange } from './recording.ts'

/** Calls that our client does not make, and moments that only the recording's own set-up explains. */
const excludedCalls: readonly [RegExp, string][] = [
  [/\/cluster\/sdn\//, 'SDN: our client makes no networks'],
  [/\/vncproxy/, 'a newer version than the emulated one, which gives a password unasked: see test/clients/proxmox/screen.test.ts'],
  [/\/agent\/(exec|exec-status|file-)/, 'commands and files by the agent: not used by our client'],
  [/\/firewall\/(aliases|refs)/, 'firewall aliases and references: not used by our client'],
  [/content=(import|iso)$|iso%2F|\/upload$/, 'ISO and import files: not used by our client'],
  [/imgdel%3Alab%3A|imgcopy/, 'task of an upload or of an ISO file'],
  [/\/(syslog|services|time|capabilities\/.*|network)$|syslog\?/, 'host administration: not used by our client'],
  [/^\/cluster\/(log|ha|backup)/, 'cluster log, HA and backup jobs: not used by our client'],
  [/^\/access\/password/, 'change of a password: not used by our client'],
  [/\/stopall|stopall/, 'bulk stop: not used by our client'],
]

/** Both bounds included. */
const excludedRanges: readonly [number, number, string][] = [
  [56, 62, 'full clone of a running VM failed for want of the vendor QEMU in the recorded installation'],
  [103, 109, 'full clone failed for want of the vendor QEMU in the recorded installation'],
  [127, 130, 'snapshot of a running VM failed for want of the vendor QEMU in the recorded installation'],
  [149, 152, 'resize of a running VM failed for want of the vendor QEMU in the recorded installation'],
  [296, 299, 'VM made from an import file that was missing: our client clones only'],
  [347, 350, 'VM made from an import file: our client clones only (an equal VM is made instead)'],
  [403, 407, 'VM made from an import file: our client clones only (an equal VM is made instead)'],
  [861, 861, 'full clone of a running VM: needs the vendor QEMU'],
  [865, 865, 'lists the task of the clone before, which is not replayed'],
  [1009, 1015, 'upload and ISO file: not used by our client'],
]

/** Why an exchange is not replayed, or undefined. */
export function exclusionOf(exchange: Exchange): string | undefined {
  const range = excludedRanges.find(([from, to]) => exchange.i >= from && exchange.i <= to)
  return range?.[2] ?? excludedCalls.find(([pattern]) => pattern.test(exchange.p))?.[1]
}

/** The recording holds no headers: who asked, where it was not the last who signed in. */
const callers: readonly [number, number, string][] = [
  [22, 22, 'no-csrf'],
  [23, 23, 'wrong-csrf'],
  [24, 24, 'wrong-ticket'],
  [25, 25, 'nobody'],
  [183, 183, 'token lab@pve!app'],
  [184, 190, 'token lab@pve!app2'],
  [192, 193, 'token lab@pve!app2'],
  [195, 196, 'token lab@pve!app2'],
  [197, 199, 'wrong-token'],
  [217, 293, 'root@pam'],
  [979, 987, 'lab@pve'],
  [990, 995, 'lab@pve'],
  [1112, 1112, 'nobody'],
  [1121, 1130, 'token lab@pve!client'],
]
export const callerOf = (index: number): string | undefined => callers.find(([from, to]) => index >= from && index <= to)?.[2]

/** What happened between the recorded exchanges without being recorded. */
export type Step =
  | { readonly kind: 'call'; readonly method: string; readonly path: string; readonly form?: string }
  | { readonly kind: 'hold'; readonly lock?: string; readonly vmid?: number; readonly ms: number }
  | { readonly kind: 'agent'; readonly vmid: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'faults'; readonly plan: FaultPlan }

const call = (method: string, path: string, form?: string): Step => ({
  kind: 'call',
  method,
  path,
  ...(form === undefined ? {} : { form }),
})
const clone = (source: number, newid: number, name: string): Step =>
  call('POST', `/nodes/pve1/qemu/${source}/clone`, `newid=${newid}&name=${name}`)
const importedVm = (vmid: number, storage: string, name: string): Step =>
  call(
    'POST',
    '/nodes/pve1/qemu',
    `vmid=${vmid}&name=${name}&memory=256&cores=1&scsi0=${storage}%3A0.0625%2Cformat%3Dqcow2&scsihw=virtio-scsi-pci&net0=virtio%2Cbridge%3Dvmbr0%2Cfirewall%3D1&ostype=l26&agent=enabled%3D1&serial0=socket&boot=order%3Dscsi0`,
  )
const storageLock = '/var/lock/pve-manager/pve-storage-lab'
const hold = (ms: number): Step => ({ kind: 'hold', lock: storageLock, ms })
const faults = (...list: FaultPlan['faults']): Step => ({ kind: 'faults', plan: { faults: list } })
const slowClones = (ms: number) => ({ fault: 'slow-storage' as const, operation: 'clone' as const, ms })
const deaf = { fault: 'guest-ignores-shutdown' as const, vmid: 3000 }

/** The VMs of a class that was there while the exchanges 753 to 901 were recorded. */
const classVms = Array.from({ length: 8 }, (_unused, index) => 3_000 + index)

/** By the number of the exchange that they come before. */
export const unrecorded: Readonly<Record<number, readonly Step[]>> = {
  119: [{ kind: 'advance', ms: 1_000 }],
  351: [importedVm(900, 'lab', 'labguest')],
  408: [importedVm(900, 'lab', 'labguest'), { kind: 'agent', vmid: 900 }],
  432: [
    call('POST', '/nodes/pve1/qemu/900/status/stop'),
    call('POST', '/nodes/pve1/qemu/900/template'),
    importedVm(901, 'labshared', 'tplshared'),
    call('POST', '/nodes/pve1/qemu/901/template'),
    clone(900, 1024, 'c1024'),
  ],
  446: [{ kind: 'hold', vmid: 2000, ms: 24_000 }],
  496: [hold(26_000)],
  569: [{ kind: 'advance', ms: 20_000 }],
  573: [hold(21_500)],
  641: [{ kind: 'advance', ms: 5_000 }],
  745: [clone(900, 100, 'race'), clone(900, 101, 'race')],
  753: [...classVms.map((vmid) => clone(900, vmid, `st${vmid - 3000}`)), call('POST', '/nodes/pve1/qemu/3000/status/start'), faults(deaf)],
  754: [{ kind: 'advance', ms: 500 }],
  797: [faults(deaf, slowClones(5_000))],
  798: [{ kind: 'advance', ms: 500 }],
  902: [
    faults(),
    call('POST', '/nodes/pve1/qemu/3000/status/stop'),
    ...classVms.map((vmid) => call('DELETE', `/nodes/pve1/qemu/${vmid}?purge=1`)),
  ],
  914: [faults(slowClones(40_000))],
  915: [{ kind: 'advance', ms: 500 }],
  920: [{ kind: 'advance', ms: 10_000 }],
  963: [{ kind: 'advance', ms: 500 }],
  991: [faults()],
  1068: [call('POST', '/nodes/pve1/qemu/4000/agent/shutdown'), { kind: 'advance', ms: 2_000 }],
  1104: [faults({ fault: 'timed-out', path: '/status/current$' })],
  1105: [faults()],
  1106: [faults({ fault: 'refused' })],
  1112: [faults()],
}
