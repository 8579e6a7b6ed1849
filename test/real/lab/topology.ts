import type { Condition } from './change.ts'
import type { FrrRouter } from './frr-router.ts'
import type { KernelSwitch } from './kernel-switch.ts'
import type { LinuxHost } from './linux-host.ts'
import type { Account } from './machine-files.ts'
import type { VpcsPc } from './vpcs-pc.ts'

export type LabDevice = FrrRouter | LinuxHost | VpcsPc | KernelSwitch

/** How the evaluator is told to reach a device. */
export interface Access {
  readonly platform: 'frr' | 'linux' | 'vpcs'
  readonly transport: 'telnet' | 'ssh'
  readonly account: Account | null
}

const root: Account = { username: 'root', password: 'toor-7391', shell: '/bin/bash' }
const student: Account = { username: 'student', password: 'lab-2604', shell: '/bin/bash' }
const operator: Account = { username: 'netadmin', password: 'route-5518', shell: '/usr/bin/vtysh' }
/** The accounts of the lab; they exist in its machines only. */
export const accounts = { root, student, operator } as const

const files = (hostname: string, people: readonly Account[] = [root, student], busybox = false) => ({ hostname, accounts: people, busybox })
const inAsh = (account: Account): Account => ({ ...account, shell: '/bin/ash' })

const router = (hostname: string, rest: Omit<FrrRouter, 'kind' | 'files'>): FrrRouter => ({
  kind: 'frr',
  files: files(hostname, [root, operator]),
  ...rest,
})

const ospfPort = `ip ospf network point-to-point
 ip ospf hello-interval 1
 ip ospf dead-interval 4`

const ospfTimers = `timers throttle spf 0 50 200
 timers throttle lsa all 0
 timers lsa min-arrival 0`

const bgpPeer = (address: string, remoteAs: number): string => `no bgp ebgp-requires-policy
 neighbor ${address} remote-as ${remoteAs}
 neighbor ${address} timers 1 3
 neighbor ${address} timers connect 1
 neighbor ${address} advertisement-interval 0`

const isisPort = `ip router isis CORE
 isis network point-to-point
 isis circuit-type level-2-only
 isis hello-interval 1
 isis hello-multiplier 3`

const isisRouter = (net: string): string => `router isis CORE
 net ${net}
 is-type level-2-only
 metric-style wide
 lsp-gen-interval 1
 spf-interval 1`

const r1 = router('R1', {
  daemons: ['ospfd'],
  console: 'login',
  ssh: false,
  configuration: `
interface eth0
 description VLAN 10
 ip address 10.0.10.1/24
interface eth1
 description VLAN 20
 ip address 10.0.20.1/24
interface eth2
 description to R2
 ip address 10.1.12.1/30
 ${ospfPort}
ip route 10.9.1.0/24 10.1.12.2
ip route 10.9.2.0/24 blackhole
router ospf
 ospf router-id 1.1.1.1
 ${ospfTimers}
 passive-interface eth0
 passive-interface eth1
 network 10.0.10.0/24 area 0
 network 10.0.20.0/24 area 0
 network 10.1.12.0/30 area 0
`,
})

const r2 = router('R2', {
  daemons: ['ospfd', 'bgpd', 'isisd'],
  console: 'vtysh',
  ssh: false,
  configuration: `
interface lo
 ip address 10.9.1.1/24
interface eth0
 description to R1
 ip address 10.1.12.2/30
 ${ospfPort}
interface eth1
 description to R3
 ip address 10.1.23.1/30
interface eth2
 description to R4
 ip address 10.1.24.1/30
 ${isisPort}
router ospf
 ospf router-id 2.2.2.2
 ${ospfTimers}
 redistribute bgp
 redistribute isis
 passive-interface eth1
 passive-interface eth2
 network 10.1.12.0/30 area 0
 network 10.1.23.0/30 area 0
 network 10.1.24.0/30 area 0
router bgp 65001
 bgp router-id 2.2.2.2
 ${bgpPeer('10.1.23.2', 65_002)}
 address-family ipv4 unicast
  network 10.0.10.0/24
  network 10.0.20.0/24
  network 10.0.40.0/24
  network 10.1.12.0/30
  network 10.1.24.0/30
${isisRouter('49.0001.0000.0000.0002.00')}
 default-information originate ipv4 level-2 always
`,
})

const r3 = router('R3', {
  daemons: ['bgpd'],
  console: 'login',
  ssh: true,
  configuration: `
interface eth0
 description to R2
 ip address 10.1.23.2/30
interface eth1
 description servers
 ip address 10.0.30.1/24
router bgp 65002
 bgp router-id 3.3.3.3
 ${bgpPeer('10.1.23.1', 65_001)}
 address-family ipv4 unicast
  network 10.0.30.0/24
`,
})

