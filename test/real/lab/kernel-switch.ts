import type { MachineFiles } from './machine-files.ts'
import type { Namespace } from './namespace.ts'

/**
 * A Linux bridge with VLAN filtering. Many kernels that run tests were built without it, so the switch has a kernel of its own: Debian's
 * user-mode Linux (an ordinary program), its network cards bound to the cable ends, its terminal the console.
 */
export interface KernelSwitch {
  readonly kind: 'switch'
  readonly files: MachineFiles
  readonly ports: readonly SwitchPort[]
  /** Further commands of its start. */
  readonly more?: readonly string[]
}

export interface SwitchPort {
  readonly name: string
  /** VLANs carried with a tag. */
  readonly tagged?: readonly number[]
  /** Which end of the trunk's cable it is. */
  readonly end?: 0 | 1
  /** The VLAN of untagged frames. */
  readonly untagged?: number
}

/** In the order in which they need each other. */
const modules = [
  'lib/crc-ccitt',
  ...['ipv6/ipv6', 'llc/llc', '802/stp', '802/garp', '802/mrp', '8021q/8021q', 'bridge/bridge'].map((name) => `net/${name}`),
  'drivers/net/dummy',
  ...['sch_netem', 'sch_tbf'].map((name) => `net/sched/${name}`),
]

const vlanLines = ({ name, tagged = [], untagged }: SwitchPort): readonly string[] => [
  `ip link set ${name} master br0 up`,
  ...tagged.map((vlan) => `bridge vlan add dev ${name} vid ${vlan}`),
  ...(untagged === undefined ? [] : [`bridge vlan add dev ${name} vid ${untagged} pvid untagged`]),
]

/** What the switch's first process does: devices, modules, the bridge, and a login on its console again and again. */
const initScript = ({ files, ports, more = [] }: KernelSwitch): string => `#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mountpoint -q /dev || mount -t devtmpfs dev /dev
mkdir -p /dev/pts && mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t tmpfs -o mode=755 log /var/log
hostname ${files.hostname}
for module in ${modules.join(' ')}; do busybox insmod "/usr/lib/uml/modules/$(uname -r)/kernel/$module.ko"; done
ip link set lo up
ip link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
ip link set br0 up
${ports.map(({ name }, index) => `ip link set vec${index} name ${name}`).join('\n')}
${[...ports.flatMap(vlanLines), ...more].join('\n')}
while :; do setsid -c login < /dev/tty0 > /dev/tty0 2>&1; done
`

/** The program on the switch's console: the kernel itself. */
export const switchCommand = ({ ports }: KernelSwitch): readonly string[] => [
  'TMPDIR=/dev/shm exec linux.uml mem=96M quiet root=/dev/root rootfstype=hostfs rootflags=/ rw uml_dir=/run/.lab init=/run/.lab/init',
  'con=null con0=fd:0,fd:1',
  ...ports.map((port, index) => `vec${index}:${transportOf(port)},depth=32`),
]

const transportOf = ({ name, tagged, end }: SwitchPort): string =>
  tagged === undefined
    ? `transport=raw,ifname=${name},bpffile=/run/.lab/incoming.bpf`
    : `transport=gre,src=${ends[end ?? 0]},dst=${ends[end === 1 ? 0 : 1]}`

/**
 * A packet socket loses the tags of VLANs, so frames of a trunk travel whole, in GRE, between the two ends of its cable. These addresses
 * are the cable's; no device of the lab can see them.
 */
const ends = ['169.254.7.1', '169.254.7.2'] as const

/**
 * Classic BPF: a frame that the port itself sent (packet type 4, outgoing) is not received again, else two ports of a bridge are a loop.
 * Instructions of 8 bytes: load the packet type, compare, drop, take (linux/filter.h).
 */
const incomingOnly = [
  [0x30, 0, 0, 0xffff_f004],
  [0x15, 0, 1, 4],
  [0x06, 0, 0, 0],
  [0x06, 0, 0, 0x4_0000],
] as const

const asOctal = ([code, jumpTrue, jumpFalse, value]: (typeof incomingOnly)[number]): string => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(code, 0)
  bytes.writeUInt8(jumpTrue, 2)
  bytes.writeUInt8(jumpFalse, 3)
  bytes.writeUInt32LE(value, 4)
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}

export async function prepareSwitch(machine: Namespace, device: KernelSwitch): Promise<void> {
  await machine.run('mount -o remount,exec /dev/shm')
  await machine.run(`printf '${incomingOnly.map(asOctal).join('')}' > /run/.lab/incoming.bpf`)
  await machine.run('sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 || true')
  for (const { name, tagged, end = 0 } of device.ports) {
    await machine.run(tagged === undefined ? `ip link set ${name} arp off` : `ip addr add ${ends[end]}/30 dev ${name}`)
  }
  await machine.run('cat > /run/.lab/init; chmod 755 /run/.lab/init', initScript(device))
}
