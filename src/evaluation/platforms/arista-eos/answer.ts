import { z } from 'zod'
import type { Observation } from '../../observation.ts'
import { type DeviceAddress, isUnreadable, type Unreadable } from '../../platform.ts'
import { readJson } from '../readings/json-answer.ts'
import { askComplete, incomplete, linesOf, refusedCommand } from '../readings/reading.ts'

/** Lines by which EOS refuses a command; `% BGP inactive` is an answer. Fixture: arista_eos/ping/invalid-input.txt. */
const refusedLine =
  /^% ?(?:Invalid input|Incomplete command|Ambiguous command|Unavailable command|Authorization denied|This is an unconverted command|Cannot|Error)/

/** Why EOS did not take the command, or null when it did. */
export function refused(observation: Observation): Unreadable | null {
  const line = linesOf(observation).find((one) => refusedLine.test(one))
  return line === undefined ? null : refusedCommand(observation, line)
}

const ipSchema = z.looseObject({ address: z.string(), maskLen: z.int() })
const interfaceAddressSchema = z.looseObject({
  primaryIp: ipSchema.optional(),
  secondaryIpsOrderedList: z.array(ipSchema).default([]),
})
/** Early releases wrap the addresses of an interface in a list. Fixture: arista_eos/ping/own-address.txt. */
const interfacesSchema = z.looseObject({
  interfaces: z.record(
    z.string(),
    z.looseObject({
      interfaceStatus: z.string(),
      lineProtocolStatus: z.string(),
      vrf: z.string().default('default'),
      interfaceAddress: z.union([z.array(interfaceAddressSchema), interfaceAddressSchema.transform((one) => [one])]).default([]),
    }),
  ),
})

/** `show ip interface | json`, the default VRF: what a ping without a VRF uses. */
export function readAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  const shown = readJson(answer, interfacesSchema)
  if (isUnreadable(shown)) return shown
  return Object.entries(shown.interfaces).flatMap(([port, { vrf, lineProtocolStatus, interfaceAddress }]) => {
    const all = interfaceAddress.flatMap(({ primaryIp, secondaryIpsOrderedList }) => [primaryIp ?? [], secondaryIpsOrderedList].flat())
    const set = vrf === 'default' ? all.filter(({ address }) => address !== '0.0.0.0') : []
    return set.map(({ address, maskLen }) => ({ port, address, prefixLength: maskLen, up: lineProtocolStatus === 'up' }))
  })
}

/** Asks one command; a refused or unfinished answer is unreadable. */
export const askEos = askComplete(refused)
