import type { AddressedPort } from '../../command-modules/interface-address.ts'
import type { DeviceAddress } from '../../platform.ts'

/** One entry per port where a device shows IPv4 and IPv6 in two answers. */
export function mergePorts(ports: readonly AddressedPort[]): AddressedPort[] {
  const merged = new Map<string | null, AddressedPort>()
  for (const port of ports) {
    const known = merged.get(port.name)
    merged.set(port.name, known === undefined ? port : { ...known, addresses: [...known.addresses, ...port.addresses] })
  }
  return [...merged.values()]
}

/** The addresses of all ports, as a device's own are compared. */
export const deviceAddresses = (ports: readonly AddressedPort[]): DeviceAddress[] =>
  ports.flatMap(({ name, state, addresses }) =>
    addresses.map(({ address, length }) => ({ port: name, address, prefixLength: length, up: state === null ? null : state === 'up' })),
  )