const r4 = router('R4', {
  below: [
    'busybox httpd -p 9090 -h /tmp',
    "nft add table inet own; nft add chain inet own input '{ type filter hook input priority 0; }'; nft add rule inet own input tcp dport 8443 drop",
  ],
  daemons: ['isisd'],
  console: 'login',
  ssh: false,
  configuration: `
interface eth0
 description to R2
 ip address 10.1.24.2/30
 ${isisPort}
interface eth1
 description branch
 ip address 10.0.40.1/24
 ip router isis CORE
 isis passive
${isisRouter('49.0001.0000.0000.0004.00')}
`,
})

const port = (name: string, untagged: number) => ({ name, untagged })
const trunk = (name: string, end: 0 | 1) => ({ name, end, tagged: [10, 20] })

const sw1: KernelSwitch = {
  kind: 'switch',
  files: files('SW1', [root]),
  ports: [port('p1', 10), port('p2', 20), port('p3', 10), port('p4', 20), port('p5', 10), trunk('p6', 0)],
}
/** A station that SW2 is told of: nobody has it. */
export const fixedMac = '02:00:00:00:77:77'
const sw2: KernelSwitch = {
  kind: 'switch',
  files: files('SW2', [root]),
  ports: [trunk('p1', 1), port('p2', 10), port('p3', 20)],
  more: [`bridge fdb add ${fixedMac} dev p2 master static vlan 10`],
}

const dnsmasqLine = [
  'dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --local=/lab.test/ --interface=eth0 --bind-interfaces --pid-file=/run/dnsmasq.pid',
  '--addn-hosts=/etc/lab-hosts --dhcp-leasefile=/run/dnsmasq.leases --dhcp-range=10.0.10.100,10.0.10.120,255.255.255.0,1h',
  '--dhcp-option=3,10.0.10.1 --dhcp-option=6,10.0.10.53 --no-ping --dhcp-authoritative --user=root',
].join(' ')

/** The name server's own MAC address: a criterion names it. */
export const ns1Mac = '02:00:00:00:10:53'

/** A name server that SRV has for itself. */
export const startOwnDns =
  'dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --local=/lab.test/ --listen-address=127.0.0.1 --bind-interfaces --pid-file=/run/own-dns.pid --addn-hosts=/etc/own-hosts --user=root'

/** DNS and DHCP of VLAN 10. */
const ns1: LinuxHost = {
  kind: 'linux',
  files: files('NS1'),
  ssh: false,
  setup: [
    `ip link set eth0 address ${ns1Mac}`,
    'ip addr add 10.0.10.53/24 dev eth0; ip route add default via 10.0.10.1',
    "printf '10.0.30.80 www.lab.test srv.lab.test\\n10.0.10.53 ns1.lab.test\\n10.0.40.2 gw.lab.test\\n' > /etc/lab-hosts",
    'echo "nameserver 10.0.10.53" > /etc/resolv.conf',
    dnsmasqLine,
  ],
}

/** Waits for its lease. */
export const startDhclient = 'timeout 20 dhclient -1 -q -pf /run/dhclient.pid eth0'

/** A DHCP client of VLAN 10. */
const h1: LinuxHost = {
  kind: 'linux',
  files: files('H1'),
  ssh: true,
  setup: [startDhclient],
}

/** Nothing but busybox, in VLAN 20. */
const h2: LinuxHost = {
  kind: 'linux',
  files: files('H2', [inAsh(root), inAsh(student)], true),
  ssh: false,
  setup: ['ip addr add 10.0.20.22/24 dev eth0; ip route add default via 10.0.20.1', 'echo "nameserver 10.0.10.53" > /etc/resolv.conf'],
}

/** Web server behind R3. */
const srv: LinuxHost = {
  kind: 'linux',
  files: files('SRV'),
  ssh: true,
  setup: [
    'ip addr add 10.0.30.80/24 dev eth0; ip addr add 10.0.30.81/32 dev eth0; ip route add default via 10.0.30.1',
    'echo "nameserver 10.0.10.53" > /etc/resolv.conf',
    'echo 10.0.30.80 srv.lab.test > /etc/own-hosts',
    'mkdir -p /srv/www; echo "<h1>Welcome to the lab</h1>" > /srv/www/index.html; echo "NAME=srv" > /srv/site.conf; chmod 640 /srv/site.conf',
    'busybox httpd -p 80 -h /srv/www',
    'busybox httpd -p 8080 -h /srv/www',
    'iperf3 -s -D',
    startOwnDns,
    "nft add table inet filter; nft add chain inet filter input '{ type filter hook input priority 0; policy accept; }'; nft add rule inet filter input tcp dport 8443 drop",
  ],
}

/** A Linux router with address translation for what is behind it. */
const gw: LinuxHost = {
  kind: 'linux',
  files: files('GW'),
  ssh: true,
  setup: [
    'ip addr add 10.0.40.2/24 dev eth0; ip addr add 192.168.50.1/24 dev eth1; ip route add default via 10.0.40.1',
    'mkdir -p /etc/sysctl.d; echo net.ipv4.ip_forward=1 > /etc/sysctl.d/lab.conf; sysctl -q -p /etc/sysctl.d/lab.conf',
    "nft add table ip nat; nft add chain ip nat post '{ type nat hook postrouting priority 100; }'; nft add rule ip nat post oifname eth0 ip saddr 192.168.50.0/24 masquerade",
  ],
}

