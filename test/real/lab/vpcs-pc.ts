import type { Namespace } from './namespace.ts'

export interface VpcsPc {
  readonly kind: 'vpcs'
  /** Lines of startup.vpc. */
  readonly startup: readonly string[]
  /** Last byte of its MAC address. */
  readonly mac: number
  /** `native`: VPCS's own telnet port; `terminal`: its terminal behind a shared console, as GNS3's proxy shows it. */
  readonly console: 'native' | 'terminal'
}

/** VPCS's own telnet port inside its machine. */
export const vpcsPort = 5_000
const local = 20_000
const remote = 30_000

export const vpcsCommand = ({ mac }: VpcsPc): readonly string[] => [
  'cd /run/.lab;',
  `exec vpcs -i 1 -m ${mac} -s ${local} -c ${remote} -t 127.0.0.1`,
]

/**
 * VPCS speaks UDP; socat carries each datagram as one Ethernet frame to the cable's end, which must not answer for itself. A tap would
 * do too, but needs /dev/net/tun, which containers lack. UDP4-DATAGRAM: a connected socket would end when a frame comes before VPCS is up.
 */
export async function prepareVpcs(machine: Namespace, pc: VpcsPc): Promise<void> {
  await machine.run('cat > /run/.lab/startup.vpc', pc.startup.map((line) => `${line}\n`).join(''))
  await machine.run('ip link set eth0 arp off; sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 || true')
  await machine.run(`socat UDP4-DATAGRAM:127.0.0.1:${local},bind=127.0.0.1:${remote} INTERFACE:eth0 </dev/null >/dev/null 2>&1 &`)
  if (pc.console === 'native')
    await machine.run(`cd /run/.lab; vpcs -i 1 -p ${vpcsPort} -m ${pc.mac} -s ${local} -c ${remote} -t 127.0.0.1 >/dev/null 2>&1`)
}
