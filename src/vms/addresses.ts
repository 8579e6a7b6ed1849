import { BlockList, isIP } from 'node:net'
import type { Proxmox, VmConfig } from '../clients/proxmox/index.ts'
import { AppError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { type Sentence, say } from '../lib/sentence.ts'

/** Where the GNS3 of a lab answers. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** A network address that a guest reported, with the interface it says it has it on. */
export interface AddressClaim {
  readonly address: string
  readonly mac: string
}

export interface ClaimRules {
  /** LAB_NETWORKS in prefix notation; empty: every address is refused. */
  readonly networks: readonly string[]
  /** Addresses that no lab may have: ours, Proxmox's, the directory's. */
  readonly forbidden: readonly string[]
}

/**
 * Judges a claim. An address learnt from a guest is a claim by somebody who may be root in it.
 * @returns null when it may be used, else a word for why not
 */
export function judgeClaim(
  claim: AddressClaim,
  expectedMac: string,
  rules: ClaimRules,
): 'mac' | 'not-an-address' | 'loopback' | 'forbidden' | 'network' | null {
  const version = isIP(claim.address)
  // one with a zone (fe80::1%eth0) means something on the guest's side only
  if (version === 0 || claim.address.includes('%')) return 'not-an-address'
  if (claim.mac.toLowerCase() !== expectedMac.toLowerCase()) return 'mac'
  const family = version === 4 ? 'ipv4' : 'ipv6'
  // compared as addresses, not as texts: ::ffff:10.0.0.5 reaches 10.0.0.5
  const forbidden = rules.forbidden
    .filter((address) => isIP(address) !== 0)
    .map((address) => `${address}/${isIP(address) === 4 ? 32 : 128}`)
  if (toBlockList(forbidden).check(claim.address, family)) return 'forbidden'
  if (toBlockList(neverOneMachine).check(claim.address, family)) return 'network'
  // a wide network such as 0.0.0.0/0 does not admit this machine itself: loopback must be named
  const isLoopback = toBlockList(['127.0.0.0/8', '::1/128']).check(claim.address, family)
  const networks = isLoopback ? rules.networks.filter((network) => network.startsWith('127.')) : rules.networks
  if (toBlockList(networks).check(claim.address, family)) return null
  return isLoopback ? 'loopback' : 'network'
}

/** Unspecified (a connection to it reaches this machine), multicast and reserved addresses: no lab has one. */
const neverOneMachine = ['0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4', '::/128', 'ff00::/8']

function toBlockList(networks: readonly string[]): BlockList {
  const blocks = new BlockList()
  for (const network of networks) {
    const [prefix = '', length = ''] = network.split('/')
    blocks.addSubnet(prefix, Number(length), isIP(prefix) === 4 ? 'ipv4' : 'ipv6')
  }
  return blocks
}

/**
 * The static address of the n-th VM in an IPv4 network; the first usable address after the network's own and the gateway is number 0.
 * @returns undefined when the network is too small
 */
export function staticAddress(network: string, index: number): string | undefined {
  const [prefix = '', length = ''] = network.split('/')
  if (isIP(prefix) !== 4) return undefined
  const size = 2 ** (32 - Number(length))
  const offset = index + 2
  if (offset >= size - 1) return undefined
  const start = prefix.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const value = Math.floor(start / size) * size + offset
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

export interface FindAddress {
  readonly pveNode: string
  readonly vmid: number
  /** True when another VM of ours uses this endpoint now. */
  readonly isClaimed: (endpoint: Endpoint) => boolean
  readonly signal: AbortSignal
}

export interface AddressFinder {
  /** Waits until the VM has a usable address. @throws AppError LAB_ADDRESS_MISSING, LAB_ADDRESS_REFUSED */
  find(request: FindAddress): Promise<Endpoint>
}

export interface AddressFinderOptions {
  readonly mode: { readonly kind: 'agent' | 'sandbox' } | { readonly kind: 'cloud-init'; readonly network: string }
  readonly proxmox: Proxmox
  /** LAB_NETWORKS. */
  readonly networks: readonly string[]
  /** Addresses that no lab may have, looked up for each search: settings name hosts too. */
  readonly forbidden: () => Promise<readonly string[]>
  readonly gns3Port: number
  readonly clock: Clock
  /** The lowest VM id: static addresses are counted from it. */
  readonly firstVmid: number
  /** The sandbox's endpoints where VMs have no loopback address of their own. */
  readonly sandboxEndpoints?: (vmid: number) => Promise<Endpoint | null>
  readonly pollMs?: number
  readonly deadlineMs?: number
}

const macOf = (config: VmConfig | undefined): string | undefined => config?.nets.find((net) => net.key === 'net0')?.mac

/**
 * Finds the address of a VM as LAB_ADDRESSES says. `agent` asks the guest agent with few polls: each poll of a booting VM holds one of
 * Proxmox's three workers for three seconds.
 */
export function createAddressFinder(options: AddressFinderOptions): AddressFinder {
  const { proxmox, networks, clock, gns3Port, pollMs = 5_000, deadlineMs = 300_000 } = options

  async function readClaims(request: FindAddress): Promise<AddressClaim[]> {
    const interfaces = await proxmox.agentInterfaces(request.pveNode, request.vmid, { signal: request.signal, priority: 'interactive' })
    if (interfaces === 'not-configured')
      throw new AppError('LAB_ADDRESS_REFUSED', { details: { address: '', reason: say('details.address.no-agent') } })
    if (interfaces === 'not-running') return []
    return interfaces.flatMap((one) => (one.addresses ?? []).map(({ address }) => ({ address, mac: one.mac ?? '' })))
  }

  async function findByAgent(request: FindAddress): Promise<Endpoint> {
    const mac = macOf(await proxmox.vmConfig(request.pveNode, request.vmid, { signal: request.signal }))
    if (mac === undefined)
      throw new AppError('LAB_ADDRESS_REFUSED', { details: { address: '', reason: say('details.address.no-interface') } })
    const rules = { networks, forbidden: await options.forbidden() }
    const until = clock.now() + deadlineMs
    let refused: { address: string; reason: Sentence } | null = null
    while (clock.now() < until) {
      for (const claim of await readClaims(request)) {
        const objection = judgeClaim(claim, mac, rules)
        const endpoint = { host: claim.address, port: gns3Port }
        if (objection === null && !request.isClaimed(endpoint)) return endpoint
        if (objection !== 'mac') refused = { address: claim.address, reason: say(`details.address.${objection ?? 'taken'}`) }
      }
      await clock.sleep(pollMs, request.signal)
    }
    if (refused) throw new AppError('LAB_ADDRESS_REFUSED', { details: refused })
    throw new AppError('LAB_ADDRESS_MISSING')
  }

  async function findInSandbox(request: FindAddress): Promise<Endpoint> {
    const until = clock.now() + deadlineMs
    while (clock.now() < until) {
      const endpoint = await options.sandboxEndpoints?.(request.vmid)
      if (endpoint) return endpoint
      await clock.sleep(500, request.signal)
    }
    throw new AppError('LAB_ADDRESS_MISSING')
  }

  async function findStatic(request: FindAddress, network: string): Promise<Endpoint> {
    const host = staticAddress(network, request.vmid - options.firstVmid)
    if (host === undefined) throw new AppError('LAB_ADDRESS_MISSING')
    return { host, port: gns3Port }
  }

  return {
    find: (request) => {
      const { mode } = options
      if (mode.kind === 'cloud-init') return findStatic(request, mode.network)
      return mode.kind === 'sandbox' ? findInSandbox(request) : findByAgent(request)
    },
  }
}
