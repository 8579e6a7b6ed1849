import { BlockList, isIP, isIPv4 } from 'node:net'
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
/** Proxmox's own set of the addresses from which the first card may send. */
const ownSet = 'ipfilter-net0'
const sshPort = 22

/**
 * The firewall of a lab, as its template's file carries it to every clone: in only from this server and only to GNS3, the consoles and the
 * way to devices by SSH; out only what the exercise allows. It acts where the datacenter's firewall is on, which is not ours to switch.
 * Addresses are not filtered here (`boundTo` does): a VM whose address comes by DHCP could send nothing at all.
 * @param direct an address that is let in to GNS3 and the consoles besides; null: none
 */
export function firewallOf(
  network: Exercise['network'],
  { serverAddresses, gns3Port, consolePorts }: IsolationOptions,
  direct: string | null = null,
): VmFirewall {
  const labPorts = `${gns3Port},${consolePorts.from}:${consolePorts.to}`
  const letIn = (source: string, dport: string): FirewallRule => ({
    type: 'in',
    action: 'ACCEPT',
    enable: true,
    proto: 'tcp',
    dport,
    source,
  })
  const inward = [letIn(`+${serverSet}`, `${sshPort},${labPorts}`), ...(direct === null ? [] : [letIn(direct, labPorts)])]
  const allowed = typeof network === 'string' ? [] : network.allow.map(allowRule)
  return {
    options: {
      enable: true,
      dhcp: true,
      macfilter: true,
      policyIn: 'DROP',
      policyOut: network === 'open' ? 'ACCEPT' : 'DROP',
    },
    rules: [...inward, ...allowed],
    ipsets: { [serverSet]: serverAddresses },
  }
}

/**
 * The same for a VM whose address is given to it: it may send from no other. The set's name is Proxmox's own (anti-spoofing per card).
 * @param address with or without its prefix length
 */
export const boundTo = (firewall: VmFirewall, address: string): VmFirewall => ({
  ...firewall,
  ipsets: { ...firewall.ipsets, [ownSet]: [address.replace(/\/.*$/, '')] },
})

/** The same where the VM found has such a set: it is the VM's own and no part of what its exercise asks for. */
export function withOwnAddresses(wanted: VmFirewall, found: VmFirewall): VmFirewall {
  const bound = found.ipsets[ownSet]
  return bound === undefined ? wanted : { ...wanted, ipsets: { ...wanted.ipsets, [ownSet]: bound } }
}

const neverLetIn = new BlockList()
neverLetIn.addSubnet('0.0.0.0', 8)
neverLetIn.addSubnet('127.0.0.0', 8)
neverLetIn.addSubnet('169.254.0.0', 16)
neverLetIn.addAddress('::', 'ipv6')
neverLetIn.addAddress('::1', 'ipv6')
neverLetIn.addSubnet('fe80::', 10, 'ipv6')

/**
 * The address of somebody who calls us, as a firewall rule can name it.
 * @param from as the socket or a trusted proxy has it; IPv4 may be mapped into IPv6
 * @returns null for what names no computer of its own: loopback, link-local, an address of this server
 */
export function reachableSource(from: string, serverAddresses: readonly string[]): string | null {
  const address = from.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || neverLetIn.check(address, family === 4 ? 'ipv4' : 'ipv6')) return null
  return serverAddresses.some((own) => own.replace(/\/.*$/, '').toLowerCase() === address) ? null : address
}

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
