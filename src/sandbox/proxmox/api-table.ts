import { readFileSync } from 'node:fs'
import { z } from 'zod'

/**
 * The emulated calls with their parameter names, types, rights and the process that serves them (`protected` = pvedaemon).
 * Facts of Proxmox VE 8.4, written down in api-table.json as `type[!] min=1 format=x enum=a|b pattern=...`; `!` = required.
 */
export interface Parameter {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array'
  readonly required: boolean
  readonly min?: number
  readonly max?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly requires?: string
  readonly format?: string
  readonly enum?: readonly string[]
  readonly pattern?: RegExp
}

export type Permission = string | null | readonly unknown[]

export interface ApiCall {
  readonly key: string
  readonly method: string
  readonly segments: readonly string[]
  readonly parameters: ReadonlyMap<string, Parameter>
  /** Names such as `net[n]`, standing for net0, net1, ... */
  readonly numbered: ReadonlyMap<string, Parameter>
  readonly isProtected: boolean
  readonly allowsToken: boolean
  readonly runsOnNode: boolean
  readonly permission: Permission
}

const parameters = z.record(z.string(), z.string())
const tableSchema = z.object({
  groups: z.record(z.string(), parameters),
  calls: z.record(
    z.string(),
    z.object({
      use: z.string().optional(),
      params: parameters,
      protected: z.boolean().optional(),
      noToken: z.boolean().optional(),
      onNode: z.boolean().optional(),
      permission: z.union([z.string(), z.null(), z.array(z.unknown())]),
    }),
  ),
})
type RawCall = z.infer<typeof tableSchema>['calls'][string]

const typeName = z.enum(['string', 'integer', 'number', 'boolean', 'array'])
const numberKeys = ['min', 'max', 'minLength', 'maxLength'] as const

/** Reads one line of the table, e.g. `integer! min=100 format=pve-vmid`. */
export function readParameter(text: string): Parameter {
  const [beforePattern = '', pattern] = text.split(' pattern=')
  const [head = '', ...attributes] = beforePattern.split(' ')
  const values = new Map(
    attributes.map((attribute) => [attribute.slice(0, attribute.indexOf('=')), attribute.slice(attribute.indexOf('=') + 1)]),
  )
  const bounds: Partial<Record<(typeof numberKeys)[number], number>> = {}
  for (const key of numberKeys) if (values.has(key)) bounds[key] = Number(values.get(key))
  const requires = values.get('requires')
  const format = values.get('format')
  const options = values.get('enum')
  return {
    type: typeName.parse(head.replace('!', '')),
    required: head.endsWith('!'),
    ...bounds,
    ...(requires === undefined ? {} : { requires }),
    ...(format === undefined ? {} : { format }),
    ...(options === undefined ? {} : { enum: options.split('|') }),
    ...(pattern === undefined ? {} : { pattern: new RegExp(`^(?:${pattern})$`) }),
  }
}

function readCall(key: string, raw: RawCall, groups: Record<string, Record<string, string>>): ApiCall {
  const plain = new Map<string, Parameter>()
  const numbered = new Map<string, Parameter>()
  for (const [name, text] of Object.entries({ ...(raw.use ? groups[raw.use] : {}), ...raw.params })) {
    if (name.endsWith('[n]')) numbered.set(name.slice(0, -3), readParameter(text))
    else plain.set(name, readParameter(text))
  }
  const [method = '', path = ''] = key.split(' ')
  return {
    key,
    method,
    segments: path.split('/').slice(1),
    parameters: plain,
    numbered,
    isProtected: raw.protected ?? false,
    allowsToken: !raw.noToken,
    runsOnNode: raw.onNode ?? false,
    permission: raw.permission,
  }
}

function loadTable(): readonly ApiCall[] {
  const table = tableSchema.parse(JSON.parse(readFileSync(new URL('./api-table.json', import.meta.url), 'utf8')))
  return Object.entries(table.calls).map(([key, raw]) => readCall(key, raw, table.groups))
}

export const apiCalls: readonly ApiCall[] = loadTable()

/** A literal segment beats a variable one; `{volume}` takes the rest of the path, slashes included. */
function matchSegments(call: ApiCall, segments: readonly string[]): Record<string, string> | undefined {
  const found: Record<string, string> = {}
  for (const [index, pattern] of call.segments.entries()) {
    const actual = segments[index]
    if (actual === undefined || actual === '') return undefined
    if (pattern === '{volume}') return { ...found, volume: segments.slice(index).join('/') }
    if (pattern === '{cidr}') return { ...found, cidr: segments.slice(index).join('/') }
    if (pattern.startsWith('{')) found[pattern.slice(1, -1)] = actual
    else if (pattern !== actual) return undefined
  }
  return segments.length === call.segments.length ? found : undefined
}

/** Finds the call for a path below /api2/json (unescaped as a whole, as Proxmox does) and its URI parameters. */
export function findCall(method: string, path: string): { call: ApiCall; uri: Record<string, string> } | undefined {
  const segments = path.split('/').slice(1)
  for (const call of apiCalls) {
    if (call.method !== method) continue
    const uri = matchSegments(call, segments)
    if (uri) return { call, uri }
  }
  return undefined
}

/** The description of one parameter; `net0` finds `net[n]`. */
export function parameterOf(call: ApiCall, name: string): Parameter | undefined {
  const prefix = /^(.*?)\d+$/.exec(name)?.[1]
  return call.parameters.get(name) ?? (prefix === undefined ? undefined : call.numbered.get(prefix))
}
