import type { AttackClass } from '../attack.ts'
import { bodyAttacks } from './bodies.ts'
import { doorAttacks } from './doors.ts'
import { filterAttacks } from './filters.ts'
import { floodAttacks } from './floods.ts'
import { injectionAttacks } from './injection.ts'
import { labAttacks } from './labs.ts'
import { outboundAttacks } from './outbound.ts'
import { socketAttacks } from './sockets.ts'
import { workAttacks } from './work.ts'

/** Requests that one server is sent, each refused. */
export const requestAttacks = [
  ...injectionAttacks,
  ...doorAttacks,
  ...outboundAttacks,
  ...workAttacks,
  ...floodAttacks,
  ...bodyAttacks,
  ...socketAttacks,
]

/** All that are counted by class. */
export const allAttacks: readonly { readonly class: AttackClass; readonly what: string }[] = [
  ...requestAttacks,
  ...filterAttacks,
  ...labAttacks,
]
