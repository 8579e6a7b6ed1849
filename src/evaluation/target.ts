import { z } from 'zod'
import { canonicalAddress, isAddress } from './addresses.ts'

const deviceReference = /^([A-Za-z][\w.-]{0,63})(?::([A-Za-z][\w./-]{0,31}))?$/

/**
 * Where something is sent: an address, a device (`PC2`), or a device's interface (`R2:FastEthernet0/1`). A name must be one of the
 * exercise's devices, which the check across the file sees to. The pattern leaves no room for a blank, a quote or a second command.
 */
export const targetSchema = z
  .string()
  .refine((text) => isAddress(text) || deviceReference.test(text), { error: 'exerciseProblems.target' })
  .transform((text) => (isAddress(text) ? canonicalAddress(text) : text))

/** A device of the exercise by its name. */
export const deviceNameSchema = z.string().regex(/^[A-Za-z][\w.-]{0,63}$/, { error: 'exerciseProblems.deviceName' })

export interface DeviceTarget {
  readonly device: string
  readonly port: string | null
}

/** The device a target names, or undefined for an address. */
export function deviceOfTarget(target: string): DeviceTarget | undefined {
  if (isAddress(target)) return undefined
  const match = deviceReference.exec(target)
  return match?.[1] === undefined ? undefined : { device: match[1], port: match[2] ?? null }
}

export const devicesOfTargets = (...targets: readonly (string | undefined)[]): string[] =>
  targets.flatMap((target) => {
    const named = target === undefined ? undefined : deviceOfTarget(target)
    return named === undefined ? [] : [named.device]
  })

/** `Gi0/1`, `gigabitethernet 0/1` and `GigabitEthernet0/1` are one port: same number, one word the beginning of the other. */
export function samePort(one: string, other: string): boolean {
  const split = (text: string): [string, string] => {
    const match = /^([A-Za-z-]*)\s*(.*)$/.exec(text.trim())
    return [(match?.[1] ?? '').toLowerCase(), match?.[2] ?? '']
  }
  const [wordA, numberA] = split(one)
  const [wordB, numberB] = split(other)
  return numberA === numberB && (wordA.startsWith(wordB) || wordB.startsWith(wordA)) && wordA.length > 0 === wordB.length > 0
}
