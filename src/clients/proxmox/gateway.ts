import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { say } from '../../lib/sentence.ts'
import type { Api } from './api.ts'
import type { Budgets } from './budgets.ts'
import type { EndpointName, Params, PathValues } from './endpoints.ts'
import type { Ensure } from './ensure.ts'
import { plainError } from './fault.ts'
import type { Locks } from './locks.ts'
import type { Reads } from './reads.ts'
import { upidAnswer } from './schemas.ts'
import type { Tasks } from './tasks.ts'
import type { Log, UserTicket, VmConfig, VmRef, WriteOptions } from './types.ts'
import { volumesByStorage } from './volumes.ts'

/** What the verbs are made of. */
export interface Gateway {
  readonly api: Api
  readonly reads: Reads
  readonly tasks: Tasks
  readonly budgets: Budgets
  readonly locks: Locks
  readonly ensure: Ensure['ensure']
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
}

/** Sends a write that becomes a task; its UPID. */
export const askForTask = (
  gateway: Gateway,
  name: EndpointName,
  path: PathValues,
  params: Params,
  options: WriteOptions & { readonly ticket?: UserTicket | undefined },
): Promise<string> => gateway.api.write(name, upidAnswer, { path, params, ...options })

/** Sends a write that is done when it is answered. */
export async function askAtOnce(
  gateway: Gateway,
  name: EndpointName,
  path: PathValues,
  params: Params,
  options: WriteOptions,
): Promise<undefined> {
  await gateway.api.write(name, z.unknown(), { path, params, ...options })
  return undefined
}

/** The configuration, or PROXMOX_NOT_FOUND. */
export async function configOrThrow(gateway: Gateway, { node, vmid }: VmRef, options: WriteOptions): Promise<VmConfig> {
  const config = await gateway.reads.vmConfig(node, vmid, options)
  if (config === undefined) throw plainError('PROXMOX_NOT_FOUND', say('details.proxmox.noVm', { vmid, node }))
  return config
}

/** The storage locks of a node for so many volumes of each storage; a shared storage has one lock for the cluster. */
export async function storageLocks(
  gateway: Gateway,
  node: string,
  volumes: ReadonlyMap<string, number>,
  options: WriteOptions,
): Promise<ReadonlyMap<string, number>> {
  if (volumes.size === 0) return new Map()
  const known = await gateway.reads.knownStorages(node, options)
  const lockOf = (storage: string): string =>
    known.find((one) => one.storage === storage)?.shared === true ? storage : `${node}/${storage}`
  return new Map([...volumes].map(([storage, count]) => [lockOf(storage), count]))
}

/** How many volumes of each storage a configuration names. */
export const countVolumes = (config: Pick<VmConfig, 'drives'>): Map<string, number> =>
  new Map([...volumesByStorage(config)].map(([storage, volids]) => [storage, volids.length]))
