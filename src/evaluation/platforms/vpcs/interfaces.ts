import { type InterfaceAddressParams, interfaceAddress } from '../../command-modules/interface-address.ts'
import { type InterfaceStateParams, interfaceState } from '../../command-modules/interface-state.ts'
import { type BoundReader, isUnreadable, reads } from '../../platform.ts'
import { samePort } from '../../target.ts'
import { canonicalMac, parseCidr } from '../../values.ts'
import { unknownAnswer } from '../readings/reading.ts'
import { askShowIp, hasAddress, readIp } from './answer.ts'

/** GNS3 calls the one port `Ethernet0`, people `eth0`. */
const portName = 'Ethernet0'

const otherPort = (name: string | undefined): boolean => name !== undefined && !samePort(portName, name) && !samePort('eth0', name)

/** `show ip` has no IPv6 addresses; `show ipv6` is not read yet. */
const addressUnsupported = ({ interface: name, family, addresses }: InterfaceAddressParams): string | null => {
  if (otherPort(name)) return 'interface'
  return family === 'ipv6' || addresses.some((cidr) => cidr.includes(':')) ? 'IPv6' : null
}

const stateUnsupported = (params: InterfaceStateParams): string | null => {
  if (otherPort(params.interface)) return 'interface'
  return (['speed', 'description'] as const).find((name) => params[name] !== undefined) ?? null
}

/** The one interface, which is always up. */
export const interfaces: readonly BoundReader[] = [
  reads(
    interfaceAddress,
    {
      unsupported: addressUnsupported,
      observe: async (context, params) => {
        const answer = await askShowIp(context)
        if (isUnreadable(answer)) return answer
        const settings = readIp(answer)
        if (isUnreadable(settings)) return settings
        const cidr = parseCidr(`${settings.address}/${settings.prefixLength}`)
        if (cidr === undefined) return unknownAnswer(answer)
        const port = { name: params.interface ?? null, state: 'up' as const, addresses: hasAddress(settings) ? [cidr] : [] }
        return { ports: [port], lists: 'all' as const }
      },
    },
    'device',
  ),
  reads(
    interfaceState,
    {
      unsupported: stateUnsupported,
      observe: async (context, { interface: name }) => {
        const answer = await askShowIp(context)
        if (isUnreadable(answer)) return answer
        const value = (key: string) => new RegExp(`^${key}\\s*:\\s*(?::\\s*)?(\\S+)\\s*$`, 'm').exec(answer.text)?.[1] ?? ''
        const mac = canonicalMac(value('MAC'))
        const mtu = value('MTU')
        if (mac === undefined || !/^\d+$/.test(mtu)) return unknownAnswer(answer)
        const port = { name, admin: 'up' as const, oper: 'up' as const, mtu: Number(mtu), mac, speedMbps: null, description: null }
        return { port, others: [] }
      },
    },
    'device',
  ),
]
