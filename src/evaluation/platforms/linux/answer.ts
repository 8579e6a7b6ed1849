import type { Observation } from '../../observation.ts'
import { type DeviceAddress, type Unreadable, unreadable } from '../../platform.ts'
import { askComplete, incomplete, linesOf } from '../reading.ts'
import { isNotFound, isUsage, readIpAddr } from './ping-text.ts'

/** The command is not there, or does not know its options. */
export const refused = (observation: Observation): Unreadable =>
  unreadable('COMMAND_REFUSED', 'exercise', {
    command: observation.command,
    answer: (linesOf(observation).find((line) => line !== '') ?? '').slice(0, 120),
  })

/** `ip addr`. */
export function readAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const problem = incomplete(answer)
  if (problem !== null) return problem
  return isNotFound(answer) || isUsage(answer) ? refused(answer) : readIpAddr(answer)
}

/** Asks one command; one that is not there or does not know its options is refused. */
export const askLinux = askComplete((answer) => (isNotFound(answer) || isUsage(answer) ? refused(answer) : null))
