import type { RestorePlan } from '../../platform.ts'

const fieldOf = (text: string, key: string): string | undefined => new RegExp(`^${key}\\s*:[ \\t]*(\\S.*)?$`, 'm').exec(text)?.[1]?.trim()

/** The name of `NAME : PC1[1]`. */
const nameOf = (text: string): string | undefined => fieldOf(text, 'NAME')?.replace(/\[\d+\]$/, '')

/** `ip 10.0.0.1/24 10.0.0.254`; `ip dhcp` where the address was given by a server; `clear ip` where there is none. */
function addressCommand(text: string): string | undefined {
  if (fieldOf(text, 'DHCP SERVER') !== undefined) return 'ip dhcp'
  const address = fieldOf(text, 'IP/MASK')
  if (address === undefined || !/^[\d.]+\/\d+$/.test(address)) return undefined
  if (address.startsWith('0.0.0.0/')) return 'clear ip'
  const gateway = fieldOf(text, 'GATEWAY') ?? '0.0.0.0'
  return gateway === '0.0.0.0' ? `ip ${address}` : `ip ${address} ${gateway}`
}

/** Name servers stand on one line, each with blanks around it. */
const serversOf = (text: string): string[] => (fieldOf(text, 'DNS') ?? '').split(/\s+/).filter((word) => /^[\d.]+$/.test(word))

/** Name, IPv4 address, gateway and name servers: what `show ip` shows. Fixture: vpcs/ping/own-address. */
export const planVpcs: RestorePlan = (current, wanted) => {
  const commands: string[] = []
  const [address, name] = [addressCommand(wanted), nameOf(wanted)]
  if (name !== undefined && name !== nameOf(current) && /^[\x21-\x7e]+$/.test(name)) commands.push(`set pcname ${name}`)
  if (address !== undefined && address !== addressCommand(current)) commands.push(...(address === 'clear ip' ? [] : ['clear ip']), address)
  const servers = serversOf(wanted)
  if (servers.length > 0 && servers.join() !== serversOf(current).join()) commands.push(`ip dns ${servers.join(' ')}`)
  return { commands, leftOut: [] }
}
