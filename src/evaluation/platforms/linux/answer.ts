import type { Observation } from '../../observation.ts'
import type { DeviceAddress, Unreadable } from '../../platform.ts'
import { askComplete, linesOf, refusedCommand, unfinished } from '../readings/reading.ts'
import { isNotFound, isUsage, notPermitted, readIpAddr } from './ping-text.ts'

/** The command is not there, or does not know its options. */
export const refused = (observation: Observation): Unreadable =>
  refusedCommand(observation, linesOf(observation).find((line) => line !== '') ?? '')

/** `ip addr`. */
export function readAddresses(answer: Observation): readonly DeviceAddress[] | Unreadable {
  const problem = unfinished(answer)
  if (problem !== null) return problem
  return isNotFound(answer) || isUsage(answer) ? refused(answer) : readIpAddr(answer)
}

/** A command that is not there, does not know its options, or may not be used by the account. */
export const refusal = (answer: Observation): Unreadable | null =>
  notPermitted(answer) ?? (isNotFound(answer) || isUsage(answer) ? refused(answer) : null)

/** Asks one command, which the host must accept. */
export const askLinux = askComplete(refusal, unfinished)
