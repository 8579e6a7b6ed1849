import { z } from 'zod'
import { defineCommandModule, lastRound } from '../command-module.ts'
import { fail, type Judgement, pass } from '../verdict.ts'

export interface HostnameFacts {
  /** What the device calls itself; several where it shows a short and a full name. */
  readonly names: readonly string[]
  /** It is the name of the session that was asked; one that is opened anew may have another (vtysh). */
  readonly isOfSession?: boolean
}

export const hostnameParams = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][\w.-]{0,62}$/, { error: 'exerciseProblems.hostName' }),
})
export type HostnameParams = z.infer<typeof hostnameParams>

function judgeName({ names, isOfSession = false }: HostnameFacts, { name }: HostnameParams): Judgement {
  const data = { wanted: name, found: [...names] }
  if (names.includes(name)) return pass('HOSTNAME_RIGHT', data)
  const isCase = names.some((one) => one.toLowerCase() === name.toLowerCase())
  if (isCase) return fail('HOSTNAME_CASE', 'wrong-value', data)
  return fail(isOfSession ? 'HOSTNAME_OF_SESSION' : 'HOSTNAME_WRONG', 'wrong-value', data)
}

/** The name of a device as it shows it itself, not its prompt, which may be anything. */
export const hostname = defineCommandModule<HostnameFacts>()({
  name: 'hostname',
  layer: 'device',
  params: hostnameParams,
  defaultWithinSeconds: 0,
  isNegative: () => false,
  expected: ({ name }) => ({ code: 'HOSTNAME', data: { wanted: name } }),
  judge: (rounds, params) => judgeName(lastRound(rounds), params),
})
