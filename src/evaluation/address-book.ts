import { canonicalAddress, isAddress } from './addresses.ts'
import type { Exercise } from './exercise-definition.ts'
import type { Observation } from './observation.ts'
import { isUnreadable } from './platform.ts'
import { findPlatform } from './platforms/index.ts'
import type { Reason, ReasonData } from './verdict.ts'

/** Whose address is which, as far as the answers of a run have shown. */
export interface AddressBook {
  /** Takes what an answer shows of its device's addresses, if it shows any. */
  learn(answer: Observation): void
  /** Undefined where no device was seen with it, or more than one. */
  deviceOf(address: string): string | undefined
  /** The addresses that a device showed with their masks, as it showed them last. */
  networksOf(device: string): readonly NumberedAddress[]
  /** An address with the mask that its device shows for it; undefined where `deviceOf` is, or where no mask was shown. */
  networkOf(address: string): (NumberedAddress & { readonly device: string }) | undefined
}

export interface NumberedAddress {
  readonly address: string
  readonly prefixLength: number
}

export function createAddressBook(exercise: Exercise): AddressBook {
  const owners = new Map<string, Set<string>>()
  const networks = new Map<string, readonly NumberedAddress[]>()
  const deviceOf = (address: string): string | undefined => {
    const [only, ...more] = owners.get(canonicalAddress(address)) ?? []
    return more.length === 0 ? only : undefined
  }
  return {
    learn: (answer) => {
      const platform = findPlatform(exercise.devices[answer.device]?.platform ?? '')
      const source = platform?.addresses.find(({ command }) => command === answer.command)
      const shown = answer.ended === 'prompt' ? source?.read(answer) : undefined
      if (shown === undefined || isUnreadable(shown)) return
      for (const { address } of shown) {
        const key = canonicalAddress(address)
        owners.set(key, new Set([...(owners.get(key) ?? []), answer.device]))
      }
      const numbered = shown.flatMap(({ address, prefixLength }) => (prefixLength === null ? [] : [{ address, prefixLength }]))
      if (numbered.length > 0) networks.set(answer.device, numbered)
    },
    deviceOf,
    networksOf: (device) => networks.get(device) ?? [],
    networkOf: (address) => {
      const device = deviceOf(address)
      const found = networks.get(device ?? '')?.find((one) => canonicalAddress(one.address) === canonicalAddress(address))
      return device === undefined || found === undefined ? undefined : { ...found, device }
    },
  }
}

/** What a reason says of others than the asking device and its target, by address. */
const namedKeys = ['from', 'gateway', 'last', 'via'] as const

/** Puts the device's name beside each such address: `from` and `fromDevice`. Explained with both; an address nobody has stays alone. */
export function nameAddresses<Judged extends { readonly reason: Reason }>(judged: Judged, deviceOf: AddressBook['deviceOf']): Judged {
  const { data } = judged.reason
  const names = namedKeys.flatMap((key) => {
    const address = data[key]
    const device = typeof address === 'string' && isAddress(address) ? deviceOf(address) : undefined
    return device === undefined ? [] : [[`${key}Device`, device] as const]
  })
  if (names.length === 0) return judged
  return { ...judged, reason: { ...judged.reason, data: { ...data, ...Object.fromEntries(names) } } }
}

/** The names that a stored reason has, for the same addresses: a regrade asks nobody else. */
export function namesIn(data: ReasonData): AddressBook['deviceOf'] {
  return (address) => {
    const key = namedKeys.find((one) => data[one] === address)
    const device = key === undefined ? undefined : data[`${key}Device`]
    return typeof device === 'string' ? device : undefined
  }
}
