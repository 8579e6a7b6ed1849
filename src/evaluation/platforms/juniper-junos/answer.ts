import type { Observation } from '../../observation.ts'
import { type DeviceAddress, type Unreadable, unreadable } from '../../platform.ts'
import { askComplete, incomplete, linesOf, refusedCommand } from '../readings/reading.ts'

/** Lines by which Junos refuses a command, mostly below a caret. Fixture: juniper_junos/ping/syntax-error.txt. */
const refusedLine =
  /^\s*(?:syntax error|unknown command|missing argument|missing mandatory|invalid (?:value|ip address|interface|numeric)|No valid completions|error: )|^'[^']*' is ambiguous|^\s*\^$/

/** Why Junos did not take the command, or null when it did. */
export function refused(observation: Observation): Unreadable | null {
  const lines = linesOf(observation).filter((one) => refusedLine.test(one))
  const [first] = lines
  if (first === undefined) return null
  const told = lines.find((line) => line.trim() !== '^') ?? first
  return refusedCommand(observation, told)
}

const header = /^Interface\s+Admin\s+Link\s+Proto\s+Local\s+Remote/m

interface LogicalInterface {
  readonly port: string
  readonly up: boolean
  readonly addresses: Pick<DeviceAddress, 'address' | 'prefixLength'>[]
  isInternal: boolean
}

/** `10.0.1.1/24`, and `10.1.1.1 --> 0/0` of a loopback, which is one of length 32. */
function addressIn(line: string): LogicalInterface['addresses'] {
  const match = /\s(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?(?:\s+-->\s+\S+)?$/.exec(line)
  return match?.[1] === undefined ? [] : [{ address: match[1], prefixLength: match[2] === undefined ? 32 : Number(match[2]) }]
}

/**
 * `show interfaces terse`: families and further addresses stand alone on their lines. Interfaces with the family `tnp` and the units of
 * lo0 from 16384 on join the device's own parts; nobody else sees them. Fixture: juniper_junos/ping/own-address.txt.
 */
export function readAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const problem = incomplete(answer) ?? refused(answer)
  if (problem !== null) return problem
  if (!header.test(answer.text)) return unreadable('SHOW_INTERFACES_UNREADABLE')
  const found: LogicalInterface[] = []
  for (const line of linesOf(answer)) {
    const row = /^(\S+)\s+(up|down)\s+(up|down)\b/.exec(line)
    if (row?.[1] !== undefined) {
      const isInternal = /^lo0\.163(?:8[4-9]|9\d)$/.test(row[1])
      found.push({ port: row[1], up: row[2] === 'up' && row[3] === 'up', addresses: [], isInternal })
    }
    const current = found.at(-1)
    if (current === undefined) continue
    current.addresses.push(...addressIn(line))
    current.isInternal ||= /\stnp\s+0x/.test(line)
  }
  return found.flatMap(({ port, up, addresses, isInternal }) =>
    isInternal ? [] : addresses.map(({ address, prefixLength }) => ({ port, address, prefixLength, up })),
  )
}

/** `set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24` of a configuration. */
export function readConfiguredAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const problem = incomplete(answer)
  if (problem !== null) return problem
  return linesOf(answer).flatMap((line) => {
    const [, port, unit, address, length] =
      /^set interfaces (\S+) unit (\d+) family inet address (\d+\.\d+\.\d+\.\d+)\/(\d+)(?:\s|$)/.exec(line) ?? []
    return address === undefined ? [] : [{ port: `${port}.${unit}`, address, prefixLength: Number(length), up: null }]
  })
}

/** Asks one command; a refused or unfinished answer is unreadable. */
export const askJunos = askComplete(refused)
