import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { FirewallRule, VmFirewall } from '../clients/proxmox/index.ts'
import type { Exercise } from '../evaluation/index.ts'

export interface IsolationOptions {
  /** Addresses from which this server reaches a lab. */
  readonly serverAddresses: readonly string[]
  readonly gns3Port: number
  readonly consolePorts: { readonly from: number; readonly to: number }
}

/** The set of addresses in the VM's own firewall file; a name without a scope is found there in 7.4, 8 and 9. */
const serverSet = 'netpraxis'
const sshPort = 22

/**
 * The firewall of a lab, as its template's file carries it to every clone: in only from this server and only to GNS3, the consoles and the
 * way to devices by SSH; out only what the exercise allows. It acts where the datacenter's firewall is on, which is not ours to switch.
 * Addresses are not filtered here (`boundTo` does): a VM whose address comes by DHCP could send nothing at all.
 */
export function firewallOf(network: Exercise['network'], { serverAddresses, gns3Port, consolePorts }: IsolationOptions): VmFirewall {
  const dport = `${sshPort},${gns3Port},${consolePorts.from}:${consolePorts.to}`
  const fromServer = { type: 'in', action: 'ACCEPT', enable: true, proto: 'tcp', dport, source: `+${serverSet}` } as const
  const allowed = typeof network === 'string' ? [] : network.allow.map(allowRule)
  return {
    options: {
      enable: true,
      dhcp: true,
      macfilter: true,
      policyIn: 'DROP',
      policyOut: network === 'open' ? 'ACCEPT' : 'DROP',
    },
    rules: [fromServer, ...allowed],
    ipsets: { [serverSet]: serverAddresses },
  }
}

/**
 * The same for a VM whose address is given to it: it may send from no other. The set's name is Proxmox's own (anti-spoofing per card).
 * @param address with or without its prefix length
 */
export const boundTo = (firewall: VmFirewall, address: string): VmFirewall => ({
  ...firewall,
  ipsets: { ...firewall.ipsets, 'ipfilter-net0': [address.replace(/\/.*$/, '')] },
})

/** `10.1.0.0/16:80/tcp` of an exercise: the port and the protocol may be left out; a port alone is TCP. */
function allowRule(text: string): FirewallRule {
  const [, dest = '', dport, proto = 'tcp'] = /^([^:]+)(?::(\d+)(?:\/(tcp|udp))?)?$/.exec(text) ?? []
  return { type: 'out', action: 'ACCEPT', enable: true, dest, ...(dport === undefined ? {} : { proto, dport }) }
}

/** The addresses of this machine under which others see it. */
export function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.filter(({ internal, address }) => !internal && (isIPv4(address) || !address.startsWith('fe80:'))).map(({ address }) => address)
}
