import type { ServerSocket } from '../gns3/index.ts'
import { type Caller, can, canAny } from './access.ts'
import { denied } from './api-error.ts'
import { integer, need, type Values } from './validate.ts'
import type { World } from './world.ts'

/** One request that was let in: who asks, what for, with checked values. */
export interface Call {
  readonly world: World
  readonly caller: Caller
  readonly values: Values
  /** Full user as tasks record it: `user@realm` or `user@realm!token`. */
  readonly user: string
}

/** `total` stands beside `data` in lists of tasks and log lines. */
export class Listing {
  readonly data: unknown
  readonly total: number
  constructor(data: unknown, total: number) {
    this.data = data
    this.total = total
  }
}

/** Answered by a websocket where one is asked for, else by its data. */
export class Upgrade {
  readonly data: unknown
  readonly serve: (socket: ServerSocket) => void
  constructor(data: unknown, serve: (socket: ServerSocket) => void) {
    this.data = data
    this.serve = serve
  }
}

export type Handler = (call: Call) => unknown
export type Handlers = Readonly<Record<string, Handler>>

export const vmidOf = (call: Call): number => integer(call.values, 'vmid') ?? 0
export const nodeOf = (call: Call): string => need(call.values, 'node')

/** @throws ApiError 403 */
export function demand(call: Call, path: string, ...privileges: string[]): void {
  const missing = privileges.filter((privilege) => !can(call.world.store.cluster, call.caller, path, privilege))
  if (missing.length > 0) throw denied(path, privileges)
}

export const mayAny = (call: Call, path: string, ...privileges: string[]): boolean =>
  canAny(call.world.store.cluster, call.caller, path, privileges)
