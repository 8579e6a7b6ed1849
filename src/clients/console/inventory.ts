import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { AppError, type FieldProblem } from '../../errors.ts'
import { say } from '../../lib/sentence.ts'
import type { Platforms } from './platforms.ts'
import { readYamlFile } from './yaml-file.ts'

/**
 * Nornir's SimpleInventory: `hosts.yaml`, `groups.yaml`, `defaults.yaml`. A host takes what it does not say itself from its groups,
 * in order and depth first, then from the defaults; `data` is merged key by key (nornir/core/inventory.py, `Host.get`, `extended_data`).
 */
const settingsShape = {
  hostname: z.string().nullish(),
  port: z.coerce.number().int().min(1).max(65_535).nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  platform: z.string().nullish(),
  data: z.record(z.string(), z.unknown()).nullish(),
  connection_options: z.record(z.string(), z.unknown()).nullish(),
}
const defaultsSchema = z.strictObject(settingsShape)
const hostSchema = z.strictObject({ ...settingsShape, groups: z.array(z.string()).nullish() })
const hostsSchema = z.record(
  z.string(),
  hostSchema.nullable().transform((host) => host ?? {}),
)

type Settings = z.output<typeof defaultsSchema>
type Layer = z.output<typeof hostSchema>
type Layers = Readonly<Record<string, Layer>>

/** One device of an inventory, with everything inherited. */
export interface InventoryHost {
  readonly name: string
  readonly hostname: string
  readonly port: number
  readonly transport: 'telnet' | 'ssh'
  /** Id of our platform; undefined when neither host, groups nor defaults name one (the exercise must). */
  readonly platform: string | undefined
  readonly username: string | undefined
  readonly password: string | undefined
  readonly groups: readonly string[]
  readonly data: Readonly<Record<string, unknown>>
}

export interface Inventory {
  readonly hosts: readonly InventoryHost[]
  find(name: string): InventoryHost | undefined
}

/**
 * @param path a folder with `hosts.yaml` (and `groups.yaml`, `defaults.yaml`), or a hosts file whose neighbours they are
 * @throws AppError INVENTORY_INVALID
 */
export function readInventory(path: string, platforms: Platforms): Inventory {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  const hostsFile = isFolder ? join(path, 'hosts.yaml') : path
  const beside = (name: string) => join(dirname(hostsFile), name)
  const layers = readYamlFile(hostsFile, hostsSchema)
  const groups = existsSync(beside('groups.yaml')) ? readYamlFile(beside('groups.yaml'), hostsSchema) : {}
  const defaults = existsSync(beside('defaults.yaml')) ? readYamlFile(beside('defaults.yaml'), defaultsSchema) : {}
  const problems: FieldProblem[] = []
  const hosts = Object.entries(layers).map(([name, layer]) => resolveHost({ name, layer, groups, defaults, platforms, problems }))
  if (problems.length > 0) {
    const said = problems.map(({ field, problem = say('shapes.unusable') }) => say('inventory.ofHost', { host: field, problem }))
    throw new AppError('INVENTORY_INVALID', { details: { file: hostsFile, problems: said }, fields: problems })
  }
  return { hosts, find: (name) => hosts.find((host) => host.name === name) }
}

interface HostInput {
  readonly name: string
  readonly layer: Layer
  readonly groups: Layers
  readonly defaults: Settings
  readonly platforms: Platforms
  readonly problems: FieldProblem[]
}

function resolveHost(input: HostInput): InventoryHost {
  const { name, layer, defaults, platforms, problems } = input
  const order = inheritance(input)
  const layers: Settings[] = [layer, ...order.map((group) => input.groups[group] ?? {}), defaults]
  const first = <Key extends keyof Settings>(key: Key) =>
    layers.map((one) => one[key]).find((value) => value !== undefined && value !== null)
  const data = Object.assign({}, ...layers.map((one) => one.data ?? {}).reverse())
  const named = first('platform') ?? undefined
  const platform = named === undefined ? undefined : platforms.find(named)
  if (named !== undefined && !platform) problems.push({ field: name, problem: say('inventory.noPlatform', { name: named }) })
  const port = first('port') ?? undefined
  const transport = transportOf(data, named, port)
  return {
    name,
    hostname: first('hostname') ?? name,
    port: port ?? (transport === 'ssh' ? 22 : 23),
    transport,
    platform: platform?.id,
    username: first('username') ?? undefined,
    password: first('password') ?? undefined,
    groups: order,
    data,
  }
}

/** Groups in the order in which they are asked: each, then its own groups. */
function inheritance({ name, layer, groups, problems }: HostInput): string[] {
  const order: string[] = []
  const visit = (names: readonly string[]) => {
    for (const group of names) {
      if (order.includes(group)) continue
      const found = groups[group]
      if (!found) problems.push({ field: name, problem: say('inventory.noGroup', { name: group }) })
      order.push(group)
      visit(found?.groups ?? [])
    }
  }
  visit(layer.groups ?? [])
  return order
}

/** `data.transport`, else a platform ending in `_telnet` is telnet, else port 22 or none is ssh, else telnet. */
function transportOf(data: Readonly<Record<string, unknown>>, platform: string | undefined, port: number | undefined): 'telnet' | 'ssh' {
  if (data.transport === 'telnet' || data.transport === 'ssh') return data.transport
  if (platform?.endsWith('_telnet')) return 'telnet'
  return port === undefined || port === 22 ? 'ssh' : 'telnet'
}
