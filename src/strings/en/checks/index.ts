import type { Message, Messages } from '../../index.ts'
import { ping } from './ping.ts'
import { route } from './route.ts'
import { tcpPort } from './tcp-port.ts'
import { topology } from './topology.ts'
import { traceroute } from './traceroute.ts'
import type { CheckWords } from './words.ts'

/** The words of every kind of check, by the name of its module: one line per kind. */
export const checks = {
  ping,
  route,
  tcp_port: tcpPort,
  topology,
  traceroute,
} as const satisfies Record<string, CheckWords>

const kinds = Object.entries<CheckWords>(checks)

const allOf = <Part extends 'reasons' | 'expected'>(part: Part): Record<string, CheckWords[Part][string]> =>
  Object.fromEntries(kinds.flatMap(([, words]): [string, CheckWords[Part][string]][] => Object.entries(words[part])))

/** The reasons of all kinds. A code that two kinds give means the same in both. */
export const reasonsOfChecks: Record<string, { readonly why: Message; readonly found: Message }> = allOf('reasons')

/** What criteria of all kinds ask for. */
export const expectedOfChecks: Record<string, Message> = allOf('expected')

/** The kinds as the exercise editor words them, by name. */
export const forms: Messages = Object.fromEntries(kinds.map(([name, { form }]) => [name, { choices: {}, ...form }]))