const pc = (name: string, address: string, gateway: string, rest: Pick<VpcsPc, 'mac' | 'console'>): VpcsPc => ({
  kind: 'vpcs',
  startup: [`ip ${address} ${gateway}`, `set pcname ${name}`, 'ip dns 10.0.10.53'],
  ...rest,
})

export const devices: Readonly<Record<string, LabDevice>> = {
  R1: r1,
  R2: r2,
  R3: r3,
  R4: r4,
  SW1: sw1,
  SW2: sw2,
  NS1: ns1,
  H1: h1,
  H2: h2,
  SRV: srv,
  GW: gw,
  PC1: pc('PC1', '10.0.10.11/24', '10.0.10.1', { mac: 1, console: 'native' }),
  PC2: pc('PC2', '10.0.20.12/24', '10.0.20.1', { mac: 2, console: 'terminal' }),
  PC4: pc('PC4', '192.168.50.10/24', '192.168.50.1', { mac: 4, console: 'terminal' }),
}

/** Ends of cables: device and port, twice. */
export const cables: readonly (readonly [string, string, string, string])[] = [
  ['R1', 'eth0', 'SW1', 'p1'],
  ['R1', 'eth1', 'SW1', 'p2'],
  ['H1', 'eth0', 'SW1', 'p3'],
  ['H2', 'eth0', 'SW1', 'p4'],
  ['NS1', 'eth0', 'SW1', 'p5'],
  ['SW1', 'p6', 'SW2', 'p1'],
  ['PC1', 'eth0', 'SW2', 'p2'],
  ['PC2', 'eth0', 'SW2', 'p3'],
  ['R1', 'eth2', 'R2', 'eth0'],
  ['R2', 'eth1', 'R3', 'eth0'],
  ['R2', 'eth2', 'R4', 'eth0'],
  ['R3', 'eth1', 'SRV', 'eth0'],
  ['R4', 'eth1', 'GW', 'eth0'],
  ['GW', 'eth1', 'PC4', 'eth0'],
]

const telnet = (platform: Access['platform'], account: Account | null = null): Access => ({ platform, transport: 'telnet', account })
const ssh = (platform: Access['platform'], account: Account): Access => ({ platform, transport: 'ssh', account })

/** How the exercise's devices are reached. */
export const access: Readonly<Record<string, Access>> = {
  R1: telnet('frr', operator),
  R2: telnet('frr'),
  R3: ssh('frr', operator),
  R4: telnet('frr', operator),
  SW1: telnet('linux', root),
  SW2: telnet('linux', root),
  NS1: telnet('linux', root),
  H1: telnet('linux', student),
  H2: telnet('linux', student),
  SRV: ssh('linux', root),
  GW: ssh('linux', root),
  PC1: telnet('vpcs'),
  PC2: telnet('vpcs'),
  PC4: telnet('vpcs'),
}

/** Hosts that can be reached both ways, the other way round. */
export const overOtherWays: Readonly<Record<string, Access>> = {
  R3: telnet('frr', operator),
  H1: ssh('linux', student),
  SRV: telnet('linux', root),
  GW: telnet('linux', root),
}

/** The command that starts the lab's DNS and DHCP server. */
export const startDnsmasq = dnsmasqLine

/** What the right lab shows once its protocols have converged. */
export const healthy: readonly Condition[] = [
  { on: 'R1', ask: 'show ip route ospf', shows: /O>\* 10\.0\.30\.0\/24[\s\S]*O>\* 10\.0\.40\.0\/24/ },
  { on: 'R1', ask: 'show ip route static', shows: /S>\* 10\.9\.1\.0\/24/ },
  {
    on: 'R2',
    ask: 'show ip route',
    shows: /O>\* 10\.0\.10\.0\/24[\s\S]*O>\* 10\.0\.20\.0\/24[\s\S]*B>\* 10\.0\.30\.0\/24[\s\S]*I>\* 10\.0\.40\.0\/24/,
  },
  { on: 'R3', ask: 'show ip route bgp', shows: /B>\* 10\.0\.10\.0\/24[\s\S]*B>\* 10\.0\.20\.0\/24[\s\S]*B>\* 10\.0\.40\.0\/24/ },
  { on: 'R4', ask: 'show ip route isis', shows: /I>\* 0\.0\.0\.0\/0/ },
  { on: 'H1', ask: 'ping -n -c 1 -W 1 10.0.30.80', shows: / 1 received/ },
  { on: 'H2', ask: 'ping -c 1 -W 1 10.0.40.2', shows: / 1 packets received/ },
  { on: 'GW', ask: 'ping -n -c 1 -W 1 10.0.10.53', shows: / 1 received/ },
]
