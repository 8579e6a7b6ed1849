import { isAddress, sameAddress } from '../../addresses.ts'
import { type DhcpLease, type DhcpLeaseParams, dhcpLease } from '../../command-modules/dhcp-lease.ts'
import type { Observation } from '../../observation.ts'
import { type BoundReader, isUnreadable, type ReadContext, reads, type Unreadable, unreadable, type View } from '../../platform.ts'
import { samePort } from '../../target.ts'
import { canonicalMac } from '../../values.ts'
import { type ClientReading, type DhcpReaders, dhcpReader } from '../readings/dhcp.ts'
import { linesOf, unfinished, unknownAnswer } from '../readings/reading.ts'
import { askProgram } from './programs.ts'

const clientFiles = 'cat /var/lib/dhcp/dhclient*.leases /var/lib/dhclient/*.leases /run/systemd/netif/leases/*'
const serverFiles = 'cat /var/lib/misc/dnsmasq.leases /var/lib/dnsmasq/dnsmasq.leases /var/lib/dhcp/dhcpd.leases'

interface Held {
  readonly interface: string
  readonly address: string
  readonly isDynamic: boolean
}

/** `inet 10.5.4.193/24 … scope global dynamic eth0`: the kernel's mark of an address that runs out. iproute2 and busybox alike. */
function readHeld(answer: Observation): Held[] | Unreadable {
  const found: Held[] = []
  let port = ''
  for (const line of linesOf(answer)) {
    port = /^\d+: ([^:@\s]+)/.exec(line)?.[1] ?? port
    const [, address = '', rest = ''] = /^\s+inet ([\d.]+)\/\d+(.*)$/.exec(line) ?? []
    if (!isAddress(address) || !/ scope global\b/.test(rest)) continue
    found.push({ interface: port, address, isDynamic: /\bdynamic\b/.test(rest) })
  }
  return port === '' ? unknownAnswer(answer) : found
}

type Options = Pick<DhcpLease, 'gateway' | 'dns' | 'server'>

const firstIn = (list: string | undefined): string | null => list?.split(/[\s,]+/)[0] ?? null
const listIn = (list: string | undefined): string[] => (list ?? '').split(/[\s,]+/).filter(isAddress)

/** Blocks of dhclient (the last of an address counts), or `KEY=value` files of systemd-networkd. */
export function readLeaseFiles(text: string, address: string): Options | undefined {
  const block = [...text.matchAll(/^lease \{\n([\s\S]*?)^\}/gm)]
    .map((match) => match[1] ?? '')
    .findLast((one) => sameAddress(/fixed-address ([\d.]+);/.exec(one)?.[1] ?? '', address))
  if (block !== undefined) {
    const option = (name: string) => new RegExp(`^\\s*option ${name} (.+);$`, 'm').exec(block)?.[1]
    return {
      gateway: firstIn(option('routers')),
      dns: listIn(option('domain-name-servers')),
      server: firstIn(option('dhcp-server-identifier')),
    }
  }
  const isHere = new RegExp(`^ADDRESS=${address.replaceAll('.', '\\.')}$`, 'm').test(text)
  const value = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(text)?.[1]
  return isHere ? { gateway: firstIn(value('ROUTER')), dns: listIn(value('DNS')), server: firstIn(value('SERVER_ADDRESS')) } : undefined
}

/** What the lease says, where a client keeps it in a file; else what is in use. */
async function askOptions(context: ReadContext, { gateway, dns, server }: DhcpLeaseParams, held: Held): Promise<Options | Unreadable> {
  if (gateway === undefined && dns.length === 0 && server === undefined) return {}
  const files = await context.ask(clientFiles)
  const problem = unfinished(files)
  if (problem !== null) return problem
  const saved = readLeaseFiles(files.text, held.address)
  if (saved !== undefined) return saved
  const routes = await askProgram(context, 'ip route')
  if (isUnreadable(routes)) return routes
  const own = linesOf(routes).flatMap((line) => /^default via (\S+) dev (\S+)/.exec(line)?.slice(1, 3) ?? [])
  const resolver = await context.ask('cat /etc/resolv.conf')
  const unread = unfinished(resolver)
  if (unread !== null) return unread
  const servers = linesOf(resolver).flatMap((line) => /^nameserver (\S+)/.exec(line)?.[1] ?? [])
  return { gateway: own[1] === held.interface ? (own[0] ?? null) : null, dns: servers }
}

/** busybox's udhcpc leaves no trace but itself: an address beside it may be from it, or typed by hand. */
async function explainByHand(context: ReadContext, byHand: readonly string[]): Promise<ClientReading | Unreadable> {
  const none: ClientReading = { leases: [], byHand }
  if (byHand.length === 0) return none
  const answer = await context.ask('cat /proc/[0-9]*/comm')
  const problem = unfinished(answer)
  if (problem !== null) return problem
  return linesOf(answer).some((line) => line === 'udhcpc') ? unreadable('DHCP_CLIENT_UNCLEAR', 'exercise') : none
}

const client: DhcpReaders['client'] = async (context, params) => {
  const answer = await askProgram(context, 'ip -4 addr')
  if (isUnreadable(answer)) return answer
  const all = readHeld(answer)
  if (isUnreadable(all)) return all
  const held = all.filter((one) => params.interface === undefined || samePort(one.interface, params.interface))
  const leases: DhcpLease[] = []
  for (const one of held.filter(({ isDynamic }) => isDynamic)) {
    const options = await askOptions(context, params, one)
    if (isUnreadable(options)) return options
    leases.push({ interface: one.interface, mac: null, address: one.address, ...options, isExpired: false })
  }
  if (leases.length > 0) return { leases, byHand: [] }
  return explainByHand(
    context,
    held.map(({ address }) => address),
  )
}

const binding = (mac: string, address: string, isExpired: boolean): DhcpLease => ({
  interface: null,
  mac: canonicalMac(mac) ?? null,
  address,
  isExpired,
})

/** dnsmasq: `1795339166 00:50:79:66:68:00 10.5.3.177 PC11 01:…`; ISC dhcpd: blocks, of which the last of an address counts. */
export function readServerFiles(text: string): readonly DhcpLease[] {
  const simple = text.split('\n').flatMap((line) => {
    const [, mac = '', address = ''] = /^\d+ ([\da-f:]{17}) (\d+\.\d+\.\d+\.\d+) /i.exec(line) ?? []
    return address === '' ? [] : [binding(mac, address, false)]
  })
  const blocks = new Map<string, DhcpLease>()
  for (const [, address = '', body = ''] of text.matchAll(/^lease ([\d.]+) \{\n([\s\S]*?)^\}/gm)) {
    const mac = /^\s*hardware ethernet ([\da-f:]+);/im.exec(body)?.[1] ?? ''
    blocks.set(address, binding(mac, address, !/^\s*binding state active;/m.test(body)))
  }
  return [...simple, ...blocks.values()]
}

/** The addresses that the device gave to others. */
export const leasesView: View<readonly DhcpLease[]> = async (context) => {
  const answer = await context.ask(serverFiles)
  const problem = unfinished(answer)
  if (problem !== null) return problem
  const errors = linesOf(answer).filter((line) => line.startsWith('cat: '))
  const isNoFile = errors.length >= serverFiles.split(' ').length - 1
  return isNoFile || errors.some((line) => line.includes('Permission denied')) ? unknownAnswer(answer) : readServerFiles(answer.text)
}

export const leases: readonly BoundReader[] = [reads(dhcpLease, dhcpReader({ client, server: leasesView }), 'device')]
